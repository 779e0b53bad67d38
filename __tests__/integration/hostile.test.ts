import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { parseLog } from '../support/commands.ts'
import { asRoot, gate, makeRig, methods, privilege, run, script } from '../support/faults.ts'
import { nodeBinary, root } from '../support/launch.ts'
import { behind, proxy } from '../support/proxy.ts'
import { type ActionOptions, type Inputs, inputsFor, runAction, type Step, startAction } from '../support/runner.ts'
import { isInstalled, pathWithout, type Server, sshd } from '../support/sshd.ts'
import { atEnd, concurrent, temporaryDirectory } from '../support/temporary.ts'
import {
  type Files,
  gitWorkspace,
  hgWorkspace,
  isolatedEnvironment,
  plainWorkspace,
  tree,
  writeFiles,
} from '../support/workspaces.ts'

/** docs/security.md tells what each of these is about. A payload fires on the naive command before we are tried. */

const inputs = (server: Server, more: Inputs = {}): Inputs => inputsFor(server, { retries: '1', ...more })

const push = (server: Server, workspace: string, more: Inputs = {}, options: ActionOptions = {}): Promise<Step> =>
  runAction(inputs(server, more), { workspace, post: false, limit: 50, ...options })

/** A file whose existence shows that a payload ran. */
function trap() {
  const directory = temporaryDirectory('trap')
  const pwn = join(directory, 'PWN')
  writeFiles(directory, { script: script(`touch ${pwn}`) })
  return {
    script: join(directory, 'script'),
    command: `touch ${pwn}`,
    sprung: () => {
      const fired = existsSync(pwn)
      rmSync(pwn, { force: true })
      return fired
    },
  }
}

const fifo = (path: string) => void execFileSync('mkfifo', [path])
const bodyLines = (key: string) => key.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'))

function expectRefused(step: Step, errorClass: string, says: RegExp | string): void {
  expect(step.errors, step.log).toHaveLength(1)
  expect(step.outputs, step.log).toMatchObject({ result: 'failed', 'error-class': errorClass })
  if (typeof says === 'string') expect(step.errors[0]).toContain(says)
  else expect(step.errors[0]).toMatch(says)
  expect(step.leftovers()).toEqual([])
  expect(step.orphans()).toEqual([])
}

/** Nothing but our own commands, whatever was printed. */
function expectOnlyOurs({ commands, state, environment, path }: Step): void {
  const ours = ['add-mask', 'group', 'endgroup', 'stop-commands', 'error', 'warning', 'debug']
  expect(commands.filter(({ command }) => !ours.includes(command))).toEqual([])
  for (const value of Object.values(state)) expect(value).toMatch(/\/dotcloud-(push|report)-/)
  expect([environment, path]).toEqual([{}, []])
}

describe('inputs', () => {
  concurrent('A1 A2 A3 A4 A5 A6 A7 A8 A9 A13 A14 A18 A19 A20 what is refused reaches nobody', async () => {
    const server = await sshd()
    const counter = await proxy(server)
    const { host, port, user } = behind(server, counter)
    const { command, sprung } = trap()
    const option = `-oProxyCommand=${command.replaceAll(' ', '$'.concat('{IFS}'))}`
    spawnSync('ssh', [option, host], { input: '' })
    expect(sprung()).toBe(true)
    spawnSync('sh', ['-c', `echo deploy x;${command}`])
    expect(sprung()).toBe(true)

    const destination = (text: string): Inputs => ({ destination: text })
    const refused: Readonly<Record<string, Inputs>> = {
      'A1 a host that is an option': destination(`ssh://${option}/app`),
      'A1 the same, encoded': destination(`ssh://%2doProxyCommand=x/app`),
      'A2 a user that is an option': destination(`ssh://${option}@${host}:${port}/app`),
      'A3 ext': destination(`ext::${command}`),
      'A3 ext by ://': destination(`ext://${command}/x`),
      'A4 a file': destination('file:///tmp/app'),
      'A4 http': destination(`http://${host}:${port}/app`),
      'A5 a line end in the user': destination(`ssh://${user}%0aProxyCommand%20x@${host}:${port}/app`),
      'A5 a NUL in the user': destination(`ssh://${user}%00@${host}:${port}/app`),
      'A6 a semicolon in the host': destination(`ssh://${user}@${host};${command}:${port}/app`),
      'A6 a dollar in the user': destination(`ssh://$(${command})@${host}:${port}/app`),
      'A7 port 0': destination(`ssh://${user}@${host}:0/app`),
      'A7 port 65536': destination(`ssh://${user}@${host}:65536/app`),
      'A8 a password': destination(`ssh://${user}:hunter2@${host}:${port}/app`),
      'A9 a query': destination(`ssh://${user}@${host}:${port}/app?x=1`),
      'A9 a fragment': destination(`ssh://${user}@${host}:${port}/app#x`),
      'A13 a semicolon in the app': { app: `x;${command}`, 'deploy-command': 'deploy {app}' },
      'A14 a line end in the app': { app: `x\n${command}`, 'deploy-command': 'deploy {app}' },
      'A14 a line end in the command': { 'deploy-command': `true\n${command}` },
      'A18 the root': destination(`ssh://${user}@${host}:${port}/`),
      'A18 a home': destination(`ssh://${user}@${host}:${port}/~/`),
      'A18 /etc': destination(`ssh://${user}@${host}:${port}/etc`),
      'A19 dots': destination(`ssh://${user}@${host}:${port}/a/../..`),
      'A19 encoded dots': destination(`ssh://${user}@${host}:${port}/a/%2e%2e/%2e%2e`),
      'A20 a source outside': { source: '..' },
      'a bastion that is an option': { 'proxy-jump': `ssh://${option}` },
    }
    const workspace = plainWorkspace().path
    const entries = Object.entries(refused)
    for (let index = 0; index < entries.length; index += 4) {
      await Promise.all(
        entries.slice(index, index + 4).map(async ([name, more]) => {
          const step = await push(behind(server, counter), workspace, more)
          expect([name, ['input', 'unsafe'].includes(step.outputs['error-class'] ?? '')]).toEqual([name, true])
          expect([name, step.outputs['failed-stage'], step.errors.length]).toEqual([name, 'settings', 1])
          expect(step.log).not.toContain('hunter2')
        }),
      )
    }
    expect(counter.connections()).toBe(0)
    expect(sprung()).toBe(false)
    expect((await push(behind(server, counter), workspace)).outputs['result']).toBe('deployed')
    expect(counter.connections()).toBe(1)
  })
})

