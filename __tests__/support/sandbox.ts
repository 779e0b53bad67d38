import { execFileSync } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary.ts'

/** What the account at the far end is like. */
export interface Account {
  /** The login shell that runs each command; `sh` by default. */
  readonly shell?: 'sh' | 'bash' | 'fish' | 'tcsh'
  /** The PATH there; sshd's own by default. */
  readonly path?: string
  /** What the account's start files print before each command. */
  readonly noise?: string
  /** An executable that stands in for the shell, and reads SSH_ORIGINAL_COMMAND. */
  readonly gate?: string
}

/** An account without an account: a forced command that moves each session into a home of its own. */
export interface Sandbox {
  readonly home: string
  /** The executable to force on every session. */
  readonly command: string
  /** The commands that were asked for, oldest first; an empty one for a plain login. */
  commands(): string[]
}

/** Every process of a session carries this name, so that it can be found and ended. */
export const MARK = 'TEST_SSH_SERVER'

export function makeSandbox(directory: string, mark: string, account: Account): Sandbox {
  const home = temporaryDirectory('home')
  const asked = join(directory, 'commands')
  const noise = join(directory, 'noise')
  const command = join(directory, 'session')
  const shell = programme(account.shell ?? 'sh')
  writeFileSync(asked, '')
  writeFileSync(noise, account.noise ?? '')
  const lines = [
    '#!/bin/sh',
    `HOME=${quote(home)} SHELL=${quote(shell)} ${MARK}=${quote(mark)}`,
    `export HOME SHELL ${MARK}`,
    'cd "$HOME" || exit 1',
    `printf '%s\\0' "$SSH_ORIGINAL_COMMAND" >> ${quote(asked)}`,
    ...(account.noise === undefined ? [] : [`cat ${quote(noise)}`]),
    ...(account.path === undefined ? [] : [`PATH=${quote(account.path)}`, 'export PATH']),
    account.gate === undefined ? `exec ${quote(shell)} -c "$SSH_ORIGINAL_COMMAND"` : `exec ${quote(account.gate)}`,
  ]
  writeFileSync(command, `${lines.join('\n')}\n`, { mode: 0o755 })
  return { home, command, commands: () => readFileSync(asked, 'utf8').split('\0').slice(0, -1) }
}

/** A directory that offers every programme of this machine but the given ones: a PATH on which they are missing. */
export function pathWithout(...hidden: string[]): string {
  const directory = temporaryDirectory('path')
  const seen = new Set(hidden)
  for (const folder of searchPath()) {
    for (const name of list(folder)) {
      if (seen.has(name)) continue
      seen.add(name)
      symlinkSync(join(folder, name), join(directory, name))
    }
  }
  return directory
}

/** A PATH with BusyBox's tools, as Alpine has them, and the given programmes of this machine. */
export function pathOfBusyBox(...others: string[]): string {
  const directory = temporaryDirectory('busybox')
  const busybox = programme('busybox')
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const name of applets) symlinkSync(busybox, join(directory, name))
  for (const name of others) symlinkSync(programme(name), join(directory, name))
  return directory
}

/** The absolute path of a programme; servers live in `sbin`, which is not on everybody's PATH. */
export function programme(name: string): string {
  const found = searchPath().find((folder) => isExecutable(join(folder, name)))
  if (found === undefined) throw new Error(`${name} is not installed here`)
  return join(found, name)
}

export function isInstalled(name: string): boolean {
  return searchPath().some((folder) => isExecutable(join(folder, name)))
}

function searchPath(): string[] {
  const own = (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/') && !folder.includes('node_modules'))
  return [...new Set([...own, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'])]
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** One word for a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
