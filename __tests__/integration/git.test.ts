import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asRoot, gate, privilege } from '../support/faults.ts'
import { type Inputs, inputsFor, runAction } from '../support/runner.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { atEnd, temporaryDirectory } from '../support/temporary.ts'
import {
  commit,
  type GitWorkspace,
  gitWorkspace,
  isolatedEnvironment,
  plainWorkspace,
  tree,
  writeFiles,
} from '../support/workspaces.ts'

interface Bare {
  readonly path: string
  git(...args: string[]): string
  /** The commit of a branch, or '' without one. */
  tip(branch?: string): string
}

/** A repository on the server, `app` in the account's home unless told otherwise. */
function bare(path: string, ...options: string[]): Bare {
  const git = (...args: string[]) => run(path, ...args)
  mkdirSync(path, { recursive: true })
  git('init', '--quiet', '--bare', ...options)
  const tip = (branch = 'main') => git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`).trim()
  return { path, git, tip }
}

function run(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: isolatedEnvironment(), encoding: 'utf8', stdio: 'pipe' })
}

const appOn = (server: Server, ...options: string[]) => bare(join(server.home, 'app'), ...options)
const hook = (content: string) => ({ content: `#!/bin/sh\n${content}\n`, mode: 0o755 })

/** Main alone: what post does is hygiene's subject, and it would remove the report. */
const push = (server: Server, workspace: { path: string }, more: Inputs = {}, options = {}) =>
  runAction(inputsFor(server, more), { workspace: workspace.path, post: false, ...options })

const deploys = (server: Server) => server.commands().filter((command) => command.startsWith('echo'))

describe('a push by git', () => {
  it('arrives the first time, finds nothing to do the second time, and tells what changed the third time', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'sub/ü c.txt': 'c\n' }, { commits: 2 })
    const first = workspace.sha()
    const more = { 'deploy-command': 'echo deployed {sha}' }

    const one = await push(server, workspace, more)
    expect(one).toMatchObject({ code: 0, errors: [] })
    expect(one.outputs).toMatchObject({
      result: 'deployed',
      method: 'git',
      uploaded: 'true',
      revision: first,
      'previous-revision': '',
      'changed-files': '4',
      'deleted-files': '0',
      'deploy-exit-code': '0',
    })
    expect(one.log).toContain('.git is there')
    expect(one.log).toContain(`│ deployed ${first}`)
    expect(app.tip()).toBe(first)

    const two = await push(server, workspace, more)
    expect(two.code).toBe(0)
    expect(two.outputs).toMatchObject({
      result: 'unchanged',
      uploaded: 'true',
      revision: first,
      'previous-revision': first,
      'changed-files': '0',
    })
    expect(deploys(server)).toHaveLength(2)

    workspace.git('rm', '--quiet', 'b.txt')
    commit(workspace, { 'a.txt': 'A\n', 'd.txt': 'd\n' })
    const three = await push(server, workspace, more)
    expect(three.outputs).toMatchObject({
      result: 'deployed',
      revision: workspace.sha(),
      'previous-revision': first,
      'changed-files': '2',
      'deleted-files': '1',
    })
    expect(three.report()).toMatchObject({
      'previous-revision': first,
      files: [
        { kind: 'changed', path: 'a.txt' },
        { kind: 'deleted', path: 'b.txt' },
        { kind: 'added', path: 'd.txt' },
      ],
    })
    expect(app.tip()).toBe(workspace.sha())
    expect(deploys(server)).toHaveLength(3)
  })

  it('leaves the workspace as it was', async () => {
    const server = await sshd()
    appOn(server)
    const workspace = gitWorkspace({ 'a.txt': 'a\n' }, { shallow: 1, commits: 3 })
    const before = tree(workspace.path)
    expect((await push(server, workspace)).outputs['result']).toBe('deployed')
    expect(tree(workspace.path)).toEqual(before)
  })

  it.each([
    ['an absolute path', (server: Server) => join(server.home, 'abs/app'), 'abs/app'],
    ['a path with a space', () => 'my app/v 1', 'my app/v 1'],
    ['a path below the home', () => 'deep/er/app.git', 'deep/er/app.git'],
  ])('reaches %s', async (_, written, real) => {
    const server = await sshd()
    const app = bare(join(server.home, real))
    const workspace = gitWorkspace()
    const destination = server.destination(written(server)).replaceAll(' ', '%20')
    const step = await push(server, workspace, { destination })
    expect(step.errors).toEqual([])
    expect(app.tip()).toBe(workspace.sha())
  })

  it.skipIf(!hasIpv6())('reaches an IPv6 address', async () => {
    const server = await sshd({ listen: '::1' })
    const app = appOn(server)
    const workspace = gitWorkspace()
    const step = await push(server, workspace, { 'deploy-command': 'echo deployed' })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', destination: server.destination('app') })
    expect(app.tip()).toBe(workspace.sha())
    expect(deploys(server)).toHaveLength(1)
  })

  it('takes a repository of SHA-256 names', async () => {
    const server = await sshd()
    const app = appOn(server, '--object-format=sha256')
    const workspace = sha256Workspace()
    const first = workspace.sha()
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect((await push(server, workspace)).outputs).toMatchObject({ result: 'deployed', revision: first })
    expect((await push(server, workspace)).outputs['result']).toBe('unchanged')
    commit(workspace, { 'a.txt': 'changed\n' })
    const again = await push(server, workspace)
    expect(again.outputs).toMatchObject({ result: 'deployed', 'previous-revision': first, 'changed-files': '1' })
    expect(app.tip()).toBe(workspace.sha())
  })

  it('refuses a repository without a commit before it connects', async () => {
    const server = await sshd()
    const workspace = temporaryDirectory('workspace')
    run(workspace, 'init', '--quiet')
    const step = await push(server, { path: workspace })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input', 'failed-stage': 'settings' })
    expect(step.errors).toEqual([expect.stringContaining('no commit')])
    expect(server.connections()).toBe(0)
  })
})

