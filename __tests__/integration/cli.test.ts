import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { makeKey } from '../support/keys.ts'
import { type Ended, root } from '../support/launch.ts'
import { proxy } from '../support/proxy.ts'
import { type CliOptions, runCli, startCli } from '../support/runner.ts'
import { pathWithout, type Server, sshd } from '../support/sshd.ts'
import { atEnd, temporaryDirectory } from '../support/temporary.ts'
import { commit, gitWorkspace, plainWorkspace, tree } from '../support/workspaces.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const inputNames = Object.keys((parseYaml(read('action.yml')) as { inputs: object }).inputs)

/** Every option that a push needs, the key from a file. */
function optionsFor(server: Server, path = 'app'): string[] {
  return [
    ...['--app', 'hello', '--destination', server.destination(path)],
    ...['--ssh-key-file', server.privateKeyPath, '--known-hosts', server.knownHosts],
  ]
}

const push = (server: Server, more: readonly string[] = [], options: CliOptions = {}): Promise<Ended> =>
  runCli([...optionsFor(server), ...more], { cwd: plainWorkspace().path, ...options })

describe('without a push', () => {
  it('--help names every input, --version the version', async () => {
    const help = await runCli(['--help'])
    expect(help.code).toBe(0)
    expect(help.stderr).toBe('')
    for (const name of inputNames.filter((each) => each !== 'source')) expect(help.stdout).toContain(`--${name} `)
    expect(help.stdout).toMatch(/^NAME\n {4}dotcloud-push - /)
    const others = await Promise.all([['-h'], ['help'], ['plan', '--help']].map((args) => runCli(args)))
    expect(others.map(({ code, stdout }) => [code, stdout])).toEqual(others.map(() => [0, help.stdout]))
    for (const option of ['--ssh-key-file', '--known-hosts-file', '--json', 'DOTCLOUD_PUSH_SSH_KEY', 'plan']) {
      expect(help.stdout).toContain(option)
    }
    const version = await runCli(['--version'])
    expect(version).toMatchObject({ code: 0, stdout: `${JSON.parse(read('package.json')).version}\n`, stderr: '' })
  })

  it.each([
    ['an unknown option', ['--max-delet', '3'], 'max-delete'],
    ['two sources', ['one', 'two'], 'argument'],
    ['an option without its value', ['--app'], 'app'],
    ['a key file that is not there', ['--ssh-key-file', '/no/such/key'], '/no/such/key'],
    ['nothing at all', [], 'app'],
    ['a command that does not come first', ['--app', 'hello', 'plan'], './plan'],
    ['an operand of the demo', ['demo', 'site'], 'argument'],
    ['a shell that is not known', ['completion', 'tcsh'], 'bash, zsh, fish'],
  ] as const)('%s is a mistake of input: 2, told on standard error, without a stack', async (_, args, told) => {
    const { code, stdout, stderr } = await runCli(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(told)
    expect(stderr).not.toMatch(/^ +at .*:\d+/m)
  })
})

describe('a push', () => {
  it('of the directory it is run in; the report goes to standard output only when asked for', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'index.html': 'x\n', 'sub/page': 'x\n' }).path
    const temporary = temporaryDirectory('tmp')
    const given = { cwd: workspace, env: { TMPDIR: temporary } }
    const first = await push(server, ['--deploy-command', 'echo {app} is live'], given)
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr).toContain('hello is live')
    expect(first.stderr).toMatch(/^==> deployed in [\d.]+ s: 2 changed, 0 deleted$/m)
    expect(tree(join(server.home, 'app'))).toEqual(tree(workspace))

    const second = await push(server, ['--json', '--deploy-command', 'echo {app} is live'], given)
    expect(second.code).toBe(0)
    expect(second.stdout.split('\n')).toHaveLength(2)
    expect(JSON.parse(second.stdout)).toMatchObject({
      result: 'unchanged',
      method: 'rsync',
      'deploy-exit-code': 0,
      'deploy-output': ['hello is live'],
      destination: server.destination('app'),
    })
    expect(server.logins()).toBe(2)
    expect(readdirSync(temporary)).toEqual([])
  })

  it('of a source inside and outside of the current directory, and of one file', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'site/index.html': 'x\n', other: 'x\n' }).path
    const elsewhere = plainWorkspace({ far: 'x\n' }).path
    const sources = [
      [['site'], workspace, ['index.html']],
      [[elsewhere], workspace, ['far']],
      [['..'], join(workspace, 'site'), ['other', 'site/index.html']],
      [[join(elsewhere, 'far')], workspace, ['far']],
      [['--source', 'site'], workspace, ['index.html']],
    ] as const
    const seen = await Promise.all(
      sources.map(async ([source, cwd], index) => {
        const path = `app-${index}`
        const { code } = await runCli([...optionsFor(server, path), ...source], { cwd })
        return [code, Object.keys(tree(join(server.home, path)))]
      }),
    )
    expect(seen).toEqual(sources.map(([, , names]) => [0, names]))
  })

  it('--dry-run and other flags, with a value, without, and before the source', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'site/index.html': 'x\n' }).path
    const forms = [
      ['--dry-run'],
      ['--dry-run=true'],
      ['--dry-run', 'true'],
      ['site', '--dry-run'],
      ['--dry-run', 'site'],
    ]
    const runs = forms.map((form) => push(server, ['--json', ...form], { cwd: workspace }))
    for (const { code, stdout, stderr } of await Promise.all(runs)) {
      expect(code, stderr).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ result: 'planned', 'changed-files': 1 })
    }
    expect(tree(server.home)).toEqual({})
    expect(await push(server, ['--dry-run', 'false', '--delete=false'], { cwd: workspace })).toMatchObject({ code: 0 })
    expect(Object.keys(tree(join(server.home, 'app')))).toEqual(['site/index.html'])
  })

  it('in few words, in many, and never in colour where no terminal is', async () => {
    const server = await sshd()
    const deploy = ['--deploy-command', 'echo said']
    const given = { cwd: plainWorkspace().path, env: { TERM: 'xterm-256color' } }
    const quiet = await push(server, ['--quiet', ...deploy], given)
    expect(quiet.stderr).toMatch(/^==> deployed in [\d.]+ s: 1 changed, 0 deleted\n$/)
    const [debug, failed] = await Promise.all([
      push(server, ['--debug', ...deploy], given),
      push(server, ['-q', '--deploy-command', 'exit 7'], given),
    ])
    for (const told of ['What ssh logged:', 'Plan: {', '│ said']) expect(debug?.stderr).toContain(told)
    expect(debug?.stderr).not.toContain('PRIVATE KEY')
    expect(failed).toMatchObject({ code: 18, stdout: '' })
    expect(failed?.stderr).toContain('exit code 7')
    for (const { stderr } of [quiet, debug, failed].filter((each) => each !== undefined)) {
      expect(stderr).not.toContain('\u001b')
    }
  })

  it('by DOTCLOUD_PUSH_ variables, over which options win; lists by an option given twice', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'index.html': 'x\n', 'a.log': 'x\n', 'b.tmp': 'x\n' }).path
    const env = {
      DOTCLOUD_PUSH_APP: 'hello',
      DOTCLOUD_PUSH_SSH_KEY: server.privateKey,
      DOTCLOUD_PUSH_KNOWN_HOSTS: server.knownHosts,
      DOTCLOUD_PUSH_DESTINATION: server.destination('wrong'),
      DOTCLOUD_PUSH_DEPLOY_COMMAND: 'touch {app}',
    }
    const args = ['--destination', server.destination('app'), '--excludes', '*.log', '--excludes', '*.tmp']
    expect(await runCli(args, { cwd: workspace, env })).toMatchObject({ code: 0 })
    const names = Object.keys(tree(server.home)).filter((name) => !name.startsWith('.'))
    expect(names).toEqual(['app/index.html', 'hello'])
  })

  it('with known hosts, an encrypted key and its passphrase from files', async () => {
    const key = makeKey('ed25519', 'open sesame')
    const server = await sshd({ authorizedKeys: [key.publicKey] })
    const directory = temporaryDirectory('files')
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    const known = ['--known-hosts-file', file('known_hosts', server.knownHosts)]
    const args = ['--app', 'hello', '--destination', server.destination('app'), ...known]
    const encrypted = [...args, '--ssh-key-file', file('key', key.privateKey)]
    const given = { cwd: plainWorkspace().path }
    const passphrase = ['--ssh-key-passphrase-file', file('passphrase', 'open sesame\n')]
    const [plain, opened, closed] = await Promise.all([
      runCli([...args, '--ssh-key-file', server.privateKeyPath], given),
      runCli([...encrypted, ...passphrase], given),
      runCli(encrypted, given),
    ])
    expect([plain, opened, closed].map((ended) => ended?.code)).toEqual([0, 0, 10])
  })

  it('without the help of an agent or of ~/.ssh', async () => {
    const server = await sshd()
    const stranger = await sshd()
    const home = temporaryDirectory('home')
    mkdirSync(join(home, '.ssh'), { mode: 0o700 })
    writeFileSync(join(home, '.ssh/id_ed25519'), server.privateKey, { mode: 0o600 })
    writeFileSync(join(home, '.ssh/config'), 'Host *\n  ProxyCommand touch PWN\n')
    const socket = join(home, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    atEnd(() => void agent.kill('SIGKILL'))
    while (!existsSync(socket)) await sleep(10)
    const env = { HOME: home, SSH_AUTH_SOCK: socket }
    const added = spawn('ssh-add', ['-q', server.privateKeyPath], { stdio: 'ignore', env: { ...process.env, ...env } })
    expect(await new Promise((done) => added.on('exit', done))).toBe(0)

    // The agent's key would do; the one that was given does not.
    const step = await push(server, ['--ssh-key-file', stranger.privateKeyPath], { env })
    expect(step.code).toBe(12)
    expect(server.logins()).toBe(0)
    expect((await push(server, [], { env })).code).toBe(0)
    expect(existsSync(join(home, 'PWN'))).toBe(false)
  })
})

