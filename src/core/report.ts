import { applicationAddress } from './addresses.js'
import { formatDestination, formatLogin, type Login } from './destination.js'
import { explain } from './errors.js'
import type { OutputName } from './inputs.js'
import type { Change, Host, Report, StageName, Upload } from './model.js'
import { formatPlan, type Step } from './plan.js'

type Notes = Partial<Pick<Report, 'app' | 'bytesSent' | 'deployExitCode' | 'hostKeyFingerprint' | 'tail'>>

/** Titles under which the stages appear in the log. */
const titles: Readonly<Record<StageName, string>> = {
  settings: 'Settings',
  connect: 'Connect',
  push: 'Push',
  deploy: 'Deploy',
}

/** Keeps the books of a run: where it is, how long that took, what came of it. */
export class Ledger {
  stage: StageName = 'settings'
  readonly #host: Host
  readonly #start: number
  readonly #times: { name: StageName; seconds: number }[] = []
  #since: number
  #notes: Notes = {}
  #plan: Partial<Pick<Report, 'plan' | 'method' | 'reason' | 'destination' | 'ref' | 'targetRef'>> = {}
  /** The repository's commit that was checked out, as far as the repository's page would have it. */
  #commit: string | undefined
  #upload: Upload | undefined

  constructor(host: Host) {
    this.#host = host
    this.#start = host.clock.now()
    this.#since = this.#start
    host.log.group(titles.settings)
  }

  enter(stage: StageName): void {
    if (stage === this.stage) return
    this.#leave()
    this.stage = stage
    this.#host.log.group(titles[stage])
  }

