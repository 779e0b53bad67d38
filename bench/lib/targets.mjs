/** What issue 5 asks for, on the slow link. */

/** @typedef {import('./report.mjs').Row} Row */
/** @typedef {{ what: string, size: string, measured: string, limit: string, reached: string }} Verdict */

const raw = 'rsync, best flags'
const old = 'rsync, original flags, zlib and md5'
const login = 'ssh host true'

/** @type {readonly { what: string, method: string, case: string, limits: Record<string, number>, against: string, faster?: boolean }[]} */
const ratios = [
  {
    what: 'rsync, no change',
    method: 'rsync',
    case: 'no-change',
    limits: { S: 1.25, M: 1.25, L: 1.6 },
    against: login,
  },
  { what: 'rsync, no change', method: 'rsync', case: 'no-change', limits: { M: 3, L: 7 }, against: old, faster: true },
  { what: 'rsync, ten files', method: 'rsync', case: 'ten-files', limits: { M: 0.95, L: 0.75 }, against: raw },
  { what: 'rsync, first', method: 'rsync', case: 'first', limits: { S: 1.1, M: 1.1, L: 1.1 }, against: raw },
  ...['first', 'no-change', 'ten-files', 'renamed'].map((name) => ({
    what: `git push plus deploy command, ${name}`,
    method: 'git',
    case: name,
    limits: { S: 0.85, M: 0.85, L: 0.85 },
    against: 'git push, then ssh',
  })),
  { what: 'hg push, no change', method: 'hg', case: 'no-change', limits: { S: 1.1, M: 1.1 }, against: 'hg push' },
  { what: 'deploy command only', method: 'none', case: 'deploy-only', limits: { S: 1.25 }, against: login },
]

/** @returns {Verdict[]} */
export function judge(/** @type {readonly Row[]} */ all) {
  const rows = all.filter(({ link }) => link === 'slow')
  const ours = rows.filter(({ contender }) => contender.startsWith('dotcloud-push'))
  /** @type {Verdict[]} */
  const verdicts = []
  for (const { what, method, case: name, limits, against, faster } of ratios) {
    for (const [size, limit] of Object.entries(limits)) {
      const same = (/** @type {Row} */ row) => row.method === method && row.case === name && row.size === size
      const row = ours.find(same)
      const other = rows.find((candidate) => same(candidate) && candidate.contender === against)
      if (row === undefined || other === undefined) continue
      const right = row.wrong === '' && other.wrong === ''
      const ratio = row.seconds.median / other.seconds.median
      const reached = right && (faster ? 1 / ratio >= limit : ratio <= limit)
      verdicts.push({
        what,
        size,
        measured: right
          ? `${row.seconds.median.toFixed(2)} s, ${faster ? `${(1 / ratio).toFixed(2)} × faster than` : `${ratio.toFixed(2)} ×`} ${against} (${other.seconds.median.toFixed(2)} s)`
          : 'a wrong copy',
        limit: faster ? `≥ ${limit} × faster` : `≤ ${limit} ×`,
        reached: yes(reached),
      })
    }
  }
  const skipped = ours.find((row) => row.case === 'skipped')
  if (skipped !== undefined) {
    const { median } = skipped.seconds
    verdicts.push({
      what: 'skipped by branch',
      size: 'any',
      measured: `${Math.round(median * 1000)} ms`,
      limit: '≤ 150 ms',
      reached: yes(median <= 0.15 && skipped.wrong === ''),
    })
  }
  const memory = Math.max(...ours.map((row) => row.memory ?? 0))
  if (memory > 0) {
    verdicts.push({
      what: 'memory of our own process',
      size: 'all',
      measured: `${Math.round(memory / 1e6)} MB`,
      limit: '≤ 150 MB',
      reached: yes(memory <= 150e6),
    })
  }
  const connected = ours.filter((row) => row.case !== 'skipped')
  if (connected.length > 0) {
    const counts = [...new Set(connected.flatMap((row) => row.connections))].sort()
    verdicts.push({
      what: 'connections',
      size: 'all',
      measured: counts.join(', '),
      limit: 'exactly 1',
      reached: yes(counts.length === 1 && counts[0] === 1),
    })
  }
  return verdicts
}

const yes = (/** @type {boolean} */ reached) => (reached ? 'reached' : '**missed**')
