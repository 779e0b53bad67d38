import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { PushError } from './errors.js'
import type { Command, GitFacts, HgFacts, Host, MethodName, Output, Workspace } from './model.js'

/** What the caller wants of the workspace: a directory in it, perhaps a method, perhaps dotCloud's climb. */
export interface Wish {
  readonly source: string
  readonly method: 'auto' | MethodName
  /** Climb to the nearest directory with a dotcloud.yml. */
  readonly check: boolean
}

/** For every git command over a repository that somebody else may have written. */
export const gitIsolation = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  // A partial clone would fetch what is missing, by a command that its configuration names.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
} as const

const markers: readonly (readonly [MethodName, string])[] = [
  ['hg', '.hg'],
  ['git', '.git'],
]

/**
 * The one look at the disk. Nothing of the workspace is run: `git rev-parse`, which runs no hook and no configured
 * program, is the only command that reads it.
 * @throws PushError `input` or `unsafe` when there is nothing that could be pushed
 */
export async function inspect(wish: Wish, host: Host): Promise<Workspace> {
  const top = await realpath(host.context.workspace)
  const source = await resolveInside(top, wish.source)
  const isFile = await isPlain(source, wish.source)
  const root = wish.check && !isFile ? await climb(source, top, host) : source
  const directory = isFile ? dirname(root) : root
  const { method, reason } = await choose(wish.method, directory, isFile, top, host)
  if (method === 'rsync') await refuseOwnFolder(root, host)
  const hg = method === 'hg' ? await hgFacts(directory, top) : undefined
  const git = hg === undefined ? await gitFacts(directory, top, method === 'git', host) : undefined
  return {
    root,
    isFile,
    method,
    reason,
    git,
    hg,
    branch: hg?.branch ?? branchOf(host.context.ref) ?? host.context.headBranch ?? git?.branch,
    sha: hg?.node ?? git?.head ?? host.context.sha,
  }
}

/** The branch that is checked out, as a ref, for a gate outside of GitHub. */
export async function checkedOutRef(source: string, host: Host): Promise<string | undefined> {
  const { branch } = await inspect({ source: source || '.', method: 'auto', check: false }, host)
  return branch === undefined ? undefined : `refs/heads/${branch}`
}

export function branchOf(ref: string | undefined): string | undefined {
  return /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1]
}

/** A path of the user's, resolved, links followed, and still inside the workspace. */
export async function resolveInside(top: string, path: string, input = 'source'): Promise<string> {
  const wanted = resolve(top, path)
  const found = await realpath(wanted).catch(() => {
    throw new PushError(
      'input',
      `Input ${input} is ${JSON.stringify(path)}, which does not exist.`,
      'Name a path in the workspace, after the steps that make it.',
    )
  })
  if (found !== top && !found.startsWith(top.endsWith(sep) ? top : top + sep)) {
    throw new PushError('unsafe', `Input ${input} leads out of the workspace.`, 'Name a path inside the workspace.', {
      evidence: `${path} is ${found}`,
    })
  }
  return found
}

/** Whether it is a file, not a directory. @throws PushError when it is neither: a pipe or a device has no content to send */
async function isPlain(path: string, input: string): Promise<boolean> {
  const found = await stat(path)
  if (found.isFile() || found.isDirectory()) return found.isFile()
  throw new PushError(
    'input',
    `Input source is ${JSON.stringify(input)}, which is neither a directory nor a file.`,
    'Name a directory in the workspace.',
  )
}

/** What is sent must not hold the session's folder: the key lies in it. */
async function refuseOwnFolder(root: string, { context }: Host): Promise<void> {
  const temp = await realpath(context.temp).catch(() => context.temp)
  if (temp !== root && !temp.startsWith(root.endsWith(sep) ? root : root + sep)) return
  throw new PushError(
    'unsafe',
    'The directory for temporary files lies in what is pushed, and the key would lie there.',
    'Set RUNNER_TEMP (on the command line TMPDIR) to a directory outside of it, or source to another directory.',
    { evidence: temp },
  )
}