describe('the branch', () => {
  it('of a detached HEAD is the one that the event names', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(undefined, { detached: true })
    const step = await push(server, workspace, {}, { ref: 'refs/heads/releases/1.0' })
    expect(step.errors).toEqual([])
    expect(app.tip('releases/1.0')).toBe(workspace.sha())
  })

  it('of a detached HEAD on a tag must be named', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(undefined, { detached: true })
    const unknown = await push(server, workspace, {}, { ref: 'refs/tags/v1' })
    expect(unknown.outputs).toMatchObject({ 'error-class': 'input', 'failed-stage': 'settings' })
    expect(unknown.errors[0]).toContain('target-branch')
    expect(server.connections()).toBe(0)
    const named = await push(server, workspace, { 'target-branch': 'production' }, { ref: 'refs/tags/v1' })
    expect(named.outputs['result']).toBe('deployed')
    expect(app.tip('production')).toBe(workspace.sha())
  })

  it('follows the template, and a new one is made beside what is there', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace()
    const first = workspace.sha()
    await push(server, workspace, { 'target-branch': 'master' })
    commit(workspace, { 'b.txt': 'b\n' })
    const step = await push(server, workspace, { 'target-branch': '{deployment}/{app}-{branch}', deployment: 'www' })
    expect(step.outputs).toMatchObject({ result: 'deployed', 'previous-revision': '' })
    expect(app.tip('master')).toBe(first)
    expect(app.tip('www/app-main')).toBe(workspace.sha())
  })

  it('may read like a shell command and is only a name', async () => {
    const branch = '$(echo>PWN;echo`echo>PWN`)&echo>PWN'
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(undefined, { branch })
    await server.ssh(`echo ${branch}`)
    expect(existsSync(join(server.home, 'PWN'))).toBe(true)
    rmSync(join(server.home, 'PWN'))

    const step = await push(server, workspace, { 'deploy-command': 'echo {branch}' }, { ref: `refs/heads/${branch}` })
    expect(step.errors).toEqual([])
    expect(step.log).toContain(`│ ${branch}\n`)
    expect(app.git('for-each-ref', '--format=%(refname)')).toBe(`refs/heads/${branch}\n`)
    for (const place of [server.home, app.path, workspace.path, step.home])
      expect(existsSync(join(place, 'PWN'))).toBe(false)
  })

  it('is refused before anything is connected to when git takes it for no branch name', async () => {
    const server = await sshd()
    const workspace = gitWorkspace()
    const bad = ['--receive-pack=touch PWN', '-x', ':main', 'a:b', 'a..b', 'a b', 'x.lock', 'a\\b', '@{-1}', 'a~1']
    const steps = await Promise.all(bad.map((branch) => push(server, workspace, { 'target-branch': branch })))
    for (const step of steps) {
      expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input', 'failed-stage': 'settings' })
      expect(step.errors).toEqual([expect.stringContaining('target-branch')])
    }
    expect(server.connections()).toBe(0)
  })

  it('that begins with a plus is a name, not a forced push', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace()
    expect((await push(server, workspace, { 'target-branch': '+main' })).errors).toEqual([])
    expect(app.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/+main\n')
  })
})

