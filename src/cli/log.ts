import type { Failure } from '../core/errors.js'
import type { Log, Report } from '../core/model.js'
import { quoteAll } from '../core/quote.js'
import { headline } from '../core/report.js'
import { clock } from '../system/clock.js'
import { seldom } from '../system/progress.js'
import { capped, safeLine, safeText } from '../system/sink.js'
import { drawBar } from './progress.js'

/** Clears what a progress bar left on the line, on a terminal only. */
const clear = process.stderr.isTTY ? '\u001b[K' : ''

function say(text: string): void {
  process.stderr.write(`${clear}${text}\n`)
}

/** The log on standard error: standard output is for the report. */
export function createLog(): Log {
  return {
    group: (title) => say(`==> ${title}`),
    endGroup: () => undefined,
    info: (text) => say(safeText(text)),
    debug: () => undefined,
    command: ({ file, args }) => say(safeLine(`$ ${quoteAll([file, ...args])}`)),
    remote: capped((line) => say(`│ ${safeLine(line)}`)),
    warning: (text) => say(`warning: ${safeText(text)}`),
    notice: (text) => say(safeText(text)),
    progress: process.stderr.isTTY ? drawBar : seldom(clock, (line) => say(safeLine(line))),
  }
}

/** The end of a run, in a line or three. */
export function tell(report: Report): void {
  say(`==> ${safeLine(headline(report))}`)
  if (report.failure !== undefined) tellFailure(report.failure)
}

export function tellFailure({ cause, evidence, next, stack }: Failure): void {
  for (const text of [cause, evidence, next, stack ?? '']) if (text !== '') say(safeText(text))
}
