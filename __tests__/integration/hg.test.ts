import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Inputs, inputsFor, runAction } from '../support/runner.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { commit, type HgWorkspace, hgWorkspace, isolatedEnvironment, tree, writeFiles } from '../support/workspaces.ts'

/** A Mercurial repository on the server, and the newest changeset in it, 40 zeros for none. */
function repository(path: string) {
  mkdirSync(path, { recursive: true })
  const hg = (...args: string[]) =>
    execFileSync('hg', args, { cwd: path, env: isolatedEnvironment(), encoding: 'utf8', stdio: 'pipe' })
  hg('init')
  return { path, hg, tip: () => hg('log', '--rev', 'tip', '--template', '{node}') || '0'.repeat(40) }
}

const appOn = (server: Server) => repository(join(server.home, 'app'))
const deploys = (server: Server) => server.commands().filter((command) => command.startsWith('echo'))
const script = (content: string) => ({ content: `#!/bin/sh\n${content}\n`, mode: 0o755 })

const push = (server: Server, workspace: { path: string }, more: Inputs = {}) =>
  runAction(inputsFor(server, more), { workspace: workspace.path, post: false })

describe('a push by hg', () => {
  it('arrives the first time, finds nothing to do the second time, and tells what changed the third time', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = hgWorkspace({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'sub/c d.txt': 'c\n' })
    const first = workspace.node()
    const more = { 'deploy-command': 'echo deployed {sha}' }

    const one = await push(server, workspace, more)
    expect(one).toMatchObject({ code: 0, errors: [] })
    expect(one.outputs).toMatchObject({
      result: 'deployed',
      method: 'hg',
      uploaded: 'true',
      revision: first,
      'changed-files': '3',
      'deleted-files': '0',
      'deploy-exit-code': '0',
    })
    expect(one.outputs['previous-revision']).toMatch(/^0*$/)
    expect(one.log).toContain('.hg is there')
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

    workspace.hg('rm', 'b.txt')
    commit(workspace, { 'a.txt': 'A\n', 'd.txt': 'd\n' })
    commit(workspace, { 'a.txt': 'AA\n' })
    const three = await push(server, workspace, more)
    expect(three.outputs).toMatchObject({
      result: 'deployed',
      revision: workspace.node(),
      'previous-revision': first,
      'changed-files': '2',
      'deleted-files': '1',
    })
    const { files } = three.report() as { files: { path: string }[] }
    expect(files.toSorted((a, b) => a.path.localeCompare(b.path))).toEqual([
      { kind: 'changed', path: 'a.txt' },
      { kind: 'deleted', path: 'b.txt' },
      { kind: 'added', path: 'd.txt' },
    ])
    expect(app.tip()).toBe(workspace.node())
    expect(deploys(server)).toHaveLength(3)
  })

  it('sends what is checked out and no other head; a second head is no obstacle, as with dotCloud', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = hgWorkspace()
    const first = workspace.node()
    commit(workspace, { 'one.txt': '1\n' })
    const one = workspace.node()
    workspace.hg('update', '--quiet', '--rev', first)
    commit(workspace, { 'two.txt': '2\n' })
    const two = workspace.node()
    const heads = () => app.hg('heads', '--template', '{node}\n').trim().split('\n')
    expect((await push(server, workspace)).outputs).toMatchObject({ result: 'deployed', revision: two })
    expect(heads()).toEqual([two])
    workspace.hg('update', '--quiet', '--rev', one)
    expect((await push(server, workspace)).outputs).toMatchObject({ result: 'deployed', revision: one })
    expect(heads().toSorted()).toEqual([one, two].toSorted())
  })

  it('a secret changeset is no success: hg sends nothing of it and calls that nothing to do', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = hgWorkspace()
    workspace.hg('phase', '--secret', '--force', '--rev', '.')
    expect(spawnSync('hg', ['push', app.path], { cwd: workspace.path, env: isolatedEnvironment() }).status).toBe(1)
    for (const more of [{}, { 'dry-run': 'true' }]) {
      const step = await push(server, workspace, { ...more, 'deploy-command': 'echo deployed' })
      expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input', uploaded: 'false' })
      expect(step.errors).toEqual([expect.stringMatching(/is secret.*hg phase --draft/s)])
    }
    expect(deploys(server)).toEqual([])
    workspace.hg('phase', '--draft', '--rev', '.')
    expect((await push(server, workspace)).outputs['result']).toBe('deployed')
    expect(app.tip()).toBe(workspace.node())
  })

  it('fills {branch} with the named branch', async () => {
    const server = await sshd()
    repository(join(server.home, 'stable'))
    const workspace = hgWorkspace()
    workspace.hg('branch', '--quiet', 'stable')
    commit(workspace, { 'stable.txt': 'stable\n' })
    const step = await push(server, workspace, { destination: server.destination('{branch}') })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', destination: server.destination('stable') })
  })

  it.each([
    ['an absolute path', (server: Server) => join(server.home, 'abs/app'), 'abs/app'],
    ['a path below the home, with a space', () => 'my app/v 1', 'my app/v 1'],
  ])('reaches %s', async (_, written, real) => {
    const server = await sshd()
    const app = repository(join(server.home, real))
    const workspace = hgWorkspace()
    const step = await push(server, workspace, {
      destination: server.destination(written(server)).replaceAll(' ', '%20'),
    })
    expect(step.errors).toEqual([])
    expect(app.tip()).toBe(workspace.node())
  })

  it('compares in a dry run and changes nothing', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = hgWorkspace({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
    const more = { 'dry-run': 'true', 'deploy-command': 'echo deployed' }
    const first = await push(server, workspace, more)
    expect(first.errors).toEqual([])
    expect(first.outputs).toMatchObject({ result: 'planned', uploaded: 'false', 'changed-files': '2' })
    expect(app.tip()).toMatch(/^0+$/)

    await push(server, workspace)
    const tip = app.tip()
    const files = tree(app.path, ['cache'])
    commit(workspace, { 'a.txt': 'A\n' })
    expect((await push(server, workspace, more)).outputs).toMatchObject({
      result: 'planned',
      revision: workspace.node(),
      'previous-revision': tip,
      'changed-files': '1',
    })
    expect(tree(app.path, ['cache'])).toEqual(files)
    expect(deploys(server)).toEqual([])
  })
})

