import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitFacts } from '../core/model.js'
import { copyPlain, type Repository } from './git-repository.js'
import { listNames, type Task } from './method.js'

/** Warns of what is in the workspace and would silently not arrive, since git pushes commits only. */
export async function tellLeftBehind(repository: Repository, task: Task, facts: GitFacts): Promise<void> {
  const { log } = task.host
  const own = ['--git-dir', repository.directory]
  const [changed, submodules, lfs] = await Promise.all([
    uncommitted(repository, task, facts),
    repository.run('git rev-parse', [...own, 'rev-parse', '--verify', '--quiet', 'HEAD:.gitmodules']),
    repository.run('git grep', [...own, 'grep', '--quiet', 'filter=lfs', 'HEAD', '--', ':(glob)**/.gitattributes']),
  ])
  if (changed.length > 0) {
    log.warning(
      `git pushes commits only; not committed, so not pushed: ${listNames(changed)}. Commit them, or set method: rsync.`,
    )
  }
  if (submodules.code === 0) {
    log.warning('git does not push the content of submodules; set method: rsync to send it.')
  }
  if (lfs.code === 0) {
    log.warning(
      'Files in Git LFS are pushed as pointers only; set method: rsync (and lfs: true at the checkout) to send them.',
    )
  }
}

/** Changed and untracked files, seen through our repository: no filter, hook or monitor of the workspace runs. */
async function uncommitted(repository: Repository, task: Task, facts: GitFacts): Promise<string[]> {
  if (!(await borrowIndex(repository, facts))) return []
  const tree = ['--work-tree', task.step.workspace.root]
  const plain = ['-c', 'core.quotePath=false', ...(await reading(repository, facts))]
  const { stdout } = await repository.run('git status', [
    '--git-dir',
    repository.directory,
    ...tree,
    ...plain,
    'status',
    '--porcelain',
    '--no-renames',
    '--ignore-submodules=all',
  ])
  const lines = stdout.split('\n').filter((line) => line.length > 3)
  const changed = lines.flatMap((line) => (line[1] === 'M' ? [line.slice(3)] : []))
  const unknown = await filtered(repository, task, tree, changed)
  return lines.map((line) => line.slice(3)).filter((name) => !unknown.has(name))
}

/** A copy of the index, in one or two parts, and of what is ignored here alone. */
async function borrowIndex(repository: Repository, { directory, commonDirectory }: GitFacts): Promise<boolean> {
  const shared = (await readdir(directory)).filter((name) => name.startsWith('sharedindex.'))
  await mkdir(join(repository.directory, 'info'), { recursive: true })
  const [copied] = await Promise.all([
    copyPlain(join(directory, 'index'), join(repository.directory, 'index')),
    copyPlain(join(commonDirectory, 'info/exclude'), join(repository.directory, 'info/exclude')),
    ...shared.map((name) => copyPlain(join(directory, name), join(repository.directory, name))),
  ])
  return copied
}

/** The workspace's settings, as options, by which a file that was checked out is the same as the committed one. */
async function reading(repository: Repository, { commonDirectory }: GitFacts): Promise<string[]> {
  const file = join(commonDirectory, 'config')
  const keys = '^core\\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode)$'
  const { stdout } = await repository.run('git config', ['config', '--file', file, '--null', '--get-regexp', keys])
  return stdout.split('\0').flatMap((entry) => (entry === '' ? [] : ['-c', entry.replace('\n', '=')]))
}

/** Those of the files whose content goes through a filter such as LFS; without running it nobody can tell changes. */
async function filtered(
  repository: Repository,
  { host }: Task,
  tree: readonly string[],
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set()
  const args = [...tree, 'check-attr', '-z', '--stdin', 'filter']
  const command = { ...repository.command('git check-attr', args), stdin: `${names.join('\0')}\0` }
  const { stdout } = await host.runner.run(command, { signal: host.signal })
  const fields = stdout.split('\0')
  const isSet = (value = 'unset') => value !== 'unset' && value !== 'unspecified'
  return new Set(fields.filter((_, index) => index % 3 === 0 && isSet(fields[index + 2])))
}
