/** The plot of the README: seconds over the slow link, as bars, readable on a light and on a dark page. */

/** @typedef {import('./report.mjs').Results} Results */

const shown = [
  { contender: 'dotcloud-push', label: 'dotcloud-push', style: 'ours' },
  { contender: 'rsync, best flags', label: 'rsync --checksum', style: 'raw' },
  { contender: 'rsync, original flags', label: 'rsync, the original’s flags', style: 'raw' },
  { contender: 'rsync, original flags, zlib and md5', label: 'the same, zlib and md5', style: 'raw' },
  { contender: 'rsyncwrapper', label: 'rsyncwrapper', style: 'raw' },
  { contender: 'ssh host true', label: 'ssh host true (the limit)', style: 'limit' },
]
const cases = [
  { name: 'no-change', title: 'nothing has changed' },
  { name: 'ten-files', title: 'ten files changed' },
]
const style = `
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.head { font-weight: 600; font-size: 13px }
.ours { fill: #0969da }
.raw { fill: #8c959f }
.limit { fill: #bf8700 }
.range { stroke: #1f2328; stroke-opacity: .55; stroke-width: 1 }
.axis { stroke: #8c959f; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ours { fill: #4493f8 }
  .raw { fill: #6e7681 }
  .limit { fill: #d29922 }
  .range { stroke: #e6edf3 }
}`

const width = 760
const left = 210
const right = 60
const bar = 16
const gap = 5

export function plot(/** @type {Results} */ { rows, sizes, link }) {
  const panels = ['M', 'L', ...(sizes.length === 1 ? sizes.map(({ size }) => size) : [])].flatMap((size) => {
    const files = sizes.find((one) => one.size === size)?.files
    return files === undefined
      ? []
      : cases.flatMap(({ name, title }) => {
          const bars = shown.flatMap((entry) => {
            const row = rows.find(
              (one) =>
                one.link === 'slow' &&
                one.method === 'rsync' &&
                one.size === size &&
                one.case === name &&
                one.contender === entry.contender &&
                one.wrong === '',
            )
            return row === undefined ? [] : [{ ...entry, ...row.seconds }]
          })
          return bars.length === 0 ? [] : [{ title: `${files.toLocaleString('en')} files, ${title}`, bars }]
        })
  })
  const parts = []
  let y = 24
  parts.push(text(0, y - 8, `Seconds of a whole push by rsync; ${2 * link.delay} ms, ${link.rate} Mbit/s`, 'head'))
  for (const { title, bars } of panels) {
    y += 16
    const most = Math.max(...bars.map(({ max }) => max))
    const scale = (width - left - right) / most
    parts.push(text(left, y, title, 'head'))
    y += 8
    const top = y
    for (const { label, style: name, median, min, max } of bars) {
      const middle = y + bar / 2
      parts.push(
        text(left - 8, middle + 4, label, '', 'end'),
        `<rect class="${name}" x="${left}" y="${y}" width="${fixed(median * scale)}" height="${bar}" rx="2"/>`,
        `<path class="range" d="M${fixed(left + min * scale)} ${middle}H${fixed(left + max * scale)}"/>`,
        text(left + max * scale + 8, middle + 4, median.toFixed(2)),
      )
      y += bar + gap
    }
    parts.push(`<path class="axis" d="M${left} ${top - 2}V${y}"/>`)
    y += 12
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="Seconds of a push by rsync, by contender">
<style>${style}
</style>
${parts.join('\n')}
</svg>
`
}

const fixed = (/** @type {number} */ number) => number.toFixed(1)

function text(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {string} */ content,
  /** @type {string} */ name = '',
  /** @type {string} */ anchor = '',
) {
  const attributes = `${name === '' ? '' : ` class="${name}"`}${anchor === '' ? '' : ` text-anchor="${anchor}"`}`
  return `<text x="${fixed(x)}" y="${fixed(y)}"${attributes}>${content}</text>`
}
