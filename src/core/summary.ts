import { code, fill, folded, grouped, list, literal, longest, paragraph, prose } from './html.js'
import { type Change, mostCounted, mostListed, type Report, type StageName } from './model.js'
import { countChanges, rollback, signs, sortChanges } from './report.js'

/**
 * How many bytes a list may take. With them the whole page stays below 64 KiB, so that it also fits into a comment;
 * GitHub refuses a summary of more than 1 MiB.
 */
const room = { files: 14_000, commits: 8_000, output: 12_000, guards: 4_000 } as const

/**
 * The job summary, for GitHub. It is Markdown made of blocks of HTML: inside of them nothing is read as Markdown, so
 * no foreign text can become a link, a mail address, a mention or a picture. Foreign text is in `<code>` or `<pre>`,
 * which GitHub's own filters leave alone too.
 */
export function summarize(report: Report): string {
  const failed = report.failedStage
  const parts = [
    `<h3>${headline(report)}</h3>`,
    failure(report),
    failed === '' ? '' : saidBy(failed, report),
    guards(report),
    paragraph(facts(report)),
    table(report),
    commits(report),
    changes(report),
    ...(['push', 'deploy'] as const).map((stage) => (stage === failed ? '' : saidBy(stage, report))),
    goingBack(report),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const seconds = (time: number) =>
  time < 60 ? `${time.toFixed(time < 1 ? 2 : 1)} s` : `${Math.floor(time / 60)} min ${Math.floor(time % 60)} s`
export const countOf = (number: number, noun: string) => `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`

export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`
}

/** What goes where. */
export function course({ app, destination }: Report): string {
  const host = /^ssh:\/\/(?:[^@/]*@)?(\[[^\]/]*\]|[^:/]+)/.exec(destination)?.[1] ?? destination
  return `${app === '' ? 'dotcloud push' : code(app)}${host === '' ? '' : ` → ${code(host)}`}`
}

function headline(report: Report): string {
  const { result, failedStage, guards: refused, seconds: time } = report
  const what = course(report)
  return {
    deployed: `✅ Deployed ${what} in ${seconds(time)}`,
    unchanged: `✅ Unchanged: ${what}, ${seconds(time)}`,
    skipped: `⏭️ Skipped: ${what}`,
    planned: refused.length === 0 ? `📋 Plan: ${what}` : `⛔ Plan: ${what}, would be refused`,
    failed: `❌ Failed at ${failedStage}: ${what}, after ${seconds(time)}`,
  }[result]
}

function countCommits({ commitCount, method }: Report): string {
  return `${countOf(commitCount, method === 'hg' ? 'changeset' : 'commit')}${commitCount < mostCounted ? '' : ' or more'}`
}

/** The run in one line. */
function facts(report: Report): string {
  const { result, changes: all, commitCount, bytesSent, bytesToSend, reason, url, failure: found } = report
  if (result === 'skipped') return `Nothing was pushed: ${prose(reason)}.`
  const { changed, deleted } = countChanges(report)
  const would = result === 'planned'
  const parts = [
    would ? 'Nothing was changed' : '',
    result === 'unchanged' ? 'The destination has all of this already' : '',
    all.length === 0 ? '' : `${countOf(changed, 'file')} ${would ? 'would be ' : ''}changed or added`,
    deleted === 0 ? '' : `<b>${grouped(deleted)} ${would ? 'would be ' : ''}deleted</b>`,
    would && found === undefined && all.length === 0 ? 'a push would change no file' : '',
    commitCount === 0 ? '' : countCommits(report),
    would && bytesToSend !== undefined ? `at most ${formatSize(bytesToSend)} to send` : '',
    would || bytesSent === undefined ? '' : `${formatSize(bytesSent)} sent`,
  ]
  const told = url === '' ? '' : `<br>The server says that it is at ${code(url, 200)}`
  return `${parts.filter((part) => part !== '').join(' · ')}${told}`
}

function failure({ failure: found, uploaded }: Report): string {
  if (found === undefined) return ''
  const evidence = found.evidence === '' ? '' : `\n<blockquote>${code(found.evidence, longest.text)}</blockquote>`
  const told = /new content is on the server/.test(found.next)
  const there = uploaded && !told ? 'The new content is on the server. ' : ''
  return `<p><b>${prose(found.cause)}</b></p>${evidence}\n<p><b>Next:</b> ${prose(found.next)}<br>${there}Class ${code(found.errorClass)}</p>`
}

function guards({ guards: all }: Report): string {
  return fill(all.map(prose), room.guards)
    .map((line) => paragraph(`⛔ <b>The push would be refused.</b> ${line}`))
    .join('\n')
}

function table(report: Report): string {
  const { method, reason, ref, targetRef } = report
  const target = targetRef === '' || targetRef === ref ? '' : ` → ${code(targetRef)} there`
  const rows: readonly (readonly [string, string])[] = [
    ['Revision', revisions(report)],
    ['Branch', ref === '' ? '' : `${code(ref)}${target}`],
    ['Method', method === '' ? '' : `${code(method)}: ${prose(reason)}`],
    ['Destination', code(report.destination)],
    ['Host key', code(report.hostKeyFingerprint)],
    ['Deploy command', calls(report)],
    ['Time', time(report)],
  ]
  const filled = rows.filter(([, value]) => value !== '')
  if (filled.length === 0) return ''
  return `<table>\n${filled.map(([key, value]) => `<tr><td>${key}</td><td>${value}</td></tr>`).join('\n')}\n</table>`
}

/** The commands of the plan, and how they ended. */
function calls({ result, plan, deployExitCode }: Report): string {
  const { data } = JSON.parse(plan || '{"data":[]}') as { data: readonly (readonly unknown[])[] }
  const commands = data.flatMap(([verb, command]) => (verb === 'call' ? [code(String(command))] : []))
  if (result === 'planned') return commands.length === 0 ? '' : `would run ${commands.slice(0, 3).join(', then ')}`
  if (deployExitCode === undefined) return ''
  return `${commands.at(-1) ?? ''} ${deployExitCode === 0 ? '✅' : '❌'} exit code ${deployExitCode}`
}

/** This revision and the one before, with links where the repository is known to have them. */
function revisions({ result, revision, previousRevision, repository }: Report): string {
  if (revision === '') return ''
  const before = previousRevision === '' || previousRevision === revision ? '' : previousRevision
  const known = repository !== '' && isId(revision) && isId(before)
  const compare = known ? ` (<a href="${repository}/compare/${before}...${revision}">compare</a>)` : ''
  return `${commit(revision, repository)}${before === '' ? '' : ` ${result === 'planned' ? 'would replace' : 'replaces'} ${commit(before, repository)}`}${compare}`
}

const isId = (text: string) => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text)

function commit(id: string, repository: string): string {
  if (!isId(id)) return code(id)
  const short = `<code>${id.slice(0, 10)}</code>`
  return repository === '' ? `<code>${id}</code>` : `<a href="${repository}/commit/${id}">${short}</a>`
}

/** Where the time went: a bar for each stage, from when it began to when it ended. */
function time({ stages }: Report): string {
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0)
  // One stage alone is the whole time, which the headline tells.
  if (total === 0 || stages.length < 2) return ''
  const width = 40
  const at = (when: number) => Math.round((when / total) * width)
  let since = 0
  const lines = stages.map((stage) => {
    const [start, end] = [at(since), at(since + stage.seconds)]
    since += stage.seconds
    const bar = `${'·'.repeat(start)}${'█'.repeat(Math.max(end - start, 1))}`.slice(0, width).padEnd(width, '·')
    return `${stage.name.padEnd(8)} ${bar} ${seconds(stage.seconds).padStart(8)}`
  })
  return `<pre>${lines.join('\n')}</pre>`
}

function commits(report: Report): string {
  const { commits: all, commitCount, repository, result } = report
  if (all.length === 0) return ''
  const title = `${countCommits(report)}${result === 'planned' ? ' to push' : ''}`
  const lines = all.slice(0, mostListed).map(({ id, subject }) => {
    const short = literal(id.slice(0, 10))
    const linked = repository !== '' && isId(id) ? `<a href="${repository}/commit/${id}">${short}</a>` : short
    return `${linked} ${literal(subject, longest.subject)}`
  })
  return folded(title, list(lines, commitCount, room.commits), all.length <= 10)
}

function changes(report: Report): string {
  const { changes: all, result } = report
  if (all.length === 0) return ''
  const kinds = (['deleted', 'changed', 'added'] as const).flatMap((kind) => {
    const number = all.filter((change) => change.kind === kind).length
    return number === 0 ? [] : [`${grouped(number)} ${result === 'planned' ? 'to be ' : ''}${kind}`]
  })
  const shown = sortChanges(all).slice(0, mostListed)
  const width = Math.max(...shown.map((change) => extent(change).length))
  const lines = shown.map(
    (change) => `${signs[change.kind]} ${extent(change).padStart(width)}  ${literal(change.path, longest.path)}`,
  )
  return folded(kinds.join(', '), list(lines, all.length, room.files), all.length <= 20)
}

/** How much a change is: lines where they were counted, else bytes. */
function extent({ kind, path, lines, size: bytes }: Change): string {
  if (lines !== undefined) return `+${lines.added} −${lines.removed}`
  return bytes === undefined || kind === 'deleted' || path.endsWith('/') ? '' : formatSize(bytes)
}

/** What the server said in a stage: the last lines, as many as there is room for; unfolded where it failed. */
function saidBy(stage: StageName, { said, tail, failedStage }: Report): string {
  const lines = stage === 'push' ? said : stage === 'deploy' ? tail : []
  if (lines.length === 0) return ''
  const title = stage === 'push' ? 'What the server said to the push' : 'Output of the deploy command'
  const kept = fill(lines.map((line) => literal(line)).toReversed(), room.output)
  return folded(title, kept.toReversed().join('\n'), stage === failedStage)
}

function goingBack(report: Report): string {
  const how = rollback(report)
  if (how === undefined) return ''
  const command =
    how.command === ''
      ? ''
      : `\n<pre>${how.command
          .split('\n')
          .map((line) => literal(line))
          .join('\n')}</pre>`
  return `${paragraph(`<b>To go back:</b> ${prose(how.advice)}`)}${command}`
}
