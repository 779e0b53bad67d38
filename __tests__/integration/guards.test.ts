import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, watch } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, vi } from 'vitest'
import { count, expectDeployed, expectFailure, gate, makeRig, type Rig, ran, script } from '../support/faults.ts'
import { root } from '../support/launch.ts'
import type { ActionOptions, Inputs } from '../support/runner.ts'
import { type ServerOptions, sshd } from '../support/sshd.ts'
import { concurrent, temporaryDirectory } from '../support/temporary.ts'
import { type Files, plainWorkspace, tree, writeFiles } from '../support/workspaces.ts'

// See also "the mirror and its guards" in rsync.test.ts.

vi.setConfig({ maxConcurrency: 3 })

const numbered = (many: number): Files =>
  Object.fromEntries(Array.from({ length: many }, (_, index) => [`file-${index}.txt`, `${index}\n`]))

const remove = ({ workspace }: Rig, ...names: string[]) => {
  for (const name of names) rmSync(join(workspace, name), { recursive: true })
}

/** What a mirror by plain rsync does, here, from one directory to another. */
function naive(...args: string[]): string[] {
  spawnSync('rsync', ['-r', '--delete', ...args])
  return Object.keys(tree(args.at(-1) ?? ''))
}

/** A push that must be refused, with nothing changed anywhere in the account's home. */
async function refused(fault: string, rig: Rig, says: RegExp, more: Inputs = {}, options: ActionOptions = {}) {
  const before = tree(rig.server.home)
  const step = await rig.push({ 'deploy-command': count, ...more }, options)
  const stage = rig.server.connections() === 0 ? 'settings' : (step.outputs['failed-stage'] as 'push' | 'settings')
  expectFailure(fault, step, { class: 'unsafe', stage, says })
  expect(tree(rig.server.home)).toEqual(before)
  expect(ran(rig.server)).toBe(0)
}

/** The kinds of server that a guard has to do with: with what it remembers, without, and without a shell at all. */
const servers: readonly (readonly [name: string, options: ServerOptions, more: Inputs])[] = [
  ['a server that remembers', {}, {}],
  ['a server that is asked for everything', {}, { verify: 'full' }],
  ['a server without a shell', { gate: withoutShell() }, {}],
]

function withoutShell(): string {
  return gate('case $COMMAND in "rsync --server"*) exec sh -c "$COMMAND" ;; *) echo "no shell" >&2; exit 1 ;; esac')
}