  #leave(): void {
    const now = this.#host.clock.now()
    this.#times.push({ name: this.stage, seconds: (now - this.#since) / 1000 })
    this.#since = now
    this.#host.log.endGroup()
  }

  readonly note = (notes: Notes): void => {
    this.#notes = { ...this.#notes, ...notes }
  }

  plan(steps: readonly Step[], login: Login): void {
    const upload = steps.find((step) => step.verb === 'upload')
    this.#commit = upload?.workspace.method === 'hg' ? undefined : upload?.workspace.sha
    this.#plan = {
      plan: formatPlan(steps),
      method: upload?.workspace.method ?? '',
      reason: upload?.workspace.reason ?? '',
      ref: upload?.workspace.branch ?? '',
      targetRef: upload?.workspace.method === 'git' ? upload.targetBranch : '',
      destination: upload === undefined ? `ssh://${formatLogin(login)}` : formatDestination(upload.destination),
    }
  }

  /** Of several uploads, the first changed one speaks for the run. */
  upload(upload: Upload): void {
    const first = this.#upload
    if (first === undefined) this.#upload = upload
    else if (first.result === 'unchanged') this.#upload = upload
    else {
      const guards = [...(first.guards ?? []), ...(upload.guards ?? [])]
      this.#upload = { ...first, changes: [...first.changes, ...upload.changes], guards }
    }
  }

  skip(reason: string): Report {
    this.#plan = { reason }
    this.#leave()
    return this.#report('skipped')
  }

  close(dryRun: boolean): Report {
    this.#leave()
    return this.#report(dryRun ? 'planned' : (this.#upload?.result ?? 'deployed'))
  }

  fail(error: unknown): Report {
    this.#leave()
    return { ...this.#report('failed'), failedStage: this.stage, failure: explain(error) }
  }

  #report(result: Report['result']): Report {
    const upload = this.#upload
    const page = this.#commit !== undefined && upload?.revision === this.#commit && this.#host.context.repository
    return {
      result,
      failedStage: '',
      failure: undefined,
      uploaded: upload !== undefined && upload.result !== 'planned',
      app: '',
      method: '',
      reason: '',
      destination: '',
      ref: '',
      targetRef: '',
      revision: upload?.revision ?? '',
      previousRevision: upload?.previousRevision ?? '',
      repository: page || '',
      url: applicationAddress([...(upload?.said ?? []), ...(this.#notes.tail ?? [])]),
      changes: upload?.changes ?? [],
      commits: upload?.commits ?? [],
      commitCount: upload?.commitCount ?? 0,
      guards: upload?.guards ?? [],
      bytesToSend: result === 'planned' ? toSend(this.#plan.method, upload) : undefined,
      bytesSent: undefined,
      deployExitCode: undefined,
      hostKeyFingerprint: '',
      seconds: (this.#host.clock.now() - this.#start) / 1000,
      stages: this.#times,
      plan: '',
      said: upload?.said ?? [],
      tail: [],
      ...this.#plan,
      ...this.#notes,
    }
  }
}

/** What a push would send at most: the method's own number, or for rsync the size of the files that it lists. */
function toSend(method: Report['method'] | undefined, upload: Upload | undefined): number | undefined {
  if (upload === undefined || method !== 'rsync') return upload?.bytesToSend
  return upload.changes.reduce((sum, { kind, size = 0 }) => sum + (kind === 'deleted' ? 0 : size), 0)
}

/** How to get back to what was there before, as far as this tool can. */
export interface Rollback {
  readonly advice: string
  /** To be pasted into a shell, in a clone; empty where the earlier revision is not known there. */
  readonly command: string
}

/** Nothing when nothing was replaced. */
export function rollback({
  uploaded,
  method,
  changes,
  commits,
  previousRevision,
  revision,
}: Report): Rollback | undefined {
  const fresh = previousRevision === '' && changes.every(({ kind }) => kind === 'added')
  if (!uploaded || method === '' || fresh || (changes.length === 0 && previousRevision === revision)) return
  const before = commits.length > 0 && /^[0-9a-f]{40,64}$/.test(previousRevision) ? previousRevision : ''
  const message = `-m 'Back to ${before.slice(0, 10)}'`
  return {
    git: {
      advice:
        'Push the earlier state as a new commit: that is deployed like any other. An earlier run, run again, needs force: true, since git does not go back by itself.',
      command: before && `git restore --source=${before} --staged --worktree :/ &&\ngit commit ${message} &&\ngit push`,
    },
    hg: {
      advice:
        'Push the earlier state as a new changeset: that is deployed like any other. An earlier run, run again, changes nothing, since hg push only adds.',
      command: before && `hg revert --all --rev ${before} &&\nhg commit ${message} &&\nhg push`,
    },
    rsync: {
      advice:
        'Run the earlier run of this workflow again: it sends the files as they were. What only the destination had, and was deleted, does not come back.',
      command: '',
    },
  }[method]
}

/** How a kind of change is written before a name. */
export const signs: Readonly<Record<Change['kind'], string>> = { added: '+', changed: '~', deleted: '-' }

/** The changes as they are listed: what is lost comes first. */
export function sortChanges(changes: readonly Change[]): readonly Change[] {
  return (['deleted', 'changed', 'added'] as const).flatMap((wanted) => changes.filter(({ kind }) => kind === wanted))
}

/** A run in one line. */
export function headline(report: Report): string {
  if (report.result === 'skipped') return `skipped: ${report.reason}`
  const { changed, deleted } = countChanges(report)
  const end = `${report.seconds.toFixed(1)} s`
  if (report.failure !== undefined) return `failed (${report.failure.errorClass}) after ${end}`
  return `${report.result} in ${end}: ${changed} changed, ${deleted} deleted`
}

/** Where the time went, in one line; GitHub folds the stages away. */
export function times({ stages }: Report): string {
  return stages.map((stage) => `${titles[stage.name]} ${stage.seconds.toFixed(2)} s`).join(' · ')
}

/** How many files a push changed (or added) and deleted; directories do not count. */
export function countChanges({ changes }: Report): { changed: number; deleted: number } {
  const files = changes.filter(({ path }) => !path.endsWith('/'))
  const deleted = files.filter(({ kind }) => kind === 'deleted').length
  return { changed: files.length - deleted, deleted }
}

/** The report as the outputs name it, every value a text; `report` is the front's. */
export function toValues(report: Report): Record<Exclude<OutputName, 'report'>, string> {
  const { changed, deleted } = countChanges(report)
  const text = (value: number | undefined) => (value === undefined ? '' : String(value))
  return {
    result: report.result,
    'failed-stage': report.failedStage,
    'error-class': report.failure?.errorClass ?? '',
    uploaded: String(report.uploaded),
    method: report.method,
    destination: report.destination,
    revision: report.revision,
    'previous-revision': report.previousRevision,
    'changed-files': String(changed),
    'deleted-files': String(deleted),
    'bytes-sent': text(report.bytesSent),
    'deploy-exit-code': text(report.deployExitCode),
    'host-key-fingerprint': report.hostKeyFingerprint,
    seconds: report.seconds.toFixed(1),
    plan: report.plan,
  }
}

/** The report as JSON: the outputs with their own types, and what does not fit into an output. */
export function toJson(report: Report): Readonly<Record<string, unknown>> {
  const { changed, deleted } = countChanges(report)
  const back = rollback(report)
  return {
    ...toValues(report),
    app: report.app,
    reason: report.reason,
    error: report.failure ?? null,
    uploaded: report.uploaded,
    'changed-files': changed,
    'deleted-files': deleted,
    'bytes-sent': report.bytesSent ?? null,
    'deploy-exit-code': report.deployExitCode ?? null,
    seconds: milliseconds(report.seconds),
    plan: report.plan === '' ? null : JSON.parse(report.plan),
    stages: report.stages.map(({ name, seconds }) => ({ name, seconds: milliseconds(seconds) })),
    files: report.changes,
    ref: report.ref,
    'target-ref': report.targetRef,
    repository: report.repository,
    url: report.url,
    commits: report.commits,
    'commit-count': report.commitCount,
    guards: report.guards,
    'bytes-to-send': report.bytesToSend ?? null,
    rollback: back === undefined ? '' : [back.advice, back.command].filter((part) => part !== '').join('\n'),
    'push-output': report.said,
    'deploy-output': report.tail,
  }
}

/** The report's JSON as a text in pieces, an element of a list on a line of its own: there may be very many. */
export function* jsonText(json: Readonly<Record<string, unknown>>): Generator<string> {
  let separator = '{'
  for (const [key, value] of Object.entries(json)) {
    yield `${separator}\n  ${JSON.stringify(key)}: `
    if (Array.isArray(value) && value.length > 0) yield* listText(value)
    else yield JSON.stringify(value)
    separator = ','
  }
  yield separator === '{' ? '{}\n' : '\n}\n'
}

function* listText(list: readonly unknown[]): Generator<string> {
  const atOnce = 1_000
  for (let start = 0; start < list.length; start += atOnce) {
    const lines = list.slice(start, start + atOnce).map((element) => `\n    ${JSON.stringify(element)}`)
    yield `${start === 0 ? '[' : ','}${lines.join(',')}`
  }
  yield '\n  ]'
}

/** Seconds, cut to milliseconds. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
