import { PushError } from '../core/errors.js'

/**
 * A signal that fires on SIGINT and SIGTERM. GitHub sends SIGINT, 7.5 s later SIGTERM, 2.5 s later it kills
 * (actions/runner, ProcessInvoker.cs); whoever listens must be done by then.
 */
export function cancelOnSignals(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      controller.abort(
        new PushError('cancelled', `The push was cancelled (${name}).`, 'Run it again when you are ready.'),
      )
    })
  }
  return controller.signal
}
