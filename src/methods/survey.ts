import { createHash, randomBytes } from 'node:crypto'
import type { Destination } from '../core/destination.js'
import { formatDestination, formatLogin, remotePath } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import type { Host, Session, Settings } from '../core/model.js'
import { quote } from '../core/quote.js'

/** What a server with a shell tells of a destination, in one command. */
export interface Survey {
  readonly home: string
  /** The directory with links resolved; of a missing one, the nearest parent that exists. */
  readonly real: string
  readonly exists: boolean
  /** It holds something. */
  readonly filled: boolean
  /** We have pushed here before. */
  readonly ours: boolean
  /** What we pushed then. */
  readonly revision: string
  /** First line of `rsync --version`; empty when it is missing. */
  readonly rsync: string
}

/** Where the server remembers a destination: in the login's home, never in a directory that may be published. */
export function memoryOf(destination: Destination): string {
  const id = createHash('sha256').update(formatDestination(destination)).digest('hex').slice(0, 16)
  return `.dotcloud-push/${id}`
}

/**
 * Asks the server, through any login shell, by a script on standard input.
 * @returns undefined when it gives no shell (a forced command, a PaaS)
 * @throws PushError `remote-setup` when the login shell prints text of its own
 */
export async function look(
  session: Session,
  destination: Destination,
  host: Host,
  settings: Settings,
): Promise<Survey | undefined> {
  const mark = randomBytes(8).toString('hex')
  const script = `LC_ALL=C; export LC_ALL
d=${quote(remotePath(destination))}
printf '%s\\n' ${mark}
printf 'home=%s\\n' "$(cd && pwd -P)"
printf 'rsync=%s\\n' "$(rsync --version 2>/dev/null | head -n 1)"
p=$d
if [ -d "$p" ]; then
  echo exists=yes
  [ -z "$(ls -A -- "$p" 2>/dev/null | head -n 1)" ] || echo filled=yes
fi
while [ ! -d "$p" ]; do p=$(dirname -- "$p"); done
printf 'real=%s\\n' "$(cd -- "$p" && pwd -P)"
m=$HOME/${memoryOf(destination)}
if [ -f "$m/revision" ]; then
  echo ours=yes
  printf 'revision=%s\\n' "$(head -c 200 "$m/revision")"
fi
printf '%s\\n' ${mark}
`
  const command = session.connection.remote('survey', 'sh -s', script)
  const { stdout } = await host.runner.run(command, { signal: host.signal, idle: settings.idleTimeout })
  const [noise = '', facts, end] = stdout.split(`${mark}\n`)
  if (facts === undefined || end === undefined) return undefined
  if (noise !== '') {
    throw new PushError(
      'remote-setup',
      `The login shell of ${formatLogin(session.login)} prints text, which rsync cannot tell from data.`,
      'Let ~/.bashrc and the like print only in interactive shells.',
      { evidence: noise.trim().split('\n')[0] ?? '' },
    )
  }
  const read = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(facts)?.[1] ?? ''
  return {
    home: read('home'),
    real: read('real'),
    exists: read('exists') === 'yes',
    filled: read('filled') === 'yes',
    ours: read('ours') === 'yes',
    revision: read('revision'),
    rsync: read('rsync'),
  }
}

/** Notes on the server that this destination is ours, and what it holds; an empty revision while a push is under way. */
export async function remember(
  session: Session,
  destination: Destination,
  revision: string,
  host: Host,
  settings: Settings,
): Promise<void> {
  const script = `umask 077
m=$HOME/${memoryOf(destination)}
mkdir -p -- "$m" ${quote(remotePath(destination))} && printf '%s\\n' ${quote(revision)} >"$m/new" && mv -f -- "$m/new" "$m/revision"
`
  const command = session.connection.remote('remember', 'sh -s', script)
  const { code, stderr } = await host.runner.run(command, { signal: host.signal, idle: settings.idleTimeout })
  if (code === 0) return
  host.log.debug(`The server did not remember the push (exit ${code}): ${stderr.trim()}`)
}