describe('what is not committed', () => {
  const config = (workspace: GitWorkspace, name: string, value: string) => workspace.git('config', name, value)
  /** As right after a checkout: nothing has changed, but git has to look at the content to know that. */
  const touched = (workspace: GitWorkspace, ...names: string[]) => {
    for (const name of names) utimesSync(join(workspace.path, name), 1, 1)
  }

  it.each<[string, (workspace: GitWorkspace) => void]>([
    [
      'line ends by core.autocrlf',
      (workspace) => {
        config(workspace, 'core.autocrlf', 'true')
        rmSync(join(workspace.path, 'index.html'))
        workspace.git('checkout', '--', 'index.html')
        expect(readFileSync(join(workspace.path, 'index.html'), 'utf8')).toBe('hello\r\n')
      },
    ],
    [
      'modes by core.fileMode',
      (workspace) => {
        config(workspace, 'core.fileMode', 'false')
        chmodSync(join(workspace.path, 'index.html'), 0o755)
      },
    ],
    [
      'files in the place of links by core.symlinks',
      (workspace) => {
        writeFiles(workspace.path, { link: { link: 'index.html' } })
        commit(workspace, {})
        config(workspace, 'core.symlinks', 'false')
        rmSync(join(workspace.path, 'link'))
        writeFiles(workspace.path, { link: 'index.html' })
      },
    ],
    ['files ignored by info/exclude', (workspace) => writeFiles(workspace.path, { '.git/info/exclude': 'x\n', x: '' })],
    [
      'files of a filter, such as LFS',
      (workspace) => {
        config(workspace, 'filter.up.clean', 'tr a-z A-Z')
        commit(workspace, { '.gitattributes': '*.up filter=up\n', 'a.up': 'abc\n' })
        touched(workspace, 'a.up')
      },
    ],
  ])('is nothing, and nothing is said: %s', async (_, arrange) => {
    const server = await sshd()
    appOn(server)
    const workspace = gitWorkspace()
    arrange(workspace)
    touched(workspace, 'index.html')
    expect(workspace.git('--no-optional-locks', 'status', '--porcelain')).toBe('')
    expect(await push(server, workspace)).toMatchObject({ errors: [], warnings: [] })
  })

  it('is named, also in an index of two parts', async () => {
    const server = await sshd()
    appOn(server)
    const workspace = gitWorkspace({ 'a.txt': 'a\n', 'gone.txt': 'g\n' })
    workspace.git('update-index', '--split-index')
    writeFiles(workspace.path, { 'a.txt': 'other\n', 'new.txt': 'n\n' })
    rmSync(join(workspace.path, 'gone.txt'))
    expect((await push(server, workspace)).warnings).toEqual([
      expect.stringContaining('not pushed: a.txt, gone.txt, new.txt. Commit them'),
    ])
  })
})

describe('objects', () => {
  it('an object that is missing or damaged here is told as such', async () => {
    const server = await sshd()
    const app = appOn(server)
    const damage = (path: string) => {
      chmodSync(path, 0o644)
      truncateSync(path)
    }
    for (const harm of [rmSync, damage]) {
      const workspace = gitWorkspace()
      const name = workspace.git('rev-parse', 'HEAD:index.html').trim()
      harm(join(workspace.path, '.git/objects', name.slice(0, 2), name.slice(2)))
      const step = await push(server, workspace)
      expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input', uploaded: 'false' })
      expect(step.errors).toEqual([expect.stringContaining('missing or damaged here')])
    }
    expect(app.tip()).toBe('')
  })

  it('another object format there is told as such', async () => {
    const server = await sshd()
    const formats = ['sha1', 'sha256']
    for (const format of formats) {
      const app = bare(join(server.home, format), `--object-format=${format}`)
      const { path } = plainWorkspace()
      const other = formats.find((each) => each !== format)
      run(path, 'init', '--quiet', '--initial-branch=main', `--object-format=${other}`)
      run(path, 'add', '--all')
      run(path, 'commit', '--quiet', '--message', 'one')
      const step = await push(server, { path }, { destination: server.destination(format) })
      expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'remote-setup' })
      expect(step.errors).toEqual([expect.stringContaining('another object format')])
      expect(app.tip()).toBe('')
    }
  })
})