describe('a repository that somebody else wrote', () => {
  concurrent('B10 a partial clone with a promisor of its own: nothing is fetched or run to look at it', async () => {
    const server = await sshd()
    const { command, sprung } = trap()
    // `.hg` makes us ask git whether it is tracked: for that, git wants a tree that is not there.
    const workspace = gitWorkspace()
    const treeName = workspace.git('rev-parse', 'HEAD^{tree}').trim()
    rmSync(join(workspace.path, '.git/objects', treeName.slice(0, 2), treeName.slice(2)))
    for (const [name = '', value = ''] of [
      ['core.repositoryFormatVersion', '1'],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', 'ssh://nowhere/x'],
      ['remote.origin.uploadpack', `${command};git-upload-pack`],
      ['core.sshCommand', `${command};false`],
    ])
      workspace.git('config', name, value)
    mkdirSync(join(workspace.path, '.hg'))
    spawnSync('git', ['rev-parse', 'HEAD:./.hg'], { cwd: workspace.path, env: isolatedEnvironment() })
    expect(sprung()).toBe(true)
    for (const more of [{}, { method: 'hg' }, { method: 'git' }, { method: 'rsync' }]) {
      await push(server, workspace.path, more)
      expect([more, sprung()]).toEqual([more, false])
    }
  })

  concurrent('a partial clone is refused by name, before anything is connected to', async () => {
    const server = await sshd()
    const origin = gitWorkspace({ 'a.txt': 'a\n' }, { commits: 3 })
    origin.git('config', 'uploadpack.allowFilter', 'true')
    const path = join(temporaryDirectory('workspace'), 'clone')
    origin.git('clone', '--quiet', '--filter=blob:none', `file://${origin.path}`, path)
    expectRefused(await push(server, path), 'input', /partial clone.*filter/s)
    expect(server.connections()).toBe(0)
  })

  concurrent('Git LFS and submodules: a warning of what git does not send', async () => {
    const rig = makeRig('git', await sshd(), { 'a.txt': 'a\n' })
    rig.change({ 'sub/.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'sub/x.bin': 'pointer\n' })
    const lfs = await rig.push()
    expect(lfs.warnings).toEqual([expect.stringContaining('LFS')])
    rig.change({ 'sub/.gitattributes': '', '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c x\n' })
    const submodule = await rig.push()
    expect(submodule.warnings).toEqual([expect.stringContaining('submodules')])
    for (const step of [lfs, submodule]) expect(step.outputs['result']).toBe('deployed')
    expect(rig.arrived()).toBe(rig.wanted())
  })

  for (const [method, marker] of [
    ['git', '.git'],
    ['git', '.git/index'],
    ['git', '.git/HEAD'],
    ['hg', '.hg/dirstate'],
    ['hg', '.hg/branch'],
    ['hg', '.hg/requires'],
  ] as const) {
    concurrent(`a pipe as ${marker} leaves the step in the hands of its timers`, async () => {
      const rig = makeRig(method, await sshd())
      const path = join(rig.workspace, marker)
      rmSync(path, { recursive: true, force: true })
      fifo(path)
      expect(spawnSync('timeout', ['1', 'cat', path]).status).toBe(124)
      const running = rig.start({ method: 'auto' }, { limit: 20 })
      const waited = sleep(2500, 'waits' as const)
      if ((await Promise.race([running.done, waited])) === 'waits') running.kill('SIGINT')
      // What ends it here also ends it when its time is up.
      const began = performance.now()
      const step = await running.done
      expect(performance.now() - began).toBeLessThan(5000)
      expect(step.leftovers()).toEqual([])
      expect(step.orphans()).toEqual([])
      expect(step.outputs['error-class']).not.toBe('bug')
    })
  }

  concurrent('a dirstate of garbage, and a branch that is none', async () => {
    const server = await sshd()
    const { command, sprung } = trap()
    const garbage = [
      ['dirstate', Buffer.alloc(40, 0xa5)],
      ['dirstate', Buffer.from('dirstate-v2\n')],
      ['dirstate', Buffer.alloc(3)],
      ['branch', Buffer.from(`x\n${command}\n`)],
      ['branch', Buffer.from(`x'; ${command}; '`)],
      ['branch', Buffer.from('x\u0000y')],
      ['requires', Buffer.from('no-such-feature\n')],
    ] as const
    for (const [index, [name, content]] of garbage.entries()) {
      const rig = makeRig('hg', server, { 'a.txt': 'a\n' }, { path: `app-${index}` })
      writeFileSync(join(rig.workspace, '.hg', name), content)
      const id = spawnSync('hg', ['id'], { cwd: rig.workspace, env: isolatedEnvironment() })
      const pasted = content.toString('latin1').replaceAll('\u0000', '')
      for (const mark of ['', "'"]) spawnSync('sh', ['-c', `echo ${mark}${pasted}${mark}`])
      // hg complains of it, or a script that pastes the branch runs it.
      const fired = [id.stderr.length > 0, content.includes(0), sprung()]
      expect([name, index, fired.includes(true)]).toEqual([name, index, true])
      const step = await rig.push({ 'deploy-command': 'echo {branch}' })
      expect([name, content.toString('latin1'), step.outputs['error-class']]).not.toContain('bug')
      expect(sprung()).toBe(false)
      expectOnlyOurs(step)
    }
  })

  concurrent('B12 a .hg whose store is shared from outside of the workspace is refused', async () => {
    const server = await sshd()
    const secret = hgWorkspace({ 'secret.txt': 'secret\n' })
    run(server.home, 'hg', 'init', 'app')
    const requires = readFileSync(join(secret.path, '.hg/requires'), 'utf8')
    const relative = join('../..', basename(secret.path), '.hg')
    const shares: Readonly<Record<string, Files>> = {
      'an absolute path': { '.hg/requires': `${requires}shared\n`, '.hg/sharedpath': `${secret.path}/.hg\n` },
      'a relative path': { '.hg/requires': `${requires}relshared\n`, '.hg/sharedpath': `${relative}\n` },
      'a path behind a link': {
        '.hg/requires': `${requires}shared\n`,
        '.hg/sharedpath': { link: '../way' },
        way: `${secret.path}/.hg\n`,
      },
      'the store as a link': { '.hg/requires': requires, '.hg/store': { link: join(secret.path, '.hg/store') } },
      'all of it as a link': { '.hg': { link: join(secret.path, '.hg') } },
    }
    const seen: Record<string, unknown> = {}
    for (const [name, files] of Object.entries(shares)) {
      const { path } = plainWorkspace(files)
      if (name !== 'all of it as a link')
        writeFiles(path, { '.hg/dirstate': readFileSync(join(secret.path, '.hg/dirstate')) })
      // What Mercurial itself makes of it: it would push somebody else's repository.
      expect(run(path, 'hg', 'log', '--template', '{node}')).toBe(secret.node())
      seen[name] = (await push(server, path)).outputs['error-class']
    }
    expect(seen).toEqual(Object.fromEntries(Object.keys(shares).map((name) => [name, 'unsafe'])))
    expect(server.connections()).toBe(0)
  })

  concurrent(
    'a subrepository and its hooks: refused, also when its list is missing from the working copy',
    async () => {
      const rig = makeRig('hg', await sshd())
      const { command, sprung } = trap()
      const sub = join(rig.workspace, 'sub')
      mkdirSync(sub)
      run(sub, 'hg', 'init')
      writeFiles(sub, { 'x.txt': 'x\n' })
      run(sub, 'hg', 'commit', '--addremove', '--message', 'x')
      rig.change({ '.hgsub': 'sub = sub\next = [git]ext::sh -c x\n'.split('\n')[0] ?? '' })
      writeFiles(sub, {
        '.hg/hgrc': `[hooks]\nprelistkeys = ${command}\npre-push = ${command}\noutgoing = ${command}\n`,
      })
      const elsewhere = temporaryDirectory('elsewhere')
      spawnSync('hg', ['push', '--force', elsewhere], { cwd: rig.workspace, env: isolatedEnvironment() })
      spawnSync('hg', ['push', '-R', sub, elsewhere], { env: isolatedEnvironment() })
      expect(sprung()).toBe(true)
      expectRefused(await rig.push(), 'input', 'subrepositories')
      expect(rig.server.connections()).toBe(0)
      rmSync(join(rig.workspace, '.hgsubstate'))
      const step = await rig.push()
      expect(sprung()).toBe(false)
      expect(step.outputs['result']).toBe('failed')
    },
  )

  for (const method of ['git', 'hg'] as const) {
    concurrent(`B15 H9 names by ${method}: sent, shown, and none of them a command`, async () => {
      const names = [
        '-x',
        '--receive-pack=x',
        '##[error]a',
        '##[add-mask]hello',
        ' ::error::b',
        'h\u202e\u001b[31m',
        "it's",
      ]
      const breaks = method === 'git' ? ['c\r::error::d', 'e\n::add-mask::f'] : []
      const files: Files = Object.fromEntries([...names, ...breaks].map((name) => [name, 'x\n']))
      expect(parseLog(names.join('\n')).length).toBeGreaterThan(2)
      const rig = makeRig(method, await sshd(), { 'index.html': 'x\n' })
      const before = await rig.push()
      rig.change(files)
      writeFiles(rig.workspace, Object.fromEntries(Object.keys(files).map((name) => [`${name} not committed`, 'x\n'])))
      const step = await rig.push()
      for (const each of [before, step]) {
        expect(each.errors).toEqual([])
        expectOnlyOurs(each)
      }
      expect(rig.arrived()).toBe(rig.wanted())
      expect(step.warnings).toEqual([expect.stringContaining('not committed')])
      expect(Number(step.outputs['changed-files'])).toBe(Object.keys(files).length)
      expect(step.log).toContain('[add-mask]hello')
      expect(step.summary).not.toMatch(/[\r\u202e\u001b]/)
    })
  }
})

describe('what would be sent', () => {
  const token = 'AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX3NlY3JldA=='

  concurrent('B17 a token in .git/config stays here, and includes cannot lift that', async () => {
    const server = await sshd()
    const { path } = gitWorkspace({ 'index.html': 'x\n' })
    run(path, 'git', 'config', 'http.https://github.com/.extraheader', token)
    const naive = temporaryDirectory('naive')
    run(path, 'rsync', '-r', './', naive)
    expect(readFileSync(join(naive, '.git/config'), 'utf8')).toContain(token)
    const usual = await push(server, path, { method: 'rsync' })
    expect(usual.outputs['result']).toBe('deployed')
    expect(Object.keys(tree(join(server.home, 'app')))).toEqual(['index.html'])
    const forced = await push(server, path, { method: 'rsync', includes: '.git' })
    expect(existsSync(join(server.home, 'app/.git/config'))).toBe(false)
    expect(forced.outputs).toMatchObject({ result: 'failed', 'error-class': 'unsafe' })

    // A second checkout below, and a submodule, have the token in a config of their own.
    for (const place of ['library/.git/config', '.git/modules/library/config']) {
      const { path: outer } = plainWorkspace({
        'index.html': 'x\n',
        '.git/config': '[core]\n',
        [place]: `[http "https://github.com/"]\n\textraheader = ${token}\n`,
      })
      const step = await push(server, outer, {
        method: 'rsync',
        includes: '.git',
        destination: server.destination('b'),
      })
      expect([place, existsSync(join(server.home, 'b', place))]).toEqual([place, false])
      expect([place, step.outputs['error-class']]).toEqual([place, 'unsafe'])
    }
  })

  concurrent('C1 a RUNNER_TEMP in what is pushed: refused, since the key would be sent', async () => {
    const server = await sshd()
    const { path } = plainWorkspace({
      'index.html': 'x\n',
      'public/index.html': 'x\n',
      'tmp/dotcloud-push-x/key': 'k\n',
    })
    const naive = temporaryDirectory('naive')
    run(path, 'rsync', '-r', './', naive)
    expect(existsSync(join(naive, 'tmp/dotcloud-push-x/key'))).toBe(true)
    const link = join(temporaryDirectory('link'), 'temp')
    symlinkSync(join(path, 'tmp'), link)
    for (const temp of [join(path, 'tmp'), link, path])
      expectRefused(await push(server, path, {}, { env: { RUNNER_TEMP: temp } }), 'unsafe', 'RUNNER_TEMP')
    expect(server.connections()).toBe(0)
    const step = await push(server, path, { source: 'public' }, { env: { RUNNER_TEMP: link } })
    expect(step.outputs['result']).toBe('deployed')
    expect(Object.keys(tree(join(server.home, 'app')))).toEqual(['index.html'])
  })

  concurrent('a source that is a pipe, a socket or a device is no success', async () => {
    const server = await sshd()
    const { path } = plainWorkspace()
    fifo(join(path, 'pipe'))
    symlinkSync('/dev/null', join(path, 'null'))
    // rsync sends nothing of it and is content.
    expect(spawnSync('rsync', ['-lpt', 'pipe', 'there'], { cwd: path }).status).toBe(0)
    expectRefused(await push(server, path, { source: 'pipe' }), 'input', 'neither a directory nor a file')
    expectRefused(await push(server, path, { source: 'null' }), 'unsafe', 'leads out of the workspace')
    expect(server.connections()).toBe(0)
  })

  concurrent('C6 a .dotcloudignore that leads to our own environment tells the server nothing of the key', async () => {
    const heard = join(temporaryDirectory('heard'), 'heard')
    const listener = `exec 3<&0; pipe=$(mktemp -u ${heard}.XXXXXX); mkfifo $pipe
tee -a ${heard} <&3 >$pipe & exec sh -c "$COMMAND" <$pipe 3<&-`
    const server = await sshd({ gate: gate(listener) })
    // A pattern in a plain file is heard, so a key would be.
    const plain = plainWorkspace({ 'index.html': 'x\n', '.dotcloudignore': 'a-pattern-of-ours\n' })
    expect((await push(server, plain.path)).outputs['result']).toBe('deployed')
    expect(readFileSync(heard, 'latin1')).toContain('a-pattern-of-ours')
    const { path } = plainWorkspace({ 'index.html': 'x\n', '.dotcloudignore': { link: '/proc/self/environ' } })
    const naive = spawnSync('cat', [join(path, '.dotcloudignore')], { env: { SSH_KEY: server.privateKey } })
    expect(naive.stdout.toString()).toContain(bodyLines(server.privateKey)[0])
    for (const excludes of ['', '.dotcloudignore']) {
      writeFiles(path, { 'index.html': `${excludes}\n` })
      await push(server, path, { excludes })
    }
    const said = readFileSync(heard, 'latin1')
    expect(bodyLines(server.privateKey).filter((line) => said.includes(line))).toEqual([])
  })

  concurrent('a .dotcloudignore that is a pipe, or a device, does not hang the step', async () => {
    const server = await sshd()
    for (const plant of [fifo, (path: string) => symlinkSync('/dev/zero', path)]) {
      const { path } = plainWorkspace()
      plant(join(path, '.dotcloudignore'))
      const step = await push(server, path, {}, { limit: 10 })
      expect(step.outputs['error-class']).not.toBe('bug')
    }
  })

  concurrent('a .dotcloudignore that is not read sends nothing that it may exclude', async () => {
    const server = await sshd()
    const files = { 'index.html': 'x\n', 'a.private': 'x\n' }
    const large = plainWorkspace({ ...files, '.dotcloudignore': '*.private\n' }).path
    truncateSync(join(large, '.dotcloudignore'), 2 ** 30)
    const linked = plainWorkspace({ ...files, '.dotcloudignore': { link: 'ignored' }, ignored: '*.private\n' }).path
    for (const [name, workspace] of Object.entries({ large, linked })) {
      const step = await push(server, workspace, { destination: server.destination(name) }, { limit: 20 })
      expect(step.seconds).toBeLessThan(10)
      expect([name, existsSync(join(server.home, name, 'a.private'))]).toEqual([name, false])
    }
  })

  concurrent('a .dotcloudignore that leads out of the workspace has no say and is not quoted', async () => {
    const server = await sshd()
    const { path } = plainWorkspace({ 'index.html': 'x\n', '.dotcloudignore': { link: '/etc/passwd' } })
    const words = readFileSync('/etc/passwd', 'utf8').trim().split('\n')
    const step = await push(server, path, {}, { env: { RUNNER_DEBUG: '1' } })
    for (const line of words) expect(`${step.raw}${step.summary}${JSON.stringify(step.outputs)}`).not.toContain(line)
  })

  concurrent('I5 a plan that is a pipe, a device, a directory, too large, or leads out', async () => {
    const server = await sshd()
    const { path } = plainWorkspace({
      large: '',
      out: { link: '/etc/passwd' },
      zero: { link: '/dev/zero' },
      'sub/x': 'x\n',
    })
    fifo(join(path, 'pipe'))
    truncateSync(join(path, 'large'), 2 ** 30)
    for (const [plan, errorClass] of [
      ['pipe', 'input'],
      ['sub', 'input'],
      ['large', 'input'],
      ['out', 'unsafe'],
      ['zero', 'unsafe'],
      ['missing', 'input'],
      ['..', 'unsafe'],
    ] as const) {
      const step = await push(server, path, { plan }, { limit: 10 })
      expect([plan, step.outputs['error-class'], step.errors.length]).toEqual([plan, errorClass, 1])
      expect(step.raw).not.toContain('root:')
    }
    expect(server.connections()).toBe(0)
  })
})

describe('what a server says', () => {
  /** What a hostile server prints, every line a command for the runner. */
  const hostile = [
    '::error::a',
    'x ##[error]b',
    '\r::warning::c',
    '::save-state name=session::/etc',
    '::stop-commands::d',
  ]

  for (const [what, hook, errors] of [
    ['accepts', 'exit 0', 0],
    ['declines', 'exit 1', 1],
  ] as const) {
    concurrent(`H1 H3 H4 H5 H6 H8 by an hg hook that ${what}: nothing is obeyed`, async () => {
      expect(parseLog(hostile.slice(0, 4).join('\n')).length).toBe(4)
      const rig = makeRig('hg', await sshd())
      writeFiles(rig.server.home, {
        said: hostile.join('\n'),
        hook: script(`cat ${rig.server.home}/said; cat ${rig.server.home}/said >&2; ${hook}`),
      })
      writeFiles(rig.there, { '.hg/hgrc': `[hooks]\npretxnchangegroup = ${rig.server.home}/hook\n` })
      const step = await rig.push()
      expectOnlyOurs(step)
      expect(step.errors).toHaveLength(errors)
      expect(step.warnings).toEqual([])
      expect(step.log).toContain('save-state name=session')
    })
  }

  concurrent('H1 H3 H8 in place of hg, git and rsync: nothing is obeyed', async () => {
    for (const method of methods) {
      for (const way of ['cat "$HOME/said"', 'cat "$HOME/said" >&2', 'cat "$HOME/said" >&2; exit 3']) {
        const server = await sshd({ gate: gate(way) })
        writeFiles(server.home, { said: `${hostile.join('\n')}\n`.repeat(3) })
        const step = await makeRig(method, server).push()
        expectOnlyOurs(step)
        expect([method, way, step.errors.length, step.warnings]).toEqual([method, way, 1, []])
        expect(step.outputs['error-class']).not.toBe('bug')
      }
    }
  })

  concurrent('a memory that unpacks to gigabytes is not believed, and not held', async () => {
    const bomb = join(temporaryDirectory('bomb'), 'bomb')
    const block = gzipSync(Buffer.alloc(1 << 20))
    writeFileSync(bomb, Buffer.concat(Array<Buffer>(2000).fill(block)))
    const tools = pathWithout('gzip')
    const used = join(temporaryDirectory('used'), 'used')
    writeFiles(tools, { gzip: script(`touch ${used}; exec cat ${bomb}`) })
    const rig = makeRig('rsync', await sshd({ path: tools }))
    await rig.push()
    rig.change({ 'more.html': 'x\n' })
    const running = rig.start()
    let peak = 0
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${running.pid}/status`, 'utf8')
        peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1000)
      } catch {}
    }, 50)
    const step = await running.done
    clearInterval(watch)
    expect(step.outputs['result']).toBe('deployed')
    expect(rig.arrived()).toBe(rig.wanted())
    expect(existsSync(used)).toBe(true)
    expect(peak).toBeLessThan(500)
  })
})

describe('the event', () => {
  const here = { repository: { full_name: 'octocat/hello' } }
  const of = (full_name: string) => ({ ...here, workflow_run: { head_repository: { full_name } } })
  const outside: readonly (readonly [title: string, eventName: string, event: unknown])[] = [
    ['J1 pull_request_target', 'pull_request_target', { ...here, pull_request: { head: { repo: here.repository } } }],
    ['J2 workflow_run of a fork', 'workflow_run', of('evil/hello')],
    ['J2 workflow_run of a fork that is gone', 'workflow_run', { ...here, workflow_run: { head_repository: null } }],
    ['J2 workflow_run without a payload', 'workflow_run', undefined],
    ['J2 a comment at a pull request', 'issue_comment', { ...here, issue: { pull_request: { url: 'x' } } }],
  ]
  for (const [title, eventName, event] of outside) {
    concurrent(`${title} is refused before anything is connected to, unless the ugly input allows it`, async () => {
      const server = await sshd()
      const { path } = plainWorkspace()
      expectRefused(await push(server, path, {}, { eventName, event }), 'unsafe', 'insecure-allow-untrusted-event')
      expect(server.connections()).toBe(0)
      const allowed = await push(server, path, { 'insecure-allow-untrusted-event': 'true' }, { eventName, event })
      expect(allowed.outputs['result']).toBe('deployed')
    })
  }

  concurrent('J2 workflow_run of this repository and a comment at an issue are trusted', async () => {
    const server = await sshd()
    const { path } = plainWorkspace()
    for (const [eventName, event] of [
      ['workflow_run', of('octocat/hello')],
      ['issue_comment', { ...here, issue: {} }],
    ] as const)
      expect((await push(server, path, {}, { eventName, event })).outputs['error-class']).toBe('')
  })

  // As the runner reads it: .NET's bool.TryParse (actions/runner, ActionCommandManager.cs).
  concurrent(
    'J3 ACTIONS_ALLOW_UNSECURE_COMMANDS is refused however it is written, and no input lifts that',
    async () => {
      const server = await sshd()
      const { path } = plainWorkspace()
      for (const value of ['true', 'True', 'TRUE', ' true ']) {
        const env = { ACTIONS_ALLOW_UNSECURE_COMMANDS: value }
        const step = await push(server, path, { 'insecure-allow-untrusted-event': 'true' }, { env })
        expect([value, step.outputs['error-class']]).toEqual([value, 'unsafe'])
        expect(step.errors).toEqual([expect.stringContaining('ACTIONS_ALLOW_UNSECURE_COMMANDS')])
      }
      expect(server.connections()).toBe(0)
      const off = await push(server, path, {}, { env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: 'false' } })
      expect(off.outputs['result']).toBe('deployed')
    },
  )

  concurrent("a fork's pull request, which gets no secrets, is told why the key is missing", async () => {
    const server = await sshd()
    const event = { ...here, pull_request: { head: { repo: { full_name: 'evil/hello' } } } }
    const options = { eventName: 'pull_request', event, ref: 'refs/pull/1/merge' }
    const step = await push(server, plainWorkspace().path, { 'ssh-key': '' }, options)
    expectRefused(step, 'input', /ssh-key is required and empty.*no secrets to pull requests from forks/s)
    expect(server.connections()).toBe(0)
  })
})

describe('this machine', () => {
  concurrent('C2 a file or a link in the place of ours stops the step before the key is written', async () => {
    const server = await sshd()
    const place = temporaryDirectory('place')
    const victim = join(place, 'victim')
    const naive = join(place, 'naive')
    writeFileSync(victim, '', { mode: 0o644 })
    symlinkSync(victim, naive)
    writeFileSync(naive, server.privateKey, { mode: 0o600 })
    expect(readFileSync(victim, 'utf8')).toBe(server.privateKey)
    expect(statSync(victim).mode & 0o777).toBe(0o644)
    writeFileSync(victim, '')

    // As quick as an attacker could ever be: in the very call that makes our folder, before it or behind it.
    const adversary = (before: string, behind: string) => {
      const script = join(temporaryDirectory('adversary'), 'adversary.cjs')
      writeFileSync(
        script,
        `const fs = require('node:fs')
const { mkdir } = fs.promises
const [link, file] = [(path) => fs.symlinkSync(${JSON.stringify(victim)}, path), (path) => fs.writeFileSync(path, '')]
fs.promises.mkdir = async (path, options) => {
  const ours = /\\/dotcloud-push-[0-9a-f]{12}$/.test(path)
  if (ours) { ${before} }
  const made = await mkdir(path, options)
  if (ours) { ${behind} }
  return made
}
require('node:module').syncBuiltinESMExports()
`,
      )
      return script
    }
    for (const [before, behind] of [
      ['link(path)', ''],
      ['file(path)', ''],
      ['', "link(path + '/key')"],
      ['', "file(path + '/key')"],
      ['', "link(path + '/home')"],
      ['', "link(path + '/ssh_config')"],
      ['', "file(path + '/known_hosts')"],
      ['', "file(path + '/dotcloud-ssh')"],
    ] as const) {
      const env = { NODE_OPTIONS: `--require=${adversary(before, behind)}` }
      const step = await startAction(inputs(server), { workspace: plainWorkspace().path, post: false, env }).done
      expect([before, behind, step.outputs['result'], step.errors]).toEqual([
        before,
        behind,
        'failed',
        [expect.stringContaining('EEXIST: file already exists')],
      ])
      expect(readFileSync(victim, 'utf8')).toBe('')
      // What somebody else put there is not ours to remove.
      expect(step.leftovers()).toHaveLength(before === '' ? 0 : 1)
    }
    expect(server.connections()).toBe(0)
  })

  concurrent(
    'B21 with a ProxyCommand in ~/.ssh/config, where ssh looks for it: it is not read',
    async () => {
      const server = await sshd()
      const { script: evil, sprung } = trap()
      const { username, uid, gid } = userInfo()
      const home = temporaryDirectory('home')
      writeFiles(home, { '.ssh/config': `Host *\n  ProxyCommand ${evil}\n` })
      // ssh asks the user database for the home, not the environment: both get one of their own, below a shell that
      // keeps variables with a dash in their names.
      const users = join(temporaryDirectory('users'), 'passwd')
      const others = readFileSync('/etc/passwd', 'utf8').replace(new RegExp(`^${username}:.*\\n`, 'm'), '')
      writeFileSync(users, `${username}:x:${uid}:${gid}::${home}:/bin/sh\n${others}`)
      const inside = [
        ...(privilege?.length === 0 ? [] : ['sudo', '-n', '-E']),
        ...['unshare', '--mount', 'bash', '-c'],
        `mount --bind ${users} /etc/passwd && exec setpriv --reuid=${uid} --regid=${gid} --clear-groups env "$@"`,
        '-',
        `PATH=${process.env['PATH']}`,
        `HOME=${home}`,
      ]
      const [file = '', ...args] = [...inside, 'ssh', '-o', 'BatchMode=yes', server.host, 'true']
      spawnSync(file, args, { input: '' })
      expect(sprung()).toBe(true)

      for (const method of methods) {
        const rig = makeRig(method, server, undefined, { path: method })
        const step = await rig.push({ 'deploy-command': 'echo deployed' }, { dist: wrapped(inside), home })
        expect([method, step.outputs['result'], sprung()], step.log).toEqual([method, 'deployed', false])
      }
    },
    { runIf: canMount() },
  )

  concurrent('that lacks something is told as such, and not as a bug of ours', async () => {
    const server = await sshd()
    const { path } = plainWorkspace()
    const gone = join(temporaryDirectory('gone'), 'gone')
    const workspace = await push(server, path, {}, { env: { GITHUB_WORKSPACE: gone } })
    expect(workspace.errors).toEqual([expect.stringContaining('GITHUB_WORKSPACE')])
    const temp = await push(server, path, {}, { env: { RUNNER_TEMP: gone } })
    expect(temp.errors).toEqual([expect.stringMatching(/This machine denies us.*no such file.*RUNNER_TEMP/s)])
    for (const { outputs } of [workspace, temp])
      expect(outputs).toMatchObject({ result: 'failed', 'error-class': 'input' })
    expect(server.connections()).toBe(0)
  })

  concurrent('that cannot show a summary or a report does not turn a deployment red', async () => {
    const server = await sshd()
    const { path } = plainWorkspace()
    const step = await push(server, path, {}, { env: { GITHUB_STEP_SUMMARY: '/nonexistent/summary' } })
    expect(step).toMatchObject({ code: 0, errors: [], warnings: [expect.stringContaining('summary')] })
    expect(step.outputs['result']).toBe('deployed')
  })

  concurrent(
    'that runs nothing in RUNNER_TEMP is told as such, and not the server',
    async () => {
      const server = await sshd()
      const folder = temporaryDirectory('noexec')
      asRoot('mount', '-t', 'tmpfs', '-o', 'noexec,mode=777', 'none', folder)
      atEnd(() => asRoot('umount', folder))
      const step = await push(server, plainWorkspace().path, {}, { env: { RUNNER_TEMP: folder } })
      expect(step.errors).toEqual([expect.stringMatching(/This machine denies us.*EACCES/s)])
      expect(server.connections()).toBe(0)
    },
    { runIf: canMount() },
  )

  const traced = isInstalled('strace') && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
  for (const method of methods) {
    concurrent(
      `J5 a push by ${method} connects to its destination and to nothing else, main and post`,
      async () => {
        const rig = makeRig(method, await sshd())
        const trace = join(temporaryDirectory('trace'), 'trace')
        const strace = ['strace', '-f', '-qq', '-A', '-e', 'trace=connect,sendto', '-o', trace]
        const step = await rig.push({ 'deploy-command': 'echo deployed' }, { dist: wrapped(strace), post: true })
        expect(step.outputs['result'], step.log).toBe('deployed')
        expect(step.postCode).toBe(0)
        const calls = readFileSync(trace, 'utf8')
        const reached = [...calls.matchAll(/sin6?_port=htons\((\d+)\)/g)].map(([, port]) => Number(port))
        expect(new Set(reached)).toEqual(new Set([rig.server.port]))
      },
      { runIf: traced },
    )
  }
})

/** Whether file systems can be mounted here, by root or by sudo. */
function canMount(): boolean {
  const [file = '', ...args] = [...(privilege ?? ['false']), 'unshare', '--mount', 'true']
  return spawnSync(file, args).status === 0
}

/** Our bundles, each half as the runner starts it, but below another program. */
function wrapped(words: readonly string[]): string {
  const directory = temporaryDirectory('action')
  const half = (name: string) => {
    const [file = '', ...args] = [...words, nodeBinary('node24'), join(root, 'dist', name, 'index.js')]
    return `const { spawnSync } = require('node:child_process')
process.exit(spawnSync(${JSON.stringify(file)}, ${JSON.stringify(args)}, { stdio: 'inherit' }).status)
`
  }
  writeFiles(directory, {
    'action.yml': readFileSync(join(root, 'action.yml')),
    'dist/main/index.js': half('main'),
    'dist/post/index.js': half('post'),
  })
  return join(directory, 'dist')
}