describe('plan', () => {
  it('shows on standard output what a push would do, and changes nothing', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'index.html': 'x\n', gone: 'x\n' }).path
    const given = { cwd: workspace }
    const call = ['--deploy-command', 'echo {app}']
    expect((await push(server, [], given)).code).toBe(0)
    writeFileSync(join(workspace, 'index.html'), 'changed\n')
    writeFileSync(join(workspace, 'new'), 'x\n')
    rmSync(join(workspace, 'gone'))
    const before = tree(server.home)
    const planned = (more: readonly string[]) => runCli(['plan', ...optionsFor(server), ...call, ...more], given)
    const [page, json, quiet] = await Promise.all([
      planned(['--max-delete', '0']),
      planned(['--json']),
      planned(['-q']),
    ])
    expect(page, page?.stderr).toMatchObject({ code: 0 })
    expect(page?.stdout.split('\n')).toEqual([
      `hello to ${server.destination('app')} by rsync: neither .hg nor .git is there`,
      '- gone',
      '~ index.html',
      '+ new',
      '2 files to change or add, 1 to delete, 10 B to send.',
      'Then: echo hello',
      expect.stringMatching(/^The push would be refused: The push would delete 1 of 2 files/),
      '',
    ])
    expect(json?.stdout.split('\n')).toHaveLength(2)
    expect(JSON.parse(json?.stdout ?? '')).toMatchObject({ result: 'planned', 'changed-files': 2, 'deleted-files': 1 })
    expect(quiet).toMatchObject({ code: 0, stdout: '' })
    expect(quiet?.stderr).toMatch(/^==> planned in [\d.]+ s: 2 changed, 1 deleted\n$/)
    expect(tree(server.home)).toEqual(before)
  })

  it('fails as a push would', async () => {
    const closed = await sshd({ authorize: false })
    const { code, stdout, stderr } = await runCli(['plan', ...optionsFor(closed)], { cwd: plainWorkspace().path })
    expect({ code, stdout }).toEqual({ code: 12, stdout: '' })
    expect(stderr).toContain('==> failed (auth)')
  })
})