describe('a .git that is a file', () => {
  it('of a worktree inside the workspace', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace()
    workspace.git('worktree', 'add', '--quiet', '-b', 'side', 'side')
    const side = join(workspace.path, 'side')
    writeFiles(side, { 'side.txt': 'side\n' })
    run(side, 'add', '--all')
    run(side, 'commit', '--quiet', '--message', 'side')
    const step = await push(server, workspace, { source: 'side' })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', method: 'git' })
    expect(app.tip()).toBe(run(side, 'rev-parse', 'HEAD').trim())
  })

  it('of a worktree that is the workspace', async () => {
    const server = await sshd()
    const app = appOn(server)
    const main = gitWorkspace()
    const path = join(temporaryDirectory('workspace'), 'tree')
    main.git('worktree', 'add', '--quiet', '--detach', path)
    const step = await push(server, { path })
    expect(step.errors).toEqual([])
    expect(app.tip()).toBe(main.sha())
  })

  it('of a submodule inside the workspace', async () => {
    const server = await sshd()
    const app = appOn(server)
    const library = gitWorkspace({ 'library.txt': 'library\n' })
    const workspace = gitWorkspace()
    workspace.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'library')
    commit(workspace, {})
    const step = await push(server, workspace, { source: 'library' })
    expect(step.errors).toEqual([])
    expect(app.tip()).toBe(library.sha())
    expect((await push(server, workspace, { 'target-branch': 'whole' })).outputs['result']).toBe('deployed')
    expect(app.tip('whole')).toBe(workspace.sha())
  })

  it.each([
    ['as a file', (path: string, secret: string) => writeFiles(path, { '.git': `gitdir: ${secret}/.git\n` })],
    ['as a link', (path: string, secret: string) => writeFiles(path, { '.git': { link: `${secret}/.git` } })],
    [
      'as a directory whose commondir is elsewhere',
      (path: string, secret: string) =>
        writeFiles(path, { '.git/HEAD': 'ref: refs/heads/main\n', '.git/commondir': `${secret}/.git\n` }),
    ],
  ])('that leads to a repository outside of the workspace is refused: %s', async (_, plant) => {
    const server = await sshd()
    const app = appOn(server)
    const secret = gitWorkspace({ 'secret.txt': 'secret\n' })
    const path = temporaryDirectory('workspace')
    plant(path, secret.path)
    // What git itself makes of it: it would push somebody else's repository.
    expect(run(path, 'rev-parse', 'HEAD').trim()).toBe(secret.sha())
    const step = await push(server, { path })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'unsafe' })
    expect(server.connections()).toBe(0)
    expect(app.tip()).toBe('')
  })
})

describe('a history that is not a continuation', () => {
  const diverged = async (server: Server) => {
    const app = appOn(server)
    const workspace = gitWorkspace(undefined, { commits: 2 })
    await push(server, workspace)
    const theirs = workspace.sha()
    workspace.git('reset', '--quiet', '--hard', 'HEAD~1')
    commit(workspace, { 'other.txt': 'other\n' })
    return { app, workspace, theirs }
  }

  it('is refused, and the deploy command does not run', async () => {
    const server = await sshd()
    const { app, workspace, theirs } = await diverged(server)
    const step = await push(server, workspace, { 'deploy-command': 'echo deployed' })
    expect(step.code).toBe(1)
    expect(step.outputs).toMatchObject({
      result: 'failed',
      'failed-stage': 'push',
      'error-class': 'transfer',
      uploaded: 'false',
      'deploy-exit-code': '',
    })
    expect(step.errors).toEqual([expect.stringMatching(/force/)])
    expect(app.tip()).toBe(theirs)
    expect(deploys(server)).toEqual([])
  })

  it('goes through with force', async () => {
    const server = await sshd()
    const { app, workspace, theirs } = await diverged(server)
    const step = await push(server, workspace, { force: 'true' })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', 'previous-revision': theirs })
    expect(app.tip()).toBe(workspace.sha())
  })

  it('does not run over what somebody else pushed a moment ago, even with force', async () => {
    const server = await sshd()
    const { app, workspace, theirs } = await diverged(server)
    const other = app.git('commit-tree', '-p', theirs, '-m', 'theirs', `${theirs}^{tree}`).trim()
    const gates = temporaryDirectory('gate')
    writeFiles(gates, {
      gate: hook(
        `case $SSH_ORIGINAL_COMMAND in git-receive-pack*) git -C app update-ref refs/heads/main ${other} ;; esac
exec sh -c "$SSH_ORIGINAL_COMMAND"`,
      ),
    })
    const busy = await sshd({ gate: join(gates, 'gate') })
    rmSync(busy.home, { recursive: true })
    renameSync(server.home, busy.home)
    const step = await push(busy, workspace, { force: 'true' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'transfer' })
    expect(step.errors[0]).toMatch(/else/)
    expect(run(join(busy.home, 'app'), 'rev-parse', 'refs/heads/main').trim()).toBe(other)
  })
})