/** dotCloud's `check`: the nearest directory with a dotcloud.yml, never above the workspace. */
async function climb(start: string, top: string, host: Host): Promise<string> {
  for (let directory = start; ; directory = dirname(directory)) {
    if (await exists(join(directory, 'dotcloud.yml'))) {
      if (directory !== start)
        host.log.info(`Found dotcloud.yml: using ${relative(top, directory) || '.'} as the base directory.`)
      return directory
    }
    if (directory === top) break
  }
  host.log.warning(`No dotcloud.yml in ${relative(top, start) || 'the workspace'} or above it, up to the workspace.`)
  return start
}

async function choose(
  wanted: 'auto' | MethodName,
  directory: string,
  isFile: boolean,
  top: string,
  host: Host,
): Promise<{ method: MethodName; reason: string }> {
  if (isFile && (wanted === 'hg' || wanted === 'git')) {
    throw new PushError(
      'input',
      `A single file cannot be pushed by ${wanted}.`,
      'Set method: rsync, or source to the repository.',
    )
  }
  const present: MethodName[] = []
  for (const [method, marker] of isFile ? [] : markers) {
    if (await exists(join(directory, marker))) present.push(method)
  }
  if ((wanted === 'auto' || wanted === 'hg') && present.includes('hg')) await refuseTracked(directory, top, host)
  if (wanted === 'rsync') return { method: wanted, reason: 'method is rsync' }
  if (wanted !== 'auto') {
    if (present.includes(wanted)) return { method: wanted, reason: `method is ${wanted}` }
    throw new PushError(
      'input',
      `Input method is ${wanted}, but there is no .${wanted} in ${relative(top, directory) || 'the workspace'}.`,
      `Point source at the repository${wanted === 'git' ? '; a sub-directory of one can be sent with method: rsync' : ''}.`,
    )
  }
  const [method = 'rsync'] = present
  return { method, reason: method === 'rsync' ? 'neither .hg nor .git is there' : `.${method} is there` }
}

/** A `.hg` that came with a git commit is somebody's attempt to have their hooks run next to the key. */
async function refuseTracked(directory: string, top: string, host: Host): Promise<void> {
  const { code } = await git(directory, ['rev-parse', '--verify', '--quiet', 'HEAD:./.hg'], top, host)
  if (code !== 0) return
  throw new PushError(
    'unsafe',
    'The .hg directory is tracked by git: whoever committed it chose what Mercurial would do here.',
    'Remove .hg from the git repository, or set method: git or rsync.',
  )
}

/**
 * Mercurial's checked-out changeset, read from its dirstate: starting `hg` for it would cost a quarter of a push.
 * The first parent is at the start, or follows the docket's marker in version 2
 * (mercurial/dirstateutils/docket.py, mercurial/pure/parsers.py).
 */
async function hgFacts(directory: string, top: string): Promise<HgFacts> {
  await refuseForeignStore(directory, top)
  const dirstate = (await readPlain(join(directory, '.hg', 'dirstate'))) ?? Buffer.alloc(0)
  const marker = 'dirstate-v2\n'
  const start = dirstate.subarray(0, marker.length).toString('latin1') === marker ? marker.length : 0
  const node = dirstate.subarray(start, start + 20).toString('hex')
  if (/^0*$/.test(node)) {
    throw new PushError(
      'input',
      'The Mercurial repository has no changeset checked out.',
      'Commit something first, or hg update.',
    )
  }
  const branch = (await readPlain(join(directory, '.hg', 'branch')))?.toString('utf8').trim() || 'default'
  if (/[\u0000-\u001f\u007f]/.test(branch)) {
    throw new PushError(
      'input',
      'The name in .hg/branch holds a control character.',
      'Choose the branch anew: hg branch.',
    )
  }
  return { node, branch }
}

