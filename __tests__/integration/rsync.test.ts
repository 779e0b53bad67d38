import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { networkInterfaces } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/launch.ts'
import { proxy } from '../support/proxy.ts'
import { type ActionOptions, type Inputs, inputsFor, runAction, type Step } from '../support/runner.ts'
import { pathWithout, type Server, type ServerOptions, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { commit, type File, type Files, gitWorkspace, plainWorkspace, tree, writeFiles } from '../support/workspaces.ts'

const isRoot = process.getuid?.() === 0
const namespaces = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0
const ipv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

interface Rig {
  readonly server: Server
  readonly workspace: string
  /** Where the application arrives. */
  readonly there: string
  push(more?: Inputs, options?: ActionOptions): Promise<Step>
  write(files: Files): void
  remove(...names: string[]): void
  /** Puts files at the destination, behind the back of the Action. */
  plant(files: Files): void
}

/** A server, a workspace under no version control, and a push (without its post step) from the one to the other. */
async function rig(
  files: Files = { 'index.html': 'hello\n' },
  options: ServerOptions = {},
  path = 'app',
): Promise<Rig> {
  const server = await sshd(options)
  const workspace = plainWorkspace(files).path
  const there = path.startsWith('/') ? path : join(server.home, path)
  return {
    server,
    workspace,
    there,
    push: (more = {}, given = {}) =>
      runAction(inputsFor(server, { app: 'hello', destination: server.destination(path), ...more }), {
        workspace,
        post: false,
        ...given,
      }),
    write: (more) => writeFiles(workspace, more),
    remove: (...names) => {
      for (const name of names) rmSync(join(workspace, name), { recursive: true })
    },
    plant: (more) => writeFiles(there, more),
  }
}

/** What a push came to, in the outputs that tests compare most. */
function outcome({ code, outputs, errors }: Step) {
  return {
    code,
    result: outputs['result'],
    class: outputs['error-class'],
    changed: Number(outputs['changed-files']),
    deleted: Number(outputs['deleted-files']),
    errors: errors.length,
  }
}

const deployed = (changed: number, deleted = 0) => ({
  code: 0,
  result: 'deployed',
  class: '',
  changed,
  deleted,
  errors: 0,
})
const unchanged = { ...deployed(0), result: 'unchanged' }
const planned = (changed: number, deleted = 0) => ({ ...deployed(changed, deleted), result: 'planned' })
const refused = (errorClass: string) => ({
  code: 1,
  result: 'failed',
  class: errorClass,
  changed: 0,
  deleted: 0,
  errors: 1,
})

/** How many files differ between two looks at one directory: the truth that the counts must equal. */
function difference(before: Record<string, string>, after: Record<string, string>) {
  const isFile = (state?: string) => state !== undefined && state !== 'directory'
  const changed = Object.keys(after).filter((path) => isFile(after[path]) && after[path] !== before[path])
  const stays = (path: string) => Object.keys(after).some((other) => other === path || other.startsWith(`${path}/`))
  const deleted = Object.keys(before).filter((path) => isFile(before[path]) && !stays(path))
  return { changed: changed.length, deleted: deleted.length }
}

/** `name` with nothing but the given script in front of everything else on PATH. */
function pathWith(name: string, script: string): string {
  const directory = temporaryDirectory('bin')
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `${directory}:${process.env['PATH'] ?? ''}`
}

/** The names of all files in a directory, without the empty directories. */
function names(directory: string): string[] {
  const all = Object.entries(tree(directory))
  return all.flatMap(([path, state]) => (state === 'directory' ? [] : [path])).sort()
}

const numbered = (count: number, content = 'content\n'): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`file-${index}.txt`, `${index} ${content}`]))