describe('doctor', () => {
  it('tells its findings on standard output, and exits with the class of the first fault', async () => {
    const [server, closed] = await Promise.all([sshd(), sshd({ authorize: false })])
    const given = { cwd: plainWorkspace().path }
    const [well, json, ill, quiet] = await Promise.all([
      runCli(['doctor', ...optionsFor(server)], given),
      runCli([...optionsFor(server), '--doctor', '--json'], given),
      runCli(['doctor', ...optionsFor(closed)], given),
      runCli(['doctor', '-q', ...optionsFor(closed)], given),
    ])
    expect(well, well?.stdout).toMatchObject({ code: 0, stderr: '' })
    expect(well?.stdout).toMatch(/^ok {7}inputs {10}all are accepted$/m)
    expect(well?.stdout).toMatch(/^Doctor: 0 faults, 0 warnings, 12 ok, 1 skipped in [\d.]+ s\.\n$/m)
    expect(JSON.parse(json?.stdout ?? '')).toMatchObject({ result: 'planned', doctor: expect.any(Array) })
    expect(ill).toMatchObject({ code: 12, stdout: expect.stringMatching(/^fault {4}login /m) })
    expect(quiet).toMatchObject({ code: 12, stdout: expect.stringMatching(/^fault {4}login /) })
    expect(tree(server.home)).toEqual({})
  })
})

