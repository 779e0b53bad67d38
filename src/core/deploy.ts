import { formatLogin } from './destination.js'
import { PushError } from './errors.js'
import { type Host, mostKept, type Session, type Settings } from './model.js'
import { stopRemote } from './remote-stop.js'
import { commandEnd } from './ssh-log.js'

/** How much of each, in characters. */
const longestTail = 2_000

/** How a deploy command went; `failure` says why it does not count as deployed. */
export interface Deployed {
  readonly exitCode: number | undefined
  readonly tail: readonly string[]
  readonly failure: PushError | undefined
}

/**
 * Runs the deploy command, once, exactly as it is written: a forced command at the other side sees just these words.
 * Three ends are told apart by what ssh logged: its own exit code, death by a signal, and a line that was lost.
 */
export async function deploy(command: string, session: Session, host: Host, settings: Settings): Promise<Deployed> {
  const { connection } = session
  await connection.ready()
  const tail: string[] = []
  const show = (line: string) => {
    tail.push(line.slice(0, longestTail))
    if (tail.length > mostKept) tail.shift()
    host.log.remote(line)
  }
  const start = (await connection.log()).length
  const remote = connection.remote('deploy command', command)
  host.log.info(`$ ${command}`)
  try {
    const watch = { signal: host.signal, idle: settings.idleTimeout, stdout: show, stderr: show }
    const { code } = await host.runner.run(remote, watch)
    if (code === 0) return { exitCode: 0, tail, failure: undefined }
    const end = commandEnd(await connection.log(start))
    return { exitCode: end === 'status' ? code : undefined, tail, failure: failed(end, code, session, tail) }
  } catch (error) {
    const end = commandEnd(await connection.log(start))
    await stopRemote(session, host)
    if (!(error instanceof PushError)) throw error
    const silent = error.errorClass === 'timeout' && !host.signal.aborted
    return { exitCode: undefined, tail, failure: silent && end !== 'lost' ? heldOpen(error) : error }
  }
}

/** The server has told how the command ended, and yet its output went on. */
function heldOpen({ cause }: PushError): PushError {
  return new PushError(
    'timeout',
    'The deploy command has ended, but a program that it started holds its output open.',
    'Let what stays write elsewhere: nohup … >/dev/null 2>&1 &',
    { evidence: cause },
  )
}

function failed(
  end: ReturnType<typeof commandEnd>,
  code: number | undefined,
  session: Session,
  tail: readonly string[],
): PushError {
  const evidence = tail.at(-1) ?? ''
  if (end === 'lost') {
    return new PushError(
      'unknown-state',
      'The connection was lost while the deploy command ran: it may have succeeded, failed, or still be running.',
      `Look on ${formatLogin(session.login)} before you deploy again.`,
      { evidence },
    )
  }
  if (end === 'signal' || code === undefined) {
    return new PushError(
      'deploy',
      'The deploy command was killed by a signal on the server.',
      "Look into the server's log: when memory runs out, the kernel kills.",
      { evidence },
    )
  }
  const signal = code > 128 && code < 160 ? ` (a program in it was killed by signal ${code - 128})` : ''
  return new PushError(
    'deploy',
    `The deploy command failed with exit code ${code}${signal}.`,
    'Its output tells why; the new content is on the server.',
    { evidence },
  )
}
