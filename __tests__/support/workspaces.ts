import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { devNull } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { temporaryDirectory } from './temporary.ts'

/** A file's content, a link, or content with a mode. */
export type File =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly content: string | Uint8Array; readonly mode: number }
export type Files = Readonly<Record<string, File>>

export interface Workspace {
  readonly path: string
}

export interface GitWorkspace extends Workspace {
  readonly branch: string
  /** The repository that it was fetched from, for a shallow one. */
  readonly origin?: string
  /** The commit that is checked out. */
  sha(): string
  git(...args: string[]): string
}

export interface HgWorkspace extends Workspace {
  /** The changeset that is checked out, 40 digits. */
  node(): string
  hg(...args: string[]): string
}

export interface GitOptions {
  /** How many commits make up the history; the last one holds all the files. */
  readonly commits?: number
  readonly branch?: string
  /** As actions/checkout does by default with 1: so many commits, fetched from an origin next door by a file URL. */
  readonly shallow?: number
  /** No local branch, as actions/checkout leaves tags and pull requests; the default for a shallow one. */
  readonly detached?: boolean
}

/** A directory under no version control. */
export function plainWorkspace(files: Files = { 'index.html': 'hello\n' }): Workspace {
  const path = temporaryDirectory('workspace')
  writeFiles(path, files)
  return { path }
}

export function gitWorkspace(files: Files = { 'index.html': 'hello\n' }, options: GitOptions = {}): GitWorkspace {
  const { commits = 1, branch = 'main', shallow, detached = shallow !== undefined } = options
  const full = gitRepository(temporaryDirectory('workspace'), branch)
  for (let number = 1; number < commits; number += 1) commit(full, { 'history.txt': `${number}\n` }, `commit ${number}`)
  commit(full, files, `commit ${commits}`)
  const workspace = shallow === undefined ? full : fetched(full, shallow)
  if (detached) workspace.git('checkout', '--quiet', '--detach')
  return workspace
}

export function hgWorkspace(files: Files = { 'index.html': 'hello\n' }): HgWorkspace {
  const path = temporaryDirectory('workspace')
  const hg = (...args: string[]) => run('hg', args, path)
  hg('init')
  const workspace = { path, hg, node: () => hg('log', '--rev', '.', '--template', '{node}') }
  commit(workspace, files, 'commit 1')
  return workspace
}

/** Writes the files and commits them, and whatever else has changed. */
export function commit(workspace: GitWorkspace | HgWorkspace, files: Files, message = 'change'): void {
  writeFiles(workspace.path, files)
  if ('git' in workspace) {
    workspace.git('add', '--all')
    workspace.git('commit', '--quiet', '--allow-empty', '--message', message)
  } else {
    workspace.hg('commit', '--addremove', '--message', message)
  }
}

export function writeFiles(directory: string, files: Files): void {
  for (const [name, file] of Object.entries(files)) {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    if (typeof file === 'string' || file instanceof Uint8Array) writeFileSync(path, file)
    else if ('link' in file) symlinkSync(file.link, path)
    else {
      writeFileSync(path, file.content)
      chmodSync(path, file.mode)
    }
  }
}

/**
 * What a directory holds, for comparing: path → `mode sha256`, `-> target` for a link, `directory` for an empty one.
 * Names that are not UTF-8 are shown as Latin-1. Those named in `except` are left out at any depth.
 */
export function tree(directory: string, except: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (path: Buffer, prefix: string) => {
    for (const name of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
      if (except.includes(name.toString())) continue
      const child = Buffer.concat([path, Buffer.from('/'), name])
      const shown = prefix + name.toString(isUtf8(name) ? 'utf8' : 'latin1')
      const stat = lstatSync(child)
      if (stat.isSymbolicLink()) found[shown] = `-> ${readlinkSync(child)}`
      else if (!stat.isDirectory()) found[shown] = `${(stat.mode & 0o7777).toString(8)} ${sha256(readFileSync(child))}`
      else if (readdirSync(child).length === 0) found[shown] = 'directory'
      else visit(child, `${shown}/`)
    }
  }
  visit(Buffer.from(directory), '')
  return found
}

/** The environment for git and hg that sees nobody's settings. */
export function isolatedEnvironment(): Record<string, string> {
  const name = 'Test'
  const email = 'test@example.com'
  return {
    PATH: process.env['PATH'] ?? '',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    HGRCPATH: '',
    HGPLAIN: '1',
    HGUSER: `${name} <${email}>`,
  }
}

function gitRepository(path: string, branch: string, origin?: string): GitWorkspace {
  const git = (...args: string[]) => run('git', args, path)
  git('init', '--quiet', '--initial-branch', branch)
  return { path, branch, git, sha: () => git('rev-parse', 'HEAD').trim(), ...(origin === undefined ? {} : { origin }) }
}

/** Fetches and checks out as actions/checkout does for a branch. */
function fetched({ path: origin, branch }: GitWorkspace, depth: number): GitWorkspace {
  const workspace = gitRepository(temporaryDirectory('workspace'), branch, origin)
  const remote = `refs/remotes/origin/${branch}`
  workspace.git('remote', 'add', 'origin', pathToFileURL(origin).href)
  workspace.git('fetch', '--quiet', '--no-tags', `--depth=${depth}`, 'origin', `+refs/heads/${branch}:${remote}`)
  workspace.git('checkout', '--quiet', '--force', '-B', branch, remote)
  return workspace
}

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, {
    cwd,
    env: { ...isolatedEnvironment(), HOME: cwd },
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

const isUtf8 = (name: Buffer) => Buffer.from(name.toString()).equals(name)
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
