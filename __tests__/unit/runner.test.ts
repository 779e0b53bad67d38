import { chmodSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { PushError } from '../../src/core/errors.ts'
import type { Command } from '../../src/core/model.ts'
import { clock } from '../../src/system/clock.ts'
import { createRunner } from '../../src/system/runner.ts'
import { isAlive } from '../support/processes.ts'
import { programme } from '../support/sandbox.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const workspace = '/nonexistent/workspace'
const runner = createRunner(process.env, workspace)
const shell = programme('sh')
const sh = (script: string, more: Partial<Command> = {}): Command => ({
  label: 'a script',
  file: shell,
  args: ['-c', script],
  ...more,
})
const node = (script: string): Command => ({ label: 'node', file: process.execPath, args: ['-e', script] })
const signal = new AbortController().signal
const run = (command: Command, more: Partial<Parameters<typeof runner.run>[1]> = {}) =>
  runner.run(command, { signal, ...more })

/** Milliseconds that something took, with what it came to. */
async function timed<Value>(act: () => Promise<Value>): Promise<{ ms: number; value?: Value; error?: unknown }> {
  const begun = performance.now()
  try {
    const value = await act()
    return { ms: performance.now() - begun, value }
  } catch (error) {
    return { ms: performance.now() - begun, error }
  }
}

/** The numbers in a file that a script writes process ids to, once there are so many. */
async function pids(file: string, count: number): Promise<number[]> {
  for (;;) {
    const found = (() => {
      try {
        return readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map(Number)
      } catch {
        return []
      }
    })()
    if (found.length >= count) return found
    await sleep(5)
  }
}

async function gone(ids: readonly number[]): Promise<void> {
  while (ids.some(isAlive)) await sleep(5)
}

describe('running', () => {
  it('gives back output and exit code', async () => {
    expect(await run(sh('echo out; echo err >&2; exit 7'))).toEqual({
      code: 7,
      signal: undefined,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    expect(await run(sh('kill -9 $$'))).toMatchObject({ code: undefined, signal: 'SIGKILL' })
  })

  it('hands arguments, directory, environment and input over as they are', async () => {
    const cwd = realpathSync(temporaryDirectory())
    const { stdout } = await run({
      ...sh('pwd; printf "%s|" "$0" "$@"; echo "$EXTRA"; cat', { cwd, env: { EXTRA: 'a $(id) b' }, stdin: "it's\n" }),
      args: ['-c', 'pwd; printf "%s|" "$0" "$@"; echo "$EXTRA"; cat', '-x', '', 'a b', '$(id)', '*', "'"],
    })
    expect(stdout).toBe(`${cwd}\n-x||a b|$(id)|*|'|a $(id) b\nit's\n`)
  })

  it('C5 hands nothing else of our environment over', async () => {
    const poisoned = createRunner(
      { ...process.env, 'INPUT_SSH-KEY': 'secret', GIT_DIR: '/x', LD_PRELOAD: '' },
      workspace,
    )
    const command: Command = { label: 'env', file: programme('env'), args: [], env: { ONE: '1' } }
    const names = (text: string) =>
      text
        .split('\n')
        .map((line) => line.split('=')[0])
        .filter((name) => name !== '')
        .sort()
    const expected = ['HOME', 'LC_ALL', 'ONE', 'PATH']
    for (const { stdout } of [await poisoned.run(command, { signal }), await poisoned.capture(command)]) {
      expect(names(stdout).filter((name) => !['TMPDIR', 'RUNNER_TRACKING_ID'].includes(name ?? ''))).toEqual(expected)
    }
  })

  it('does not mind a process that reads nothing of a large input', async () => {
    expect(await run(sh('exit 3', { stdin: 'x'.repeat(4 << 20) }))).toMatchObject({ code: 3 })
  })

  it('shows lines as they come, and keeps nothing of what was watched', async () => {
    const seen: string[] = []
    const output = await run(sh("printf 'a\\rb\\r\\nc'; printf 'e\\n' >&2"), {
      stdout: (line) => seen.push(`o ${line}`),
      stderr: (line) => seen.push(`e ${line}`),
    })
    expect(seen.sort()).toEqual(['e e', 'o a', 'o b', 'o c'])
    expect(output).toMatchObject({ stdout: '', stderr: '' })
  })

  it('F8 of a flood it keeps the end', async () => {
    const { value, ms } = await timed(() =>
      run(
        node(
          "const b = 'x'.repeat(1 << 20) + '\\n'; for (let n = 0; n < 20; n++) require('fs').writeSync(1, b); console.log('the end')",
        ),
      ),
    )
    expect(value?.stdout.length).toBeGreaterThan(100_000)
    expect(value?.stdout.length).toBeLessThanOrEqual(1 << 20)
    expect(value?.stdout.endsWith('x\nthe end\n')).toBe(true)
    expect(ms).toBeLessThan(5_000)
  })

  it('F8 of a watched flood it shows every line and keeps nothing', async () => {
    let length = 0
    const before = process.memoryUsage().rss
    await run(
      node("const b = 'x'.repeat((1 << 20) - 1) + '\\n'; for (let n = 0; n < 40; n++) require('fs').writeSync(1, b)"),
      {
        stdout: (line) => {
          length += line.length
        },
      },
    )
    expect(length).toBe(40 * ((1 << 20) - 1))
    expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20)
  })

  it('puts characters together that come in two pieces', async () => {
    const { stdout } = await run(
      node(
        'process.stdout.write(Buffer.from([0xc3])); setTimeout(() => process.stdout.write(Buffer.from([0xa9])), 100)',
      ),
    )
    expect(stdout).toBe('é')
  })
})

describe('ending', () => {
  it('E9 F9 after silence', async () => {
    const { ms, error } = await timed(() => run(sh('echo started; sleep 300'), { idle: 0.3 }))
    expect(error).toBeInstanceOf(PushError)
    expect(error).toMatchObject({
      errorClass: 'timeout',
      cause: 'a script was stopped after 0.3 s without a byte from the other side.',
    })
    expect(ms).toBeGreaterThan(290)
    expect(ms).toBeLessThan(2_000)
  })

  it('not while there is a byte now and then, on either stream', async () => {
    const { value } = await timed(() =>
      run(sh('for i in 1 2 3 4; do sleep 0.15; printf .; sleep 0.15; printf . >&2; done'), { idle: 0.6 }),
    )
    expect(value).toMatchObject({ code: 0, stdout: '....', stderr: '....' })
  })

  it('G11 when it is cancelled, with all that was started', async () => {
    const file = join(temporaryDirectory(), 'pids')
    const controller = new AbortController()
    const reason = new PushError('cancelled', 'The push was cancelled.', 'Run it again.')
    const running = timed(() =>
      run(
        sh(
          `echo $$ >>'${file}'; (sh -c 'echo $$ >>"$1"; exec sleep 300' sh '${file}' & echo $! >/dev/null; wait) & wait`,
        ),
        { signal: controller.signal },
      ),
    )
    const ids = await pids(file, 2)
    expect(ids.map(isAlive)).toEqual([true, true])
    controller.abort(reason)
    const { error, ms } = await running
    expect(error).toBe(reason)
    expect(ms).toBeLessThan(5_000)
    await gone(ids)
  })

  it('G11 even if they ignore being asked', async () => {
    const file = join(temporaryDirectory(), 'pids')
    const controller = new AbortController()
    const running = timed(() =>
      run(sh(`trap '' TERM INT HUP; echo $$ >>'${file}'; while :; do sleep 0.05; done`), { signal: controller.signal }),
    )
    const ids = await pids(file, 1)
    controller.abort(new Error('stop'))
    const { error } = await running
    expect(error).toMatchObject({ message: 'stop' })
    await gone(ids)
  })

  it('a signal that has fired already lets nothing run on', async () => {
    const { error, ms } = await timed(() => run(sh('sleep 300'), { signal: AbortSignal.abort(new Error('too late')) }))
    expect(error).toMatchObject({ message: 'too late' })
    expect(ms).toBeLessThan(3_000)
  })

  it('what a process leaves behind in its group ends with it, and does not hold us', async () => {
    const { value, ms } = await timed(() => run(sh('sleep 300 & echo $!')))
    expect(value?.code).toBe(0)
    expect(ms).toBeLessThan(4_000)
    await gone([Number(value?.stdout)])
  })

  it('what escapes from the group and holds a pipe does not hold us', async () => {
    const { value, ms } = await timed(() => run(sh("setsid sh -c 'echo $$; exec sleep 8' & sleep 0.1; exit 4")))
    expect(value?.code).toBe(4)
    expect(ms).toBeLessThan(4_000)
    process.kill(Number(value?.stdout), 'SIGKILL')
  })
})

describe('a process beside the others', () => {
  it('ends when it is stopped, with all that it started', async () => {
    const file = join(temporaryDirectory(), 'pids')
    const running = runner.start(sh(`echo $$ >>'${file}'; sh -c 'echo $$ >>"$1"; exec sleep 300' sh '${file}'; true`))
    const ids = await pids(file, 2)
    const { ms } = await timed(() => running.stop())
    expect(ms).toBeLessThan(3_000)
    await gone(ids)
    expect(await running.done).toMatchObject({ code: undefined })
    await running.stop()
  })

  it('tells how it ended by itself', async () => {
    expect(await runner.start(sh('echo x; exit 5')).done).toMatchObject({ code: 5, stdout: 'x\n' })
  })

  it('that cannot be started is told by its promise alone', async () => {
    const running = runner.start({ label: 'nothing', file: '/nonexistent/tool', args: [] })
    await expect(running.done).rejects.toMatchObject({ code: 'ENOENT' })
    await running.stop()
  })
})

describe('finding a tool', () => {
  const saved = process.env['PATH']
  afterEach(() => {
    process.env['PATH'] = saved
  })

  function tool(directory: string, name: string, text = '#!/bin/sh\necho "$0 $*"\n'): string {
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, name), text)
    chmodSync(join(directory, name), 0o755)
    return join(directory, name)
  }

  it('by its name', async () => {
    expect(await runner.find('sh')).toMatch(/^\/.*\/sh$/)
    expect(await run({ label: 'x', file: 'sh', args: ['-c', 'echo found'] })).toMatchObject({ stdout: 'found\n' })
  })

  it('that is missing', async () => {
    const error = await runner.find('no-such-tool').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ errorClass: 'input', cause: 'no-such-tool is not installed on this machine.' })
    await expect(run({ label: 'x', file: 'no-such-tool', args: [] })).rejects.toMatchObject({ errorClass: 'input' })
    await expect(runner.capture({ label: 'x', file: 'no-such-tool', args: [] })).rejects.toMatchObject({
      errorClass: 'input',
    })
  })

  it('whose file is gone', async () => {
    await expect(run({ label: 'x', file: '/nonexistent/tool', args: [] })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('B22 inside the workspace is refused', async () => {
    const top = temporaryDirectory('workspace')
    const fake = tool(join(top, 'bin'), 'ssh')
    process.env['PATH'] = `${join(top, 'bin')}${delimiter}${saved}`
    const error = await createRunner(process.env, top)
      .find('ssh')
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      errorClass: 'unsafe',
      evidence: fake,
      cause: 'PATH leads to a ssh inside the workspace.',
    })
  })

  it('B22 outside, but a link into the workspace, is refused', async () => {
    const top = temporaryDirectory('workspace')
    const outside = temporaryDirectory('outside')
    symlinkSync(tool(top, 'ssh'), join(outside, 'ssh'))
    process.env['PATH'] = `${outside}${delimiter}${saved}`
    await expect(createRunner(process.env, top).find('ssh')).rejects.toMatchObject({ errorClass: 'unsafe' })
  })

  it('in a directory with spaces and quotes works both ways', async () => {
    const file = tool(join(temporaryDirectory('tools'), `it's a "tool" $x`), 'my tool')
    const command: Command = { label: 'x', file, args: ['a b', '$(id)', '"', ''] }
    expect((await run(command)).stdout).toBe(`${file} a b $(id) " \n`)
    expect((await runner.capture(command)).stdout).toBe(`${file} a b $(id) " \n`)
  })
})

describe('capturing', () => {
  it('gives back output and exit code, and says nothing', async () => {
    expect(await runner.capture(sh('cat; echo err >&2; exit 3', { stdin: "it's\n" }))).toEqual({
      code: 3,
      signal: undefined,
      stdout: "it's\n",
      stderr: 'err\n',
    })
  })
})

describe('the clock', () => {
  it('counts milliseconds, and sleeps so long', async () => {
    const begun = clock.now()
    await clock.sleep(50, signal)
    expect(clock.now() - begun).toBeGreaterThan(45)
  })

  it('wakes up with the reason of a signal', async () => {
    const controller = new AbortController()
    const sleeping = clock.sleep(60_000, controller.signal)
    const reason = new PushError('cancelled', 'x', 'y')
    controller.abort(reason)
    await expect(sleeping).rejects.toBe(reason)
    await expect(clock.sleep(60_000, controller.signal)).rejects.toBe(reason)
  })
})
