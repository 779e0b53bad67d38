import { type Change, type Commit, mostCounted, mostListed, type Upload } from '../core/model.js'
import type { Repository } from './git-repository.js'
import type { Task } from './method.js'

/** How many files a diff may have for its lines to be counted, and how large they may be. */
const mostDiffed = { files: 1_000, size: '1m' }

/** What the push brought: files, lines and commits; nothing when the earlier revision is not known here. */
export async function difference(
  repository: Repository,
  task: Task,
  previous: string,
  revision: string,
): Promise<Pick<Upload, 'changes' | 'commits' | 'commitCount' | 'bytesToSend'>> {
  const [changes, commits, bytesToSend] = await Promise.all([
    previous === '' ? files(repository, revision) : findChanges(repository, previous, revision),
    previous === '' ? undefined : findCommits(repository, `${previous}..${revision}`),
    task.settings.dryRun ? packSize(repository, task, previous, revision) : undefined,
  ])
  return { changes, ...commits, ...(bytesToSend === undefined ? {} : { bytesToSend }) }
}

async function files(repository: Repository, revision: string): Promise<readonly Change[]> {
  const paths = await repository.fields('git ls-tree', ['ls-tree', '-r', '-z', '--name-only', revision])
  return paths.map((path) => ({ kind: 'added', path }))
}

async function findChanges(repository: Repository, previous: string, revision: string): Promise<readonly Change[]> {
  const diff = ['diff-tree', '-r', '-z', '--no-renames', '--no-ext-diff', '--no-textconv']
  const fields = await repository.fields('git diff-tree', [...diff, '--name-status', previous, revision])
  const changes = fields.flatMap((status, index): Change[] => {
    const path = fields[index + 1]
    if (index % 2 === 1 || path === undefined) return []
    return [{ kind: status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'changed', path }]
  })
  if (changes.length > mostDiffed.files) return changes
  const bounded = ['-c', `core.bigFileThreshold=${mostDiffed.size}`, ...diff]
  const counted = await repository.fields('git diff-tree', [...bounded, '--numstat', previous, revision])
  const lines = new Map(
    counted.flatMap((field) => {
      const [, added, removed, path] = /^(\d+)\t(\d+)\t(.*)$/s.exec(field) ?? []
      return path === undefined ? [] : [[path, { added: Number(added), removed: Number(removed) }]]
    }),
  )
  return changes.map((change) => {
    const found = lines.get(change.path)
    return found === undefined ? change : { ...change, lines: found }
  })
}

async function findCommits(
  repository: Repository,
  range: string,
): Promise<{ commits: readonly Commit[]; commitCount: number }> {
  const log = ['log', '-z', '--no-show-signature', '--format=%H %s', `--max-count=${mostListed}`, range]
  const commits = (await repository.fields('git log', log)).map((field) => {
    const [id = '', ...words] = field.split(' ')
    return { id, subject: words.join(' ') }
  })
  if (commits.length < mostListed) return { commits, commitCount: commits.length }
  const count = await repository.local('git rev-list', ['rev-list', '--count', `--max-count=${mostCounted}`, range])
  return { commits, commitCount: Number(count) }
}

/** The size of the pack that a push would send. */
async function packSize(
  repository: Repository,
  { host }: Task,
  previous: string,
  revision: string,
): Promise<number | undefined> {
  let size = 0
  const args = ['pack-objects', '--quiet', '--revs', '--thin', '--delta-base-offset', '--stdout']
  const wanted = `${revision}\n${previous === '' ? '' : `^${previous}\n`}`
  const bytes = (chunk: Buffer) => {
    size += chunk.length
  }
  const command = { ...repository.command('git pack-objects', args), stdin: wanted }
  const { code } = await host.runner.run(command, { signal: host.signal, bytes })
  return code === 0 ? size : undefined
}
