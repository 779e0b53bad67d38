import { lstat, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname } from 'node:path'
import { debug, warning } from '@actions/core'
import { rmRF } from '@actions/io'
import { safeText } from '../system/sink.js'
import { read, type StateName } from './state.js'

/** What main may have left, by name; nothing else is ever removed, whatever the state says. */
const ours: Readonly<Record<StateName, RegExp>> = {
  session: /^dotcloud-push-[A-Za-z0-9]{6}$/,
  report: /^dotcloud-report-[0-9a-f]{12}\.json$/,
}

/** Removes a path that is directly in RUNNER_TEMP, has a name of ours, is no link, and belongs to us. */
async function remove(name: StateName): Promise<void> {
  const path = read(name)
  if (path === '') return
  const temp = await realpath(process.env['RUNNER_TEMP'] || tmpdir())
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  const inTemp = (await realpath(dirname(path))) === temp && ours[name].test(basename(path))
  const owned = process.getuid === undefined || found.uid === process.getuid()
  if (!inTemp || !owned || found.isSymbolicLink()) {
    warning(`dotcloud-push did not remove ${safeText(path)}: it is not something that it made.`)
    return
  }
  await rmRF(path)
  debug(`Removed ${path}`)
}

async function post(): Promise<void> {
  for (const name of ['session', 'report'] as const) await remove(name)
}

post().catch((error: unknown) => {
  warning(`dotcloud-push could not clean up: ${safeText(error instanceof Error ? error.message : String(error))}`)
})
