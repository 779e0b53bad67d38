import type { Progress } from '../core/model.js'
import { safeLine } from '../system/sink.js'

const width = 30

/** A bar on the terminal, drawn over itself; the next line of the log clears it. */
export function drawBar({ percent, detail }: Progress): void {
  const done = Math.round((Math.min(percent, 100) / 100) * width)
  process.stderr.write(`\r\u001b[K[${'#'.repeat(done)}${' '.repeat(width - done)}] ${percent}% ${safeLine(detail)}\r`)
}
