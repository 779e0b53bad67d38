import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { makeKey } from '../support/keys.ts'
import { nodeBinary, root } from '../support/launch.ts'
import { descendants, isAlive } from '../support/processes.ts'
import { behind, proxy } from '../support/proxy.ts'
import {
  type ActionOptions,
  type Inputs,
  inputsFor,
  runCli,
  type Step,
  startAction,
  startCli,
} from '../support/runner.ts'
import { pathWithout, type Server, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { gitWorkspace, hgWorkspace, isolatedEnvironment, plainWorkspace, writeFiles } from '../support/workspaces.ts'

/** Main alone, unless told otherwise: it must clean up by itself, and post is only the net below it. */
const start = (server: Server, more: Inputs = {}, options: ActionOptions = {}) =>
  startAction(inputsFor(server, more), { workspace: plainWorkspace().path, post: false, ...options })
const push = (server: Server, more: Inputs = {}, options: ActionOptions = {}) => start(server, more, options).done

/** A deploy command that says so when it is there, and waits for `go`. */
const waiting = 'echo waiting; until [ -e go ]; do sleep 0.02; done; echo gone'
const go = (server: Server) => writeFiles(server.home, { go: '' })
const pidIn = (server: Server) => Number(readFileSync(join(server.home, 'pid'), 'utf8'))
const script = (content: string) => ({ content: `#!/bin/sh\n${content}\n`, mode: 0o755 })

/** A workspace of each kind, and the repository at the destination that it needs. */
const kinds = {
  git: (server: Server) => {
    execFileSync('git', ['init', '--quiet', '--bare', join(server.home, 'app')], { env: isolatedEnvironment() })
    return gitWorkspace()
  },
  hg: (server: Server) => {
    execFileSync('hg', ['init', join(server.home, 'app')], { env: isolatedEnvironment() })
    return hgWorkspace()
  },
  rsync: () => plainWorkspace(),
}
const methods = Object.keys(kinds) as (keyof typeof kinds)[]

/** What no reader may ever see: the body lines of a private key. */
const secretLines = (key: string) => key.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'))

function below(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => join(directory, path))
}

const sessionIn = (temp: string) => readdirSync(temp).filter((name) => name.startsWith('dotcloud-push-'))

describe('what lies on the disk', () => {
  it('is private while it is there, whatever the umask, and gone afterwards', async () => {
    const server = await sshd()
    const before = process.umask(0)
    const step = start(server, { 'deploy-command': waiting })
    process.umask(before)
    await step.waitFor('│ waiting')
    const [session = '', ...others] = sessionIn(step.temp)
    expect(others).toEqual([])
    const folder = join(step.temp, session)
    const found = [folder, ...below(folder)]
    expect(found).toContain(join(folder, 'key'))
    expect(found.filter((path) => (lstatSync(path).mode & 0o077) !== 0)).toEqual([])
    expect(lstatSync(folder).mode & 0o777).toBe(0o700)
    const holders = found.filter((path) => lstatSync(path).isFile() && holds(path, server.privateKey))
    expect(holders.map((path) => [path, lstatSync(path).mode & 0o777])).toEqual([[join(folder, 'key'), 0o600]])
    // Nowhere else, HOME included.
    expect(below(step.temp).filter((path) => !path.startsWith(folder))).toEqual([])
    expect(below(step.home)).toEqual([])
    go(server)
    const done = await step.done
    expect(done.errors).toEqual([])
    expect(done.leftovers()).toEqual([])
    expect(done.orphans()).toEqual([])
  })

  it('is gone after a failure in each stage', async () => {
    const server = await sshd()
    writeFiles(server.home, { 'theirs/file': '' })
    const failures: readonly (readonly [stage: string, more: Inputs])[] = [
      ['settings', { destination: 'ssh://x@y/' }],
      ['connect', { 'known-hosts': 'other.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA' }],
      ['push', { destination: server.destination('theirs') }],
      ['deploy', { 'deploy-command': 'exit 7' }],
    ]
    const steps = await Promise.all(failures.map(([, more]) => push(server, more)))
    for (const [index, [stage]] of failures.entries()) {
      const step = steps[index]
      expect(step?.outputs).toMatchObject({ result: 'failed', 'failed-stage': stage })
      expect(step?.leftovers()).toEqual([])
      expect(step?.orphans()).toEqual([])
      // Outputs are there on failure too, each one that action.yml names.
      expect(Object.keys(step?.outputs ?? {}).toSorted()).toEqual(outputNames())
    }
    expect(steps[3]?.outputs).toMatchObject({ 'deploy-exit-code': '7', uploaded: 'true', method: 'rsync' })
  })
})

