import { PushError } from './errors.js'
import type { Host, Session } from './model.js'

/**
 * Ends what a cancelled or silent command left running on the server: the sessions of this one connection are the
 * children of one server process, and a second session can find its siblings. A server without a shell or `ps` refuses;
 * then the command runs on.
 */
export async function stopRemote(session: Session, host: Host): Promise<void> {
  if (!session.connection.shared()) return
  const script = `p=$$
while [ "$p" -gt 1 ]; do
  set -- $(ps -o ppid=,comm= -p "$p") || exit
  case $2 in *sshd*|*dropbear*) break ;; esac
  mine=$p p=$1
done
[ "$p" -gt 1 ] && ps -A -o pid=,ppid= | while read -r pid parent; do
  [ "$parent" = "$p" ] && [ "$pid" != "$mine" ] && kill -TERM "-$pid"
done
`
  const brief = AbortSignal.timeout(2_000)
  const command = session.connection.remote('stop', 'sh -s', script)
  await host.runner.run(command, { signal: brief }).catch(() => undefined)
}

/** For what a command that was ended throws: the other side is ended too, unless it was only asked briefly. */
export function orStop(session: Session, host: Host): (error: unknown) => Promise<never> {
  return async (error) => {
    if (error instanceof PushError) await stopRemote(session, host)
    throw error
  }
}
