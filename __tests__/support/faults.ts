import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type ErrorClass, errorClasses } from '../../src/core/errors.ts'
import { type ActionOptions, type Inputs, type RunningStep, type Step, startAction } from './runner.ts'
import type { Server } from './sshd.ts'
import { temporaryDirectory } from './temporary.ts'
import {
  commit,
  type Files,
  gitWorkspace,
  hgWorkspace,
  isolatedEnvironment,
  plainWorkspace,
  tree,
  writeFiles,
} from './workspaces.ts'

export type MethodName = 'git' | 'hg' | 'rsync'
export const methods: readonly MethodName[] = ['git', 'hg', 'rsync']

/** A workspace of one kind and the place on a server that it is pushed to. */
export interface Rig {
  readonly method: MethodName
  readonly server: Server
  /** Where the application arrives. */
  readonly there: string
  readonly workspace: string
  /** Changes files, and commits them where there is something to commit to. */
  change(files: Files): void
  /** What a complete push leaves at the destination: the checked-out revision, or the tree. */
  wanted(): string
  /** What is at the destination. */
  arrived(): string
  /** Fails when the repository at the destination is damaged. */
  verify(): void
  start(more?: Inputs, options?: ActionOptions): RunningStep
  push(more?: Inputs, options?: ActionOptions): Promise<Step>
  /** The same rig, reached by another way to its server. */
  by(server: Server): Rig
}

