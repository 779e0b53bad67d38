import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { formatLogin, loginWord, remotePath } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import { guardDeletions, guardEmpty, guardForeign, guardMirror } from '../core/guards.js'
import type { Change, Session, Upload } from '../core/model.js'
import { attempt, createTail, type Method, type Task } from './method.js'
import { filterRules, readIgnoreFile } from './rsync-filter.js'
import { type Item, itemFormat, parseItem, parseLeftOut } from './rsync-output.js'
import { look, remember, type Survey } from './survey.js'

export const rsync: Method = { name: 'rsync', preflight, upload }

/** The oldest rsync whose messages and rules we rely on. */
const oldest = [3, 1] as const

async function preflight({ step, settings, host }: Task): Promise<void> {
  if (settings.delete && step.destination.base === 'root') guardMirror(remotePath(step.destination))
  const { stdout } = await host.runner.capture({ label: 'rsync version', file: 'rsync', args: ['--version'] })
  const [, major = '0', minor = '0'] = /^rsync +version (\d+)\.(\d+)/m.exec(stdout) ?? []
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])) return
  const found = /openrsync/i.test(stdout)
    ? 'openrsync, which does not know all rules of rsync'
    : `rsync ${major}.${minor}`
  throw new PushError(
    'input',
    `This machine has ${found}.`,
    `Install rsync ${oldest.join('.')} or newer (on macOS: brew install rsync).`,
  )
}

/** The local side of an upload: what would be sent to an empty directory. */
interface Listing {
  readonly files: readonly Item[]
  readonly leftOut: readonly string[]
  readonly links: readonly string[]
}

async function upload(task: Task, session: Session): Promise<Upload> {
  const { step, settings, host } = task
  const ignored = await readIgnoreFile(step.workspace)
  const filter = await session.file('filter', filterRules(settings, [...ignored, ...step.excludes]))
  const mirror = settings.delete && !step.workspace.isFile
  const listing = await list(task, session, filter)
  tellLeftOut(task, listing)
  guardEmpty(listing.files.length, mirror)
  await session.connection.ready()
  const survey = await look(session, step.destination, host, settings)
  if (survey === undefined) host.log.info('The server gives no shell: what is there is asked of rsync alone.')
  else guardServer(task, session, survey, mirror)

  const revision = step.workspace.sha ?? ''
  const done = (result: Upload['result'], changes: readonly Change[]): Upload => ({
    result: settings.dryRun ? 'planned' : result,
    revision,
    previousRevision: survey?.revision ?? '',
    changes,
  })
  const empty = survey !== undefined && !survey.filled
  if (settings.dryRun && empty) return done('planned', listing.files.map(asChange))
  const checksum = !empty
  const compare = !empty && (mirror || settings.dryRun)
  const planned = compare ? await run(task, session, { filter, mirror, checksum, dryRun: true }) : undefined
  if (planned !== undefined) {
    const deleted = planned.flatMap(({ kind, path }) => (kind === 'deleted' && !path.endsWith('/') ? [path] : []))
    const added = planned.filter(({ kind, path }) => kind === 'added' && !path.endsWith('/')).length
    guardDeletions(deleted, listing.files.length - added, settings.maxDelete)
    if (settings.dryRun || planned.length === 0) return done('unchanged', planned)
  }
  if (survey !== undefined && !(survey.ours && survey.exists))
    await remember(session, step.destination, '', host, settings)
  const deletions = planned?.filter(({ kind }) => kind === 'deleted').length
  const changes = await run(task, session, {
    filter,
    mirror,
    checksum,
    dryRun: false,
    ...(deletions === undefined ? {} : { deletions }),
  })
  if (survey !== undefined) await remember(session, step.destination, revision, host, settings)
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
  guardMirror(survey.real, survey.home)
  guardForeign(survey, settings.adopt, remotePath(step.destination))
}

