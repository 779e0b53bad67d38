import { formatLogin, remotePath } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import { guardDeletions, guardEmpty, guardForeign, guardMirror } from '../core/guards.js'
import type { Change, Session, Upload } from '../core/model.js'
import { type Found, openConclusion } from './conclusion.js'
import { changeOf, compare, countFiles, haveSameShares, type Manifest } from './manifest.js'
import { preparation } from './memory.js'
import type { Method, Task } from './method.js'
import type { RemoteShell } from './remote-shell.js'
import { guardSource, guardTokens } from './rsync-filter.js'
import { type Listing, list, versionHere } from './rsync-listing.js'
import { shownName, unescapeName } from './rsync-output.js'
import { type Transfer, transfer } from './rsync-transfer.js'
import { look, type Survey } from './survey.js'

export const rsync: Method = { name: 'rsync', preflight, upload }

/** The oldest rsync whose messages and rules we rely on. */
export const oldest = [3, 1] as const

async function preflight({ step, settings, host }: Task): Promise<void> {
  if (settings.delete && step.destination.base === 'root') guardMirror(remotePath(step.destination))
  await guardSource(step.workspace, host.context.workspace)
  const found = await versionHere(host)
  const [, major = '0', minor = '0'] = /^rsync +version (\d+)\.(\d+)/.exec(found) ?? []
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])) return
  const what = /openrsync/i.test(found)
    ? 'openrsync, which does not know all rules of rsync'
    : `rsync ${major}.${minor}`
  throw new PushError(
    'input',
    `This machine has ${what}.`,
    `Install rsync ${oldest.join('.')} or newer (on macOS: brew install rsync).`,
  )
}

/** An upload that may be a dry run. */
interface Guarded extends Task {
  /** What would have stopped the push, collected by a dry run. */
  readonly guards: string[]
}

async function upload(task: Task, session: Session): Promise<Upload> {
  const { step, settings, host } = task
  const mirror = settings.delete && !step.workspace.isFile
  const listing = await list(task, session)
  guardEmpty(listing.files, mirror)
  if (settings.includes.length > 0) await guardTokens(step.workspace, names(listing))
  await session.connection.ready()
  const revision = step.workspace.sha ?? ''
  const ask =
    settings.verify === 'full' || listing.sums === undefined
      ? undefined
      : { manifest: listing.entries, sums: listing.sums, revision: settings.dryRun ? undefined : revision }
  const { survey, shell } = await look(session, listing.memory, ask, host, settings)
  try {
    return await carryOut({ ...task, guards: [] }, session, { listing, mirror, revision, survey, shell })
  } finally {
    await shell.close()
  }
}

/** What is known when the server has answered. */
interface Situation {
  readonly listing: Listing
  readonly mirror: boolean
  readonly revision: string
  readonly survey: Survey | undefined
  readonly shell: RemoteShell
}

async function carryOut(task: Guarded, session: Session, situation: Situation): Promise<Upload> {
  const { settings, host } = task
  const { mirror, revision, survey } = situation
  if (survey === undefined) host.log.info('The server gives no shell: what is there is asked of rsync alone.')
  else guardServer(task, session, survey, mirror)

  const work = await planWork(task, session, situation)
  const done = (result: Upload['result'], changes: readonly Change[]): Upload => ({
    result: settings.dryRun ? 'planned' : result,
    revision,
    previousRevision: survey?.revision ?? '',
    changes,
    guards: task.guards,
  })
  if (settings.dryRun) return done('planned', work.changes ?? [])
  const nothing = work.changes?.length === 0
  // Known to be the same: nothing to do. Found to be the same: worth remembering.
  if (nothing && (work.how === 'known' || survey === undefined)) return done('unchanged', [])
  const conclusion = survey?.packs ? openConclusion(task, session, situation.listing, work) : undefined
  try {
    const sent = nothing ? [] : await send(task, session, situation, work)
    await conclusion?.finish(revision)
    const changes = work.changes ?? (work.how === 'first' ? allAdded(situation.listing) : sent)
    return done(changes.length === 0 ? 'unchanged' : 'deployed', changes)
  } finally {
    await conclusion?.close()
  }
}

function guardServer(task: Guarded, session: Session, survey: Survey, mirror: boolean): void {
  const { step, settings } = task
  if (survey.known !== 'same' && (survey.rsync === '' || /openrsync/i.test(survey.rsync))) {
    throw new PushError(
      'remote-setup',
      `rsync is not installed on ${formatLogin(session.login)}.`,
      'Install rsync there.',
      {
        evidence: survey.rsync,
      },
    )
  }
  if (!mirror || !survey.exists) return
  hold(task, () => guardMirror(survey.real, survey.home))
  hold(task, () => guardForeign(survey, settings.adopt, remotePath(step.destination)))
}

