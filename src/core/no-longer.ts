import type { Clock } from './model.js'

/** Waits for an end, whatever it is, but no longer than these milliseconds. */
export async function noLonger(milliseconds: number, end: Promise<unknown>, clock: Clock): Promise<void> {
  const over = new AbortController()
  const ended = end.finally(() => over.abort())
  await Promise.race([ended, clock.sleep(milliseconds, over.signal)]).catch(() => undefined)
}
