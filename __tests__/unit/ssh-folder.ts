import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  askpassScript,
  fileNames,
  pinScript,
  type SshOptions,
  sshConfig,
  wrapperScript,
} from '../../src/core/ssh-files.ts'
import { programme } from '../support/sandbox.ts'
import { temporaryDirectory } from '../support/temporary.ts'

export interface Folder {
  readonly path: string
  /** Calls the wrapper as git, hg and rsync do. */
  ssh(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>
  log(): string
  offered(): string
}

const nobody = { user: 'u', host: 'host.example.com', port: 22 }

export const sshOptions: SshOptions = {
  login: nobody,
  jump: undefined,
  hostKeys: { lines: '', fingerprints: [], insecure: false },
  folder: '/nonexistent',
  encryptedKey: false,
  multiplex: false,
  connectTimeout: 15,
  idleTimeout: 120,
}

/** A session's folder with the files that lead to ssh, made as the session makes them. */
export function sshFolder(
  options: Partial<SshOptions> & { name?: string; key?: string; passphrase?: string; knownHosts?: string } = {},
): Folder {
  const path = join(temporaryDirectory('ssh'), options.name ?? 'session')
  mkdirSync(path, { mode: 0o700 })
  const all = { ...sshOptions, ...options, folder: path }
  const write = (name: string, text: string, mode = 0o600) => writeFileSync(join(path, name), text, { mode })
  const read = (name: string) => {
    try {
      return readFileSync(join(path, name), 'utf8')
    } catch {
      return ''
    }
  }
  write(fileNames.key, options.key ?? '')
  write(fileNames.knownHosts, all.hostKeys.lines)
  write(fileNames.config, sshConfig(all))
  write(fileNames.wrapper, wrapperScript(programme('ssh'), path, all.encryptedKey), 0o700)
  write(fileNames.pin, pinScript(all.hostKeys.fingerprints), 0o700)
  if (options.passphrase !== undefined) {
    write(fileNames.passphrase, options.passphrase)
    write(fileNames.askpass, askpassScript, 0o700)
  }
  return {
    path,
    ssh: (...args) =>
      new Promise((resolve, reject) => {
        const child = spawn(join(path, fileNames.wrapper), args, {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', LC_ALL: 'C' },
        })
        const said = { stdout: '', stderr: '' }
        child.stdout.on('data', (chunk) => {
          said.stdout += chunk
        })
        child.stderr.on('data', (chunk) => {
          said.stderr += chunk
        })
        child.on('error', reject)
        child.on('close', (code) => resolve({ code, ...said }))
      }),
    log: () => read(fileNames.log),
    offered: () => read(fileNames.offered),
  }
}