describe('demo', () => {
  it('says where it is, in a dist/ that stands alone', async () => {
    const dist = join(temporaryDirectory('alone'), 'dist')
    cpSync(join(root, 'dist'), dist, { recursive: true })
    const { code, stderr } = await runCli(['demo'], { dist })
    expect(code).toBe(2)
    expect(stderr).toContain('https://github.com/org/dotcloud-push')
  })

  it('is the script of the checkout', async () => {
    const folder = temporaryDirectory('checkout')
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
    mkdirSync(join(folder, 'script'))
    const script = '#!/bin/sh\necho "demo of $HOME"; echo aside >&2; exit 3\n'
    writeFileSync(join(folder, 'script/demo'), script, { mode: 0o755 })
    const home = temporaryDirectory('home')
    const { code, stdout } = await runCli(['demo'], { dist: join(folder, 'dist'), env: { HOME: home } })
    expect(code).toBe(3)
    expect(stdout.split('\n').sort()).toEqual(['', 'aside', `demo of ${home}`])
  })
})

describe('the branches gate', () => {
  it('asks for the branch that is checked out, or that the CI names', async () => {
    const server = await sshd()
    const workspace = gitWorkspace(undefined, { branch: 'feature/x' })
    const gated = ['--branches', 'main', '--method', 'rsync', '--json']
    const at = (more: readonly string[], env: CliOptions['env'] = {}) =>
      push(server, more, { cwd: workspace.path, env })
    const [other, named] = await Promise.all([at(gated), at(gated, { CI_COMMIT_BRANCH: 'other' })])
    for (const { code, stdout } of [other, named]) {
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ result: 'skipped', uploaded: false })
    }
    expect(other?.stderr).toContain('skipped: branch feature/x does not match main')
    const keyless = await runCli(['--branches', 'main'], { cwd: workspace.path })
    expect(keyless.code).toBe(0)
    expect(server.connections()).toBe(0)

    const matching = await at(['--branches', 'main\nfeature/**', '--method', 'rsync', '--json'])
    expect(JSON.parse(matching.stdout)).toMatchObject({ result: 'deployed' })
    commit(workspace, { 'index.html': 'two\n' })
    workspace.git('checkout', '--quiet', '--detach')
    const detached = await at(['--branches', '**', '--method', 'rsync', '--json'])
    expect(JSON.parse(detached.stdout)).toMatchObject({ result: 'skipped' })
    const ci = await at(['--branches', '**', '--method', 'rsync', '--json'], { CI_COMMIT_BRANCH: 'main' })
    expect(JSON.parse(ci.stdout)).toMatchObject({ result: 'deployed' })
  })
})