describe('a shallow checkout', () => {
  const files = { 'a.txt': 'a\n', 'b.txt': 'b\n' }

  it('is completed from its origin', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(files, { commits: 5, shallow: 1 })
    const step = await push(server, workspace)
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', revision: workspace.sha() })
    expect(app.git('rev-list', '--count', 'main').trim()).toBe('5')
    app.git('fsck', '--strict')
  })

  it('fails with the fix when its origin is gone', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(files, { commits: 5, shallow: 1 })
    rmSync(workspace.origin ?? '', { recursive: true })
    const step = await push(server, workspace, { 'deploy-command': 'echo deployed' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'transfer' })
    expect(step.errors).toEqual([expect.stringContaining('fetch-depth: 0')])
    expect(app.tip()).toBe('')
    expect(deploys(server)).toEqual([])
  })

  it('fails with `fail`, before it connects', async () => {
    const server = await sshd()
    appOn(server)
    const step = await push(server, gitWorkspace(files, { commits: 2, shallow: 1 }), { shallow: 'fail' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'transfer', 'failed-stage': 'settings' })
    expect(step.errors).toEqual([expect.stringContaining('fetch-depth: 0')])
    expect(server.connections()).toBe(0)
  })

  it('is one commit on top of what is there with `snapshot`, and nothing the second time', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(files, { commits: 3, shallow: 1 })
    const first = await push(server, workspace, { shallow: 'snapshot' })
    expect(first.errors).toEqual([])
    expect(first.outputs).toMatchObject({ result: 'deployed', 'previous-revision': '', revision: app.tip() })
    expect(app.git('rev-list', '--count', 'main').trim()).toBe('1')
    expect(app.git('ls-tree', '-r', 'main')).toBe(workspace.git('ls-tree', '-r', 'HEAD'))

    const tip = app.tip()
    const more = { shallow: 'snapshot', 'deploy-command': 'echo again' }
    expect((await push(server, workspace, more)).outputs).toMatchObject({ result: 'unchanged', revision: tip })
    expect(deploys(server)).toHaveLength(1)

    commit(workspace, { 'a.txt': 'A\n' })
    const third = await push(server, workspace, { shallow: 'snapshot' })
    expect(third.outputs).toMatchObject({ result: 'deployed', 'previous-revision': tip, 'changed-files': '1' })
    expect(app.git('rev-list', '--count', 'main').trim()).toBe('2')
    expect(app.git('rev-parse', 'main^').trim()).toBe(tip)
    app.git('fsck', '--strict')
  })

  it('with `snapshot` is compared in a dry run, which changes nothing', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(files, { commits: 3, shallow: 1 })
    const more = { shallow: 'snapshot', 'dry-run': 'true' }
    expect((await push(server, workspace, more)).outputs).toMatchObject({ result: 'planned', 'changed-files': '3' })
    expect(app.tip()).toBe('')
  })

  it.each([
    [
      'an upload pack of its own',
      (workspace: GitWorkspace, pwn: string) =>
        workspace.git('config', 'remote.origin.uploadpack', `touch ${pwn}; git-upload-pack`),
    ],
    [
      'an origin that is a command',
      (workspace: GitWorkspace, pwn: string) => {
        workspace.git('config', 'protocol.ext.allow', 'always')
        workspace.git('config', 'remote.origin.url', `ext::sh -c touch% ${pwn}`)
      },
    ],
    [
      'a rewritten origin',
      (workspace: GitWorkspace, pwn: string) => {
        workspace.git('config', 'protocol.ext.allow', 'always')
        workspace.git('config', `url.ext::sh -c touch% ${pwn} .insteadOf`, 'file://')
      },
    ],
    [
      'a helper for alternates',
      (workspace: GitWorkspace, pwn: string) => {
        workspace.git('config', 'core.alternateRefsCommand', `touch ${pwn};`)
        writeFiles(workspace.path, { '.git/objects/info/alternates': `${workspace.origin}/.git/objects\n` })
      },
    ],
  ])('runs nothing of its configuration: %s', async (_, plant) => {
    const server = await sshd()
    appOn(server)
    const workspace = gitWorkspace(files, { commits: 3, shallow: 1 })
    const pwn = join(temporaryDirectory('pwn'), 'PWN')
    plant(workspace, pwn)
    spawnSync('git', ['fetch', '--unshallow', 'origin'], { cwd: workspace.path, env: isolatedEnvironment() })
    expect(existsSync(pwn)).toBe(true)
    rmSync(pwn)
    rmSync(join(workspace.path, '.git', 'shallow'), { force: true })
    writeFiles(workspace.path, { '.git/shallow': `${workspace.sha()}\n` })
    await push(server, workspace)
    expect(existsSync(pwn)).toBe(false)
  })

  it('sends the credentials that the checkout left to its origin alone, and a trick in them configures nothing', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(files, { commits: 3, shallow: 1 })
    const pwn = join(temporaryDirectory('pwn'), 'PWN')
    const trick = `AUTHORIZATION: basic x"\n[core]\n\talternateRefsCommand = touch ${pwn};\n[x "`
    workspace.git('config', 'http.https://github.com/.extraheader', trick)
    const step = await push(server, workspace)
    expect(step.outputs['result']).toBe('deployed')
    expect(app.tip()).toBe(workspace.sha())
    expect(existsSync(pwn)).toBe(false)
    expect(step.raw).not.toContain('AUTHORIZATION')
  })
})

