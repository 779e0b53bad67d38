import { type Examination, formatExamination } from '../core/doctor.js'
import { asking, formatFinding, type Verdict } from '../core/finding.js'
import type { Report } from '../core/model.js'
import { countChanges, signs, sortChanges } from '../core/report.js'
import { countOf, formatSize } from '../core/summary.js'
import { safeLine } from '../system/sink.js'
import type { Palette } from './palette.js'

/** What a push would do, as the page that `plan` prints: every file, and what would stop it. */
export function plannedPage(report: Report, palette: Palette): string[] {
  if (report.result !== 'planned') return []
  const { app, destination, method, reason, guards } = report
  const paint = { deleted: palette.red, changed: palette.yellow, added: palette.green }
  return [
    safeLine(`${app} to ${destination} by ${method === '' ? 'the plan' : `${method}: ${reason}`}`),
    ...revisions(report),
    ...sortChanges(report.changes).map(({ kind, path }) => paint[kind](safeLine(`${signs[kind]} ${path}`))),
    safeLine(totals(report)),
    ...commandsOf(report).map((command) => safeLine(`Then: ${command}`)),
    ...guards.map((guard) => palette.red(safeLine(`The push would be refused: ${guard}`))),
  ]
}

function revisions({ revision, previousRevision, commits, commitCount }: Report): string[] {
  if (revision === '') return []
  const short = (id: string) => id.slice(0, 12)
  const before = previousRevision === '' || previousRevision === revision ? '' : `${short(previousRevision)} → `
  const listed = commits.slice(0, 10).map(({ id, subject }) => safeLine(`  ${short(id)} ${subject}`))
  const more = commitCount > listed.length && listed.length > 0 ? [`  … and ${commitCount - listed.length} more`] : []
  return [safeLine(`Revision ${before}${short(revision)}`), ...listed, ...more]
}

function totals(report: Report): string {
  const { changed, deleted } = countChanges(report)
  if (changed === 0 && deleted === 0) return 'A push would change no file.'
  const size = report.bytesToSend === undefined ? '' : `, ${formatSize(report.bytesToSend)} to send`
  return `${countOf(changed, 'file')} to change or add, ${deleted} to delete${size}.`
}

function commandsOf({ plan }: Report): string[] {
  const { data } = JSON.parse(plan || '{"data":[]}') as { data: readonly (readonly unknown[])[] }
  return data.flatMap(([verb, command]) => (verb === 'call' ? [String(command)] : []))
}

/** The doctor's findings; for a quiet reader those that ask for something. */
export function examinationLines(examination: Examination, quiet: boolean, palette: Palette): string[] {
  const lines = quiet ? asking(examination.findings).flatMap(formatFinding) : formatExamination(examination)
  const paint = { ok: palette.green, warning: palette.yellow, fault: palette.red, skipped: palette.dim }
  return lines.map((line) =>
    safeLine(line).replace(/^(?:ok|warning|fault|skipped)(?= )/, (verdict) => paint[verdict as Verdict](verdict)),
  )
}