describe('what may go wrong', () => {
  it('no repository: the error says how to make one', async () => {
    const server = await sshd()
    const step = await push(server, hgWorkspace(), { 'deploy-command': 'echo deployed' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'push', 'error-class': 'remote-setup' })
    expect(step.errors).toEqual([expect.stringContaining('hg init app')])
    expect(deploys(server)).toEqual([])
  })

  it('a hook that declines: its words are shown, nothing has changed', async () => {
    const server = await sshd()
    const app = appOn(server)
    writeFiles(app.path, { '.hg/hgrc': '[hooks]\npretxnchangegroup = echo "not on a Friday"; exit 1\n' })
    const step = await push(server, hgWorkspace(), { 'deploy-command': 'echo deployed' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'push', 'error-class': 'transfer' })
    expect(step.log).toMatch(/│ .*not on a Friday/)
    expect(step.errors).toEqual([expect.stringMatching(/hook/)])
    expect(app.tip()).toMatch(/^0+$/)
    expect(deploys(server)).toEqual([])
  })

  it('a repository without a changeset is refused before anything is connected to', async () => {
    const server = await sshd()
    const path = temporaryDirectory('workspace')
    execFileSync('hg', ['init', path], { env: isolatedEnvironment() })
    const step = await push(server, { path })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input', 'failed-stage': 'settings' })
    expect(server.connections()).toBe(0)
  })
})

/** Everything in a repository's settings that makes Mercurial run something, each with a mark of its own. */
function plantTraps(workspace: HgWorkspace, directory: string): string[] {
  const touch = (name: string) => `touch ${join(directory, 'sprung', name)}`
  const python = (name: string) => `open(${JSON.stringify(join(directory, 'sprung', name))}, 'w')\n`
  writeFiles(directory, {
    'sprung/.keep': '',
    ssh: script(`${touch('ui.ssh')}; exec ssh "$@"`),
    'remote-hg': script(`${touch('ui.remotecmd')}; exec hg "$@"`),
    'extension.py': python('extension'),
    'unshared.py': python('unshared'),
  })
  const hooks = ['pre-push', 'preoutgoing', 'outgoing', 'pre-log', 'pre-version', 'pre-identify', 'pre-outgoing']
  writeFiles(workspace.path, {
    '.hg/hgrc': `[ui]
ssh = ${directory}/ssh
remotecmd = ${directory}/remote-hg
[extensions]
evil = ${directory}/extension.py
[alias]
status = !${touch('alias')}
[hooks]
${hooks.map((name) => `${name} = ${touch(name)}`).join('\n')}
`,
    '.hg/hgrc-not-shared': `[extensions]\nevil2 = ${directory}/unshared.py\n`,
  })
  return [...hooks, 'ui.ssh', 'ui.remotecmd', 'extension', 'unshared', 'alias']
}