describe('a push and the next ones', () => {
  it('makes a missing nested directory; the same again is unchanged, and the deploy command still runs', async () => {
    const files = { 'index.html': 'hello\n', 'static/css/a.css': 'a\n', 'static/b.js': 'b\n', empty: '' }
    const { server, workspace, there, push } = await rig(files, {}, 'deep/down/app')
    const more = { 'deploy-command': 'echo {app}.{deployment} >> deployed' }
    const first = await push(more, { post: true })
    expect(outcome(first)).toEqual(deployed(4))
    expect(first.outputs).toMatchObject({
      uploaded: 'true',
      method: 'rsync',
      'deploy-exit-code': '0',
      revision: 'f'.repeat(40),
    })
    expect(tree(there)).toEqual(tree(workspace))
    expect(server.logins()).toBe(1)
    const before = { there: tree(there), inode: statSync(join(there, 'index.html')).ino }

    const second = await push(more, { post: true })
    expect(outcome(second)).toEqual(unchanged)
    expect(second.outputs).toMatchObject({ uploaded: 'true', 'previous-revision': 'f'.repeat(40) })
    expect({ there: tree(there), inode: statSync(join(there, 'index.html')).ino }).toEqual(before)
    expect(server.logins()).toBe(2)

    // A checkout in CI gives every file a new time.
    const future = new Date(Date.now() + 86_400_000)
    for (const name of Object.keys(files)) utimesSync(join(workspace, name), future, future)
    expect(outcome(await push(more))).toEqual(unchanged)
    expect(readFileSync(join(server.home, 'deployed'), 'utf8')).toBe('hello.default\n'.repeat(3))
    expect(readdirSync(there).filter((name) => name.startsWith('.'))).toEqual([])
    expect([...first.leftovers(), ...second.leftovers()]).toEqual([])
  })

  it('counts what changed as a comparison of the trees does', async () => {
    const { workspace, there, push, write, remove } = await rig({
      ...numbered(8),
      'dir/one': '1\n',
      'dir/two': '2\n',
      'gone/a': 'a\n',
      'gone/b': 'b\n',
      link: { link: 'file-0.txt' },
      turned: 'a file\n',
      same: 'same size 1\n',
    })
    expect(outcome(await push())).toEqual(deployed(15))
    const before = tree(there)
    chmodSync(join(workspace, 'file-1.txt'), 0o755)
    remove('file-2.txt', 'gone', 'link', 'turned')
    write({
      'file-0.txt': 'changed\n',
      same: 'same size 2\n',
      'new/deep/er': 'new\n',
      'new/empty': '',
      link: { link: 'file-3.txt' },
      turned: { link: 'same' },
    })
    // Of the same size and time as before: only its content tells.
    utimesSync(join(workspace, 'same'), statSync(join(there, 'same')).atime, statSync(join(there, 'same')).mtime)
    mkdirSync(join(workspace, 'empty-directory'))

    const step = await push()
    const after = tree(there)
    expect(after).toEqual(tree(workspace))
    expect(outcome(step)).toEqual(deployed(7, 3))
    expect(difference(before, after)).toEqual({ changed: 7, deleted: 3 })
    const { files } = step.report() as { files: { kind: string; path: string }[] }
    const of = (...kinds: string[]) =>
      files.flatMap(({ kind, path }) => (kinds.includes(kind) && !path.endsWith('/') ? [path] : [])).sort()
    expect(of('added', 'changed')).toEqual(
      ['file-0.txt', 'file-1.txt', 'link', 'new/deep/er', 'new/empty', 'same', 'turned'].sort(),
    )
    expect(of('deleted')).toEqual(['file-2.txt', 'gone/a', 'gone/b'])
  })

  it('replaces a directory by a link or a file, and the reverse', async () => {
    const { workspace, there, push, write, remove } = await rig({
      ...numbered(6),
      'to-link/a': 'a\n',
      'to-link/b': 'b\n',
      'to-file/a': 'a\n',
      'from-link': { link: 'file-0.txt' },
      'from-file': 'a file\n',
    })
    expect(outcome(await push())).toEqual(deployed(11))
    const before = tree(there)
    remove('to-link', 'to-file', 'from-link', 'from-file')
    write({
      'to-link': { link: 'file-1.txt' },
      'to-file': 'a file\n',
      'from-link/a': 'a\n',
      'from-file/a': 'a\n',
    })
    const step = await push()
    expect(tree(there)).toEqual(tree(workspace))
    expect({ ...outcome(step), ...difference(before, tree(there)) }).toEqual(outcome(step))
    expect(outcome(await push())).toEqual(unchanged)
  })

  it('keeps modes, but for setuid and setgid, and no owner', async () => {
    const executable = (mode: number): File => ({ content: '#!/bin/sh\n', mode })
    const { workspace, there, push } = await rig({
      run: executable(0o755),
      mine: executable(0o700),
      readonly: executable(0o444),
      setuid: executable(0o4755),
      setgid: executable(0o2755),
      ...numbered(3),
    })
    if (isRoot) for (const name of readdirSync(workspace)) chownSync(join(workspace, name), 65534, 65534)
    // Changing the owner takes the bits away.
    chmodSync(join(workspace, 'setuid'), 0o4755)
    chmodSync(join(workspace, 'setgid'), 0o2755)
    expect(outcome(await push())).toEqual(deployed(8))
    const modes = Object.fromEntries(
      ['run', 'mine', 'readonly', 'setuid', 'setgid'].map((name) => [name, statSync(join(there, name)).mode & 0o7777]),
    )
    expect(modes).toEqual({ run: 0o755, mine: 0o700, readonly: 0o444, setuid: 0o755, setgid: 0o755 })
    expect(readdirSync(there).map((name) => statSync(join(there, name)).uid)).toEqual(Array(8).fill(process.getuid?.()))
    expect(outcome(await push())).toEqual(unchanged)
  })

  it('remembers the revision of the last push', async () => {
    const server = await sshd()
    const workspace = gitWorkspace()
    const push = () =>
      runAction(inputsFor(server, { method: 'rsync' }), { workspace: workspace.path, sha: workspace.sha() })
    const first = workspace.sha()
    expect((await push()).outputs).toMatchObject({ revision: first, 'previous-revision': '' })
    commit(workspace, { 'index.html': 'two\n' })
    expect((await push()).outputs).toMatchObject({ revision: workspace.sha(), 'previous-revision': first })
    commit(workspace, {}, 'nothing but a message')
    const third = await push()
    expect(outcome(third)).toEqual(unchanged)
    expect((await push()).outputs).toMatchObject({ 'previous-revision': workspace.sha() })
  })
})

