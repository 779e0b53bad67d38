import type { Report } from './model.js'
import { countChanges, signs, sortChanges } from './report.js'

/** How many changed files the summary lists. */
const mostFiles = 50
/** How much of one foreign text it shows; GitHub refuses a summary of more than 1 MiB. */
const longestText = 500

const headlines: Readonly<Record<Report['result'], string>> = {
  deployed: '✅ deployed',
  unchanged: '✅ unchanged',
  skipped: '⏭️ skipped',
  planned: '📋 planned',
  failed: '❌ failed',
}

/**
 * Foreign text that GitHub's Markdown shows as it is: what could be HTML is an entity, and what could be Markdown, a
 * mention or a link is one too.
 */
export function literal(text: string): string {
  const shown = text.length > longestText ? `${text.slice(0, longestText)}…` : text
  return shown
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '�')
    .replaceAll(/[^A-Za-z0-9 ,;/+\-\u00a1-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`)
}

const code = (text: string) => (text === '' ? '' : `<code>${literal(text)}</code>`)

/** The job summary, as GitHub-flavoured Markdown. */
export function summarize(report: Report): string {
  const name = report.app === '' ? 'dotcloud push' : literal(report.app)
  const target = report.destination === '' ? '' : ` → ${code(report.destination)}`
  return `${[
    `### ${headlines[report.result]}: ${name}${target} in ${report.seconds.toFixed(1)} s`,
    failure(report),
    table(report),
    changes(report),
    output(report),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

function failure({ failure: found, failedStage }: Report): string {
  if (found === undefined) return ''
  const evidence = found.evidence === '' ? '' : `<br>${code(found.evidence)}`
  return `> **${literal(found.cause)}**${evidence}<br>${literal(found.next)} (stage ${failedStage}, class ${code(found.errorClass)})`
}

function table(report: Report): string {
  const { changed, deleted } = countChanges(report)
  const rows: readonly (readonly [string, string])[] = [
    ['Method', report.method === '' ? '' : `${code(report.method)}: ${literal(report.reason)}`],
    ['Reason', report.method === '' ? literal(report.reason) : ''],
    ['Revision', code(report.revision)],
    ['Previous revision', code(report.previousRevision)],
    ['Files', report.method === '' ? '' : `${changed} changed, ${deleted} deleted`],
    ['Sent', report.bytesSent === undefined ? '' : `${report.bytesSent} bytes`],
    ['Deploy command', report.deployExitCode === undefined ? '' : `exit code ${report.deployExitCode}`],
    ['Host key', code(report.hostKeyFingerprint)],
    ['Time', report.stages.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(' · ')],
  ]
  return [
    '| | |',
    '|---|---|',
    ...rows.filter(([, value]) => value !== '').map(([key, value]) => `| ${key} | ${value} |`),
  ].join('\n')
}

function changes({ changes: all }: Report): string {
  if (all.length === 0) return ''
  const lines = sortChanges(all)
    .slice(0, mostFiles)
    .map(({ kind, path }) => `${signs[kind]} ${literal(path)}`)
  const rest = all.length > mostFiles ? [`… and ${all.length - mostFiles} more`] : []
  return `<details><summary>What changed</summary>\n\n<pre>${[...lines, ...rest].join('\n')}</pre>\n\n</details>`
}

function output({ tail }: Report): string {
  if (tail.length === 0) return ''
  return `<details><summary>Output of the deploy command</summary>\n\n<pre>${tail.map(literal).join('\n')}</pre>\n\n</details>`
}
