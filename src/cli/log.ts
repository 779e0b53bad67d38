import type { Failure } from '../core/errors.js'
import type { Log, Report } from '../core/model.js'
import { quoteAll } from '../core/quote.js'
import { headline } from '../core/report.js'
import { clock } from '../system/clock.js'
import { seldom } from '../system/progress.js'
import { capped, safeLine, safeText } from '../system/sink.js'
import type { Palette } from './palette.js'
import { drawBar } from './progress.js'

/** Clears what a progress bar left on the line, on a terminal only. */
const clear = process.stderr.isTTY ? '\u001b[K' : ''

function say(text: string): void {
  process.stderr.write(`${clear}${text}\n`)
}

/** How much is told: warnings only; what happens; also what helps to find a fault. */
export type Level = 'quiet' | 'normal' | 'debug'

/** The log on standard error: standard output is for the report. */
export function createLog(level: Level, bar: boolean, { yellow, dim }: Palette): Log {
  const nothing = () => undefined
  const unlessQuiet = <Argument>(show: (argument: Argument) => void) => (level === 'quiet' ? nothing : show)
  const showProgress = process.stderr.isTTY ? drawBar : seldom(clock, (line) => say(safeLine(line)))
  return {
    group: unlessQuiet((title: string) => say(`==> ${title}`)),
    endGroup: nothing,
    info: unlessQuiet((text: string) => say(safeText(text))),
    debug: level === 'debug' ? (text) => say(dim(safeText(text))) : nothing,
    command: unlessQuiet(({ file, args }) => say(dim(safeLine(`$ ${quoteAll([file, ...args])}`)))),
    remote: unlessQuiet(capped((line) => say(`${dim('│')} ${safeLine(line)}`))),
    warning: (text) => say(`${yellow('warning:')} ${safeText(text)}`),
    notice: unlessQuiet((text: string) => say(safeText(text))),
    progress: bar ? showProgress : nothing,
  }
}

/** The end of a run, in a line or three. */
export function tell(report: Report, palette: Palette): void {
  const color = { deployed: palette.green, unchanged: palette.green, skipped: palette.yellow, planned: palette.green }
  const paint = report.result === 'failed' ? palette.red : color[report.result]
  say(`==> ${paint(safeLine(headline(report)))}`)
  if (report.failure !== undefined) tellFailure(report.failure, palette)
}

export function tellFailure({ cause, evidence, next, stack }: Failure, { red }: Palette): void {
  say(red(safeLine(cause)))
  for (const text of [evidence, next, stack ?? '']) if (text !== '') say(safeText(text))
}
