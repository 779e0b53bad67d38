// Turns build/ (tsc's output) into dist/: one readable folder for each entry, without source maps, the same bytes everywhere.
import { execFile } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const entries = { main: 'action/main.js', post: 'action/post.js', cli: 'cli/main.js' }
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js')
const run = promisify(execFile)

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
// Beside dist/ first, so that a test that runs meanwhile never meets half a bundle.
const fresh = 'build/dist'
await Promise.all(Object.entries(entries).map(([name, entry]) => bundle(`build/${entry}`, `${fresh}/${name}`)))

const cli = `${fresh}/cli/index.js`
if (!readFileSync(cli, 'utf8').startsWith('#!/usr/bin/env node\n')) throw new Error(`${cli} lost its shebang`)
chmodSync(cli, 0o755)
rmSync('dist', { recursive: true, force: true })
renameSync(fresh, 'dist')

async function bundle(entry, folder) {
  await run(process.execPath, [ncc, 'build', entry, '-o', folder, '--license', 'licenses.txt', '-q', '--no-cache'])
  for (const file of readdirSync(folder))
    if (readFileSync(`${folder}/${file}`, 'utf8').includes('undici'))
      throw new Error(`${folder}/${file} holds an HTTP client (undici): see docs/adr/0002-no-http-client.md`)
}
