import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { fileURLToPath } from 'node:url'
import { splitLines } from './commands.ts'
import { descendants, end } from './processes.ts'
import { atEnd } from './temporary.ts'

/** The root of this repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export type NodeVersion = 'node20' | 'node24' | 'current'

export interface LaunchOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Seconds after which the programme and all below it are killed and `done` fails; 60 by default. */
  readonly limit?: number
  /** Sees each whole line of either stream, in the order of arrival. */
  readonly onLine?: (line: string) => void
}

export interface Ended {
  /** 128 and the signal's number, for one that a signal ended. */
  readonly code: number
  readonly signal: NodeJS.Signals | undefined
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

export interface Launched {
  readonly pid: number
  /** Resolves once the output so far, both streams as they came, matches; fails if the programme ends before. */
  waitFor(pattern: RegExp | string): Promise<void>
  /** Signals this process alone, not those below it. */
  kill(signal?: NodeJS.Signals): void
  readonly done: Promise<Ended>
}

/** Runs a programme in exactly the given environment, and kills it and all below it if the test ends first. */
export function launch(file: string, args: readonly string[], options: LaunchOptions): Launched {
  const began = performance.now()
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')
  const pid = child.pid ?? 0
  const whole = { stdout: '', stderr: '', merged: '' }
  const waiting = new Set<() => void>()

  for (const name of ['stdout', 'stderr'] as const) {
    const lines = lineReader(options.onLine ?? (() => {}))
    const decoder = new StringDecoder('utf8')
    const take = (text: string) => {
      whole[name] += text
      whole.merged += text
      lines.push(text)
      for (const check of waiting) check()
    }
    child[name].on('data', (data) => take(decoder.write(data)))
    child[name].on('end', () => {
      take(decoder.end())
      lines.end()
    })
  }

  const everything = () => end([...descendants(pid), pid])
  atEnd(() => {
    if (child.exitCode === null && child.signalCode === null) everything()
  })
  const done = new Promise<Ended>((resolve, reject) => {
    const limit = options.limit ?? 60
    const timer = setTimeout(() => {
      everything()
      reject(
        new Error(`${[file, ...args].join(' ')} was still running after ${limit} s:\n${whole.merged.slice(-4000)}`),
      )
    }, limit * 1000)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({
        code: code ?? 128 + (signal ? constants.signals[signal] : 0),
        signal: signal ?? undefined,
        stdout: whole.stdout,
        stderr: whole.stderr,
        seconds: (performance.now() - began) / 1000,
      })
    })
  })
  done.catch(() => {})

  const waitFor = (pattern: RegExp | string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (typeof pattern === 'string' ? !whole.merged.includes(pattern) : !pattern.test(whole.merged)) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
      done.then(() => reject(new Error(`ended before it said ${pattern}:\n${whole.merged.slice(-4000)}`)), reject)
    })

  return { pid, waitFor, done, kill: (signal = 'SIGTERM') => void child.kill(signal) }
}

/** Cuts a stream into lines; a `\r` at the end of a chunk waits, as a `\n` may follow. */
function lineReader(onLine: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = ''
  return {
    push: (text) => {
      rest += text
      const whole = /^.*(?:\n|\r(?!$))/s.exec(rest)?.[0] ?? ''
      rest = rest.slice(whole.length)
      splitLines(whole).forEach(onLine)
    },
    end: () => splitLines(rest).forEach(onLine),
  }
}

/** The pinned Node of that name, or the one that runs the tests where it is not installed. */
export function nodeBinary(version: NodeVersion): string {
  const pinned = join(root, 'node_modules', version, 'bin', 'node')
  return existsSync(pinned) ? pinned : process.execPath
}
