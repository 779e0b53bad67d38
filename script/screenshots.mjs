// Pictures of the job summary, to be looked at: each page of __tests__/unit/summaries in a headless Chromium, with
// GitHub-like CSS, into build/screenshots.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { marked } from 'marked'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = join(root, '__tests__/unit/summaries')
const out = resolve(process.argv[2] ?? join(root, 'build/screenshots'))

const css = `
body { margin: 24px; width: 960px; font: 16px/1.5 "Liberation Sans", "DejaVu Sans", Arial, sans-serif; color: #1f2328; background: #fff }
h3 { font-size: 1.25em; margin: 24px 0 16px; font-weight: 600 } p, blockquote, table, pre, details { margin: 0 0 16px }
a { color: #0969da; text-decoration: none } b { font-weight: 600 } summary { cursor: pointer }
blockquote { padding: 0 1em; color: #59636e; border-left: .25em solid #d1d9e0 }
code, pre { font: 85% ui-monospace, "SF Mono", "DejaVu Sans Mono", "Liberation Mono", monospace }
code { padding: .2em .4em; background: #818b981f; border-radius: 6px; white-space: break-spaces; overflow-wrap: anywhere }
pre { padding: 16px; overflow: auto; line-height: 1.45; background: #f6f8fa; border-radius: 6px }
table { border-spacing: 0; border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto }
td, th { padding: 6px 13px; border: 1px solid #d1d9e0 } td pre { margin: 0 }
@media (prefers-color-scheme: dark) { body { color: #f0f6fc; background: #0d1117 } }
`

function findBrowser() {
  const names = [process.env.CHROME, 'chromium', 'google-chrome', 'chromium-browser'].filter(Boolean)
  const found = names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
  if (found !== undefined) return found
  console.error(`screenshots: no browser; looked for ${names.join(', ')}. Install Chromium, or set CHROME to its path.`)
  process.exit(1)
}

/** Chromium takes a picture of the window, not of the page; so the window is as high as the page says it needs. */
function take(browser, page, picture, height) {
  const profile = mkdtempSync(join(tmpdir(), 'screenshots-'))
  const quiet = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`)
  const options = ['--headless', '--no-sandbox', '--no-first-run', '--hide-scrollbars', ...quiet]
  const what = height === undefined ? ['--dump-dom'] : [`--screenshot=${picture}`, `--window-size=1008,${height}`]
  const url = pathToFileURL(page).href
  try {
    return spawnSync(browser, [...options, `--user-data-dir=${profile}`, ...what, url], {
      encoding: 'utf8',
      timeout: 60_000,
    })
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

const browser = findBrowser()
mkdirSync(out, { recursive: true })
for (const name of readdirSync(pages).filter((file) => file.endsWith('.md'))) {
  const page = join(out, `${basename(name, '.md')}.html`)
  const picture = join(out, `${basename(name, '.md')}.png`)
  const body = marked.parse(readFileSync(join(pages, name), 'utf8'), { gfm: true })
  const measure = '<script>document.title = document.documentElement.scrollHeight</script>'
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><style>${css}</style><body>${body}${measure}`)
  const height = Number(/<title>(\d+)<\/title>/.exec(take(browser, page).stdout)?.[1] ?? 2000)
  take(browser, page, picture, Math.min(height + 24, 8000))
  rmSync(page)
  if (!existsSync(picture)) {
    console.error(`screenshots: ${browser} made no picture of ${name}.`)
    process.exit(1)
  }
  console.log(picture)
}