describe('a cancelled step', () => {
  const cancelled = async (server: Server, step: ReturnType<typeof start>, signal: NodeJS.Signals) => {
    const began = performance.now()
    step.kill(signal)
    const done = await step.done
    expect(performance.now() - began).toBeLessThan(5000)
    expect(done.code).not.toBe(0)
    expect(done.outputs).toMatchObject({ result: 'failed', 'error-class': 'cancelled' })
    expect(done.errors).toEqual([expect.stringContaining('cancelled')])
    expect(done.leftovers()).toEqual([])
    expect(done.orphans()).toEqual([])
    return { done, server }
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s stops the deploy command, silent as it is', async (signal) => {
    const server = await sshd()
    const step = start(server, { 'deploy-command': 'echo $$ > pid; echo started; exec sleep 61' })
    await step.waitFor('│ started')
    const { done } = await cancelled(server, step, signal)
    expect(done.outputs).toMatchObject({ 'failed-stage': 'deploy', uploaded: 'true' })
    await vi.waitFor(() => expect(isAlive(pidIn(server))).toBe(false), 2000)
  })

  it('in the middle of a push', async () => {
    const server = await sshd()
    const workspace = kinds.git(server)
    const hook = 'echo receiving >&2; echo $$ > ../pid; exec sleep 61'
    writeFiles(server.home, { 'app/hooks/pre-receive': script(hook) })
    const step = start(server, {}, { workspace: workspace.path })
    await step.waitFor('│ receiving')
    const { done } = await cancelled(server, step, 'SIGINT')
    expect(done.outputs).toMatchObject({ 'failed-stage': 'push', uploaded: 'false' })
  })

  it('while it connects', async () => {
    const server = await sshd()
    const way = await proxy({ host: server.host, port: server.port }, 'silent')
    const step = start(behind(server, way))
    await vi.waitFor(() => expect(way.connections()).toBe(1), 5000)
    const { done } = await cancelled(server, step, 'SIGINT')
    expect(done.outputs).toMatchObject({ 'failed-stage': 'connect' })
  })

  it('on the command line ends with 130', async () => {
    const server = await sshd()
    const temp = temporaryDirectory('temp')
    const step = startCli(cliArguments(server, { 'deploy-command': 'echo started; exec sleep 61' }), {
      cwd: plainWorkspace().path,
      env: { TMPDIR: temp },
    })
    await step.waitFor('started\n')
    await step.waitFor('│ started')
    step.kill('SIGINT')
    expect(await step.done).toMatchObject({ code: 130 })
    expect(readdirSync(temp)).toEqual([])
  })
})

describe('a killed step', () => {
  it.each([
    'deploy',
    'push',
  ] as const)('in the stage %s: post removes what is left, and nobody stays', async (stage) => {
    const server = await sshd()
    const workspace = kinds.git(server)
    const hook = 'echo receiving >&2; exec sleep 61'
    if (stage === 'push') writeFiles(server.home, { 'app/hooks/pre-receive': script(hook) })
    const more = { 'deploy-command': 'echo started; exec sleep 61' }
    const step = start(server, more, { workspace: workspace.path })
    await step.waitFor(/│ (started|receiving)/)
    step.kill('SIGKILL')
    const killed = await step.done
    expect(killed.code).toBe(137)
    expect(sessionIn(step.temp)).toHaveLength(1)
    await vi.waitFor(() => expect(killed.orphans()).toEqual([]), 3000)
    const posted = await killed.post()
    expect(posted.postCode).toBe(0)
    expect(posted.leftovers()).toEqual([])
  })
})