describe('exit codes', () => {
  it('0, and 2 and 3 before any connection', async () => {
    const server = await sshd()
    const home = server.destination('/').replace(/\/$/, '/%7E')
    const [app, , , , ...rest] = optionsFor(server)
    const [input, missing, unsafe, outside, empty] = await Promise.all([
      push(server, ['--max-delete', 'all']),
      push(server, ['no-such-directory']),
      runCli([`${app}`, 'hello', '--destination', home, ...rest], { cwd: plainWorkspace().path }),
      push(server, ['--plan', '/etc/hostname']),
      push(server, [], { cwd: plainWorkspace({ '.env': 'x\n' }).path }),
    ])
    expect([input, missing, unsafe, outside, empty].map((ended) => ended?.code)).toEqual([2, 2, 3, 3, 3])
    expect(missing?.stderr).toContain('no-such-directory')
    expect(input?.stderr).toMatch(/Input max-delete is "all"/)
    expect(tree(server.home)).toEqual({})
  })

  it('10 an unusable key, 11 another host key, 12 a key that may not log in', async () => {
    const server = await sshd()
    const closed = await sshd({ authorize: false })
    const impostor = await sshd({ identity: 'impostor' })
    const publicKey = join(temporaryDirectory('key'), 'key.pub')
    writeFileSync(publicKey, `${server.publicKey} me@example.com\n`)
    const pinned = server.knownHosts.replaceAll(`:${server.port} `, `:${impostor.port} `)
    const [key, host, auth] = await Promise.all([
      push(server, ['--ssh-key-file', publicKey]),
      runCli(
        [
          ...['--app', 'hello', '--destination', impostor.destination('app'), '--known-hosts', pinned],
          ...['--ssh-key-file', impostor.privateKeyPath],
        ],
        { cwd: plainWorkspace().path },
      ),
      push(closed),
    ])
    expect([key?.code, host?.code, auth?.code]).toEqual([10, 11, 12])
    expect(server.connections()).toBe(0)
    expect(host?.stderr).toContain(impostor.fingerprints.ed25519)
    expect(impostor.logins()).toBe(0)
    expect(closed.connections()).toBe(1)
  })

  it('13 refused, 14 silent, 15 cut off', async () => {
    const server = await sshd()
    const [gone, silent, cut] = await Promise.all([
      proxy(server),
      proxy(server, 'silent'),
      proxy(server, { cutAfter: 200_000 }),
    ])
    await gone.stop()
    const workspace = plainWorkspace({ 'big.bin': randomBytes(1_000_000) }).path
    const once = ['--retries', '1', '--connect-timeout', '1']
    const codes = await Promise.all([
      push(server.at(gone.port), once, { cwd: workspace }),
      push(server.at(silent.port), once, { cwd: workspace }),
      push(server.at(cut.port), ['--retries', '1'], { cwd: workspace }),
    ])
    expect(codes.map(({ code }) => code)).toEqual([13, 14, 15])
  })

  it('17 no rsync there, 18 a deploy command that fails, 20 a line that is lost while it runs', async () => {
    const bare = await sshd({ path: pathWithout('rsync') })
    const server = await sshd()
    const deploy = (command: string, path: string) =>
      runCli([...optionsFor(server, path), '--deploy-command', command], { cwd: plainWorkspace().path })
    const [setup, failed, killed, lost] = await Promise.all([
      push(bare),
      deploy('exit 7', 'one'),
      deploy('kill -9 $$', 'two'),
      deploy('echo about to go; kill -9 $PPID; sleep 1', 'three'),
    ])
    expect([setup?.code, failed?.code, killed?.code, lost?.code]).toEqual([17, 18, 18, 20])
    expect(failed?.stderr).toContain('exit code 7')
    expect(killed?.stderr).toContain('signal')
    expect(lost?.stderr).toContain('still be running')
  })

  it('130 after Ctrl-C, soon, with nothing left behind', async () => {
    const server = await sshd()
    const temporary = temporaryDirectory('tmp')
    const args = [...optionsFor(server), '--deploy-command', 'echo under way; sleep 60']
    const running = startCli(args, { cwd: plainWorkspace().path, env: { TMPDIR: temporary } })
    await running.waitFor('│ under way')
    const began = performance.now()
    running.kill('SIGINT')
    const { code, stderr } = await running.done
    expect(code).toBe(130)
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(stderr).toContain('cancelled')
    expect(readdirSync(temporary)).toEqual([])
  })
})