describe('what the server does', () => {
  it('a hook that declines: its words are shown, nothing has changed', async () => {
    const server = await sshd()
    const app = appOn(server)
    writeFiles(app.path, { 'hooks/pre-receive': hook('echo "not on a Friday"; exit 1') })
    const step = await push(server, gitWorkspace(), { 'deploy-command': 'echo deployed' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'push', 'error-class': 'transfer' })
    expect(step.log).toContain('│ not on a Friday')
    expect(step.errors).toEqual([expect.stringMatching(/hook.*declined/i)])
    expect(app.tip()).toBe('')
    expect(deploys(server)).toEqual([])
  })

  it('a post-receive hook that fails: the ref has moved, which is what counts', async () => {
    const server = await sshd()
    const app = appOn(server)
    writeFiles(app.path, { 'hooks/post-receive': hook('echo "restart failed" >&2; exit 1') })
    const workspace = gitWorkspace()
    const step = await push(server, workspace)
    expect(step.outputs).toMatchObject({ result: 'deployed', uploaded: 'true' })
    expect(step.log).toContain('│ restart failed')
    expect(app.tip()).toBe(workspace.sha())
  })

  it('a hook that moves the ref back: git push returned 0, and it is a failure', async () => {
    const server = await sshd()
    const app = appOn(server)
    writeFiles(app.path, { 'hooks/post-receive': hook('git update-ref -d refs/heads/main') })
    const step = await push(server, gitWorkspace(), { 'deploy-command': 'echo deployed' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'transfer', uploaded: 'false' })
    expect(step.errors[0]).toContain('refs/heads/main')
    expect(deploys(server)).toEqual([])
  })

  it('a receiver that only takes pushes: the start of another one tells where the branch is', async () => {
    const only = 'case $COMMAND in git-receive-pack*) exec sh -c "$COMMAND" ;; esac\necho "Pushes only." >&2\nexit 1'
    const server = await sshd({ gate: gate(only) })
    const app = appOn(server)
    const workspace = gitWorkspace()
    expect((await server.ssh("git-upload-pack 'app'")).stderr).toContain('Pushes only.')
    const first = await push(server, workspace)
    expect(first.outputs, first.log).toMatchObject({ result: 'deployed', uploaded: 'true', revision: workspace.sha() })
    expect(app.tip()).toBe(workspace.sha())
    expect((await push(server, workspace)).outputs).toMatchObject({ result: 'unchanged' })
    writeFiles(app.path, { 'hooks/post-receive': hook('git update-ref -d refs/heads/main') })
    commit(workspace, { 'a.txt': 'moved back\n' })
    const step = await push(server, workspace)
    expect(step.outputs).toMatchObject({ result: 'failed', uploaded: 'false' })
    // The naive one, and one a push.
    expect(server.logins()).toBe(4)
  })

  it('no repository: the error says how to make one', async () => {
    const server = await sshd()
    const step = await push(server, gitWorkspace())
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'push', 'error-class': 'remote-setup' })
    expect(step.errors).toEqual([expect.stringContaining('git init --bare app')])
  })

  it('a repository whose checked-out branch is protected', async () => {
    const server = await sshd()
    mkdirSync(join(server.home, 'app'))
    run(join(server.home, 'app'), 'init', '--quiet', '--initial-branch=main')
    const step = await push(server, gitWorkspace())
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'remote-setup' })
    expect(step.errors[0]).toContain('denyCurrentBranch')
  })
})

