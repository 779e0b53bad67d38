import { asking, type Examination, type Finding, formatFinding, type Verdict } from './finding.js'
import { code, fill, literal, longest, paragraph, prose } from './html.js'
import { toJson } from './report.js'
import { countOf, course } from './summary.js'

const verify =
  "Compare each with `ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub` at the server's console, not over this network."

/** The examination as lines for a log or a terminal; they hold foreign text. */
export function formatExamination(examination: Examination): string[] {
  return [...examination.findings.flatMap(formatFinding), ...end(examination)]
}

/** What is told once more where the log is folded: what needs somebody, what to pin, and the sum. */
export function concludeExamination(examination: Examination): string[] {
  return [...asking(examination.findings).flatMap(formatFinding), ...end(examination)]
}

function end(examination: Examination): string[] {
  return [...candidates(examination.knownHosts), `Doctor: ${tally(examination)}.`]
}

function candidates(knownHosts: readonly string[]): string[] {
  if (knownHosts.length === 0) return []
  return ['', `known-hosts, as offered. Verify out of band before you use them. ${verify}`, ...knownHosts, '']
}

const number = ({ findings }: Examination, wanted: Verdict) =>
  findings.filter(({ verdict }) => verdict === wanted).length

function tally(examination: Examination): string {
  const found = [
    countOf(number(examination, 'fault'), 'fault'),
    countOf(number(examination, 'warning'), 'warning'),
    `${number(examination, 'ok')} ok`,
    `${number(examination, 'skipped')} skipped`,
  ]
  return `${found.join(', ')} in ${examination.report.seconds.toFixed(1)} s`
}

/** The report of the run with the findings; keys as the outputs have them. */
export function examinationJson({ findings, knownHosts, report }: Examination): Readonly<Record<string, unknown>> {
  const doctor = findings.map(({ errorClass, ...finding }) => ({ ...finding, 'error-class': errorClass }))
  return { ...toJson(report), doctor, 'known-hosts': knownHosts }
}

const marks: Readonly<Record<Verdict, string>> = { ok: '✅', warning: '⚠️', fault: '❌', skipped: '⏭️' }
/** How many bytes the findings and the lines to pin may take, so that the page stays below 64 KiB as the summary does. */
const room = { findings: 40_000, lines: 20_000 } as const

/** The job summary: made as that of a push, with which it shares how foreign text is shown. */
export function examinationPage(examination: Examination): string {
  const { findings, knownHosts, report } = examination
  const faults = number(examination, 'fault')
  const verdict = faults > 0 ? countOf(faults, 'fault') : 'no fault'
  const parts = [
    `<h3>${faults > 0 ? '❌' : '🩺'} Doctor: ${course(report)}, ${verdict}</h3>`,
    paragraph(
      `${literal(tally(examination))} · nothing was pushed${report.destination === '' ? '' : ` · ${code(report.destination)}`}`,
    ),
    `<table>\n${fill(findings.map(row), room.findings).join('\n')}\n</table>`,
    toPin(knownHosts),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** One check: what needs somebody stands out, the rest stays in a line. */
function row({ check, verdict, detail, evidence, next, errorClass }: Finding): string {
  const text = verdict === 'fault' ? `<b>${prose(detail)}</b>` : prose(detail)
  const parts = [
    text,
    code(evidence, longest.text),
    next === '' ? '' : `<b>Next:</b> ${prose(next)}`,
    errorClass === '' ? '' : `Class ${code(errorClass)}`,
  ]
  return `<tr><td>${`${marks[verdict]} ${check}`.replaceAll(' ', '&#160;')}</td><td>${parts.filter((part) => part !== '').join('<br>')}</td></tr>`
}

/** To be copied whole: an RSA key is longer than what is shown of other texts. */
function toPin(knownHosts: readonly string[]): string {
  if (knownHosts.length === 0) return ''
  const lines = fill(
    knownHosts.map((line) => literal(line, Number.POSITIVE_INFINITY)),
    room.lines,
  )
  const what = `${code('known-hosts')}, as offered. <b>Verify out of band before you use them.</b> ${prose(verify)}`
  return `${paragraph(what)}\n<pre>${lines.join('\n')}</pre>`
}
