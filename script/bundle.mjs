// Turns build/ (tsc's output) into dist/: one readable folder for each entry, without source maps, the same bytes everywhere.
// What is imported by import() is a file of its own there, loaded when it is wanted.
import { execFile } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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
  await run(process.execPath, [
    ncc,
    'build',
    entry,
    '-o',
    folder,
    '--license',
    '[name].licenses.txt',
    '-q',
    '--no-cache',
  ])
  joinLicenses(folder)
  for (const file of readdirSync(folder))
    if (readFileSync(`${folder}/${file}`, 'utf8').includes('undici'))
      throw new Error(`${folder}/${file} holds an HTTP client (undici): see docs/adr/0002-no-http-client.md`)
}

/** Each file has its own list of licenses; one for all is easier to find. */
function joinLicenses(folder) {
  const lists = readdirSync(folder).filter((file) => file.endsWith('.licenses.txt'))
  const texts = lists.toSorted().map((file) => readFileSync(`${folder}/${file}`, 'utf8').trimEnd())
  for (const file of lists) rmSync(`${folder}/${file}`)
  if (texts.length > 0) writeFileSync(`${folder}/licenses.txt`, `${texts.toSorted().join('\n\n')}\n`)
}
