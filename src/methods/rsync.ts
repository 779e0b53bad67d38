import { randomBytes } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { mkdtemp, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatLogin, loginWord, remotePath } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import { guardDeletions, guardEmpty, guardForeign, guardMirror } from '../core/guards.js'
import type { Change, Runner, Session, Upload } from '../core/model.js'
import { compare, type Difference, digestOf, journalOf, type Manifest, makeManifest, wholeJournal } from './manifest.js'
import { conclusion, type Memory, memoryFor, preparation } from './memory.js'
import { attempt, createTail, type Method, type Task } from './method.js'
import { filterRules, guardToken, readIgnoreFile } from './rsync-filter.js'
import {
  asChange,
  type Item,
  itemFormat,
  parseItem,
  parseLeftOut,
  parseProgress,
  unescapeName,
} from './rsync-output.js'
import { look, type Survey } from './survey.js'

export const rsync: Method = { name: 'rsync', preflight, upload }

/** The oldest rsync whose messages and rules we rely on. */
const oldest = [3, 1] as const

async function preflight({ step, settings, host }: Task): Promise<void> {
  await guardToken(step.workspace, settings.includes)
  if (settings.delete && step.destination.base === 'root') guardMirror(remotePath(step.destination))
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

const versions = new WeakMap<Runner, Promise<string>>()

/** The first line of this machine's `rsync --version`, asked once. */
function versionHere({ runner }: Task['host']): Promise<string> {
  const asked =
    versions.get(runner) ??
    runner
      .capture({ label: 'rsync version', file: 'rsync', args: ['--version'] })
      .then(({ stdout }) => stdout.split('\n')[0] ?? '')
  versions.set(runner, asked)
  return asked
}

/** The local side of an upload, listed by rsync's own rules. */
interface Listing {
  /** The file with the filter rules, and when it was made: what changed later was not yet listed. */
  readonly filter: string
  readonly since: number
  readonly items: readonly Item[]
  readonly files: number
  readonly manifest: Manifest | undefined
  readonly memory: Memory
}

async function upload(task: Task, session: Session): Promise<Upload> {
  const { step, settings, host } = task
  const mirror = settings.delete && !step.workspace.isFile
  const listing = await list(task, session)
  guardEmpty(listing.files, mirror)
  await session.connection.ready()
  const revision = step.workspace.sha ?? ''
  const ask =
    settings.verify === 'full' || listing.manifest === undefined
      ? undefined
      : { digest: digestOf(listing.manifest), revision: settings.dryRun ? undefined : revision }
  const survey = await look(session, listing.memory, ask, host, settings)
  if (survey === undefined) host.log.info('The server gives no shell: what is there is asked of rsync alone.')
  else guardServer(task, session, survey, mirror)

  const work = await planWork(task, session, listing, survey, mirror)
  const done = (result: Upload['result'], changes: readonly Change[]): Upload => ({
    result: settings.dryRun ? 'planned' : result,
    revision,
    previousRevision: survey?.revision ?? '',
    changes,
  })
  if (work.changes !== undefined && (settings.dryRun || work.changes.length === 0))
    return done('unchanged', work.changes)
  const sent = await send(task, session, listing, work, { mirror, prepare: survey !== undefined })
  if (survey !== undefined) await conclude(task, session, listing, work, survey, revision)
  const changes = work.changes ?? sent
  return done(changes.length === 0 ? 'unchanged' : 'deployed', changes)
}

function guardServer(task: Task, session: Session, survey: Survey, mirror: boolean): void {
  const { step, settings } = task
  if (survey.rsync === '' || /openrsync/i.test(survey.rsync)) {
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
function hold({ settings, host }: Task, guard: () => void): void {
  try {
    guard()
  } catch (error) {
    if (!settings.dryRun || !(error instanceof PushError)) throw error
    host.log.warning(`The push would be refused: ${error.cause} ${error.next}`)
  }
}

/** What rsync would send, by its own rules, into a directory with nothing in it. */
async function list(task: Task, session: Session): Promise<Listing> {
  const { host, settings, step } = task
  const { workspace } = step
  const rules = filterRules(settings, [...(await readIgnoreFile(workspace)), ...step.excludes])
  const filter = await session.file('filter', rules)
  const since = (await stat(filter)).mtimeMs
  const nothing = await mkdtemp(join(session.folder, 'empty-'))
  const items: Item[] = []
  const leftOut: string[] = []
  const links: string[] = []
  const [version, { code, stderr }] = await Promise.all([
    versionHere(host),
    host.runner.run(
      {
        label: 'rsync --dry-run',
        file: 'rsync',
        args: [
          '-r',
          ...transferFlags,
          '--checksum',
          '--dry-run',
          '-v',
          '--debug=filter1',
          `--filter=merge ${filter}`,
          '--',
          sourceOf(task),
          `${nothing}/`,
        ],
        env: session.env,
      },
      {
        signal: host.signal,
        idle: settings.idleTimeout,
        stdout(line) {
          const item = parseItem(line)
          if (item !== undefined && item.name !== '.') items.push(item)
          const left = item === undefined ? parseLeftOut(line) : undefined
          if (left !== undefined) (left.link ? links : leftOut).push(left.path)
        },
      },
    ),
  ])
  if (code !== 0) {
    throw new PushError(
      'input',
      'rsync cannot read the workspace.',
      'Check the permissions and the patterns of excludes.',
      {
        evidence: stderr.trim().split('\n')[0] ?? '',
      },
    )
  }
  tellLeftOut(task, leftOut, links)
  // A link that is not sent still keeps rsync from deleting its name at the destination: no manifest can say that.
  const manifest = workspace.isFile || links.length > 0 ? undefined : makeManifest(items)
  return {
    filter,
    since,
    items,
    files: items.filter(({ type }) => type !== 'directory').length,
    manifest,
    memory: memoryFor(step, settings, rules, version, manifest ?? new Map()),
  }
}

function tellLeftOut({ host }: Task, leftOut: readonly string[], links: readonly string[]): void {
  const names = (paths: readonly string[]) =>
    `${paths.slice(0, 8).join(', ')}${paths.length > 8 ? ` and ${paths.length - 8} more` : ''}`
  if (leftOut.length > 0) host.log.info(`Left out by the excludes: ${names(leftOut)}`)
  if (links.length > 0) host.log.warning(`Symbolic links that lead out of the source are not sent: ${names(links)}`)
}

/** What has to be done at the destination, and how that was found out. */
interface Work {
  readonly how: 'first' | 'known' | 'full'
  /** Undefined when only the transfer itself will tell. */
  readonly changes: readonly Change[] | undefined
  readonly difference?: Difference
  readonly journalLength?: number
  /** How many entries rsync may delete; a race cannot make them more. */
  readonly deletions?: number
}

/** Finds out what has to be done by the cheapest way that is certain, and holds it against the limit of deletions. */
async function planWork(
  task: Task,
  session: Session,
  listing: Listing,
  survey: Survey | undefined,
  mirror: boolean,
): Promise<Work> {
  const { settings } = task
  if (survey !== undefined && !survey.filled) return { how: 'first', changes: listing.items.map(asChange) }
  if (survey?.known === 'same') return { how: 'known', changes: [] }
  const remembered = survey?.known === undefined ? undefined : fromMemory(task, listing, survey.known, mirror)
  if (remembered !== undefined) return remembered
  if (!mirror && !settings.dryRun) return { how: 'full', changes: undefined }
  const items = await transfer(task, session, listing, { mirror, dryRun: true })
  const deleted = items.filter(({ kind, type }) => kind === 'deleted' && type !== 'directory').map(asChange)
  const added = items.filter(({ kind, type }) => kind === 'added' && type !== 'directory').length
  const paths = deleted.map(({ path }) => path)
  hold(task, () => guardDeletions(paths, listing.files - added, settings.maxDelete))
  return {
    how: 'full',
    changes: items.map(asChange),
    deletions: items.filter(({ kind }) => kind === 'deleted').length,
  }
}

/** The work that follows from what the server remembers; undefined when that is not certain enough. */
function fromMemory(
  task: Task,
  { items, manifest }: Listing,
  known: Exclude<Survey['known'], 'same' | undefined>,
  mirror: boolean,
): Work | undefined {
  if (manifest === undefined) return undefined
  const difference = compare(known.manifest, manifest)
  const { added, changed, removed, removedDirectories, risky } = difference
  // Names go to the server line by line, so one with a line break in it is left to rsync.
  if (risky || removed.concat(removedDirectories).some((name) => name.includes('\\#012'))) return undefined
  const kept = files(known.manifest) - removed.length
  if (mirror) hold(task, () => guardDeletions(removed, kept, task.settings.maxDelete))
  const byName = new Map(items.map((item) => [item.name, item]))
  const change = (kind: Change['kind']) => (name: string) => {
    const item = byName.get(name)
    return item === undefined ? [] : [asChange({ ...item, kind })]
  }
  const gone = (type: Item['type']) => (name: string) =>
    asChange({ kind: 'deleted', type, name, mode: '', size: 0, content: '' })
  const changes = [
    ...(mirror ? removed.map(gone('file')) : []),
    ...(mirror ? removedDirectories.map(gone('directory')) : []),
    ...changed.flatMap(change('changed')),
    ...added.flatMap(change('added')),
  ]
  return { how: 'known', changes, difference, journalLength: known.journalLength }
}

function files(manifest: Manifest): number {
  return [...manifest.values()].filter((line) => !line.startsWith('directory ')).length
}

/** Sends what the work asks for. */
async function send(
  task: Task,
  session: Session,
  listing: Listing,
  work: Work,
  how: { mirror: boolean; prepare: boolean },
): Promise<readonly Change[]> {
  const { difference, deletions } = work
  const options: Transfer = {
    mirror: how.mirror && work.how === 'full',
    dryRun: false,
    first: work.how === 'first',
    ...(how.prepare ? { prepare: preparation(listing.memory) } : {}),
    ...(deletions === undefined ? {} : { deletions }),
  }
  if (difference === undefined) return (await transfer(task, session, listing, options)).map(asChange)
  const names = [...difference.added, ...difference.changed]
  if (names.length === 0) return []
  const filesFrom = await session.file('files', Buffer.concat(names.flatMap((name) => [here, unescapeName(name), nul])))
  return (await transfer(task, session, listing, { ...options, filesFrom })).map(asChange)
}

const nul = Buffer.from([0])
// rsync takes a name that begins with # or ; for a comment.
const here = Buffer.from('./')

/** Removes what the source no longer has, and lets the server remember what it holds now. */
async function conclude(
  task: Task,
  session: Session,
  listing: Listing,
  work: Work,
  survey: Survey,
  revision: string,
): Promise<void> {
  const { host, settings } = task
  const { manifest, memory } = listing
  const { difference, journalLength = 0 } = work
  const trusted = manifest !== undefined && isSettled(task, listing, difference)
  const rewrite = difference === undefined || manifest === undefined || journalLength > 2 * manifest.size
  const removes = difference !== undefined && settings.delete
  const input = conclusion(
    memory,
    {
      revision,
      digest: trusted ? digestOf(manifest) : undefined,
      journal: manifest === undefined ? '' : rewrite ? wholeJournal(manifest) : journalOf(difference, manifest),
      rewrite,
      removed: removes ? difference.removed : [],
      removedDirectories: removes ? difference.removedDirectories : [],
    },
    `end-${randomBytes(8).toString('hex')}`,
  )
  const command = session.connection.remote('conclusion', 'sh -s', input)
  const { code, stderr } = await host.runner.run(command, { signal: host.signal, idle: settings.idleTimeout })
  if (code === 0) return
  const evidence = stderr.trim().split('\n')[0] ?? ''
  if (removes && difference.removed.length > 0) {
    throw new PushError(
      'transfer',
      `The new files are on ${formatLogin(session.login)}, but the old ones could not be removed.`,
      'Run this again: it compares everything anew.',
      { evidence },
    )
  }
  host.log.debug(`The server did not remember the push: ${survey.home} ${evidence}`)
}

/** Whether what was sent is what was listed: nothing that was sent has changed since the listing began. */
function isSettled(task: Task, { items, since }: Listing, difference: Difference | undefined): boolean {
  const { root } = task.step.workspace
  const names = difference === undefined ? items.map(({ name }) => name) : [...difference.added, ...difference.changed]
  return names.every((name) => {
    const path = Buffer.concat([Buffer.from(`${root}/`), unescapeName(name)])
    const found = lstatSync(path, { throwIfNoEntry: false })
    return found !== undefined && (found.isDirectory() || found.ctimeMs < since)
  })
}

/** The original's meaning (-lpt -z --safe-links; -r where it is no list), without owner, group, devices or setuid bits. */
const transferFlags = ['-lptz', '--safe-links', '--chmod=ug-s', `--out-format=${itemFormat}`] as const

interface Transfer {
  readonly mirror: boolean
  readonly dryRun: boolean
  /** There is nothing yet that could be compared. */
  readonly first?: boolean
  readonly deletions?: number
  readonly filesFrom?: string
  /** What to run in rsync's session before rsync. */
  readonly prepare?: string
}

/** One rsync over the connection; answers with what changed, or would change. */
async function transfer(
  task: Task,
  session: Session,
  listing: Listing,
  { mirror, dryRun, first, deletions, filesFrom, prepare }: Transfer,
): Promise<readonly Item[]> {
  const { host, step } = task
  const args = [
    ...(filesFrom === undefined ? ['-r'] : [`--files-from=${filesFrom}`, '--from0']),
    ...transferFlags,
    ...(dryRun ? ['--dry-run'] : ['--info=progress2']),
    // New files get into place together at the end, so that an interrupted push leaves the old ones.
    ...(first ? [] : ['--checksum', '--delay-updates']),
    ...(mirror ? ['--delete-delay'] : []),
    ...(deletions === undefined ? [] : [`--max-delete=${deletions}`]),
    ...(prepare === undefined ? [] : [`--rsync-path=${prepare}`]),
    `--filter=merge ${listing.filter}`,
    '-e',
    'dotcloud-ssh',
    '--',
    sourceOf(task),
    `${loginWord(step.destination, true)}:${remotePath(step.destination)}/`,
  ]
  const items: Item[] = []
  const said = createTail()
  const { output, failure } = await attempt(
    task,
    session,
    { label: 'rsync', file: 'rsync', args, env: session.env },
    {
      stdout(line) {
        const item = parseItem(line)
        const progress = item === undefined ? parseProgress(line) : undefined
        if (progress !== undefined) host.log.progress(progress)
        else if (item === undefined) said.push(line)
        else if (item.kind !== 'same' && item.name !== '.') items.push(item)
      },
      stderr(line) {
        said.push(line)
        host.log.remote(line)
      },
    },
  )
  if (output.code !== 0) throw await failure(said.text())
  return items
}

function sourceOf({ step: { workspace } }: Task): string {
  return workspace.isFile ? workspace.root : `${workspace.root}/`
}
