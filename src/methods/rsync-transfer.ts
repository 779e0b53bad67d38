import { loginWord, remotePath } from '../core/destination.js'
import type { Change, Session } from '../core/model.js'
import { fileNames } from '../core/ssh-files.js'
import { attempt, createTail, type Task } from './method.js'
import type { RemoteShell } from './remote-shell.js'
import { itemize, type Listing, sourceOf, transferFlags } from './rsync-listing.js'
import { asChange, parseItem, parseProgress } from './rsync-output.js'

/** How one rsync is to run. */
export interface Transfer {
  readonly mirror: boolean
  readonly dryRun: boolean
  /** It is to tell what it changes, which takes its time where there is much. */
  readonly tells: boolean
  /** There is nothing yet that could be compared. */
  readonly first?: boolean
  readonly deletions?: number
  readonly filesFrom?: string
  /** What to run at the server before rsync. */
  readonly prepare?: string
  /** A shell at the server, to go through if it takes a command. */
  readonly shell?: RemoteShell
}

/** One rsync over the connection; answers with what changed, or would change, if it is to tell. */
export async function transfer(
  task: Task,
  session: Session,
  listing: Listing,
  { mirror, dryRun, tells, first, deletions, filesFrom, prepare, shell }: Transfer,
): Promise<readonly Change[]> {
  const { host, step } = task
  const said = createTail()
  const stderr = (line: string) => {
    said.push(line)
    host.log.remote(line)
  }
  const passage = shell?.give(stderr)
  const args = [
    ...(filesFrom === undefined ? ['-r'] : [`--files-from=${filesFrom}`, '--from0']),
    ...transferFlags,
    ...(tells ? [itemize] : []),
    ...(dryRun ? ['--dry-run'] : ['--info=progress2']),
    // New files get into place together at the end, so that an interrupted push leaves the old ones.
    ...(first ? [] : ['--checksum', '--delay-updates']),
    ...(mirror ? ['--delete-delay'] : []),
    ...(deletions === undefined ? [] : [`--max-delete=${deletions}`]),
    ...(prepare === undefined ? [] : [`--rsync-path=${prepare}`]),
    `--filter=merge ${listing.filter}`,
    // The relay is made of cats, which give up on a stream that is full; ssh does not.
    ...(passage === undefined ? [] : ['--blocking-io']),
    '-e',
    passage?.program ?? fileNames.wrapper,
    '--',
    sourceOf(task),
    `${loginWord(step.destination, true)}:${remotePath(step.destination)}/`,
  ]
  const changes: Change[] = []
  const { output, failure } = await attempt(
    task,
    session,
    { label: 'rsync', file: 'rsync', args, env: { ...session.env, ...passage?.env } },
    {
      ...(passage === undefined ? {} : { lender: passage.lender }),
      stdout(line) {
        const item = tells ? parseItem(line) : undefined
        const progress = item === undefined ? parseProgress(line) : undefined
        if (progress !== undefined) host.log.progress(progress)
        else if (item === undefined) said.push(line)
        else if (item.kind !== 'same' && item.name !== '.') changes.push(asChange(item))
      },
      stderr,
    },
  )
  if (output.code !== 0) throw await failure(said.text())
  return changes
}
