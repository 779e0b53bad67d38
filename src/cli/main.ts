#!/usr/bin/env node
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { examinationJson, examine } from '../core/doctor.js'
import { errorClasses, explain } from '../core/errors.js'
import { trustedEvent } from '../core/event.js'
import type { Context, Host, Report } from '../core/model.js'
import { push } from '../core/push.js'
import { toJson } from '../core/report.js'
import { clock } from '../system/clock.js'
import { cleanPath, isInside, proxyVariables } from '../system/environment.js'
import { keepHeapSmall } from '../system/heap.js'
import { createRunner } from '../system/runner.js'
import { cancelOnSignals } from '../system/signals.js'
import { type Invocation, readArguments } from './arguments.js'
import { completionScript } from './completion.js'
import { runDemo } from './demo.js'
import { createLog, tell, tellFailure } from './log.js'
import { formatManual } from './manual.js'
import { examinationLines, plannedPage } from './pages.js'
import { createPalette, type Palette, wantsColor } from './palette.js'

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

/** What there is to tell of a run: its report, the same for a program, and for a reader. */
interface Outcome {
  readonly report: Report
  readonly json: Readonly<Record<string, unknown>>
  readonly lines: readonly string[]
}

async function act({ command, given, quiet }: Invocation, host: Host, palette: Palette): Promise<Outcome> {
  if (command === 'doctor') {
    const examination = await examine(given, host)
    return {
      report: examination.report,
      json: examinationJson(examination),
      lines: examinationLines(examination, quiet, palette),
    }
  }
  const report = await push(command === 'plan' ? { ...given, 'dry-run': 'true' } : given, host)
  return { report, json: toJson(report), lines: command === 'plan' && !quiet ? plannedPage(report, palette) : [] }
}

async function run(invocation: Invocation): Promise<void> {
  const { command, given, json, quiet, debug } = invocation
  const { workspace, source } = locate(given.source ?? '.')
  const context = readContext(workspace)
  // A plan and a visit of the doctor are told when they are complete.
  const level = debug ? 'debug' : quiet || command !== 'push' ? 'quiet' : 'normal'
  const colors = createPalette(wantsColor(process.stderr, env, process.argv))
  const host: Host = {
    context,
    runner: createRunner(env, context.workspace),
    log: createLog(level, !quiet, colors),
    clock,
    signal: cancelOnSignals(),
    // The session removes its own folder; there is no later step to do it.
    remember: () => undefined,
  }
  const located = given.source === undefined ? given : { ...given, source }
  const palette = createPalette(wantsColor(process.stdout, env, process.argv))
  const outcome = await act({ ...invocation, given: located }, host, palette)
  const { report, lines } = outcome
  for (const line of json ? [JSON.stringify(outcome.json)] : lines) process.stdout.write(`${line}\n`)
  if (command !== 'doctor' && (command !== 'plan' || lines.length === 0)) tell(report, colors)
  process.exitCode = report.failure === undefined ? 0 : errorClasses[report.failure.errorClass]
}

async function main(): Promise<void> {
  keepHeapSmall()
  // A reader such as head may have enough before the end.
  process.stdout.on('error', () => undefined)
  const manual = () => formatManual(process.stdout.isTTY ? process.stdout.columns : 80)
  const invocation = readArguments(process.argv, env, (path) => readFileSync(path, 'utf8'), manual)
  if (invocation.shell !== undefined) process.stdout.write(completionScript(invocation.shell))
  else if (invocation.command !== 'demo') await run(invocation)
  else {
    const [, program = ''] = process.argv
    const runner = createRunner(env, realpathSync('.'))
    process.exitCode = await runDemo(program, runner, cancelOnSignals(), env['HOME'])
  }
}

main().catch((error: unknown) => {
  const failure = explain(error)
  tellFailure(failure, createPalette(wantsColor(process.stderr, env, process.argv)))
  process.exitCode = errorClasses[failure.errorClass]
})
