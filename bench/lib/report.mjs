import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plot } from './plot.mjs'
import { judge } from './targets.mjs'

/**
 * @typedef {object} Run
 * @property {string} size
 * @property {string} link
 * @property {string} method
 * @property {string} case
 * @property {string} contender
 * @property {number} round
 * @property {number} seconds
 * @property {number} cpu
 * @property {number} stragglers
 * @property {number | undefined} memory
 * @property {number | undefined} sent
 * @property {number | undefined} received
 * @property {number | undefined} dropped
 * @property {number} connections
 * @property {string} wrong
 */

/**
 * @typedef {object} Row
 * @property {string} size
 * @property {string} link
 * @property {string} method
 * @property {string} case
 * @property {string} contender
 * @property {number} runs
 * @property {string} wrong what was wrong in a run; empty when every copy was right
 * @property {{ median: number, min: number, max: number }} seconds
 * @property {number} cpu
 * @property {number | undefined} memory
 * @property {number | undefined} sent
 * @property {number | undefined} received
 * @property {readonly number[]} connections the different counts
 */

/** @typedef {Record<string, string | number>} Machine */
/**
 * @typedef {object} Results
 * @property {string} started
 * @property {Machine} machine
 * @property {{ rate: number, delay: number, queue: number }} link
 * @property {readonly { size: string, files: number, bytes: number }[]} sizes
 * @property {number} runs
 * @property {readonly Row[]} rows
 */

/** @returns {Row[]} */
export function summarize(/** @type {readonly Run[]} */ runs) {
  const groups = groupBy(runs)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { size, link, method, contender } = first
    const of = (/** @type {(run: Run) => number | undefined} */ value) =>
      group.flatMap((run) => value(run) ?? []).sort((a, b) => a - b)
    const seconds = of((run) => run.seconds)
    return [
      {
        ...{ size, link, method, case: first.case, contender },
        runs: group.length,
        wrong: group.find(({ wrong }) => wrong !== '')?.wrong ?? '',
        seconds: { median: median(seconds) ?? 0, min: seconds[0] ?? 0, max: seconds.at(-1) ?? 0 },
        cpu: median(of((run) => run.cpu)) ?? 0,
        memory: of((run) => run.memory).at(-1),
        sent: median(of((run) => run.sent)),
        received: median(of((run) => run.received)),
        connections: [...new Set(of((run) => run.connections))],
      },
    ]
  })
}

const keyOf = (/** @type {Run} */ run) => [run.size, run.link, run.method, run.case, run.contender].join('\0')

function groupBy(/** @type {readonly Run[]} */ runs) {
  /** @type {Map<string, Run[]>} */
  const groups = new Map()
  for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run])
  return groups
}

function median(/** @type {readonly number[]} */ sorted) {
  if (sorted.length === 0) return undefined
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

/**
 * What an earlier benchmark wrote.
 * @returns {{ sizes: Results['sizes'], each: readonly Run[] }}
 */
export function readResults(/** @type {string} */ folder) {
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'))
}

/** Writes results.md, results.svg and results.json. */
export function writeReport(
  /** @type {Results} */ results,
  /** @type {readonly Run[]} */ runs,
  /** @type {string} */ folder,
) {
  const targets = judge(results.rows)
  writeFileSync(join(folder, 'results.svg'), plot(results))
  writeFileSync(join(folder, 'results.md'), markdown(results, targets))
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ ...results, targets, each: runs })}\n`)
}

/** What each case is, for the reader. */
const titles = {
  first: 'first push, into nothing',
  'no-change': 'nothing has changed',
  'ten-files': 'ten files changed, a large one in its middle',
  renamed: '500 files renamed (in S a third)',
  dirty: 'one file changed and not committed',
  drift: 'somebody edited a file at the server',
  'depth-1': 'ten files changed, checkout of depth 1',
  'deploy-only': 'only a command (a plan of one call)',
  skipped: 'the branch is not to be pushed',
}

const linkTitles = { slow: 'The slow link', loopback: 'Loopback' }

function markdown(/** @type {Results} */ results, /** @type {ReturnType<typeof judge>} */ targets) {
  const { machine, link, sizes, rows } = results
  const links = ['slow', 'loopback'].filter((name) => rows.some((row) => row.link === name))
  return `# How long a push takes