describe('a hostile .hg', () => {
  it('runs nothing of what its settings ask for', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = hgWorkspace()
    const directory = temporaryDirectory('trap')
    const traps = plantTraps(workspace, directory)
    const sprung = () => readdirSync(join(directory, 'sprung')).filter((name) => name !== '.keep')
    const url = server.destination('app').replace('/~/', '/')
    for (const args of [['log'], ['version'], ['id'], ['status'], ['outgoing', url], ['push', '--force', url]])
      naiveHg(workspace, server, args)
    expect(sprung().toSorted()).toEqual(traps.toSorted())
    rmSync(join(directory, 'sprung'), { recursive: true })
    mkdirSync(join(directory, 'sprung'))

    const hg = safeHg(workspace)
    commit({ ...workspace, hg }, { 'more.txt': 'more\n' })
    for (const more of [{ 'dry-run': 'true' }, {}]) expect((await push(server, workspace, more)).errors).toEqual([])
    expect(app.tip()).toBe(hg('log', '--rev', '.', '--template', '{node}'))
    expect(sprung()).toEqual([])
  })

  it('that came with a git commit is refused before anything is connected to, and git is the way out', async () => {
    const server = await sshd()
    const pwn = join(temporaryDirectory('trap'), 'PWN')
    const hg = hgWorkspace()
    writeFiles(hg.path, { '.hg/hgrc': `[hooks]\npre-identify = touch ${pwn}\npre-push = touch ${pwn}\n` })
    execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: hg.path, env: isolatedEnvironment() })
    const path = join(temporaryDirectory('workspace'), 'clone')
    for (const args of [
      ['add', '--all'],
      ['commit', '--quiet', '--message', 'innocent'],
      ['clone', '--quiet', hg.path, path],
    ])
      execFileSync('git', args, { cwd: hg.path, env: isolatedEnvironment() })
    spawnSync('hg', ['id'], { cwd: path, env: isolatedEnvironment() })
    expect(existsSync(pwn)).toBe(true)
    rmSync(pwn)

    for (const more of [{}, { method: 'hg' }]) {
      const step = await push(server, { path }, more)
      expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'unsafe', 'failed-stage': 'settings' })
      expect(step.errors).toEqual([expect.stringContaining('.hg')])
    }
    expect(server.connections()).toBe(0)
    execFileSync('git', ['init', '--quiet', '--bare', join(server.home, 'app')])
    expect((await push(server, { path }, { method: 'git' })).outputs).toMatchObject({
      result: 'deployed',
      method: 'git',
    })
    expect(existsSync(pwn)).toBe(false)
  })

  it('beside a .git, but in no commit of it, is the one that is pushed', async () => {
    const server = await sshd()
    const app = appOn(server)
    const workspace = hgWorkspace()
    execFileSync('git', ['init', '--quiet'], { cwd: workspace.path, env: isolatedEnvironment() })
    expect((await push(server, workspace)).outputs).toMatchObject({ result: 'deployed', method: 'hg' })
    expect(app.tip()).toBe(workspace.node())
  })
})

/** hg as a script would call it: with the right key, and with whatever the repository configures. */
function naiveHg({ path }: HgWorkspace, server: Server, args: readonly string[]): void {
  const options = ['-F none', '-o StrictHostKeyChecking=no', '-o UserKnownHostsFile=/dev/null', '-o BatchMode=yes']
  const bin = temporaryDirectory('bin')
  // Found as `ssh` by Mercurial; it calls the real one.
  writeFiles(bin, {
    ssh: script(
      `PATH=$(printf %s "$PATH" | sed 's|^[^:]*:||') exec ssh -i '${server.privateKeyPath}' ${options.join(' ')} "$@"`,
    ),
  })
  const { HGPLAIN: _, ...isolated } = isolatedEnvironment()
  const env = { ...isolated, PATH: `${bin}:${process.env['PATH']}`, HOME: path }
  spawnSync('hg', args, { cwd: path, env, input: '' })
}

function safeHg({ path }: HgWorkspace) {
  return (...args: string[]) =>
    execFileSync('hg', args, {
      cwd: path,
      env: { ...isolatedEnvironment(), HGRCSKIPREPO: '1' },
      encoding: 'utf8',
      stdio: 'pipe',
    })
}
