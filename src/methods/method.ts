import { remotePath } from '../core/destination.js'
import { diagnose } from '../core/diagnose.js'
import type { PushError } from '../core/errors.js'
import type {
  Clock,
  Command,
  Host,
  MethodName,
  Output,
  Running,
  Session,
  Settings,
  Upload,
  Watch,
} from '../core/model.js'
import { noLonger } from '../core/no-longer.js'
import type { UploadStep } from '../core/plan.js'
import { orStop } from '../core/remote-stop.js'

/** One upload: the step, and all that its method may look at. */
export interface Task {
  readonly step: UploadStep
  readonly settings: Settings
  readonly host: Host
}

/** A way to get a workspace to its destination. */
export interface Method {
  readonly name: MethodName
  /** Everything that can be refused before anything is connected to. */
  preflight(task: Task): Promise<void>
  /** Prepares while the session connects, then sends; a failure that says `retry` may be tried again. */
  upload(task: Task, session: Session): Promise<Upload>
  /**
   * Asks by the method's own protocol what is at the destination, changes nothing, and answers in words. Missing where
   * only a transfer could tell.
   * @throws PushError
   */
  question?(task: Task, session: Session): Promise<string>
}

/** The end of a command over the connection, with all that a diagnosis needs. */
export interface Attempted {
  readonly output: Output
  failure(said?: string): Promise<PushError>
}

/** Runs a method's own command and keeps what ssh logged meanwhile. */
export async function attempt(
  task: Task,
  session: Session,
  command: Command,
  on: Pick<Watch, 'stdout' | 'stderr' | 'lender'> = {},
): Promise<Attempted> {
  const { settings, host, step } = task
  const start = (await session.connection.log()).length
  host.log.command(command)
  const output = await bothHalves(
    host.runner.run(command, { signal: host.signal, idle: settings.idleTimeout, ...on }),
    on.lender,
    host.clock,
  ).catch(orStop(session, host))
  return {
    output,
    failure: async (said = output.stderr) =>
      diagnose({
        method: step.workspace.method,
        login: session.login,
        path: remotePath(step.destination),
        code: output.code,
        said,
        sshLog: await session.connection.log(start),
      }),
  }
}

/** Milliseconds in which the half at the server can be expected to end when the half here has failed. */
const mostAwaited = 1_000

/**
 * The half at the server knows of failures that the half here has not heard of; it is waited for no longer than idle.
 * When the half here failed, how the other one ended is what a diagnosis reads in ssh's log.
 */
async function bothHalves(here: Promise<Output>, there: Running | undefined, clock: Clock): Promise<Output> {
  const output = await here
  if (there === undefined) return output
  there.end()
  if (output.code === 0) return { ...output, code: (await there.done).code }
  await noLonger(mostAwaited, there.done, clock)
  return output
}

/** Keeps the last of what was said, for a diagnosis. */
export function createTail(most = 200): { push(line: string): void; text(): string; lines(): readonly string[] } {
  const lines: string[] = []
  return {
    push(line) {
      lines.push(line)
      if (lines.length > most) lines.shift()
    },
    text: () => lines.join('\n'),
    lines: () => lines,
  }
}

/** Names for a sentence: the first few, the rest counted. */
export function listNames(names: readonly string[], most = 5): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`
}
