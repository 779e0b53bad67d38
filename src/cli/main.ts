#!/usr/bin/env node
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { errorClasses, explain } from '../core/errors.js'
import { trustedEvent } from '../core/event.js'
import type { Context, Host } from '../core/model.js'
import { push } from '../core/push.js'
import { toJson } from '../core/report.js'
import { clock } from '../system/clock.js'
import { cleanPath, isInside, proxyVariables } from '../system/environment.js'
import { createRunner } from '../system/runner.js'
import { cancelOnSignals } from '../system/signals.js'
import { createLog, tell, tellFailure } from './log.js'
import { readOptions } from './options.js'

const { env } = process

/** The workspace is where the command is run; a source elsewhere is a workspace of its own. */
function locate(source: string): { workspace: string; source: string } {
  const here = realpathSync('.')
  const wanted = resolve(source)
  if (isInside(here, wanted)) return { workspace: here, source }
  const isDirectory = statSync(wanted, { throwIfNoEntry: false })?.isDirectory() ?? true
  return isDirectory ? { workspace: wanted, source: '.' } : { workspace: dirname(wanted), source: basename(wanted) }
}

function readContext(workspace: string): Context {
  const branch = env['CI_COMMIT_BRANCH'] ?? env['BRANCH_NAME']
  return {
    workspace,
    temp: realpathSync(env['RUNNER_TEMP'] || tmpdir()),
    ref: env['GITHUB_REF'] ?? (branch === undefined ? undefined : `refs/heads/${branch}`),
    headBranch: env['GITHUB_HEAD_REF'] || undefined,
    sha: env['GITHUB_SHA'] ?? env['CI_COMMIT_SHA'],
    event: trustedEvent,
    platform: process.platform,
    path: cleanPath(env['PATH'] ?? '', workspace),
    proxies: proxyVariables(env),
  }
}

async function main(): Promise<void> {
  const { given, json } = readOptions(process.argv, env, (path) => readFileSync(path, 'utf8'))
  const { workspace, source } = locate(given.source ?? '.')
  const context = readContext(workspace)
  const host: Host = {
    context,
    runner: createRunner(env, context.workspace),
    log: createLog(),
    clock,
    signal: cancelOnSignals(),
    // The session removes its own folder; there is no later step to do it.
    remember: () => undefined,
  }
  const report = await push(given.source === undefined ? given : { ...given, source }, host)
  tell(report)
  if (json) process.stdout.write(`${JSON.stringify(toJson(report))}\n`)
  process.exitCode = report.failure === undefined ? 0 : errorClasses[report.failure.errorClass]
}

main().catch((error: unknown) => {
  const failure = explain(error)
  tellFailure(failure)
  process.exitCode = errorClasses[failure.errorClass]
})