describe('names and links', () => {
  it('sends the links that stay inside, and drops the others with a warning', async () => {
    const { workspace, there, push } = await rig({
      'index.html': 'hello\n',
      'sub/page.html': 'page\n',
      'file-link': { link: 'index.html' },
      'sub/up': { link: '../index.html' },
      'directory-link': { link: 'sub' },
      dangling: { link: 'not/there' },
      passwd: { link: '/etc/passwd' },
      'sub/escape': { link: '../../outside' },
    })
    const out = temporaryDirectory('naive')
    spawnSync('rsync', ['-rL', `${workspace}/`, out])
    expect(readFileSync(join(out, 'passwd'), 'utf8')).toBe(readFileSync('/etc/passwd', 'utf8'))
    const step = await push()
    expect(outcome(step)).toEqual(deployed(6))
    expect(tree(there)).toMatchObject({
      'file-link': '-> index.html',
      'sub/up': '-> ../index.html',
      'directory-link': '-> sub',
      dangling: '-> not/there',
    })
    expect(names(there)).toHaveLength(6)
    expect(step.warnings).toHaveLength(1)
    expect(step.warnings[0]).toContain('passwd')
    expect(step.warnings[0]).toContain('sub/escape')
    expect(outcome(await push())).toEqual(unchanged)
  })

  it('sends files of any name, and counts them rightly when they go', async () => {
    const { workspace, there, push } = await rig(numbered(30))
    const strange = [
      'a space',
      ' leading',
      'trailing ',
      'two\nlines',
      'carriage\rreturn',
      'tab\there',
      '-rf',
      '--delete',
      '##[add-mask]x',
      '##[error]x\n::error::y',
      '::error::z',
      '*deleting   1 q',
      '<f+++++++++ 5 w',
      'ünï cödé ☃ 🚀',
      'separator\u2028line',
      '$(touch PWN)',
      '`touch PWN`;touch PWN',
      "it's",
      '"quoted"',
      'back\\slash',
      '\\#012',
      '*',
      '[a]',
      '?',
    ]
    for (const name of strange) writeFileSync(join(workspace, name), name.endsWith(' ') ? '' : 'x\n')
    const latin = Buffer.concat([Buffer.from(`${workspace}/latin-`), Buffer.from([0xe9, 0xff, 0x80])])
    writeFileSync(latin, 'x\n')
    const count = strange.length + 1
    const first = await push()
    expect(outcome(first)).toEqual(deployed(30 + count))
    expect(tree(there)).toEqual(tree(workspace))
    expect(names(there)).toContain('latin-éÿ\u0080')
    const commands = ['add-mask', 'endgroup', 'group', 'stop-commands']
    expect([...new Set(first.commands.map(({ command }) => command))].sort()).toEqual(commands)
    expect(outcome(await push())).toEqual(unchanged)

    for (const name of strange) rmSync(join(workspace, name))
    rmSync(latin)
    const last = await push()
    expect(outcome(last)).toEqual(deployed(0, count))
    expect(tree(there)).toEqual(tree(workspace))
    expect([...new Set(last.commands.map(({ command }) => command))].sort()).toEqual(commands)
    expect(existsSync(join(there, 'PWN')) || existsSync(join(workspace, 'PWN'))).toBe(false)
  })
})