describe('the private key', () => {
  it.each(methods)('is in no argument, no environment, no log and no output: %s', async (method) => {
    const server = await sshd()
    const { path } = kinds[method](server)
    const { PATH, read } = spies()
    const env = { PATH, RUNNER_DEBUG: '1', SECRET_TOKEN: 'another-secret-of-the-job' }
    const step = start(server, { 'deploy-command': waiting }, { workspace: path, env })
    await step.waitFor('│ waiting')
    // Every process below the step, whatever it is.
    const processes = descendants(step.pid).map((pid) => processText(pid))
    expect(processes.length).toBeGreaterThan(1)
    go(server)
    const done = await step.done
    expect(done.errors).toEqual([])
    const tools = read()
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ssh', 'ssh-keygen', ...(method === 'rsync' ? ['rsync'] : [method])]),
    )
    const seen = [
      ...processes,
      ...tools.map(({ text }) => text),
      withoutMasks(done),
      JSON.stringify(done.outputs),
      JSON.stringify(done.state),
      done.summary,
      JSON.stringify(done.report()),
      server.commands().join('\n'),
      JSON.stringify([done.environment, done.path]),
    ]
    expect(withoutMasks(done), 'with RUNNER_DEBUG, what a bug report needs').toMatch(
      /::debug::What ssh logged:.*Authenticated to/,
    )
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    for (const part of [
      `::debug::dotcloud-push ${version}, node v24.`,
      '::debug::Event push, ref refs/heads/main, ',
      ...['OpenSSH_', 'git version ', 'rsync  version ', 'Mercurial '].map((words) => `::debug::${words}`),
      '"ssh-key":"(',
    ])
      expect(withoutMasks(done)).toContain(part)
    for (const text of seen) {
      for (const line of secretLines(server.privateKey)) expect(text).not.toContain(line)
      expect(text).not.toMatch(/INPUT_|another-secret|GITHUB_TOKEN/)
    }
    // And everyone of its lines is masked, in case that something else prints them.
    for (const line of secretLines(server.privateKey)) expect(done.masks).toContain(line)
  })

  it('that is encrypted opens with its passphrase, which is in no argument and no environment', async () => {
    const passphrase = `it's a "pass" $HOME phrase`
    const key = makeKey('ed25519', passphrase)
    const server = await sshd({ authorize: false, authorizedKeys: [key.publicKey] })
    const { PATH, read } = spies()
    const secret = { 'ssh-key': key.privateKey, 'ssh-key-passphrase': passphrase }
    const step = start(server, { ...secret, 'deploy-command': waiting }, { env: { PATH } })
    await step.waitFor('│ waiting')
    const processes = descendants(step.pid).map((pid) => processText(pid))
    go(server)
    const done = await step.done
    expect(done.errors).toEqual([])
    expect(server.logins()).toBe(1)
    expect(read().length).toBeGreaterThan(2)
    for (const text of [...processes, ...read().map((tool) => tool.text), withoutMasks(done), done.summary])
      expect(text).not.toContain(passphrase)
    expect(done.masks).toContain(passphrase)
    expect(done.leftovers()).toEqual([])
  })

  it('that is encrypted fails at once with a wrong passphrase or none, and asks nobody', async () => {
    const key = makeKey('ed25519', 'right')
    const server = await sshd({ authorize: false, authorizedKeys: [key.publicKey] })
    for (const passphrase of ['', 'wrong']) {
      const step = await push(server, { 'ssh-key': key.privateKey, 'ssh-key-passphrase': passphrase })
      expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'key' })
      expect(step.errors).toEqual([expect.stringContaining('ssh-key-passphrase')])
      expect(step.seconds).toBeLessThan(5)
      expect(step.leftovers()).toEqual([])
    }
    expect(server.connections()).toBe(0)
  })
})