describe('a mirror', () => {
  for (const [name, options, more] of servers) {
    concurrent(`G6 of an empty source is refused: ${name}`, async () => {
      const rig = makeRig('rsync', await sshd(options), { 'index.html': 'x\n', 'sub/a': 'x\n' })
      expectDeployed('G6 before', await rig.push(), rig)
      remove(rig, 'index.html', 'sub')
      const copy = plainWorkspace({ 'index.html': 'x\n' }).path
      expect(naive(`${rig.workspace}/`, copy)).toEqual([])
      const empties: readonly Files[] = [{}, { 'empty/directory/.keep': '' }, { '.env': 'x\n', 'a.pyc': 'x\n' }]
      for (const files of empties) {
        writeFiles(rig.workspace, files)
        rmSync(join(rig.workspace, 'empty/directory/.keep'), { force: true })
        await refused('G6 empty source', rig, /nothing to push/, { ...more, 'max-delete': '100%' })
      }
    })

    concurrent(`G7 that would delete more than max-delete is refused: ${name}`, async () => {
      const rig = makeRig('rsync', await sshd(options), numbered(10))
      expectDeployed('G7 before', await rig.push(), rig)
      remove(rig, ...Object.keys(numbered(6)))
      rig.change({ 'new.txt': 'new\n', 'file-9.txt': 'changed\n' })
      const copy = plainWorkspace(numbered(10)).path
      expect(naive('--max-delete=5', `${rig.workspace}/`, copy)).toHaveLength(6)
      for (const limit of ['50%', '5', '0'])
        await refused(`G7 max-delete ${limit}`, rig, /would delete 6 of 10 files/, { ...more, 'max-delete': limit })
      expectDeployed('G7 allowed', await rig.push({ ...more, 'max-delete': '6' }), rig)
    })
  }

  concurrent('of what is never sent is refused, also by a link', async () => {
    const files = { '.git/config': 'token\n', '.env.d/a': 'x\n', link: { link: '.git' } }
    const rig = makeRig('rsync', await sshd(), files)
    expect(naive(`${rig.workspace}/link/`, temporaryDirectory('copy'))).toEqual(['config'])
    for (const source of ['.git', 'link', '.env.d']) await refused('hidden source', rig, /is never sent/, { source })
    expect(rig.server.connections()).toBe(0)
  })

  concurrent('G9 into a directory that somebody else filled is refused', async () => {
    const rig = makeRig('rsync', await sshd())
    for (const files of [{ 'theirs.txt': 'x\n' }, { '.hidden': 'x\n' }, { 'only/directories/x': '' }]) {
      writeFiles(rig.there, files as Files)
      await refused('G9 unmarked directory', rig, /holds files that dotcloud-push did not put there.*adopt/s)
      rmSync(rig.there, { recursive: true })
    }
    // Neither the mark of another destination nor one that was removed counts.
    expectDeployed('G9 our own', await rig.push(), rig)
    rmSync(join(rig.server.home, '.dotcloud-push'), { recursive: true })
    rig.change({ 'index.html': 'two\n' })
    await refused('G9 mark removed', rig, /holds files that dotcloud-push did not put there/)
    const other = makeRig('rsync', rig.server, undefined, { path: 'other' })
    expectDeployed('G9 other', await other.push(), other)
    await refused('G9 mark of another', rig, /holds files that dotcloud-push did not put there/)
  })

  concurrent('G9 into a directory that a link led to only later is refused', async () => {
    const rig = makeRig('rsync', await sshd())
    writeFiles(rig.server.home, { 'one/.keep': '', app: { link: 'one' } })
    rmSync(join(rig.server.home, 'one/.keep'))
    expect((await rig.push()).outputs['result']).toBe('deployed')
    rmSync(rig.there)
    writeFiles(rig.server.home, { 'two/theirs.txt': 'x\n', 'two/index.html': 'x\n', app: { link: 'two' } })
    await refused('G9 link led elsewhere', rig, /holds files that dotcloud-push did not put there/)
  })

  concurrent('to a destination that leads elsewhere on the server is refused', async () => {
    const canary = join(temporaryDirectory('canary'), 'called')
    // In place of rsync: were a destination not refused, this would tell, and nothing is in danger.
    const bin = temporaryDirectory('bin')
    writeFiles(bin, {
      rsync: script(
        `[ "$1" = --version ] && exec echo 'rsync  version 3.2.7  protocol version 31'\ntouch '${canary}'; exit 1`,
      ),
    })
    const server = await sshd({ path: `${bin}:${process.env['PATH']}` })
    writeFiles(server.home, {
      'own.txt': 'x\n',
      root: { link: '/' },
      'deep/chain': { link: '../hop' },
      hop: { link: 'root' },
      climb: { link: '../'.repeat(20) },
      system: { link: '/usr/local' },
      home: { link: '.' },
      dangling: { link: '/usr/nowhere' },
    })
    const at = (path: string) => ({ destination: server.destination(path), adopt: 'true' })
    const leads = ['root', 'deep/chain', 'climb', 'system', 'home', 'root/etc', 'climb/usr', `hop${server.home}`]
    for (const path of leads) await refused(`a link: ${path}`, makeRig('rsync', server), /destination is/, at(path))
    expect(existsSync(canary)).toBe(false)
    // The canary does sing where nothing is refused.
    await makeRig('rsync', server).push(at('proper'))
    expect(existsSync(canary)).toBe(true)
  })

  concurrent(
    'to a destination that is written to lead elsewhere is refused before anything is connected to',
    async () => {
      const server = await sshd()
      const rig = makeRig('rsync', server)
      const base = server.destination('/').slice(0, -1)
      const written = [
        '/',
        '/~',
        '/~/',
        '//',
        '/.',
        '/~/..',
        '/srv/../etc',
        '/%2e%2e/',
        '/~/%2E%2e/x',
        '/srv/%2e%2e/%2e%2e',
      ]
      for (const path of written) await refused(`written ${path}`, rig, /destination/, { destination: base + path })
      for (const path of ['/~/$HOME', '/~/a;b', '/~/`id`', '/~/a%0ab', '/~/*']) {
        const step = await rig.push({ destination: base + path })
        expectFailure(`written ${path}`, step, { class: 'input', stage: 'settings', says: 'destination' })
      }
      // By what is filled in: a ref can be any text where the event is somebody else's.
      for (const ref of ['refs/heads/..', 'refs/heads/a/../../..', 'refs/heads/.'])
        await refused(`branch ${ref}`, rig, /destination/, { destination: `${base}/~/{branch}` }, { ref })
      expect(server.connections()).toBe(0)
    },
  )

  concurrent('to $HOME, by its own absolute path and by that of a directory above it, is refused', async () => {
    const server = await sshd()
    const rig = makeRig('rsync', server)
    for (const path of [server.home, `${server.home}/`, `/proc/self/root${server.home}`])
      await refused('home by its path', rig, /destination is/, { destination: server.destination(path), adopt: 'true' })
  })

  concurrent('into a receiver without a shell keeps to its place', async () => {
    const place = temporaryDirectory('receiver')
    const server = await sshd({ gate: gate(`exec '${join(root, 'script/receiver/gate')}' '${place}'`) })
    const rig = makeRig('rsync', server, undefined, { path: '/app', there: join(place, 'app/code') })
    expectDeployed('receiver', await rig.push(), rig)
    expect(Object.keys(tree(place)).every((path) => path.startsWith('app/'))).toBe(true)
  })
})