describe('what stays here', () => {
  const secrets: Files = {
    '.git/config': 'token\n',
    'sub/.git/config': 'token\n',
    '.hg/hgrc': 'x\n',
    '.svn/entries': 'x\n',
    '.env': 'SECRET=1\n',
    '.env.production': 'SECRET=1\n',
    'server.pem': 'x\n',
    'sub/deep/key.pem': 'x\n',
    id_rsa: 'x\n',
    'id_ed25519.pub': 'x\n',
    '.npmrc': 'x\n',
    'sub/.netrc': 'x\n',
    '.ssh/config': 'x\n',
    '.aws/credentials': 'x\n',
  }

  it('secret-like files are never sent, and never deleted there', async () => {
    const out = temporaryDirectory('naive')
    spawnSync('rsync', ['-r', `${plainWorkspace(secrets).path}/`, out])
    expect(Object.keys(tree(out)).sort()).toEqual(Object.keys(secrets).sort())

    const { there, push, plant, write, remove } = await rig({ ...secrets, ...numbered(4), 'sub/page': 'page\n' })
    const forced = { method: 'rsync' }
    expect(outcome(await push(forced))).toEqual(deployed(5))
    expect(names(there)).toEqual([...Object.keys(numbered(4)), 'sub/page'].sort())

    plant(Object.fromEntries(Object.keys(secrets).map((name) => [name, 'of the server\n'])))
    write({ 'file-0.txt': 'changed\n' })
    remove('file-1.txt')
    const before = tree(there)
    expect(outcome(await push(forced))).toEqual(deployed(1, 1))
    const after = tree(there)
    expect(difference(before, after)).toEqual({ changed: 1, deleted: 1 })
    for (const name of Object.keys(secrets)) expect(after[name], name).toBe(before[name])
  })

  it("the user's excludes and .dotcloudignore: not sent, not deleted there", async () => {
    const ignore = '# comment\n; comment\n\n/build\n- cache/\n*.log\r\ndocs/**.tmp\n'
    const { there, push, plant, write } = await rig({
      '.dotcloudignore': ignore,
      'app.py': 'x\n',
      'app.pyc': 'x\n',
      'sub/x.pyc': 'x\n',
      'build/out': 'x\n',
      'sub/build/out': 'x\n',
      'sub/cache/file': 'x\n',
      'sub/err.log': 'x\n',
      'docs/a/b.tmp': 'x\n',
      'docs/a/b.md': 'x\n',
      '# comment': 'x\n',
      'node_modules/m/index.js': 'x\n',
    })
    const more = { excludes: '*.pyc\n  node_modules/ \n\n' }
    const sent = ['# comment', '.dotcloudignore', 'app.py', 'docs/a/b.md', 'sub/build/out']
    expect(outcome(await push(more))).toEqual(deployed(5))
    expect(names(there)).toEqual(sent)
    const theirs = {
      'build/kept': 'x\n',
      'cache/kept': 'x\n',
      'kept.log': 'x\n',
      'kept.pyc': 'x\n',
      'node_modules/k': 'x\n',
    }
    plant(theirs)
    plant({ 'foreign.txt': 'x\n' })
    write({ 'app.py': 'two\n' })
    expect(outcome(await push(more))).toEqual(deployed(1, 1))
    expect(names(there)).toEqual([...sent, ...Object.keys(theirs)].sort())
  })

  it('includes lifts a built-in exclude by its name, and nothing else', async () => {
    const { there, push, server } = await rig({ ...secrets, 'index.html': 'x\n' })
    const more = { method: 'rsync', includes: '.env\nid_ed25519.pub' }
    expect(outcome(await push(more))).toEqual(deployed(3))
    expect(names(there)).toEqual(['.env', 'id_ed25519.pub', 'index.html'])
    const connections = server.connections()
    const wrong = ['*', '.env\nindex.html', '.e*'].map((includes) => push({ ...more, includes }))
    for (const step of await Promise.all(wrong)) expect(outcome(step)).toEqual(refused('input'))
    expect(server.connections()).toBe(connections)
  })

  it('no exclude can turn into a rule of another kind', async () => {
    const tricks = [
      '!',
      '+ .env',
      '+ *',
      'include .env',
      'clear',
      '. /etc/passwd',
      'merge /etc/passwd',
      ': .rules',
      'R .env',
      'S .env',
    ]
    const files: Files = {
      '.env': 'SECRET=1\n',
      'index.html': 'x\n',
      '+ .env': 'x\n',
      '.rsync-filter': '!\n+ .env\n- *\n',
      '.rules': '!\n',
    }

    // Given to rsync as they are, they do.
    const naive = plainWorkspace(files).path
    const out = temporaryDirectory('naive')
    spawnSync('rsync', ['-r', '--exclude=.env', '--exclude=!', `${naive}/`, out])
    expect(existsSync(join(out, '.env'))).toBe(true)
    const merged = temporaryDirectory('naive')
    spawnSync('rsync', ['-r', '-F', '--exclude=.env', `${naive}/`, merged])
    expect(readdirSync(merged)).toEqual(['.env'])

    const { there, push, write } = await rig(files)
    const arrived = ['.rsync-filter', '.rules', 'index.html']
    expect(outcome(await push({ excludes: tricks.join('\n') }))).toEqual(deployed(3))
    expect(names(there)).toEqual(arrived.sort())
    write({ '.dotcloudignore': `${tricks.join('\n')}\n` })
    expect(outcome(await push())).toMatchObject({ result: 'deployed' })
    expect(names(there)).not.toContain('.env')
    expect(names(there)).toContain('.rsync-filter')
  })

  it('60,000 excludes', async () => {
    const patterns = Array.from({ length: 60_000 }, (_, index) => `/generated/directory-${index}/*.o`)
    const { there, push } = await rig({
      '.dotcloudignore': patterns.join('\n'),
      'generated/directory-0/a.o': 'x\n',
      'generated/directory-59999/a.o': 'x\n',
      'generated/directory-59999/a.c': 'x\n',
    })
    // As many as fit into one variable of a process.
    const excludes = Array.from({ length: 6_000 }, (_, index) => `*.temporary-${index}`).join('\n')
    expect(outcome(await push({ excludes }))).toEqual(deployed(2))
    expect(names(there)).toEqual(['.dotcloudignore', 'generated/directory-59999/a.c'])
  })
})

