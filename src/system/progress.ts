import type { Clock, Progress } from '../core/model.js'

/** Milliseconds between two lines of progress in a log. */
const interval = 10_000

/** Shows progress as a line every ten seconds, so that quick work shows none. */
export function seldom(clock: Clock, show: (line: string) => void): (progress: Progress) => void {
  let last = clock.now()
  return ({ percent, detail }) => {
    const now = clock.now()
    if (now - last < interval) return
    last = now
    show(`${percent}% (${detail})`)
  }
}