describe('one run', () => {
  it.each(methods)('by %s logs in once, also where RUNNER_TEMP has a space and more', async (method) => {
    const server = await sshd()
    const { path } = kinds[method](server)
    const options = { workspace: path, tempName: "my temp's $HOME %h" }
    const step = await push(server, { 'deploy-command': 'echo deployed' }, options)
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', method, 'deploy-exit-code': '0' })
    expect(step.leftovers()).toEqual([])
    expect(server.commands().length).toBeGreaterThan(1)
    expect(server.logins()).toBe(1)
    expect(server.connections()).toBe(1)
  })
})

describe('the post step', () => {
  it('removes nothing but what main made, whatever the state says', async () => {
    const server = await sshd()
    const step = await push(server)
    // Stands in for /etc, so that a mistake costs nothing.
    const precious = temporaryDirectory('etc')
    const ours = 'dotcloud-push-0123456789ab'
    const report = 'dotcloud-report-0123456789ab.json'
    writeFiles(precious, { passwd: 'root', [`${ours}/key`]: '', [report]: '' })
    mkdirSync(join(step.temp, 'other', ours), { recursive: true })
    mkdirSync(join(step.temp, 'dotcloud-push-0123456789abx'))
    symlinkSync(precious, join(step.temp, 'dotcloud-push-00000000000a'))
    symlinkSync(join(precious, 'passwd'), join(step.temp, 'dotcloud-report-ffffffffffff.json'))
    const tampered = [
      precious,
      join(precious, ours),
      join(step.temp, 'dotcloud-push-00000000000a'),
      join(step.temp, 'dotcloud-push-00000000000a', ours),
      join(step.temp, 'other', ours),
      join(step.temp, 'dotcloud-push-0123456789abx'),
      `${step.temp}/../../${basename(precious)}/${ours}`,
      step.temp,
      `${step.temp}/.`,
      step.home,
    ]
    const before = [...below(precious), ...below(step.temp)].toSorted()
    for (const session of tampered) {
      const posted = await step.post({ session })
      expect(posted.postCode).toBe(0)
    }
    for (const path of [join(precious, report), join(step.temp, 'dotcloud-report-ffffffffffff.json'), precious]) {
      const posted = await step.post({ report: path })
      expect(posted.postCode).toBe(0)
      expect(posted.postCommands).toEqual([expect.objectContaining({ command: 'warning' })])
    }
    expect([...below(precious), ...below(step.temp)].toSorted()).toEqual(before)
    expect(existsSync(step.home)).toBe(true)
    // What main did make goes.
    mkdirSync(join(step.temp, ours))
    await step.post({ session: join(step.temp, ours) })
    expect(existsSync(join(step.temp, ours))).toBe(false)
  })

  it('says nothing when there is nothing to do', async () => {
    const server = await sshd()
    const step = await push(server, {}, { post: true })
    expect(step).toMatchObject({ code: 0, postCode: 0 })
    expect(step.leftovers()).toEqual([])
    expect(shown(step)).toEqual([])
    expect(shown(await step.post({}))).toEqual([])
  })
})

