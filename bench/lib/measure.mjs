import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from './shell.mjs'

/** Seconds after which a run is given up. */
const limit = 1200

/**
 * @typedef {object} Usage
 * @property {number} seconds from start to exit
 * @property {number} cpu user and system seconds of the process and all below it, on the client
 * @property {number} memory the most that the process itself held, in bytes
 * @property {number} code
 * @property {number} stragglers processes that outlived it
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
atEnd(() => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Runs commands on the client's side of the network and adds up what they took.
 * @param {{ helper: string, netns: string, folder: string }} options
 */
export function createMeter({ helper, netns, folder }) {
  const result = join(folder, 'usage.json')
  const logFile = join(folder, 'output.log')
  /** @type {Usage} */
  let total = nothing()
  return {
    /** What the commands printed since the last take, both streams. */
    output: () => readFileSync(logFile, 'utf8'),
    /** An exit code that is no failure. */
    forgive() {
      total = { ...total, code: 0 }
    },
    take() {
      const taken = total
      total = nothing()
      writeFileSync(logFile, '')
      return taken
    },
    /**
     * @param {readonly string[]} command
     * @param {{ env: NodeJS.ProcessEnv, cwd?: string }} options
     * @returns {Promise<number>} the exit code
     */
    async run(command, { env, cwd = folder }) {
      const log = openSync(logFile, 'a')
      const child = spawn(helper, ['run', result, netns, ...command], { cwd, env, stdio: ['ignore', log, log] })
      closeSync(log)
      running.add(child)
      const over = new AbortController()
      sleep(limit * 1000, undefined, { signal: over.signal }).then(
        () => child.kill('SIGTERM'),
        () => {},
      )
      await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject))
      over.abort()
      running.delete(child)
      /** @type {Usage} */
      const usage = JSON.parse(readFileSync(result, 'utf8'))
      total = {
        seconds: total.seconds + usage.seconds,
        cpu: total.cpu + usage.cpu,
        memory: Math.max(total.memory, usage.memory),
        code: total.code || usage.code,
        stragglers: total.stragglers + usage.stragglers,
      }
      return usage.code
    },
  }
}

/** @typedef {ReturnType<typeof createMeter>} Meter */

/** @returns {Usage} */
const nothing = () => ({ seconds: 0, cpu: 0, memory: 0, code: 0, stragglers: 0 })
