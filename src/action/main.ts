import { readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isDebug, saveState, setFailed, setOutput } from '@actions/core'
import { repositoryPage } from '../core/addresses.js'
import { circumstances } from '../core/circumstances.js'
import { examine } from '../core/doctor.js'
import { explain, PushError } from '../core/errors.js'
import { judgeEvent } from '../core/event.js'
import type { Context, Given, Host, Report } from '../core/model.js'
import { push } from '../core/push.js'
import { clock } from '../system/clock.js'
import { cleanPath, proxyVariables } from '../system/environment.js'
import { keepHeapSmall } from '../system/heap.js'
import { createRunner } from '../system/runner.js'
import { cancelOnSignals } from '../system/signals.js'
import { readInputs } from './inputs.js'
import { createLog } from './log.js'
import { describe, publish, publishExamination } from './report.js'
import type { StateName } from './state.js'

const { env } = process

function readContext(): Context {
  const workspace = findWorkspace(env['GITHUB_WORKSPACE'] ?? process.cwd())
  return {
    workspace,
    temp: env['RUNNER_TEMP'] || tmpdir(),
    ref: env['GITHUB_REF'],
    headBranch: env['GITHUB_HEAD_REF'] || undefined,
    sha: env['GITHUB_SHA'] || undefined,
    event: judgeEvent(
      env['GITHUB_EVENT_NAME'] ?? '',
      readPayload(),
      env['ACTIONS_ALLOW_UNSECURE_COMMANDS']?.trim().toLowerCase() === 'true',
    ),
    platform: process.platform,
    path: cleanPath(env['PATH'] ?? '', workspace),
    proxies: proxyVariables(env),
    repository: repositoryPage(env['GITHUB_SERVER_URL'], env['GITHUB_REPOSITORY']),
  }
}

function findWorkspace(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    throw new PushError(
      'input',
      `GITHUB_WORKSPACE is ${JSON.stringify(path)}, which does not exist.`,
      'Check the repository out before this step.',
    )
  }
}

/** The event's payload; one that cannot be read says nothing for anybody. */
function readPayload(): unknown {
  try {
    return JSON.parse(readFileSync(env['GITHUB_EVENT_PATH'] ?? '', 'utf8'))
  } catch {
    return undefined
  }
}

async function main(): Promise<void> {
  keepHeapSmall()
  const given = readInputs()
  const context = readContext()
  const host: Host = {
    context,
    runner: createRunner(env, context.workspace),
    log: createLog(),
    clock,
    signal: cancelOnSignals(),
    remember: (folder) => saveState('session' satisfies StateName, folder),
  }
  if (isDebug()) await tellCircumstances(given, host)
  const report = await act(given, host)
  if (report.failure !== undefined) setFailed(describe(report.failure))
}

async function tellCircumstances(given: Given, host: Host): Promise<void> {
  const { platform, arch, version } = process
  for (const line of await circumstances(`node ${version} on ${platform} ${arch}`, given, host)) host.log.debug(line)
}

/** Pushes, or looks at what a push would meet; tells what came of it. */
async function act(given: Given, host: Host): Promise<Report> {
  const { temp } = host.context
  if (/^(true|True|TRUE)$/.test(given.doctor ?? '')) {
    const examination = await examine(given, host)
    await publishExamination(examination, temp)
    return examination.report
  }
  const report = await push(given, host)
  await publish(report, temp)
  return report
}

main().catch((error: unknown) => {
  const failure = explain(error)
  setFailed(describe(failure))
  setOutput('result', 'failed')
  setOutput('error-class', failure.errorClass)
})
