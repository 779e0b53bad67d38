import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { getExecOutput } from '@actions/exec'
import { findInPath } from '@actions/io'
import { PushError } from '../core/errors.js'
import type { Command, Output, Runner, Running, Watch } from '../core/model.js'
import { childEnvironment, isInside } from './environment.js'
import { join } from './loan.js'
import { createLineSplitter } from './sink.js'

/** How much of an unwatched stream is kept, in characters; the end tells most. */
const tailLength = 1 << 20
/** Milliseconds between asking a process group to end and ending it. */
const patience = 1_000

const windows = process.platform === 'win32'

/** The one port to other programs, on this machine. docs/adr/0001-runner-port.md says why it has two halves. */
export function createRunner(environment: NodeJS.ProcessEnv, workspace: string): Runner {
  const base = childEnvironment(environment, workspace)
  const found = new Map<string, Promise<string>>()

  const launch = (command: Command, streams = 3): ChildProcess =>
    spawn(command.file, command.args, {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env: { ...base, ...command.env },
      // A group of its own, so that ending it ends what it started; and no terminal to ask questions on.
      detached: !windows,
      windowsHide: true,
      stdio: new Array<'pipe'>(streams).fill('pipe'),
    })

  const find = (tool: string): Promise<string> => {
    const path = found.get(tool) ?? findTool(tool, workspace)
    found.set(tool, path)
    return path
  }
  const resolved = async (command: Command): Promise<Command> =>
    isAbsolute(command.file) ? command : { ...command, file: await find(command.file) }

  return {
    find,

    async capture(named) {
      const command = await resolved(named)
      const { exitCode, stdout, stderr } = await getExecOutput(
        `"${command.file.replaceAll('"', '\\"')}"`,
        [...command.args],
        {
          silent: true,
          ignoreReturnCode: true,
          env: { ...base, ...command.env },
          ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
          ...(command.stdin === undefined ? {} : { input: Buffer.from(command.stdin) }),
        },
      )
      return { code: exitCode, signal: undefined, stdout, stderr }
    },

    async run(named, watch) {
      const command = await resolved(named)
      const child = launch(command, watch.lender === undefined ? 3 : 5)
      const running = supervise(command, child, watch)
      running.end(command.stdin)
      if (watch.lender !== undefined) borrow(child, watch.lender)
      return await running.done
    },

    start: (command, watch = {}) => supervise(command, launch(command), watch),
  }
}

async function findTool(tool: string, workspace: string): Promise<string> {
  const [path] = await findInPath(tool)
  if (path === undefined) {
    throw new PushError('input', `${tool} is not installed on this machine.`, `Install ${tool} in an earlier step.`)
  }
  if (isInside(workspace, path) || isInside(workspace, await realpath(path))) {
    throw new PushError('unsafe', `PATH leads to a ${tool} inside the workspace.`, 'Remove the workspace from PATH.', {
      evidence: path,
    })
  }
  return path
}

function borrow(child: ChildProcess, lender: Running): void {
  const [, , , output, input] = child.stdio
  if (!(output instanceof Writable && input instanceof Readable)) return
  lender.lend(input, output)
  child.once('exit', () => output.end())
}

function supervise(command: Command, child: ChildProcess, { signal, idle, ...watch }: Partial<Watch>): Running {
  let reason: unknown
  let paused = false
  const stop = (why: unknown) => {
    reason ??= why
    terminate(child, ended)
  }
  const onSilence = () => {
    if (!paused) stop(silence(command, idle ?? 0))
  }
  const timer = idle === undefined ? undefined : setTimeout(onSilence, idle * 1000)
  let borrower: ((chunk: Buffer) => void) | undefined
  const bytes = (chunk: Buffer) => (borrower ?? watch.bytes)?.(chunk)
  const ended = collect(child, watch.bytes === undefined ? watch : { ...watch, bytes }, () => timer?.refresh())
  const onAbort = () => stop(signal?.reason)
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  child.stdin?.on('error', () => undefined)
  // Not its streams: a shared connection holds those a round trip longer.
  const exited = Promise.race([once(child, 'exit'), ended]).catch(() => undefined)
  const over = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    signalGroup(child, 'SIGKILL')
  }
  const done = ended.finally(over).then((output) => {
    if (reason !== undefined) throw reason
    return output
  })
  done.catch(() => undefined)
  return {
    done,
    pause() {
      paused = true
    },
    write: (input) => void child.stdin?.write(input),
    end(input) {
      paused = false
      timer?.refresh()
      child.stdin?.end(input ?? '')
    },
    lend(input, output) {
      borrower = join(child, input, output)
    },
    async stop() {
      terminate(child, ended)
      await exited
      signalGroup(child, 'SIGKILL')
    },
  }
}

function silence(command: Command, seconds: number): PushError {
  return new PushError(
    'timeout',
    `${command.label} was stopped after ${seconds} s without a byte from the other side.`,
    'Find out what it waits for, or raise idle-timeout.',
  )
}

/** Reads both streams to their ends and resolves when the process has. */
function collect(child: ChildProcess, watch: Partial<Watch>, onBytes?: () => void): Promise<Output> {
  const text = { stdout: '', stderr: '' }
  const splitters = (['stdout', 'stderr'] as const).map((name) => {
    const onLine = watch[name]
    const splitter = onLine === undefined ? undefined : createLineSplitter(onLine)
    const decoder = new StringDecoder('utf8')
    child[name]?.on('data', (chunk: Buffer) => {
      onBytes?.()
      if (name === 'stdout' && watch.bytes !== undefined) watch.bytes(chunk)
      else if (splitter === undefined) text[name] = (text[name] + decoder.write(chunk)).slice(-tailLength)
      else splitter.push(chunk)
    })
    return splitter
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    // A grandchild that holds a pipe open must not hold us.
    child.on('exit', () => setTimeout(() => release(child), patience).unref())
    child.on('close', (code, signal) => {
      for (const splitter of splitters) splitter?.end()
      resolve({ code: code ?? undefined, signal: signal ?? undefined, ...text })
    })
  })
}

function release(child: ChildProcess): void {
  signalGroup(child, 'SIGKILL')
  child.stdout?.destroy()
  child.stderr?.destroy()
}

function terminate(child: ChildProcess, done: Promise<Output>): void {
  child.stdin?.destroy()
  signalGroup(child, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), patience)
  const stop = () => clearTimeout(timer)
  done.then(stop, stop)
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid === undefined) return
    if (windows) child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