describe('a poisoned machine', () => {
  /** Each variable and file, with a payload, and with a command that shows that it is one. */
  const poison = (server: Server, method: keyof typeof kinds) => {
    const home = temporaryDirectory('home')
    const pwn = join(temporaryDirectory('pwn'), 'PWN')
    const evil = join(temporaryDirectory('evil'), 'evil')
    writeFiles(join(evil, '..'), { evil: script(`touch ${pwn}; exit 1`) })
    writeFiles(home, {
      '.gitconfig': `[core]\n\tsshCommand = ${evil}\n\thooksPath = ${home}\n`,
      '.hgrc': `[hooks]\npre-push = ${evil}\n[ui]\nssh = ${evil}\n`,
      '.popt': `rsync alias -r --recursive --rsh=${evil}\n`,
      '.ssh/config': `Host *\n  ProxyCommand ${evil}\n`,
      'pre-push': script(`touch ${pwn}`),
    })
    const env = {
      GIT_SSH: evil,
      GIT_SSH_COMMAND: evil,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.sshCommand',
      GIT_CONFIG_VALUE_0: evil,
      GIT_CONFIG_PARAMETERS: `'core.sshCommand=${evil}'`,
      GIT_DIR: '/nonexistent',
      GIT_EXTERNAL_DIFF: evil,
      RSYNC_RSH: evil,
      RSYNC_OLD_ARGS: '1',
      RSYNC_PROTECT_ARGS: '0',
      HGRCPATH: join(home, '.hgrc'),
      HGPLAIN: '',
      SSH_ASKPASS: evil,
      SSH_AUTH_SOCK: '/nonexistent',
      BASH_ENV: evil,
      ENV: evil,
      HTTPS_PROXY: 'http://127.0.0.1:1',
    }
    const naive = {
      git: ['git', 'push', `${server.user}@${server.host}:app`, 'HEAD:refs/heads/x'],
      hg: ['hg', 'push', server.destination('app').replace('/~/', '/')],
      rsync: ['rsync', '-r', './', `${server.user}@${server.host}:app/`],
    }[method]
    return { home, pwn, evil, env, naive }
  }

  it.each(methods)('does not lead the push by %s astray', async (method) => {
    const server = await sshd()
    const { path } = kinds[method](server)
    const { home, pwn, env, naive } = poison(server, method)
    const [file = '', ...args] = naive
    const { GIT_DIR: _, ...variables } = env
    for (const firing of [{ HOME: home }, variables]) {
      spawnSync(file, args, { cwd: path, env: { ...process.env, HGRCPATH: undefined, ...firing }, input: '' })
      expect(existsSync(pwn)).toBe(true)
      rmSync(pwn)
    }

    const { PATH, read } = spies()
    // Every programme that gets it complains in its first line: node does, once in main and once in post.
    const preload = '/nonexistent/evil-preload.so'
    const more = { 'deploy-command': 'echo deployed' }
    const step = await push(server, more, { workspace: path, home, env: { ...env, PATH, LD_PRELOAD: preload } })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', method })
    expect(existsSync(pwn)).toBe(false)
    expect(step.raw.split(preload).length - 1).toBeLessThanOrEqual(1)
    for (const { name, text } of read()) {
      for (const [variable, value] of Object.entries({ ...env, LD_PRELOAD: preload, HOME: home }))
        expect(text.split('\0'), name).not.toContain(`${variable}=${value}`)
      if (name === 'ssh') expect(text.split('\0')).toEqual(expect.arrayContaining(['-F', 'ssh_config']))
    }
  })

  it.each(['ssh', 'git', 'rsync'])('with a %s of the workspace in PATH is refused', async (tool) => {
    const server = await sshd()
    const workspace = kinds.git(server)
    const pwn = join(temporaryDirectory('pwn'), 'PWN')
    writeFiles(workspace.path, { [`node_modules/.bin/${tool}`]: script(`touch ${pwn}`) })
    const PATH = `${join(workspace.path, 'node_modules/.bin')}:${process.env['PATH']}`
    spawnSync(tool, ['--version'], { env: { PATH } })
    expect(existsSync(pwn)).toBe(true)
    rmSync(pwn)
    const more = tool === 'rsync' ? { method: 'rsync' } : {}
    const step = await push(server, more, { workspace: workspace.path, env: { PATH } })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'unsafe' })
    expect(step.errors).toEqual([expect.stringMatching(new RegExp(`${tool} inside the workspace`))])
    expect(existsSync(pwn)).toBe(false)
    expect(server.connections()).toBe(0)
  })

  it('without a tool says which one', async () => {
    const server = await sshd()
    const env = { PATH: pathWithout('rsync') }
    const step = await push(server, {}, { env })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input' })
    expect(step.errors).toEqual([expect.stringMatching(/rsync is not installed/)])
  })
})

