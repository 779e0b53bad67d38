import { methods } from '../methods/index.js'
import { gate } from './branches.js'
import { complete } from './config.js'
import { deploy } from './deploy.js'
import { formatDestination } from './destination.js'
import { PushError } from './errors.js'
import { guardEvent } from './event.js'
import type { Given, Host, Report, Session, Settings, Upload } from './model.js'
import { type CallStep, formatPlan, type Step, type UploadStep } from './plan.js'
import { planSteps } from './planning.js'
import { Ledger, signs, sortChanges } from './report.js'
import { withSession } from './session.js'
import { parseBranches, parseSettings } from './settings.js'
import { checkedOutRef } from './workspace.js'

/** How many changes the log lists; the report has them all. */
const mostTold = 20

/**
 * One push from the given inputs to a report. It never throws: whatever went wrong is in the report, with its class.
 * The settings of a run whose branch does not match are not even read, so that it stays green without a secret.
 */
export async function push(given: Given, host: Host): Promise<Report> {
  const ledger = new Ledger(host)
  try {
    const raw = await complete(given, host)
    const filter = parseBranches(raw)
    const ref = filter.length === 0 ? undefined : (host.context.ref ?? (await checkedOutRef(raw.source, host)))
    const { open, reason } = gate(filter, ref)
    if (!open) return ledger.skip(reason)
    const settings = parseSettings(raw)
    return await withDeadline(settings.timeout, host, (limited) => pushWith(settings, limited, ledger))
  } catch (error) {
    return ledger.fail(host.signal.aborted ? host.signal.reason : error)
  }
}

async function pushWith(settings: Settings, host: Host, ledger: Ledger): Promise<Report> {
  if (settings.doctor) throw new PushError('input', 'Input doctor is true, and this would push.', 'Remove doctor.')
  ledger.note({ app: settings.app })
  guardEvent(host.context.event, settings.allowUntrustedEvent)
  warnInsecure(settings, host)
  const planned = prepare(settings, host, ledger)
  const login = planned.then((plan) => plan.login)
  login.catch(() => undefined)
  await withSession(settings, login, host, ledger.note, async (session) => {
    ledger.enter('connect')
    const { steps } = await planned
    await carryOut(steps, session, settings, host, ledger)
  })
  return ledger.close(settings.dryRun)
}

/** Everything that can be found out and refused before anything is connected to. */
async function prepare(settings: Settings, host: Host, ledger: Ledger): ReturnType<typeof planSteps> {
  const plan = await planSteps(settings, host)
  ledger.plan(plan.steps, plan.login)
  tell(plan.steps, host)
  await preflight(plan.steps, settings, host)
  return plan
}

/** @throws PushError what a method refuses before anything is connected to */
export async function preflight(steps: readonly Step[], settings: Settings, host: Host): Promise<void> {
  const uploads = steps.filter((step) => step.verb === 'upload')
  await Promise.all(uploads.map((step) => methods[step.workspace.method].preflight({ step, settings, host })))
}

/** The same host with a signal that also fires when the time for the whole step is up. */
export async function withDeadline<Result>(
  seconds: number,
  host: Host,
  use: (host: Host) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController()
  const timer = new AbortController()
  const signal = AbortSignal.any([host.signal, over.signal])
  const late = new PushError(
    'timeout',
    `The step took longer than ${seconds / 60} min.`,
    'Find out in the log what takes so long, or raise timeout.',
  )
  host.clock.sleep(seconds * 1000, timer.signal).then(
    () => over.abort(late),
    () => undefined,
  )
  try {
    return await use({ ...host, signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    timer.abort()
  }
}

/** Tells by an annotation that nobody checks the host key. */
export function warnInsecure(settings: Settings, host: Host): void {
  if (!settings.hostKeys.insecure) return
  host.log.warning(
    'insecure-skip-host-key-check is on: whoever sits between this machine and the server can read and replace everything that is pushed.',
  )
}

function tell(steps: readonly Step[], host: Host): void {
  for (const step of steps) {
    if (step.verb === 'call') host.log.info(`Then: ${step.command}`)
    else
      host.log.info(
        `Push ${step.directory} to ${formatDestination(step.destination)} by ${step.workspace.method}: ${step.workspace.reason}`,
      )
  }
  host.log.debug(`Plan: ${formatPlan(steps)}`)
}

async function carryOut(
  steps: readonly Step[],
  session: Session,
  settings: Settings,
  host: Host,
  ledger: Ledger,
): Promise<void> {
  for (const step of steps) {
    if (step.verb === 'call') await call(step, session, settings, host, ledger)
    else {
      const upload = await uploadWithRetries(step, session, settings, host, ledger)
      ledger.upload(upload)
      tellChanges(upload, host)
      if (upload.failure !== undefined) throw upload.failure
    }
  }
}

function tellChanges({ changes }: Upload, host: Host): void {
  for (const { kind, path } of sortChanges(changes).slice(0, mostTold)) host.log.info(`${signs[kind]} ${path}`)
  if (changes.length > mostTold) host.log.info(`… and ${changes.length - mostTold} more`)
}

/** An upload is idempotent, so a lost line is tried again; everything else is the truth the first time. */
async function uploadWithRetries(
  step: UploadStep,
  session: Session,
  settings: Settings,
  host: Host,
  ledger: Ledger,
): Promise<Upload> {
  let refused: unknown
  session.connection.ready().then(
    () => ledger.enter('push'),
    (error: unknown) => {
      refused = error
    },
  )
  for (let attempt = 1; ; attempt++) {
    try {
      const upload = await methods[step.workspace.method].upload({ step, settings, host }, session)
      // What an interrupted attempt had sent is not "unchanged", even if the next one finds nothing left to do.
      return attempt > 1 && upload.result === 'unchanged' ? { ...upload, result: 'deployed' } : upload
    } catch (error) {
      if (error === refused || host.signal.aborted) throw error
      ledger.enter('push')
      if (!(error instanceof PushError) || !error.retry || attempt >= settings.retries) throw error
      host.log.info(`${error.cause} Attempt ${attempt} of ${settings.retries}; trying again.`)
      await host.clock.sleep(1000 * attempt * (1 + Math.random() / 4), host.signal)
    }
  }
}

async function call(step: CallStep, session: Session, settings: Settings, host: Host, ledger: Ledger): Promise<void> {
  if (settings.dryRun) return host.log.info(`Would run: ${step.command}`)
  await session.connection.ready()
  ledger.enter('deploy')
  const { exitCode, tail, failure } = await deploy(step.command, session, host, settings)
  ledger.note({ deployExitCode: exitCode, tail })
  if (failure !== undefined) throw failure
}