/** What rsync would send, by its own rules, into a directory with nothing in it. */
async function list(task: Task, session: Session, filter: string): Promise<Listing> {
  const { host, settings, step } = task
  const nothing = await mkdtemp(join(session.folder, 'empty-'))
  const files: Item[] = []
  const leftOut: string[] = []
  const links: string[] = []
  const { code, stderr } = await host.runner.run(
    {
      label: 'rsync --dry-run',
      file: 'rsync',
      args: [
        ...transferFlags,
        '--dry-run',
        '--info=symsafe1',
        '--debug=filter1',
        `--filter=merge ${filter}`,
        '--',
        sourceOf(task),
        `${nothing}/`,
      ],
      env: session.env,
      cwd: step.workspace.isFile ? session.folder : step.workspace.root,
    },
    {
      signal: host.signal,
      idle: settings.idleTimeout,
      stdout(line) {
        const item = parseItem(line)
        if (item !== undefined && !item.directory) files.push(item)
        const left = parseLeftOut(line)
        if (left !== undefined) (left.link ? links : leftOut).push(left.path)
      },
    },
  )
  if (code === 0) return { files, leftOut, links }
  throw new PushError(
    'input',
    'rsync cannot read the workspace.',
    'Check the permissions and the patterns of excludes.',
    {
      evidence: stderr.trim().split('\n')[0] ?? '',
    },
  )
}

function tellLeftOut({ host }: Task, { leftOut, links }: Listing): void {
  const names = (paths: readonly string[]) =>
    `${paths.slice(0, 8).join(', ')}${paths.length > 8 ? ` and ${paths.length - 8} more` : ''}`
  if (leftOut.length > 0) host.log.info(`Left out by the excludes: ${names(leftOut)}`)
  if (links.length > 0) host.log.warning(`Symbolic links that lead out of the source are not sent: ${names(links)}`)
}

/** The original's meaning (-lpt -rz --safe-links), without owner, group, devices or setuid bits. */
const transferFlags = [
  '-rlptz',
  '--safe-links',
  '--chmod=ug-s',
  '--8-bit-output',
  `--out-format=${itemFormat}`,
] as const

interface Transfer {
  readonly filter: string
  readonly mirror: boolean
  readonly checksum: boolean
  readonly dryRun: boolean
  /** How many deletions were agreed to; a race cannot make them more. */
  readonly deletions?: number
}

/** One rsync over the connection; answers with what changed, or would change. */
async function run(task: Task, session: Session, transfer: Transfer): Promise<readonly Change[]> {
  const { host, step } = task
  const target = `${loginWord(step.destination, true)}:${remotePath(step.destination)}/`
  const args = [
    ...transferFlags,
    ...(transfer.dryRun ? ['--dry-run'] : []),
    // New files get into place together at the end, so that an interrupted push leaves the old ones.
    ...(transfer.checksum ? ['--checksum', '--delay-updates'] : []),
    ...(transfer.mirror ? ['--delete-delay'] : []),
    ...(transfer.deletions === undefined ? [] : [`--max-delete=${transfer.deletions}`]),
    `--filter=merge ${transfer.filter}`,
    '-e',
    'dotcloud-ssh',
    '--',
    sourceOf(task),
    target,
  ]
  const changes: Change[] = []
  const said = createTail()
  const { output, failure } = await attempt(
    task,
    session,
    { label: 'rsync', file: 'rsync', args, env: session.env },
    {
      stdout(line) {
        const item = parseItem(line)
        if (item === undefined) said.push(line)
        else if (item.kind !== 'same') changes.push(asChange(item))
      },
      stderr(line) {
        said.push(line)
        host.log.remote(line)
      },
    },
  )
  if (output.code !== 0) throw await failure(said.text())
  return changes
}

function sourceOf({ step: { workspace } }: Task): string {
  return workspace.isFile ? workspace.root : `${workspace.root}/`
}

function asChange({ kind, path, size }: Item): Change {
  return { kind: kind === 'same' ? 'changed' : kind, path, size }
}