describe('the bundles', () => {
  it.each(['node20', 'node24'] as const)('run on %s: main, post and the command line', async (node) => {
    const version = execFileSync(nodeBinary(node), ['--version'], { encoding: 'utf8' })
    expect(version.startsWith(`v${node.slice(4)}.`)).toBe(true)
    const server = await sshd()
    const workspace = plainWorkspace().path
    const step = await push(server, { 'deploy-command': 'echo deployed' }, { node, workspace, post: true })
    expect(step).toMatchObject({ code: 0, errors: [], warnings: [], postCode: 0 })
    expect(shown(step)).toEqual([])
    expect(step.outputs['result']).toBe('deployed')
    expect(step.log).not.toMatch(/Warning/)
    expect(step.leftovers()).toEqual([])
    const cli = await runCli([...cliArguments(server), '--json'], { cwd: workspace, node })
    expect(cli).toMatchObject({ code: 0 })
    expect(cli.stderr).not.toMatch(/Warning/)
    expect(JSON.parse(cli.stdout)).toMatchObject({ result: 'unchanged', method: 'rsync' })
  })
})

/** Tools first in PATH that note how they were called, and then are the real ones. */
function spies(): { PATH: string; read: () => { name: string; text: string }[] } {
  const bin = temporaryDirectory('bin')
  const notes = temporaryDirectory('notes')
  for (const name of ['ssh', 'ssh-keygen', 'git', 'hg', 'rsync', 'cat']) {
    writeFiles(bin, {
      [name]: {
        content: `#!/bin/bash
note=$(mktemp ${notes}/${name}.XXXXXX)
{ /bin/cat /proc/$$/environ /proc/$$/cmdline; } > "$note"
for folder in \${PATH//:/ }; do
  [ "$folder" != ${bin} ] && [ -x "$folder/${name}" ] && exec "$folder/${name}" "$@"
done
exit 127
`,
        mode: 0o755,
      },
    })
  }
  const read = () =>
    readdirSync(notes).map((file) => ({
      name: file.replace(/\.[^.]+$/, ''),
      text: readFileSync(join(notes, file), 'utf8'),
    }))
  return { PATH: `${bin}:${process.env['PATH']}`, read }
}

/** What post says, but for debug messages, which the runner hides. */
function shown({ postLog }: Step): string[] {
  return postLog.split('\n').filter((line) => line !== '' && !line.startsWith('::debug::'))
}

function processText(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

function withoutMasks({ raw, postLog }: Step): string {
  const lines = raw.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  return `${lines.join('\n')}\n${postLog}`
}

function holds(path: string, key: string): boolean {
  const text = readFileSync(path, 'utf8')
  return secretLines(key).some((line) => text.includes(line))
}

function outputNames(): string[] {
  const action = readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')
  const [, declared = ''] = action.split(/^outputs:$/m)
  return [...(declared.split(/^\S/m)[0]?.matchAll(/^ {2}([a-z-]+):/gm) ?? [])].map(([, name = '']) => name).toSorted()
}

function cliArguments(server: Server, more: Inputs = {}): string[] {
  const directory = temporaryDirectory('cli')
  writeFiles(directory, { key: { content: server.privateKey, mode: 0o600 }, known: server.knownHosts })
  const given = { app: 'app', destination: server.destination('app'), ...more }
  return [
    ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]),
    ...['--ssh-key-file', join(directory, 'key'), '--known-hosts-file', join(directory, 'known')],
  ]
}
