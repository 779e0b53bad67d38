import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { descendants, end, isAlive } from '../support/processes.ts'
import { behind, proxy } from '../support/proxy.ts'
import { type ActionOptions, type Inputs, inputsFor, runAction, startAction } from '../support/runner.ts'
import { isInstalled, type Server, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { gitWorkspace, plainWorkspace, writeFiles } from '../support/workspaces.ts'

const inputs = (server: Server, command: string, more: Inputs = {}): Inputs =>
  inputsFor(server, { 'deploy-command': command, ...more })

/** A push of one file by rsync, and then the command; post has its own tests. */
const options = (more: ActionOptions = {}): ActionOptions => ({
  workspace: plainWorkspace().path,
  post: false,
  ...more,
})
const deploy = (server: Server, command: string, more: Inputs = {}, how: ActionOptions = {}) =>
  runAction(inputs(server, command, more), options(how))
const start = (server: Server, command: string, more: Inputs = {}, how: ActionOptions = {}) =>
  startAction(inputs(server, command, more), options(how))

const times = (server: Server, command: string) => server.commands().filter((each) => each === command).length

/** A file that a command writes its process id to, and whether that process lives. */
const pidIn = (server: Server, name = 'pid') => {
  const path = join(server.home, name)
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
}

/** With it, every tool counts its starts: what would be two runs of a command are two lines. */
const count = 'echo run >> runs'
const runs = (server: Server) => readFileSync(join(server.home, 'runs'), 'utf8').split('\n').length - 1

describe('the deploy command', () => {
  it('reaches the server as it is written, with plain values bare and strange ones as one word', async () => {
    const server = await sshd()
    const workspace = gitWorkspace(undefined, { branch: 'it\'s-$HOME;"x' })
    const command = 'echo {app}.{deployment} {branch} {sha} $((1 + 1)) {other}'
    const step = await deploy(
      server,
      command,
      { app: 'hello', deployment: 'www', method: 'rsync' },
      { workspace: workspace.path, ref: 'refs/heads/it\'s-$HOME;"x' },
    )
    expect(step.errors).toEqual([])
    expect(step.log).toContain(`│ hello.www it's-$HOME;"x ${workspace.sha()} 2 {other}\n`)
    expect(times(server, `echo hello.www 'it'\\''s-$HOME;"x' ${workspace.sha()} $((1 + 1)) {other}`)).toBe(1)
    expect(step.outputs).toMatchObject({ result: 'deployed', 'deploy-exit-code': '0' })
  })

  const shells = (['bash', 'fish', 'tcsh'] as const).filter(isInstalled)

  // A C shell puts the line so far in place of `!#`, even between quotes, and so ends a quote that we opened.
  it.each(shells)('keeps a strange value as one word where the login shell is %s', async (shell) => {
    const server = await sshd({ shell })
    const branch = "a'$HOME;`id`(1)!#;echo>PWN;'"
    const ref = `refs/heads/${branch}`
    const step = await deploy(server, 'printf "<%s>" {branch} {branch}', {}, { ref })
    expect(existsSync(join(server.home, 'PWN'))).toBe(false)
    expect(step.errors).toEqual([])
    expect(step.log).toContain(`│ <${branch}><${branch}>\n`)
  })

  it('gets nothing on its standard input and does not wait for it', async () => {
    const server = await sshd()
    const step = await deploy(server, 'cat; echo done')
    expect(step.log).toContain('│ done\n')
    expect(step.seconds).toBeLessThan(10)
  })

  it('is heard while it runs, line by line, on both streams', async () => {
    const server = await sshd()
    const step = start(server, 'echo one; echo two >&2; until [ -e go ]; do sleep 0.05; done; printf three')
    await step.waitFor('│ one\n')
    await step.waitFor('│ two\n')
    writeFiles(server.home, { go: '' })
    const done = await step.done
    expect(done).toMatchObject({ code: 0, errors: [] })
    expect(done.log).toContain('│ three\n')
    expect(done.report()).toMatchObject({ 'deploy-output': ['one', 'two', 'three'] })
  })

  it('runs again when there was nothing to push', async () => {
    const server = await sshd()
    const workspace = plainWorkspace().path
    for (const result of ['deployed', 'unchanged']) {
      const step = await deploy(server, count, {}, { workspace })
      expect(step.outputs).toMatchObject({ result, 'deploy-exit-code': '0' })
    }
    expect(runs(server)).toBe(2)
  })

  it('does not run when the push failed', async () => {
    const server = await sshd()
    writeFiles(server.home, { 'app/theirs.txt': 'somebody else put me here\n' })
    const step = await deploy(server, count)
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'push', 'deploy-exit-code': '' })
    expect(existsSync(join(server.home, 'runs'))).toBe(false)
  })
})