/** A guard stops a push before anything changes, and tells a dry run that it would. */
function hold({ settings, host, guards }: Guarded, guard: () => void): void {
  try {
    guard()
  } catch (error) {
    if (!settings.dryRun || !(error instanceof PushError)) throw error
    guards.push(`${error.cause} ${error.next}`)
    host.log.warning(`The push would be refused: ${error.cause} ${error.next}`)
  }
}

function names({ entries }: Listing): string[] {
  return [...entries.keys()].map(shownName)
}

function allAdded({ entries }: Listing): Change[] {
  return [...entries].map(([name, line]) => changeOf('added', name, line))
}

/** What has to be done at the destination, and how that was found out. */
interface Work extends Found {
  readonly how: 'first' | 'known' | 'full'
  /** Undefined when only the transfer itself will tell. */
  readonly changes: readonly Change[] | undefined
  /** How many entries rsync may delete; a race cannot make them more. */
  readonly deletions?: number
}

/** Finds out what has to be done by the cheapest way that is certain, and holds it against the limit of deletions. */
async function planWork(task: Guarded, session: Session, { listing, survey, mirror, shell }: Situation): Promise<Work> {
  const { settings } = task
  // All is new, and the transfer need not wait for a list of it.
  if (survey !== undefined && !survey.filled) {
    return { how: 'first', changes: settings.dryRun ? allAdded(listing) : undefined }
  }
  if (survey?.known === 'same') return { how: 'known', changes: [] }
  const remembered = survey?.known === undefined ? undefined : fromMemory(task, listing, survey.known, mirror)
  if (remembered !== undefined) return remembered
  if (!mirror && !settings.dryRun) return { how: 'full', changes: undefined }
  const through = survey === undefined ? {} : { shell }
  const changes = await transfer(task, session, listing, { mirror, dryRun: true, tells: true, ...through })
  const files = (wanted: Change['kind']) => changes.filter(({ kind, path }) => kind === wanted && !path.endsWith('/'))
  const paths = files('deleted').map(({ path }) => path)
  hold(task, () => guardDeletions(paths, listing.files - files('added').length, settings.maxDelete))
  return { how: 'full', changes, deletions: changes.filter(({ kind }) => kind === 'deleted').length }
}

/** The work that follows from what the server remembers; undefined when that is not certain enough. */
function fromMemory(
  task: Guarded,
  { entries, sums }: Listing,
  known: Exclude<Survey['known'], 'same' | undefined>,
  mirror: boolean,
): Work | undefined {
  if (sums === undefined) return undefined
  const difference = compare(known.manifest, entries)
  const { added, changed, removed, removedDirectories, risky } = difference
  // Names go to the server line by line, so one with a line break in it is left to rsync.
  if (risky || removed.concat(removedDirectories).some((name) => name.includes('\\#012'))) return undefined
  const kept = countFiles(known.manifest) - removed.length
  if (mirror) hold(task, () => guardDeletions(removed, kept, task.settings.maxDelete))
  const tell = (kind: Change['kind'], names: readonly string[], from: Manifest) =>
    names.map((name) => changeOf(kind, name, from.get(name) ?? ''))
  const changes = [
    ...(mirror ? tell('deleted', [...removed, ...removedDirectories], known.manifest) : []),
    ...tell('changed', changed, entries),
    ...tell('added', added, entries),
  ]
  const carryOn = haveSameShares(known.manifest, entries) && known.journalLength <= 2 * entries.size
  return { how: 'known', changes, difference, carryOn }
}

/** Sends what the work asks for. */
async function send(
  task: Task,
  session: Session,
  { listing, mirror, survey, shell }: Situation,
  work: Work,
): Promise<readonly Change[]> {
  const { difference, deletions } = work
  const options: Transfer = {
    mirror: mirror && work.how === 'full',
    dryRun: false,
    tells: work.how === 'full' && work.changes === undefined,
    first: work.how === 'first',
    ...(survey === undefined ? {} : { prepare: preparation(listing.memory), shell }),
    ...(deletions === undefined ? {} : { deletions }),
  }
  if (difference === undefined) return await transfer(task, session, listing, options)
  const names = [...difference.added, ...difference.changed]
  if (names.length === 0) return []
  const filesFrom = await session.file('files', Buffer.concat(names.flatMap((name) => [here, unescapeName(name), nul])))
  return await transfer(task, session, listing, { ...options, filesFrom })
}

const nul = Buffer.from([0])
// rsync takes a name that begins with # or ; for a comment.
const here = Buffer.from('./')