describe('a file that vanishes while it is pushed', () => {
  /** Removes a file as soon as the transfer of the one before it has begun: rsync has listed it by then. */
  function vanish(directory: string, victim: string): void {
    const watcher = watch(directory, { recursive: true }, (_, name) => {
      if (!/\.big\.bin\./.test(basename(String(name)))) return
      rmSync(victim, { force: true })
      watcher.close()
    })
  }

  concurrent('G8 by plain rsync: code 24', async () => {
    const from = plainWorkspace({ 'big.bin': randomBytes(30_000_000), 'z.txt': 'z\n' }).path
    const to = temporaryDirectory('to')
    vanish(to, join(from, 'z.txt'))
    const code = await new Promise((resolve) => {
      execFile('rsync', ['-r', '--bwlimit=20m', `${from}/`, to], (error) => resolve(error?.code ?? 0))
    })
    expect(code).toBe(24)
  })

  for (const known of [false, true]) {
    concurrent(`G8 fails, ${known ? 'in a later push' : 'in the first push'}; the next push completes it`, async () => {
      const rig = makeRig('rsync', await sshd(), { 'a.txt': 'old\n', 'z.txt': 'old\n', 'gone.txt': 'x\n' })
      mkdirSync(rig.there, { recursive: true })
      if (known) {
        expectDeployed('G8 before', await rig.push(), rig)
        remove(rig, 'gone.txt')
      }
      rig.change({ 'a.txt': 'new\n', 'big.bin': randomBytes(30_000_000), 'z.txt': 'new\n' })
      vanish(rig.there, join(rig.workspace, 'z.txt'))
      const step = await rig.push({ 'deploy-command': count })
      const says = /Files vanished from the workspace.*exit code 24/s
      expectFailure('G8 vanished file', step, { class: 'transfer', stage: 'push', says, within: 20 })
      expect(ran(rig.server)).toBe(0)
      // Nothing is deleted by a push that failed.
      if (known) expect(existsSync(join(rig.there, 'gone.txt'))).toBe(true)
      rig.change({ 'z.txt': 'again\n' })
      expectDeployed('G8 again', await rig.push(), rig)
    })
  }

  concurrent('a source that vanishes as a whole leaves the destination as it is', async () => {
    const rig = makeRig('rsync', await sshd(), { 'site/a.txt': 'a\n', 'site/b.txt': 'b\n' })
    const more = { source: 'site' }
    expect((await rig.push(more)).outputs['result']).toBe('deployed')
    const before = tree(rig.server.home)
    remove(rig, 'site')
    const step = await rig.push({ ...more, 'deploy-command': count })
    expectFailure('source is missing', step, { class: 'input', stage: 'settings', says: 'does not exist' })
    expect(tree(rig.server.home)).toEqual(before)
    expect(execFileSync('ls', [rig.there], { encoding: 'utf8' })).toBe('a.txt\nb.txt\n')
  })
})