describe('its end', () => {
  it.each([7, 255])('with exit code %d is told as that code', async (code) => {
    const server = await sshd()
    const step = await deploy(server, `${count}; echo almost; exit ${code}`)
    expect(step.code).toBe(1)
    expect(step.outputs).toMatchObject({
      result: 'failed',
      'failed-stage': 'deploy',
      'error-class': 'deploy',
      'deploy-exit-code': String(code),
      uploaded: 'true',
    })
    expect(step.errors).toEqual([expect.stringContaining(`exit code ${code}`)])
    expect(step.errors[0]).toContain('almost')
    expect(step.errors[0]).not.toMatch(/signal/)
    expect(runs(server)).toBe(1)
  })

  it('by a signal is told as such', async () => {
    const server = await sshd()
    // With the shell above it, where the login shell keeps one.
    const step = await deploy(server, `${count}; kill -9 0`)
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'deploy', 'deploy-exit-code': '' })
    expect(step.errors).toEqual([expect.stringMatching(/killed by a signal/)])
    expect(runs(server)).toBe(1)
  })

  it('by a signal to a child is told as 137, with the hint', async () => {
    const server = await sshd()
    const step = await deploy(server, `${count}; sh -c 'kill -9 $$'; exit $?`)
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'deploy', 'deploy-exit-code': '137' })
    expect(step.errors).toEqual([expect.stringMatching(/137.*signal 9/)])
    expect(runs(server)).toBe(1)
  })

  it.each([
    'the line is cut',
    'the server ends the session',
  ])('unseen, because %s, is an unknown state, and the command is not run again', async (how) => {
    const server = await sshd()
    const way = await proxy({ host: server.host, port: server.port })
    const step = start(behind(server, way), `${count}; echo started; exec sleep 61`)
    await step.waitFor('│ started\n')
    if (how === 'the line is cut') await way.stop()
    else end(descendants(server.pid))
    const done = await step.done
    expect(done.outputs).toMatchObject({
      result: 'failed',
      'failed-stage': 'deploy',
      'error-class': 'unknown-state',
      'deploy-exit-code': '',
      uploaded: 'true',
    })
    expect(done.errors).toEqual([expect.stringMatching(/may have succeeded/)])
    expect(runs(server)).toBe(1)
    expect(server.logins()).toBe(1)
    expect(done.seconds).toBeLessThan(15)
  })

  it('that never comes while it is silent: idle-timeout stops it, there too', async () => {
    const server = await sshd()
    const step = await deploy(server, `${count}; echo $$ > pid; exec sleep 61`, { 'idle-timeout': '1' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'deploy', 'error-class': 'timeout' })
    expect(step.errors).toEqual([expect.stringContaining('idle-timeout')])
    expect(pidIn(server)).toBeGreaterThan(0)
    await vi.waitFor(() => expect(isAlive(pidIn(server))).toBe(false), 2000)
    expect(runs(server)).toBe(1)
    expect(step.seconds).toBeLessThan(10)
    expect(step.orphans()).toEqual([])
  })

  it('that never comes is not waited for by idle-timeout while it talks', async () => {
    const server = await sshd()
    const step = await deploy(server, 'for i in 1 2 3 4; do sleep 0.6; echo $i; done', { 'idle-timeout': '1' })
    expect(step).toMatchObject({ code: 0, errors: [] })
  })

  it('that never comes although it talks: timeout stops it, there too', async () => {
    const server = await sshd()
    // A minute is the shortest timeout; this clock lets it pass in three seconds.
    const clock = join(temporaryDirectory('clock'), 'clock.cjs')
    writeFiles(join(clock, '..'), {
      'clock.cjs': `const timers = require('node:timers/promises'), { setTimeout } = timers
timers.setTimeout = (delay, ...rest) => setTimeout(delay === 60_000 ? 3_000 : delay, ...rest)
require('node:module').syncBuiltinESMExports()`,
    })
    const step = await deploy(
      server,
      `${count}; echo $$ > pid; while :; do echo tick; sleep 0.2; done`,
      { timeout: '1' },
      { env: { NODE_OPTIONS: `--require=${clock}` } },
    )
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'deploy', 'error-class': 'timeout' })
    expect(step.errors).toEqual([expect.stringMatching(/1 min/)])
    expect(step.log).toContain('│ tick')
    await vi.waitFor(() => expect(isAlive(pidIn(server))).toBe(false), 2000)
    expect(runs(server)).toBe(1)
    expect(step.orphans()).toEqual([])
  })

  it('that leaves a programme behind with the streams closed is the end', async () => {
    const server = await sshd()
    const step = await deploy(server, 'sleep 61 >/dev/null 2>&1 </dev/null & echo $! > pid; echo started')
    expect(step).toMatchObject({ code: 0, errors: [] })
    expect(isAlive(pidIn(server))).toBe(true)
  })
})

describe('a flood of output', () => {
  it.each([
    ['in lines', `yes ${'x'.repeat(99)} | head -c 50000000`],
    ['without a line end', `head -c 50000000 /dev/zero | tr '\\0' '&'`],
  ])('of 50 MB %s does not fill the memory', async (_, flood) => {
    const server = await sshd()
    const step = start(server, `${flood}; echo the end`)
    let peak = 0
    let over = false
    const watched = (async () => {
      for (; !over; await sleep(20)) peak = Math.max(peak, residentPeak(step.pid))
    })()
    const done = await step.done
    over = true
    await watched
    expect(done).toMatchObject({ code: 0, errors: [] })
    expect(done.log).toContain('the end')
    expect((done.report() as { 'deploy-output': string[] })['deploy-output'].length).toBeLessThanOrEqual(40)
    // GitHub refuses a summary of more than 1 MiB.
    expect(done.summary.length).toBeLessThan(2 ** 20)
    // Node alone takes some 60 MB.
    expect(peak).toBeGreaterThan(20)
    expect(peak).toBeLessThan(250)
  })
})

/** The most memory, in MB, that a process has had. */
function residentPeak(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000
  } catch {
    return 0
  }
}