Written by \`npm run bench\` on ${results.started.slice(0, 10)}, from revision ${machine['revision'] || 'unknown'}.
[README.md](README.md) tells what is measured and how; [results.json](results.json) has every run.

- ${machine['cores']} cores (${machine['cpu']}), ${Math.round(Number(machine['memory']) / 2 ** 30)} GiB, Linux ${machine['kernel']}
- ${['node', 'ssh', 'rsync', 'git', 'hg'].map((tool) => `${tool}: ${machine[tool]}`).join('\n- ')}
- The slow link: ${link.delay} ms each way, ${link.rate} Mbit/s, a queue of ${link.queue / 1000} kB.
${sizes.map(({ size, files, bytes }) => `- ${size}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB, 20 commits.`).join('\n')}

Seconds are medians of ${results.runs} runs or more, from the start of the process to its end, with the least and the most; for
dotcloud-push the whole step, its post half included. CPU is the client's, of all processes. A copy that was not right in
contents, modes and links has no time.

![Seconds of a push over the slow link](results.svg)

## What was to be reached

${table(
  ['Case', 'Size', 'Measured', 'To reach', ''],
  targets.map(({ what, size, measured, limit, reached }) => [what, size, measured, limit, reached]),
)}
${links.map((name) => linkSection(results, name)).join('\n')}
## How it grows

Seconds of dotcloud-push over the slow link.

${growth(results)}`
}

function linkSection(/** @type {Results} */ { rows, sizes }, /** @type {string} */ link) {
  const mine = rows.filter((row) => row.link === link)
  const title = linkTitles[/** @type {keyof typeof linkTitles} */ (link)] ?? link
  const sections = ['none', 'rsync', 'git', 'hg'].flatMap((method) =>
    sizes.flatMap(({ size }) => {
      const part = mine.filter((row) => row.method === method && row.size === size)
      if (part.length === 0) return []
      return [`### ${method === 'none' ? 'No upload' : `${method}, ${size}`}\n\n${rowsTable(part)}`]
    }),
  )
  return `## ${title}\n\n${sections.join('\n')}`
}

function rowsTable(/** @type {readonly Row[]} */ rows) {
  let last = ''
  return table(
    ['Case', 'By', 'Seconds', 'CPU s', 'MB sent', 'MB received', 'Connections', 'Memory MB'],
    rows.map((row) => {
      const title = row.case === last ? '' : titles[/** @type {keyof typeof titles} */ (row.case)]
      last = row.case
      const by = row.contender.startsWith('dotcloud-push') ? `**${row.contender}**` : row.contender
      if (row.wrong !== '')
        return [title, by, `WRONG: ${row.wrong.slice(0, 160).replaceAll('|', '/')}`, '', '', '', '', '']
      const { median, min, max } = row.seconds
      return [
        title,
        by,
        `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`,
        row.cpu.toFixed(2),
        megabytes(row.sent, 3),
        megabytes(row.received, 3),
        row.connections.join(', '),
        megabytes(row.memory, 0),
      ]
    }),
  )
}

function growth(/** @type {Results} */ { rows, sizes }) {
  const ours = rows.filter((row) => row.link === 'slow' && row.contender.startsWith('dotcloud-push'))
  const lines = [...new Set(ours.map((row) => `${row.method}\0${row.case}\0${row.contender}`))].map((key) => {
    const [method = '', name = '', contender = ''] = key.split('\0')
    const cells = sizes.map(({ size }) => {
      const row = ours.find(
        (one) => one.method === method && one.case === name && one.contender === contender && one.size === size,
      )
      return row === undefined ? '' : row.wrong === '' ? row.seconds.median.toFixed(2) : 'WRONG'
    })
    const detail = contender.replace(/^dotcloud-push(, )?/, '')
    return [`${method === 'none' ? '' : `${method}, `}${name}${detail === '' ? '' : `, ${detail}`}`, ...cells]
  })
  return table(['Case', ...sizes.map(({ size }) => size)], lines)
}

const megabytes = (/** @type {number | undefined} */ bytes, /** @type {number} */ digits) =>
  bytes === undefined ? '–' : (bytes / 1e6).toFixed(digits)

function table(/** @type {readonly string[]} */ head, /** @type {readonly (readonly string[])[]} */ rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |\n`
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`
}
