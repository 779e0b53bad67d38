import { PushError } from '../core/errors.js'
import type { Command, Host, Running, Settings } from '../core/model.js'
import { fileNames, markVariable } from '../core/ssh-files.js'

/** In bytes: the packed journal of more than half a million files. */
export const longestAnswer = 64 << 20
/** Milliseconds until a program that waits for input (some forced command) is told that there is none. */
const patience = 5_000

/**
 * A shell at the server: it answers the question on its command line, then it waits for one command, a line that begins
 * with its mark. So a question and the rsync that follows from it need one session, and one only is waited for.
 */
export interface RemoteShell {
  /** What it printed until it waited for the command, or ended. */
  readonly answer: Buffer
  /**
   * Gives the shell away to a local program whose other half is to run there. Undefined when it takes no command.
   * @param said for what the other half says on its standard error
   */
  give(said: (line: string) => void): Passage | undefined
  close(): Promise<void>
}

/** What a local program needs to go through the shell. */
export interface Passage {
  /** What it calls instead of ssh. */
  readonly program: string
  readonly env: Readonly<Record<string, string>>
  readonly lender: Running
}

/** The end of a script for a shell that is to take a command; `mark` is a word of the script. */
export const takeCommand = (mark: string) => `read -r w l && [ "$w" = "${mark}" ] && eval "$l"`

/**
 * @param mark a random word, which ends the answer, with a dot behind it, and begins the command
 * @throws PushError `timeout` when it is silent for the idle time, `remote-setup` when it floods
 */
export async function openShell(command: Command, mark: string, host: Host, settings: Settings): Promise<RemoteShell> {
  const flood = new AbortController()
  const answered = new AbortController()
  const chunks: Buffer[] = []
  const last = `${mark}.\n`
  let listener = (_line: string) => {}
  let length = 0
  let takes = true
  const running = await new Promise<Running>((resolve, reject) => {
    const started = host.runner.start(command, {
      signal: AbortSignal.any([host.signal, flood.signal]),
      idle: settings.idleTimeout,
      stderr: (line) => listener(line),
      bytes(chunk) {
        length += chunk.length
        if (length > longestAnswer) return flood.abort(flooded(command))
        chunks.push(chunk)
        if (endOf(chunks, last.length) === last) resolve(started)
      },
    })
    const over = () => {
      takes = false
    }
    started.done.finally(over).then(() => resolve(started), reject)
    host.clock.sleep(patience, answered.signal).then(
      () => {
        over()
        started.end()
      },
      () => undefined,
    )
  }).finally(() => answered.abort())
  running.pause()
  return {
    answer: Buffer.concat(chunks),
    give(said) {
      if (!takes) return undefined
      takes = false
      listener = said
      return { program: fileNames.relay, env: { [markVariable]: mark }, lender: running }
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