describe('the mirror and its guards', () => {
  it('protect keeps what exists only there, also where the source has the directory', async () => {
    const { there, push, plant, remove, write } = await rig({
      'index.html': 'x\n',
      'uploads/seed.txt': 'seed\n',
      old: 'x\n',
    })
    const more = { protect: 'uploads/\n*.keep' }
    expect(outcome(await push(more))).toEqual(deployed(3))
    plant({ 'uploads/photo.jpg': 'x\n', 'uploads/2024/deep.jpg': 'x\n', 'data.keep': 'x\n', 'other/uploads/x': 'x\n' })
    remove('old')
    expect(outcome(await push(more))).toEqual(deployed(0, 1))
    remove('uploads')
    write({ 'index.html': 'two\n' })
    expect(outcome(await push(more))).toEqual(deployed(1, 0))
    expect(names(there)).toEqual(
      [
        'data.keep',
        'index.html',
        'other/uploads/x',
        'uploads/2024/deep.jpg',
        'uploads/photo.jpg',
        'uploads/seed.txt',
      ].sort(),
    )
    // Without it they go.
    expect(outcome(await push({ 'max-delete': '100%' }))).toEqual(deployed(0, 5))
  })

  it('delete: false leaves everything there, foreign files too', async () => {
    const { there, push, plant, remove } = await rig({ 'index.html': 'x\n', old: 'x\n' })
    plant({ 'foreign/file': 'x\n' })
    const more = { delete: 'false' }
    expect(outcome(await push(more))).toEqual(deployed(2))
    remove('old')
    expect(outcome(await push(more))).toEqual(unchanged)
    remove('index.html')
    expect(outcome(await push(more))).toEqual(unchanged)
    expect(names(there)).toEqual(['foreign/file', 'index.html', 'old'])
  })

  it('an empty source is refused with nothing changed', async () => {
    const { server, there, push, write, remove } = await rig({ 'index.html': 'x\n', 'sub/a': 'x\n' })
    await push()
    const before = { there: tree(there), home: tree(server.home) }
    const more = { 'max-delete': '100%', 'deploy-command': 'touch DEPLOYED' }
    expect(outcome(await push({ ...more, excludes: '*' }))).toEqual(refused('unsafe'))
    remove('index.html', 'sub')
    const step = await push(more)
    expect(outcome(step)).toEqual(refused('unsafe'))
    expect(step.outputs).toMatchObject({ 'failed-stage': 'push', uploaded: 'false' })
    mkdirSync(join(there, 'only'), { recursive: true })
    rmSync(join(there, 'only'), { recursive: true })
    write({ '.env': 'all that is left is excluded\n', out: { link: '/etc/passwd' } })
    expect(outcome(await push(more))).toEqual(refused('unsafe'))
    expect({ there: tree(there), home: tree(server.home) }).toEqual(before)
  })

  it('max-delete: half by default, a number, a percentage, none at all', async () => {
    const { there, push, write, remove } = await rig(numbered(10))
    await push()
    const all = tree(there)
    remove(...Object.keys(numbered(6)))
    write({ 'new.txt': 'x\n' })
    const step = await push()
    expect(outcome(step)).toEqual(refused('unsafe'))
    expect(step.errors[0]).toMatch(/delete 6 of 10 files.*max-delete is 50%/)
    const tooLow = ['5', '59%', '0'].map((limit) => push({ 'max-delete': limit }))
    for (const each of await Promise.all(tooLow)) expect(outcome(each)).toEqual(refused('unsafe'))
    expect(tree(there)).toEqual(all)
    expect(outcome(await push({ 'max-delete': '6' }))).toEqual(deployed(1, 6))
    remove('file-9.txt')
    expect(outcome(await push({ 'max-delete': '25%' }))).toEqual(deployed(0, 1))
    write({ 'new.txt': 'two\n' })
    expect(outcome(await push({ 'max-delete': '0%' }))).toEqual(deployed(1, 0))
  })

  it('adopt: foreign files are refused, taken over once, and then remembered', async () => {
    const { server, there, push, plant, write } = await rig(numbered(3))
    plant({ 'theirs.txt': 'x\n', 'sub/theirs.txt': 'x\n', 'file-0.txt': 'theirs\n' })
    const before = tree(server.home)
    const step = await push({ 'deploy-command': 'touch DEPLOYED' })
    expect(outcome(step)).toEqual(refused('unsafe'))
    expect(step.errors[0]).toContain('adopt: true')
    expect(tree(server.home)).toEqual(before)
    const dry = await push({ 'dry-run': 'true', 'max-delete': '2' })
    expect(outcome(dry)).toEqual(planned(3, 2))
    expect(dry.warnings).toEqual([expect.stringContaining('adopt: true')])
    expect(tree(server.home)).toEqual(before)

    expect(outcome(await push({ adopt: 'true', 'max-delete': '2' }))).toEqual(deployed(3, 2))
    expect(names(there)).toEqual(Object.keys(numbered(3)))
    write({ 'file-1.txt': 'two\n' })
    plant({ 'again.txt': 'x\n' })
    expect(outcome(await push())).toEqual(deployed(1, 1))
  })

  it('an existing empty directory needs no adopting', async () => {
    const { there, push } = await rig()
    mkdirSync(there)
    expect(outcome(await push())).toEqual(deployed(1))
  })

  it('forbidden destinations are refused before anything changes', async () => {
    // Were one of them not refused, this rsync at the server would tell: nothing is in danger.
    const canary = join(temporaryDirectory('canary'), 'called')
    const script = `[ "$1" = --version ] && exec echo 'rsync  version 3.2.7  protocol version 31'\necho "$@" >> '${canary}'\nexit 1`
    const { server, push } = await rig(undefined, { path: pathWith('rsync', script) })
    writeFiles(server.home, {
      'own.txt': 'x\n',
      root: { link: '/' },
      etc: { link: '/etc' },
      self: { link: '.' },
      up: { link: '..' },
    })
    const before = tree(server.home)
    const written = [
      '/',
      '/~',
      '/~/',
      '/.',
      '/~/.',
      '/~/..',
      '/~/../x',
      '/%2e%2e',
      '/%2e%2e/%2e%2e/',
      '/~/%2e%2e/x',
      '/~/%2E',
      '/etc',
    ]
    const more = ['/etc/', '/usr', '/home/somebody', '/usr/local', '/var/lib', '//', '///etc//', '/~root', '/%7e/', '']
    const base = server.destination('/').slice(0, -1)
    const classes = async (paths: readonly string[]) => {
      const steps = paths.map((path) => push({ destination: base + path, adopt: 'true' }))
      const found = (await Promise.all(steps)).map(({ outputs }, index) => [paths[index], outputs['error-class']])
      return Object.fromEntries(found)
    }
    const all = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, 'unsafe']))
    const byName = [...written, ...more]
    expect(await classes(byName)).toEqual(all(byName))
    expect(server.connections()).toBe(0)
    const byLooking = [server.home, '/~/root', '/~/etc', '/~/self', '/~/up', '/~/root/etc', dirname(server.home)]
    expect(await classes(byLooking)).toEqual(all(byLooking))
    expect(existsSync(canary)).toBe(false)
    expect(tree(server.home)).toEqual(before)
    // The same server and rsync, and a destination that is allowed: the canary works.
    await push()
    expect(existsSync(canary)).toBe(true)
  })

  it('a dry run tells what would happen and changes nothing', async () => {
    const { server, there, push, write, remove } = await rig(numbered(5))
    const dry = { 'dry-run': 'true', 'deploy-command': 'touch DEPLOYED' }
    const missing = await push(dry)
    expect(outcome(missing)).toEqual(planned(5))
    expect(missing.outputs).toMatchObject({ uploaded: 'false', 'deploy-exit-code': '' })
    expect(tree(server.home)).toEqual({})

    await push()
    write({ 'file-0.txt': 'changed\n', 'new/one': 'x\n' })
    remove('file-1.txt')
    const before = tree(server.home)
    const step = await push(dry)
    expect(outcome(step)).toEqual(planned(2, 1))
    expect((step.report() as { files: unknown }).files).toEqual(
      expect.arrayContaining([
        { kind: 'changed', path: 'file-0.txt', size: 8 },
        { kind: 'added', path: 'new/one', size: 2 },
        { kind: 'deleted', path: 'file-1.txt', size: 10 },
      ]),
    )
    expect(tree(server.home)).toEqual(before)
    const limited = await push({ ...dry, 'max-delete': '0' })
    expect(outcome(limited)).toEqual(planned(2, 1))
    expect(limited.warnings).toEqual([expect.stringContaining('max-delete is 0')])
    expect(outcome(await push())).toEqual(deployed(2, 1))
    expect(names(there)).toContain('new/one')
  })
})