/** Runs git or hg in a directory, with nobody's settings. */
export function run(cwd: string, file: string, ...args: string[]): string {
  return execFileSync(file, args, {
    cwd,
    env: { ...isolatedEnvironment(), HOME: cwd },
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

/** The words that give the rights of root to a command, or undefined where there is no way to them. */
export const privilege = findPrivilege()

function findPrivilege(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

export function asRoot(...command: readonly string[]): void {
  const [file = '', ...args] = [...(privilege ?? []), ...command]
  execFileSync(file, args, { stdio: 'pipe' })
}

export const script = (content: string) => ({ content: `#!/bin/sh\n${content}\n`, mode: 0o755 })

/** What stands in for the shell of an account; `$COMMAND` in it is the command that was asked for. */
export function gate(content: string): string {
  const directory = temporaryDirectory('gate')
  writeFiles(directory, { gate: script(content.replaceAll('$COMMAND', '$SSH_ORIGINAL_COMMAND')) })
  return join(directory, 'gate')
}

/** A gate that does something else when the method's own program is started there. */
export function onTransfer(method: MethodName, otherwise: string): string {
  if (method !== 'rsync') {
    const tool = { git: 'git-receive-pack', hg: 'hg -R' }[method]
    return gate(`case $COMMAND in *'${tool}'*) ${otherwise} ;; esac\nexec sh -c "$COMMAND"`)
  }
  // rsync's other half is started by the shell that was asked before.
  const directory = temporaryDirectory('rsync')
  const real = run(directory, 'sh', '-c', 'command -v rsync').trim()
  writeFiles(directory, {
    rsync: script(`real=${real}\ncase $* in *--server*) ${otherwise} ;; esac\nexec "$real" "$@"`),
  })
  return gate(`PATH=${directory}:$PATH exec sh -c "$COMMAND"`)
}

/** A word of the command by which a push by rsync asks what is there. */
export const question = 'read -r w l'

/** A gate that runs a script as root, in which `$HOME` and `$COMMAND` are known; the command runs as the account. */
export function rootGate(content: string): string {
  const { uid, gid } = userInfo()
  const account = privilege?.length ? `setpriv --reuid=${uid} --regid=${gid} --clear-groups ` : ''
  const script = content.replaceAll('sh -c "$COMMAND"', `${account}sh -c "$COMMAND"`).replaceAll("'", "'\\''")
  const words = [...(privilege ?? []), 'env', 'HOME="$HOME"', 'SSH_ORIGINAL_COMMAND="$COMMAND"']
  return gate(`exec ${words.join(' ')} unshare --mount sh -c '${script}'`)
}

export interface Place {
  /** The path in the destination. */
  readonly path?: string
  /** Where that is on this machine. */
  readonly there?: string
}

/** Main alone: it must clean up by itself, and post is only the net below it. */
export function makeRig(
  method: MethodName,
  server: Server,
  files: Files = { 'index.html': 'hello\n' },
  { path = 'app', there = path.startsWith('/') ? path : join(server.home, path) }: Place = {},
): Rig {
  if (method !== 'rsync') mkdirSync(there, { recursive: true })
  if (method === 'git') run(there, 'git', 'init', '--quiet', '--bare')
  if (method === 'hg') run(there, 'hg', 'init')
  const start =
    (from: Server) =>
    (more: Inputs = {}, options: ActionOptions = {}) =>
      startAction(
        {
          app: 'app',
          destination: from.destination(path),
          'ssh-key': from.privateKey,
          'known-hosts': from.knownHosts,
          retries: '1',
          ...more,
        },
        { workspace: kind.workspace, post: false, ...options },
      )
  const kind = { git: gitKind, hg: hgKind, rsync: rsyncKind }[method](files, there)
  const through = (from: Server): Rig => ({
    ...kind,
    method,
    server: from,
    there,
    start: start(from),
    push: (more, options) => start(from)(more, options).done,
    by: through,
  })
  return through(server)
}

type Kind = Pick<Rig, 'workspace' | 'change' | 'wanted' | 'arrived' | 'verify'>

function gitKind(files: Files, there: string): Kind {
  const workspace = gitWorkspace(files)
  return {
    workspace: workspace.path,
    change: (more) => commit(workspace, more),
    wanted: () => workspace.sha(),
    arrived: () => run(there, 'git', 'for-each-ref', '--format=%(objectname)', 'refs/heads/main').trim(),
    verify: () => void run(there, 'git', 'fsck', '--strict', '--no-dangling'),
  }
}

function hgKind(files: Files, there: string): Kind {
  const workspace = hgWorkspace(files)
  return {
    workspace: workspace.path,
    change: (more) => commit(workspace, more),
    wanted: () => workspace.node(),
    arrived: () => run(there, 'hg', 'log', '--rev', 'tip', '--template', '{node}'),
    verify: () => void run(there, 'hg', 'verify', '--quiet'),
  }
}

function rsyncKind(files: Files, there: string): Kind {
  const workspace = plainWorkspace(files).path
  const shown = (directory: string) => JSON.stringify(tree(directory))
  return {
    workspace,
    change: (more) => writeFiles(workspace, more),
    wanted: () => shown(workspace),
    arrived: () => shown(there),
    verify: () => {},
  }
}

export interface Expected {
  readonly class: ErrorClass
  readonly stage: 'settings' | 'connect' | 'push' | 'deploy'
  /** In the one annotation. */
  readonly says: RegExp | string
  /** Seconds within which the step must have ended; 10 by default. */
  readonly within?: number
  readonly uploaded?: boolean
}

/**
 * A red step that says why, once, and leaves nothing behind. With FAULTS set to a file, it is noted there how long the
 * step took and what it said.
 */
export function expectFailure(fault: string, step: Step, expected: Expected): void {
  note(fault, step)
  expect(step.errors, step.log).toHaveLength(1)
  expect(step.outputs, step.log).toMatchObject({
    result: 'failed',
    'failed-stage': expected.stage,
    'error-class': expected.class,
    uploaded: String(expected.uploaded ?? false),
  })
  expect(step.code).toBe(1)
  expect(Object.keys(errorClasses)).toContain(step.outputs['error-class'])
  if (typeof expected.says === 'string') expect(step.errors[0]).toContain(expected.says)
  else expect(step.errors[0]).toMatch(expected.says)
  expect(step.seconds).toBeLessThan(expected.within ?? 10)
  expect(step.leftovers()).toEqual([])
  expect(step.orphans()).toEqual([])
}

/** A green step whose content has arrived. */
export function expectDeployed(fault: string, step: Step, rig: Rig): void {
  note(fault, step)
  expect(step.errors, step.log).toEqual([])
  expect(step.outputs, step.log).toMatchObject({ result: 'deployed', uploaded: 'true', 'error-class': '' })
  expect(rig.arrived()).toBe(rig.wanted())
  expect(step.leftovers()).toEqual([])
}

function note(fault: string, { seconds, outputs, errors }: Step): void {
  const file = process.env['FAULTS']
  if (file === undefined) return
  const said = (errors[0] ?? '').split('\n')[0]
  const outcome = outputs['error-class'] || outputs['result']
  appendFileSync(file, `| ${[fault, seconds.toFixed(1), outcome, said].join(' | ')} |\n`)
}

/** How often a deploy command ran that says `echo run >> runs`. */
export const count = 'echo run >> runs'
export const ran = (server: Server) => server.commands().filter((command) => command.includes(count)).length

/** The end of a step, and the most memory, in MB, that its entry process has had meanwhile. */
export async function watched(running: RunningStep): Promise<{ step: Step; peak: number }> {
  let peak = 0
  let over = false
  const watching = (async () => {
    for (; !over; await sleep(20)) {
      try {
        const status = readFileSync(`/proc/${running.pid}/status`, 'utf8')
        peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1000)
      } catch {}
    }
  })()
  const step = await running.done
  over = true
  await watching
  // Node alone takes more: it was seen.
  expect(peak).toBeGreaterThan(20)
  return { step, peak }
}
