import { PushError } from '../core/errors.js'
import type { Command, Host, Output, Running, Settings } from '../core/model.js'

/** In bytes: the packed journal of more than half a million files. */
export const longestAnswer = 64 << 20
/** Milliseconds until a program that waits for input (some forced command) is told that there is none. */
const patience = 5_000

/**
 * A shell at the server for the length of an upload: it answers the question on its command line, and takes a script
 * later. Both cost the round trips of one session, and without a script nothing is waited for.
 */
export interface RemoteShell {
  /** What it printed until it waited for the script, or ended. */
  readonly answer: Buffer
  /** Runs the first part of a script while other work goes on. */
  begin(script: Buffer): void
  /** Runs the rest of the script, once. Undefined when the shell has ended before. */
  finish(script: Buffer): Promise<Output | undefined>
  close(): Promise<void>
}

/**
 * @param last how the answer ends when it is whole
 * @throws PushError `timeout` when it is silent for the idle time, `remote-setup` when it floods
 */
export async function openShell(command: Command, last: string, host: Host, settings: Settings): Promise<RemoteShell> {
  const flood = new AbortController()
  const answered = new AbortController()
  const chunks: Buffer[] = []
  let length = 0
  let ended = false
  const running = await new Promise<Running>((resolve, reject) => {
    const started = host.runner.start(command, {
      signal: AbortSignal.any([host.signal, flood.signal]),
      idle: settings.idleTimeout,
      bytes(chunk) {
        length += chunk.length
        if (length > longestAnswer) return flood.abort(flooded(command))
        chunks.push(chunk)
        if (endOf(chunks, last.length) === last) resolve(started)
      },
    })
    started.done
      .then(() => resolve(started), reject)
      .finally(() => {
        ended = true
      })
    host.clock.sleep(patience, answered.signal).then(
      () => started.end(),
      () => undefined,
    )
  }).finally(() => answered.abort())
  running.pause()
  return {
    answer: Buffer.concat(chunks),
    begin: (script) => running.write(script),
    async finish(script) {
      if (ended) return undefined
      running.end(script)
      return await running.done
    },
    close: () => running.stop(),
  }
}

/** What a command answers, in bounded memory. @throws PushError `remote-setup` when it floods */
export async function readAnswer(command: Command, host: Host, settings: Settings): Promise<Buffer> {
  const flood = new AbortController()
  const chunks: Buffer[] = []
  let length = 0
  await host.runner.run(command, {
    signal: AbortSignal.any([host.signal, flood.signal]),
    idle: settings.idleTimeout,
    bytes(chunk) {
      length += chunk.length
      if (length <= longestAnswer) chunks.push(chunk)
      else flood.abort(flooded(command))
    },
  })
  return Buffer.concat(chunks)
}

/** The last bytes of what came in pieces. */
function endOf(chunks: readonly Buffer[], length: number): string {
  const few = []
  for (let index = chunks.length - 1, found = 0; index >= 0 && found < length; index--) {
    const chunk = chunks[index] ?? Buffer.of()
    few.unshift(chunk)
    found += chunk.length
  }
  return Buffer.concat(few).subarray(-length).toString('latin1')
}

function flooded({ label }: Command): PushError {
  return new PushError(
    'remote-setup',
    `The server answered the ${label} with more than ${longestAnswer >> 20} MiB.`,
    'Look at what its login shell and its forced command print.',
  )
}
