import { lstat, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname } from 'node:path'
import { safeLine } from '../system/sink.js'
import { readState, type StateName, stateNames } from './state.js'

/** What main may have left, by name; nothing else is ever removed, whatever the state says. */
const ours: Readonly<Record<StateName, RegExp>> = {
  session: /^dotcloud-push-[0-9a-f]{12}$/,
  report: /^dotcloud-report-[0-9a-f]{12}\.json$/,
}

/** Removes a path that is directly in RUNNER_TEMP, has a name of ours, is no link, and belongs to us. */
async function remove(name: StateName): Promise<void> {
  const path = readState(name)
  if (path === '') return
  const temp = await realpath(process.env['RUNNER_TEMP'] || tmpdir())
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  const inTemp = (await realpath(dirname(path))) === temp && ours[name].test(basename(path))
  const owned = process.getuid === undefined || found.uid === process.getuid()
  if (!inTemp || !owned || found.isSymbolicLink()) {
    warn(`did not remove ${path}: it is not something that it made`)
    return
  }
  await rm(path, { recursive: true, force: true })
}

/** A warning annotation; `%` starts an escape in the runner's commands. */
function warn(text: string): void {
  process.stdout.write(`::warning::dotcloud-push ${safeLine(text).replaceAll('%', '%25')}.\n`)
}

async function post(): Promise<void> {
  for (const name of stateNames) await remove(name)
}

post().catch((error: unknown) => {
  warn(`could not clean up: ${error instanceof Error ? error.message : String(error)}`)
})