describe('the source', () => {
  it('a sub-directory', async () => {
    const { there, push } = await rig({
      'site/index.html': 'x\n',
      'site/a/b': 'x\n',
      'other/c': 'x\n',
      '.dotcloudignore': 'a\n',
    })
    expect(outcome(await push({ source: 'site' }))).toEqual(deployed(2))
    expect(names(there)).toEqual(['a/b', 'index.html'])
    expect(outcome(await push({ source: './site/' }))).toEqual(unchanged)
  })

  it('one file, which deletes nothing', async () => {
    const { there, push, plant, write } = await rig({ 'build/app.tar': 'one\n', other: 'x\n' })
    expect(outcome(await push({ source: 'build/app.tar' }))).toEqual(deployed(1))
    expect(names(there)).toEqual(['app.tar'])
    plant({ theirs: 'x\n' })
    write({ 'build/app.tar': 'two\n' })
    expect(outcome(await push({ source: 'build/app.tar' }))).toEqual(deployed(1))
    expect(outcome(await push({ source: 'build/app.tar' }))).toEqual(unchanged)
    expect(readFileSync(join(there, 'app.tar'), 'utf8')).toBe('two\n')
    expect(names(there)).toEqual(['app.tar', 'theirs'])
  })

  it('never outside the workspace, by a path or by a link', async () => {
    const outside = plainWorkspace({ secret: 'x\n' }).path
    const { server, push, write } = await rig({ 'inside/a': 'x\n', out: { link: outside }, up: { link: '..' } })
    const name = outside.slice(outside.lastIndexOf('/') + 1)
    const outOf = ['..', '/', '/etc', outside, `../${name}`, 'out', 'up', 'inside/../..', 'out/secret']
    const steps = await Promise.all([...outOf, 'missing', 'inside/a/b'].map((source) => push({ source })))
    const classes = steps.map(({ outputs }) => outputs['error-class'])
    expect(classes).toEqual([...outOf.map(() => 'unsafe'), 'input', 'input'])
    expect(steps.map(({ errors }) => errors.length)).toEqual(steps.map(() => 1))
    expect(server.connections()).toBe(0)
    write({ within: { link: 'inside' } })
    expect(outcome(await push({ source: 'within' }))).toEqual(deployed(1))
    expect(Object.keys(tree(server.home)).some((path) => path.endsWith('secret'))).toBe(false)
  })
})