describe('a dry run', () => {
  it('compares and changes nothing', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
    const more = { 'dry-run': 'true', 'deploy-command': 'echo deployed' }
    const empty = tree(app.path)
    const first = await push(server, workspace, more)
    expect(first.errors).toEqual([])
    expect(first.outputs).toMatchObject({ result: 'planned', uploaded: 'false', 'changed-files': '2' })
    expect(tree(app.path)).toEqual(empty)

    await push(server, workspace)
    const tip = app.tip()
    commit(workspace, { 'a.txt': 'A\n' })
    const filled = tree(app.path)
    const second = await push(server, workspace, more)
    expect(second.outputs).toMatchObject({
      result: 'planned',
      revision: workspace.sha(),
      'previous-revision': tip,
      'changed-files': '1',
    })
    expect(tree(app.path)).toEqual(filled)
    expect(deploys(server)).toEqual([])
  })

  it('tells that a push would be refused', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace(undefined, { commits: 2 })
    await push(server, workspace)
    const tip = app.tip()
    workspace.git('reset', '--quiet', '--hard', 'HEAD~1')
    commit(workspace, { 'other.txt': 'other\n' })
    const step = await push(server, workspace, { 'dry-run': 'true' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'transfer' })
    expect(app.tip()).toBe(tip)
  })
})

interface Trap {
  readonly name: string
  /** Plants it; `touch PWN` is its payload, in a file that is executable, or as a command. */
  plant(workspace: GitWorkspace, trap: { script: string; command: string; server: Server; elsewhere: Bare }): void
  /** What an unsuspecting script would run. */
  readonly naive: 'push' | 'status'
}

const traps: readonly Trap[] = [
  {
    name: 'core.sshCommand',
    plant: ({ git }, { command }) => git('config', 'core.sshCommand', `${command}; false`),
    naive: 'push',
  },
  {
    name: 'a pre-push hook',
    plant: ({ path }, { command }) => writeFiles(path, { '.git/hooks/pre-push': hook(command) }),
    naive: 'push',
  },
  {
    name: 'core.hooksPath',
    plant: ({ path, git }, { command }) => {
      writeFiles(path, { 'hooks/pre-push': hook(command), 'hooks/reference-transaction': hook(command) })
      git('config', 'core.hooksPath', 'hooks')
    },
    naive: 'push',
  },
  {
    name: 'core.fsmonitor',
    plant: ({ git }, { script }) => git('config', 'core.fsmonitor', script),
    naive: 'status',
  },
  {
    name: 'url.….pushInsteadOf',
    plant: ({ git }, { elsewhere, server }) => {
      git('config', '--add', `url.${elsewhere.path}.pushInsteadOf`, server.destination('app'))
      git('config', '--add', `url.${elsewhere.path}.pushInsteadOf`, scpLike(server))
    },
    naive: 'push',
  },
  {
    name: 'remote.….receivepack',
    plant: ({ git }, { command, server }) => {
      for (const url of [server.destination('app'), scpLike(server)]) {
        git('config', `remote.${url}.url`, url)
        git('config', `remote.${url}.receivepack`, `${command}; git-receive-pack`)
      }
    },
    naive: 'push',
  },
  {
    name: 'protocol.ext.allow',
    plant: ({ git }, { script, server }) => {
      git('config', 'protocol.ext.allow', 'always')
      for (const url of [server.destination('app'), scpLike(server)])
        git('config', '--add', `url.ext::${script}.insteadOf`, url)
    },
    naive: 'push',
  },
  {
    name: 'push.gpgSign with a programme',
    plant: ({ git }, { script }) => {
      git('config', 'push.gpgSign', 'true')
      git('config', 'gpg.program', script)
    },
    naive: 'push',
  },
]