/** What hg would push must lie in the workspace, however it is led there. */
async function refuseForeignStore(directory: string, top: string): Promise<void> {
  const hg = join(directory, '.hg')
  const pointer = join(hg, 'sharedpath')
  const shared = (await readPlain(pointer))?.toString('utf8').trim()
  const led = [
    hg,
    join(hg, 'store'),
    ...(shared === undefined ? [] : [resolve(hg, shared), resolve(hg, shared, 'store')]),
  ]
  const real = await Promise.all(led.map((path) => realpath(path).catch(() => top)))
  const outside = real.find((path) => path !== top && !path.startsWith(top + sep))
  if (outside === undefined && (shared !== undefined || !(await exists(pointer)))) return
  throw new PushError(
    'unsafe',
    '.hg leads to a repository outside of the workspace.',
    'Clone the repository inside the workspace.',
    { evidence: outside ?? pointer },
  )
}

/**
 * A small file that lies in the workspace as a plain file; undefined when it is missing or anything else. A pipe would
 * never end, and a link could lead anywhere.
 */
export async function readPlain(path: string, most = 64 << 20): Promise<Buffer | undefined> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isFile() && found.size <= most ? await readFile(path) : undefined
}

async function gitFacts(directory: string, top: string, required: boolean, host: Host): Promise<GitFacts | undefined> {
  if (!required && !(await hasRepositoryAbove(directory, top))) return undefined
  const args = [
    'rev-parse',
    '--git-dir',
    '--git-common-dir',
    '--is-shallow-repository',
    '--show-object-format',
    'HEAD',
    '--symbolic-full-name',
    'HEAD',
  ]
  const { code, stdout, stderr } = await git(directory, args, top, host)
  const [gitDirectory = '', common = '', shallow, objectFormat = 'sha1', head = '', ref] = stdout.trim().split('\n')
  if (code !== 0 || !/^[0-9a-f]{40,64}$/.test(head)) {
    if (!required) return undefined
    throw /unknown revision|ambiguous argument/.test(stderr)
      ? new PushError('input', 'The git repository has no commit yet.', 'Commit something first.')
      : new PushError('input', 'The workspace is not a git repository that git can read.', 'Look at the evidence.', {
          evidence: stderr.trim(),
        })
  }
  const commonDirectory = await realpath(resolve(directory, common))
  if (required) await refuseForeign(directory, await realpath(resolve(directory, gitDirectory)), commonDirectory, top)
  return {
    directory: resolve(directory, gitDirectory),
    commonDirectory,
    head,
    branch: branchOf(ref),
    shallow: shallow === 'true',
    partial: await isPartial(commonDirectory),
    objectFormat,
  }
}

/**
 * A `.git` file may lead to a submodule's or a worktree's directory, but only to one that knows of it; and the objects
 * must be that repository's own.
 */
async function refuseForeign(directory: string, git: string, common: string, top: string): Promise<void> {
  const inside = (path: string) => path.startsWith(top + sep)
  if (inside(git) && inside(common)) return
  const back = (await readPlain(join(git, 'gitdir')))?.toString('utf8') ?? ''
  const knowsUs = back !== '' && (await realpath(back.trim()).catch(() => '')) === join(directory, '.git')
  if (knowsUs && dirname(dirname(git)) === common) return
  throw new PushError(
    'unsafe',
    '.git leads to a repository outside of the workspace.',
    'Check the repository out inside the workspace.',
    { evidence: inside(git) ? common : git },
  )
}

async function hasRepositoryAbove(directory: string, top: string): Promise<boolean> {
  for (let at = directory; ; at = dirname(at)) {
    if (await exists(join(at, '.git'))) return true
    if (at === top || at === dirname(at)) return false
  }
}

async function isPartial(commonDirectory: string): Promise<boolean> {
  const packs = await readdir(join(commonDirectory, 'objects', 'pack')).catch(() => [])
  return packs.some((name) => name.endsWith('.promisor'))
}

async function git(directory: string, args: readonly string[], top: string, host: Host): Promise<Output> {
  const command: Command = {
    label: 'git rev-parse',
    file: 'git',
    // The workspace often belongs to another user (containers); we run nothing that it configures.
    args: ['-c', 'safe.directory=*', '-c', 'safe.bareRepository=explicit', ...args],
    cwd: directory,
    env: { ...gitIsolation, GIT_CEILING_DIRECTORIES: dirname(top) },
  }
  return await host.runner.run(command, { signal: host.signal, idle: 30 })
}

/** Whether there is something by this name, even a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}
