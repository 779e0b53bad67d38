import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

/** @type {(() => void)[]} */
const endings = []
/** @type {Set<import('node:child_process').ChildProcess>} */
const helpers = new Set()

/** Runs when the benchmark is over, also by a signal; the last one first. */
export function atEnd(/** @type {() => void} */ action) {
  endings.push(action)
}

export function cleanUp() {
  for (const { pid } of helpers) {
    try {
      process.kill(-(pid ?? Number.NaN), 'SIGKILL')
    } catch {}
  }
  if (helpers.size > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  for (const action of endings.splice(0).reverse()) {
    try {
      action()
    } catch (error) {
      console.error(`bench: ${error instanceof Error ? error.message : error}`)
    }
  }
}

/**
 * A folder for everything, in memory where there is enough of it: disks would add noise of their own. The mount is in
 * our own namespace. (A shared one under /dev is no destination for a mirror.)
 */
export async function workFolder(/** @type {string | undefined} */ parent) {
  const folder = mkdtempSync(join(parent ?? tmpdir(), 'dotcloud-bench-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  if (parent === undefined && freemem() > 8e9 && process.env['BENCH_NAMESPACE'] !== undefined) {
    await sh('mount', ['-t', 'tmpfs', '-o', 'size=7g,mode=755', 'dotcloud-bench', folder])
    atEnd(() => void spawnSync('umount', ['--lazy', folder]))
  }
  return folder
}

/**
 * Runs a command to its end and answers with its standard output.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string, codes?: readonly number[] }} [options]
 * @returns {Promise<string>}
 */
export function sh(file, args, { cwd, env, input, codes = [0] } = {}) {
  return new Promise((resolve, reject) => {
    // A group of its own, so that ending it ends what it started.
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    helpers.add(child)
    /** @type {Record<'stdout' | 'stderr', Buffer[]>} */
    const chunks = { stdout: [], stderr: [] }
    for (const name of /** @type {const} */ (['stdout', 'stderr']))
      child[name].on('data', (chunk) => chunks[name].push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      helpers.delete(child)
      if (codes.includes(code ?? 255)) resolve(Buffer.concat(chunks.stdout).toString('utf8'))
      else reject(new Error(`${file} ${args.join(' ')} (${code})\n${Buffer.concat(chunks.stderr)}`))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}

/**
 * Starts a command that runs as long as the benchmark; it is killed at the end.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function background(file, args, options) {
  const child = spawn(file, args, options)
  atEnd(() => {
    child.kill('SIGKILL')
  })
  return child
}

/** One word for a POSIX shell. */
export const quote = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`
