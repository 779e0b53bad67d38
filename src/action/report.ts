import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as core from '@actions/core'
import { concludeExamination, type Examination, examinationJson, examinationPage } from '../core/doctor.js'
import type { Failure } from '../core/errors.js'
import type { OutputName } from '../core/inputs.js'
import type { Report } from '../core/model.js'
import { headline, jsonText, times, toJson, toValues } from '../core/report.js'
import { summarize } from '../core/summary.js'
import { safeLine, safeText } from '../system/sink.js'
import type { StateName } from './state.js'

/** What is told of a run besides its outputs. */
interface Told {
  readonly json: Readonly<Record<string, unknown>>
  readonly page: string
  readonly lines: readonly string[]
}

/** Tells a run's report by every way that GitHub has: outputs, a JSON file, the job summary. */
export async function publish(report: Report, temp: string): Promise<void> {
  await publishAs(report, temp, {
    json: toJson(report),
    page: summarize(report),
    lines: [times(report), headline(report)],
  })
  if (report.result === 'skipped') core.notice(`Nothing was pushed: ${safeText(report.reason)}.`)
}

/** The same for a doctor's visit. */
export async function publishExamination(examination: Examination, temp: string): Promise<void> {
  await publishAs(examination.report, temp, {
    json: examinationJson(examination),
    page: examinationPage(examination),
    lines: concludeExamination(examination),
  })
}

async function publishAs(report: Report, temp: string, { json, page, lines }: Told): Promise<void> {
  const path = join(temp, `dotcloud-report-${randomBytes(6).toString('hex')}.json`)
  core.saveState('report' satisfies StateName, path)
  const text = jsonText({ ...json, summary: page })
  const written = await couldWrite('the report', () => writeFile(path, text, { flag: 'wx', mode: 0o600 }))
  const values: Record<OutputName, string> = { ...toValues(report), report: written ? path : '' }
  for (const [name, value] of Object.entries(values)) core.setOutput(name, value)
  for (const line of lines) core.info(safeLine(line))
  if (process.env['GITHUB_STEP_SUMMARY']) await couldWrite('the summary', () => core.summary.addRaw(page).write())
}

/** What only tells of a push does not turn it red. */
async function couldWrite(what: string, write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    core.warning(safeText(`Could not write ${what}: ${error instanceof Error ? error.message : String(error)}`))
    return false
  }
}

/** A failure in one annotation: cause, evidence, next step. */
export function describe({ cause, evidence, next, stack }: Failure): string {
  return safeText(
    [cause, evidence === '' ? '' : `Evidence: ${evidence}`, next, stack ?? ''].filter((part) => part !== '').join('\n'),
  )
}