describe('servers and places', () => {
  it('a receiver without a shell: first push, deletion, unchanged, dry run', async () => {
    const place = temporaryDirectory('receiver')
    const gate = join(temporaryDirectory('gate'), 'gate')
    writeFileSync(gate, `#!/bin/sh\nexec '${join(root, 'script/receiver/gate')}' '${place}'\n`, { mode: 0o755 })
    const { server, workspace, push, write, remove } = await rig({ ...numbered(4), 'sub/a': 'x\n' }, { gate }, '/app')
    const code = join(place, 'app/code')
    const more = { 'deploy-command': 'deploy app.{deployment}' }
    expect(outcome(await push({ ...more, 'dry-run': 'true' }))).toEqual(planned(5))
    expect(existsSync(code)).toBe(false)
    const first = await push(more)
    expect(outcome(first)).toEqual(deployed(5))
    expect(first.log).toContain('app.default is live')
    expect(tree(code)).toEqual(tree(workspace))
    expect(server.logins()).toBe(2)

    remove('file-0.txt', 'sub')
    write({ 'file-1.txt': 'changed\n' })
    expect(outcome(await push({ ...more, 'dry-run': 'true' }))).toEqual(planned(1, 2))
    expect(outcome(await push({ ...more, 'max-delete': '1' }))).toEqual(refused('unsafe'))
    expect(outcome(await push(more))).toEqual(deployed(1, 2))
    expect(tree(code)).toEqual(tree(workspace))
    expect(outcome(await push(more))).toEqual(unchanged)
    expect(readFileSync(join(place, 'app/deployed'), 'utf8').match(/exit=0/g)).toHaveLength(3)
  })

  it('rsync is missing there', async () => {
    const { push } = await rig(undefined, { path: pathWithout('rsync') })
    const step = await push({ 'deploy-command': 'touch DEPLOYED' })
    expect(outcome(step)).toEqual(refused('remote-setup'))
    expect(step.errors[0]).toMatch(/^rsync is not installed on .*127\.0\.0\.1.*Install rsync/s)
  })

  it('a login shell that prints text', async () => {
    const { server, push } = await rig(undefined, { noise: 'Welcome to the jungle!\n::error::no\n' })
    const step = await push()
    expect(outcome(step)).toEqual(refused('remote-setup'))
    expect(step.errors[0]).toContain('Welcome to the jungle!')
    expect(tree(server.home)).toEqual({})
  })

  it('rsync is missing here, too old, or another one', async () => {
    const { server, push } = await rig()
    const missing = await push({}, { env: { PATH: pathWithout('rsync') } })
    expect(outcome(missing)).toEqual(refused('input'))
    expect(missing.errors[0]).toMatch(/rsync is not installed on this machine.*Install rsync/s)
    const open = pathWith('rsync', 'echo "openrsync: protocol version 29"; echo "rsync version 2.6.9 compatible"')
    const step = await push({}, { env: { PATH: open } })
    expect(outcome(step)).toEqual(refused('input'))
    expect(step.errors[0]).toMatch(/openrsync.*Install rsync/s)
    const old = pathWith('rsync', 'echo "rsync  version 3.0.9  protocol version 30"')
    expect((await push({}, { env: { PATH: old } })).errors[0]).toContain('rsync 3.0')
    expect(server.connections()).toBe(0)
  })

  it('openrsync there', async () => {
    const fake = 'echo "openrsync: protocol version 29"; echo "rsync version 2.6.9 compatible"'
    const { push } = await rig(undefined, { path: pathWith('rsync', fake) })
    const step = await push()
    expect(outcome(step)).toEqual(refused('remote-setup'))
    expect(step.errors[0]).toContain('openrsync')
  })

  it('a server that allows one session at a time: it remembers, and one login does', async () => {
    const { server, there, workspace, push, write, remove } = await rig(
      { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' },
      { config: ['MaxSessions 1'] },
    )
    expect((await push()).outputs).toMatchObject({ result: 'deployed' })
    write({ 'a.txt': 'A\n' })
    remove('b.txt')
    expect((await push()).outputs).toMatchObject({ result: 'deployed', 'deleted-files': '1' })
    expect(tree(there)).toEqual(tree(workspace))
    const asked = server.commands().length
    expect((await push()).outputs).toMatchObject({ result: 'unchanged' })
    expect(server.commands()).toHaveLength(asked + 1)
    expect(server.logins()).toBe(3)
  })

  it('a destination that is a file, or below one', async () => {
    const { server, push } = await rig()
    writeFiles(server.home, { file: 'keep me\n' })
    const before = tree(server.home)
    for (const path of ['file', 'file/app']) {
      const step = await push({ destination: server.destination(path), 'deploy-command': 'touch DEPLOYED' })
      expect(outcome(step), path).toEqual(refused('remote-setup'))
      expect(step.errors[0], path).toMatch(/Not a directory|File exists|not a directory/i)
    }
    expect(tree(server.home)).toEqual(before)
  })

  it.runIf(namespaces)('a read-only file system, a full one, and a directory that may not change', async () => {
    const gate = join(temporaryDirectory('gate'), 'gate')
    const mounts = [
      'mkdir -p "$HOME/ro" "$HOME/full"',
      'mount -t tmpfs -o ro none "$HOME/ro"',
      'mount -t tmpfs -o size=64k none "$HOME/full"',
      'exec sh -c "$SSH_ORIGINAL_COMMAND"',
    ].join(' && ')
    writeFileSync(gate, `#!/bin/sh\nexec unshare --mount sh -c '${mounts}'\n`, { mode: 0o755 })
    const { server, push } = await rig({ 'big.bin': 'x'.repeat(1 << 20) }, { gate })
    const readOnly = await push({ destination: server.destination('ro/app') })
    expect(outcome(readOnly)).toEqual(refused('remote-setup'))
    expect(readOnly.errors[0]).toContain('Read-only file system')
    const full = await push({ destination: server.destination('full/app') })
    expect(outcome(full)).toEqual(refused('space'))
    expect(full.errors[0]).toMatch(/No space left/)
    expect(full.outputs['uploaded']).toBe('false')
  })

  it.runIf(isRoot)('a directory that the account may not write to', async () => {
    const { there, push } = await rig()
    mkdirSync(there)
    if (spawnSync('chattr', ['+i', there]).status !== 0) return
    try {
      const step = await push()
      expect(outcome(step)).toEqual(refused('remote-setup'))
      expect(step.errors[0]).toContain('Operation not permitted')
    } finally {
      spawnSync('chattr', ['-i', there])
    }
    expect(tree(there)).toEqual({})
  })

  it.runIf(ipv6)('an IPv6 address, and a path with a space', async () => {
    const { server, workspace, push } = await rig(undefined, { listen: '::1' }, 'my app')
    const step = await push()
    expect(outcome(step)).toEqual(deployed(1))
    expect(step.outputs['destination']).toBe(`ssh://${server.user}@[::1]:${server.port}/~/my%20app`)
    expect(tree(join(server.home, 'my app'))).toEqual(tree(workspace))
    const again = step.outputs['destination'] ?? ''
    expect(outcome(await push({ destination: again }))).toEqual(unchanged)
  })

  it('an absolute path, and one with templates', async () => {
    const place = temporaryDirectory('absolute')
    const { server, workspace, push } = await rig()
    const destination = `${server.destination(place)}/{app}/{deployment}/{branch}`
    const step = await push({ destination, deployment: 'www' }, { ref: 'refs/heads/feature/x' })
    expect(outcome(step)).toEqual(deployed(1))
    expect(tree(join(place, 'hello/www/feature/x'))).toEqual(tree(workspace))
    expect(Object.keys(tree(server.home)).filter((path) => !path.startsWith('.dotcloud-push/'))).toEqual([])
  })

  it('a link at the server that leads to a proper place is followed', async () => {
    const place = temporaryDirectory('releases')
    const { server, workspace, push } = await rig()
    mkdirSync(join(place, 'one'))
    symlinkSync(join(place, 'one'), join(server.home, 'app'))
    expect(outcome(await push())).toEqual(deployed(1))
    expect(tree(join(place, 'one'))).toEqual(tree(workspace))
  })

  it('one connection and one login for each push, as a proxy between counts them', async () => {
    const { server, workspace } = await rig(numbered(20))
    const counter = await proxy(server)
    const through = server.at(counter.port)
    const more = { 'deploy-command': 'echo done' }
    expect(outcome(await runAction(inputsFor(through, more), { workspace }))).toEqual(deployed(20))
    renameSync(join(workspace, 'file-0.txt'), join(workspace, 'renamed.txt'))
    expect(outcome(await runAction(inputsFor(through, more), { workspace }))).toEqual(deployed(1, 1))
    expect(counter.connections()).toBe(2)
    expect(server.logins()).toBe(2)
  })
})
