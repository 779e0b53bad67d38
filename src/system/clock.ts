import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../core/model.js'

export const clock: Clock = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      await wait(milliseconds, undefined, { signal })
    } catch {
      throw signal.reason
    }
  },
}
