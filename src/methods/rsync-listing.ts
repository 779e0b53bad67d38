import { mkdtemp, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PushError } from '../core/errors.js'
import type { Runner, Session } from '../core/model.js'
import { countFiles, isClear, lineOf, type Manifest, type Sums, sumUp } from './manifest.js'
import { type Memory, memoryFor } from './memory.js'
import { listNames, type Task } from './method.js'
import { filterRules, readIgnoreFile } from './rsync-filter.js'
import { itemFormat, parseItem, parseLeftOut } from './rsync-output.js'

/** The local side of an upload, listed by rsync's own rules. */
export interface Listing {
  /** The file with the filter rules, and when it was made: what changed later was not yet listed. */
  readonly filter: string
  readonly since: number
  /** What would be sent. */
  readonly entries: Manifest
  readonly files: number
  /** The same, summed up; undefined when it cannot be vouched for. */
  readonly sums: Sums | undefined
  readonly memory: Memory
}

/** The original's meaning (-lpt -z --safe-links; -r where it is no list), without owner, group, devices or setuid bits. */
export const transferFlags = ['-lptz', '--safe-links', '--chmod=ug-s'] as const

/** Makes rsync tell each item. */
export const itemize = `--out-format=${itemFormat}`

const versions = new WeakMap<Runner, Promise<string>>()

/** The first line of this machine's `rsync --version`, asked once. */
export function versionHere({ runner }: Task['host']): Promise<string> {
  const asked =
    versions.get(runner) ??
    runner
      .capture({ label: 'rsync version', file: 'rsync', args: ['--version'] })
      .then(({ stdout }) => stdout.split('\n')[0] ?? '')
  versions.set(runner, asked)
  return asked
}

/** What rsync would send, by its own rules, into a directory with nothing in it. */
export async function list(task: Task, session: Session): Promise<Listing> {
  const { host, settings, step } = task
  const { workspace } = step
  const rules = filterRules(settings, [...(await readIgnoreFile(workspace)), ...step.excludes])
  const filter = await session.file('filter', rules)
  const since = (await stat(filter)).mtimeMs
  const nothing = await mkdtemp(join(session.folder, 'empty-'))
  const entries = new Map<string, string>()
  let clear = !workspace.isFile
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
          itemize,
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
        stdout(line) {
          const item = parseItem(line)
          if (item !== undefined && item.name !== '.') {
            entries.set(item.name, lineOf(item))
            clear &&= isClear(item)
          }
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
  const certain = clear && links.length === 0
  return {
    filter,
    since,
    entries,
    files: countFiles(entries),
    sums: certain ? sumUp(entries) : undefined,
    memory: memoryFor(step, settings, rules, version, certain ? entries : new Map()),
  }
}

function tellLeftOut({ host }: Task, leftOut: readonly string[], links: readonly string[]): void {
  if (leftOut.length > 0) host.log.info(`Left out by the excludes: ${listNames(leftOut, 8)}`)
  if (links.length > 0)
    host.log.warning(`Symbolic links that lead out of the source are not sent: ${listNames(links, 8)}`)
}

export function sourceOf({ step: { workspace } }: Task): string {
  return workspace.isFile ? workspace.root : `${workspace.root}/`
}