const scpLike = ({ user, host }: Server) => `${user}@${host}:app`

describe('a hostile .git/config', () => {
  it('runs nothing and leads nowhere', async () => {
    const server = await sshd()
    const app = appOn(server)
    app.git('config', 'receive.certNonceSeed', 'seed')
    const elsewhere = bare(temporaryDirectory('elsewhere'))
    const directory = temporaryDirectory('trap')
    const pwn = join(directory, 'PWN')
    const command = `touch ${pwn}`
    writeFiles(directory, { script: hook(command) })
    const trap = { script: join(directory, 'script'), command, server, elsewhere }
    const sprung = () => existsSync(pwn) || elsewhere.tip() !== ''

    const workspace = gitWorkspace()
    for (const { name, plant, naive } of traps) {
      const victim = gitWorkspace()
      plant(victim, trap)
      naiveGit(victim, server, naive === 'status' ? ['status'] : ['push', scpLike(server), 'HEAD:refs/heads/main'])
      expect([name, sprung()]).toEqual([name, true])
      rmSync(pwn, { force: true })
      for (const { git, tip } of [app, elsewhere]) if (tip() !== '') git('update-ref', '-d', 'refs/heads/main')
      plant(workspace, trap)
    }

    const step = await push(server, workspace)
    expect(step.errors).toEqual([])
    expect(step.outputs['result']).toBe('deployed')
    expect(app.tip()).toBe(workspace.sha())
    expect(sprung()).toBe(false)
    expect(elsewhere.git('for-each-ref')).toBe('')
  })

  it('runs nothing: a bare repository in a sub-directory', async () => {
    const server = await sshd()
    const directory = temporaryDirectory('trap')
    const pwn = join(directory, 'PWN')
    writeFiles(directory, { script: hook(`touch ${pwn}`) })
    const workspace = gitWorkspace({
      'sub/HEAD': 'ref: refs/heads/main\n',
      'sub/config': `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${join(directory, 'script')}\n`,
      'sub/objects/keep': '',
      'sub/refs/keep': '',
      'sub/index.html': 'hello\n',
    })
    spawnSync('git', ['status'], { cwd: join(workspace.path, 'sub'), env: isolatedEnvironment() })
    expect(existsSync(pwn)).toBe(true)
    rmSync(pwn)
    const step = await push(server, workspace, { source: 'sub' })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', method: 'rsync' })
    expect(existsSync(join(server.home, 'app', 'index.html'))).toBe(true)
    expect(existsSync(pwn)).toBe(false)
  })

  it.skipIf(privilege === undefined)('is no obstacle when it belongs to somebody else', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = gitWorkspace()
    const sha = workspace.sha()
    asRoot('chmod', '-R', 'a+rX', workspace.path)
    asRoot('chown', '-R', '12345:12345', workspace.path)
    atEnd(() => asRoot('chown', '-R', `${process.getuid?.()}`, workspace.path))
    const naive = spawnSync('git', ['status'], { cwd: workspace.path, env: isolatedEnvironment(), encoding: 'utf8' })
    expect(naive.stderr).toContain('dubious ownership')
    const step = await push(server, workspace)
    expect(step.errors).toEqual([])
    expect(app.tip()).toBe(sha)
  })
})

/** git as a script would call it: with the right key, and with whatever the workspace configures. */
function naiveGit({ path }: GitWorkspace, server: Server, args: readonly string[]): void {
  const options = ['-F none', '-o StrictHostKeyChecking=no', '-o UserKnownHostsFile=/dev/null', '-o BatchMode=yes']
  const directory = temporaryDirectory('wrapper')
  writeFiles(directory, {
    ssh: hook(`exec ssh -p ${server.port} -i '${server.privateKeyPath}' ${options.join(' ')} "$@"`),
  })
  const env = { ...isolatedEnvironment(), HOME: path, GIT_SSH: join(directory, 'ssh'), GIT_SSH_VARIANT: 'ssh' }
  spawnSync('git', args, { cwd: path, env, input: '' })
}

function sha256Workspace(): GitWorkspace {
  const path = temporaryDirectory('workspace')
  const git = (...args: string[]) => run(path, ...args)
  git('init', '--quiet', '--object-format=sha256', '--initial-branch=main')
  const workspace = { path, branch: 'main', git, sha: () => git('rev-parse', 'HEAD').trim() }
  commit(workspace, { 'a.txt': 'a\n' })
  return workspace
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))
}
