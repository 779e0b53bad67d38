import { type Examination, formatFinding, type Verdict } from './finding.js'
import { toJson } from './report.js'
import { literal } from './summary.js'

const verify =
  "Compare each with `ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub` at the server's console, not over this network."

/** The examination as lines for a log or a terminal; they hold foreign text. */
export function formatExamination(examination: Examination): string[] {
  const { findings, knownHosts } = examination
  return [...findings.flatMap(formatFinding), ...candidates(knownHosts), `Doctor: ${tally(examination)}.`]
}

function candidates(knownHosts: readonly string[]): string[] {
  if (knownHosts.length === 0) return []
  return ['', `known-hosts, as offered. Verify out of band before you use them. ${verify}`, ...knownHosts, '']
}

function tally({ findings, report }: Examination): string {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length
  const plural = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`
  return `${plural(count('fault'), 'fault')}, ${plural(count('warning'), 'warning')}, ${count('ok')} ok, ${count('skipped')} skipped in ${report.seconds.toFixed(1)} s`
}

/** The report of the run with the findings; keys as the outputs have them. */
export function examinationJson({ findings, knownHosts, report }: Examination): Readonly<Record<string, unknown>> {
  const doctor = findings.map(({ errorClass, ...finding }) => ({ ...finding, 'error-class': errorClass }))
  return { ...toJson(report), doctor, 'known-hosts': knownHosts }
}

const marks: Readonly<Record<Verdict, string>> = { ok: '✅', warning: '⚠️', fault: '❌', skipped: '⏭️' }

/** The job summary, as GitHub-flavored Markdown with foreign text escaped. */
export function examinationPage(examination: Examination): string {
  const { findings, knownHosts, report } = examination
  const rows = findings.map(({ check, verdict, detail, evidence, next }) => {
    const cell = [literal(detail), evidence === '' ? '' : `<code>${literal(evidence)}</code>`, literal(next)]
    return `| ${marks[verdict]} ${verdict} | ${check} | ${cell.filter((part) => part !== '').join('<br>')} |`
  })
  const target = report.destination === '' ? '' : `: <code>${literal(report.destination)}</code>`
  // To be copied whole: an RSA key is longer than what is shown of other texts.
  const lines = knownHosts.map((line) => `<code>${literal(line, Number.POSITIVE_INFINITY)}</code>`).join('<br>')
  return `${[
    `### 🩺 doctor${target}`,
    `${tally(examination)}. Nothing was pushed.`,
    ['| | Check | Finding |', '|---|---|---|', ...rows].join('\n'),
    ...(knownHosts.length === 0
      ? []
      : [
          `<code>known-hosts</code>, as offered. **Verify out of band before you use them.** ${literal(verify)}<br>${lines}`,
        ]),
  ].join('\n\n')}\n`
}
