import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import net from 'node:net'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ErrorClass } from '../../src/core/errors.ts'
import { asRoot, gate, makeRig, methods, privilege, type Rig, rootGate, run, script } from '../support/faults.ts'
import { makeKey } from '../support/keys.ts'
import { proxy } from '../support/proxy.ts'
import type { Inputs, Step } from '../support/runner.ts'
import { programme } from '../support/sandbox.ts'
import { type Server, sshd, startSshd } from '../support/sshd.ts'
import { atEnd, concurrent, temporaryDirectory } from '../support/temporary.ts'
import { tree, writeFiles } from '../support/workspaces.ts'

vi.setConfig({ maxConcurrency: 3 })

const rights = { runIf: privilege !== undefined }

interface Told {
  readonly doctor: readonly {
    readonly check: string
    readonly verdict: string
    readonly detail: string
    readonly evidence: string
    readonly next: string
    readonly 'error-class': string
  }[]
  readonly 'known-hosts': readonly string[]
}

const told = (step: Step) => step.report() as Told
const finding = (step: Step, check: string) => told(step).doctor.find((each) => each.check === check)

/** One letter for each finding: ok, warning, fault, skipped. The order is that of the checks. */
const shape = (step: Step) =>
  told(step)
    .doctor.map(({ verdict }) => verdict[0])
    .join('')
const order =
  'inputs, workspace, tools, key, name, port, host key, login, shell, remote tool, path, disk, deploy command'.split(
    ', ',
  )

/** A visit, which leaves nothing here and changes nothing there. */
async function visit(rig: Rig, more: Inputs = {}): Promise<Step> {
  mkdirSync(rig.there, { recursive: true })
  const before = tree(rig.there)
  const step = await rig.start({ doctor: 'true', retries: '3', ...more }).done
  expect(step.leftovers()).toEqual([])
  // The ssh to a bastion ends on a signal, a moment after the step.
  await vi.waitFor(() => expect(step.orphans()).toEqual([]))
  expect(tree(rig.there)).toEqual(before)
  expect(new Set(told(step).doctor.map(({ check }) => check))).toEqual(new Set(order))
  return step
}

interface Expected {
  readonly check: string
  readonly class: ErrorClass
  readonly says: RegExp | string
  readonly next: RegExp | string
  readonly shape: string
}

/** The fault is a finding, and the first fault is what the step fails with. */
function expectFault(step: Step, expected: Expected): void {
  expect(shape(step), step.log).toBe(expected.shape)
  const found = told(step).doctor.find(({ check, verdict }) => check === expected.check && verdict === 'fault')
  expect(`${found?.detail} ${found?.evidence}`).toMatch(expected.says)
  expect(found?.next).toMatch(expected.next)
  expect(found?.['error-class']).toBe(expected.class)
  expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': expected.class, uploaded: 'false' })
  expect(step.code).toBe(1)
  expect(step.errors).toEqual([expect.stringMatching(expected.says)])
  expect(step.log).toContain(`fault    ${expected.check}`)
  expect(step.summary).toContain(`❌&#160;${expected.check.replaceAll(' ', '&#160;')}`)
}

let server: Server
let number = 0
beforeAll(async () => {
  server = await startSshd()
})
afterAll(() => server.stop())

/** A place of its own on the server that the tests share. */
const rigFor = (method: Rig['method'] = 'rsync', at = server) =>
  makeRig(method, at, undefined, { path: `app${++number}` })

describe('a healthy server', () => {
  for (const method of methods) {
    concurrent(`is well in every point, and is not changed: ${method}`, async () => {
      const own = await sshd()
      const rig = makeRig(method, own)
      if (method === 'rsync') mkdirSync(rig.there)
      const before = tree(own.home)
      const step = await visit(rig, { 'deploy-command': 'touch {app}-was-here' })
      expect(shape(step), step.log).toBe('ooooooooooooo')
      expect(told(step).doctor.map(({ check }) => check)).toEqual(order)
      expect(step.errors).toEqual([])
      expect(step.code).toBe(0)
      expect(step.log.match(/^ok {7}login/gm), 'what is well is told once').toHaveLength(1)
      expect(step.outputs).toMatchObject({
        result: 'planned',
        'failed-stage': '',
        'error-class': '',
        method,
        'changed-files': '0',
        'host-key-fingerprint': own.fingerprints.ed25519,
      })
      expect(finding(step, 'host key')?.detail).toContain(own.fingerprints.ed25519)
      expect(finding(step, 'login')?.detail).toContain(`${own.user}@${own.host}:${own.port}`)
      expect(finding(step, 'remote tool')?.detail).toMatch({ git: /^git/, hg: /Mercurial/, rsync: /^rsync/ }[method])
      expect(finding(step, 'disk')?.detail).toMatch(/ free at \//)
      expect(finding(step, 'deploy command')?.detail).toMatch(/touch is \/.*not run/)
      expect(step.summary).toMatch(/Doctor: .*, no fault<\/h3>\n\n<p>0 faults, 0 warnings, 13 ok, 0 skipped/)
      // Nothing was made there, and one login was enough.
      expect(tree(own.home)).toEqual(before)
      expect(own.logins()).toBe(1)
      expect(own.commands().filter((command) => /touch|receive-pack|--server/.test(command))).toEqual([])
      // Nor is anything changed once there is something.
      expect((await rig.push()).outputs['result']).toBe('deployed')
      const filled = tree(own.home)
      const again = await visit(rig)
      expect(shape(again), again.log).toBe('oooooooooooos')
      expect(finding(again, 'path')?.detail).toMatch(
        { git: /main is [0-9a-f]{12}/, hg: /tip is [0-9a-f]{12}/, rsync: /that dotcloud-push filled/ }[method],
      )
      expect(tree(own.home)).toEqual(filled)
    })
  }
})

describe('a fault on the way there', () => {
  concurrent('name: it does not resolve', async () => {
    const step = await visit(rigFor(), { destination: 'ssh://web@no-such-host.invalid/www' })
    expectFault(step, {
      check: 'name',
      class: 'connect',
      says: /no-such-host\.invalid does not resolve/,
      next: 'Check the host name',
      shape: 'oooofssssssss',
    })
  })

  concurrent('port: nobody listens', async () => {
    const way = await proxy(server)
    await way.stop()
    const step = await visit(rigFor().by(server.at(way.port)))
    expectFault(step, {
      check: 'port',
      class: 'connect',
      says: /refused the connection/,
      next: 'sshd runs there',
      shape: 'ooooofsssssss',
    })
  })

  concurrent('port: something else than SSH answers', async () => {
    const web = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 400 Bad Request\r\nServer: nothing/1.0\r\n\r\n')
    })
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
    atEnd(() => void web.close())
    const step = await visit(rigFor().by(server.at((web.address() as net.AddressInfo).port)))
    expectFault(step, {
      check: 'port',
      class: 'connect',
      says: /is not an SSH server.*HTTP\/1\.1 400/s,
      next: 'Check host and port',
      shape: 'ooooofsssssss',
    })
  })

  concurrent('port: it takes the connection and is silent', async () => {
    const way = await proxy(server, 'silent')
    const step = await visit(rigFor().by(server.at(way.port)), { 'connect-timeout': '1' })
    expectFault(step, {
      check: 'port',
      class: 'timeout',
      says: /within (1 s|connect-timeout)/,
      next: 'firewall',
      shape: 'ooooofsssssss',
    })
    expect(way.connections()).toBe(1)
    expect(step.seconds).toBeLessThan(6)
  })

  concurrent('host key: nothing is pinned, so the lines to pin are told and nobody logs in', async () => {
    const own = await sshd()
    const step = await visit(makeRig('rsync', own), { 'known-hosts': '' })
    expect(shape(step), step.log).toBe('fooooofssssss')
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'input' })
    expect(finding(step, 'host key')?.evidence).toContain(own.fingerprints.rsa)
    expect(told(step)['known-hosts']).toEqual(own.knownHosts.trim().split('\n'))
    expect(step.log).toMatch(/Verify out of band before you use them/)
    expect(own.logins()).toBe(0)
    expect(own.log()).not.toMatch(/Failed publickey/)
  })

  concurrent('host key: unknown, with the lines that pin it', async () => {
    const rig = rigFor()
    const step = await visit(rig, { 'known-hosts': `other.example ${makeKey().publicKey}` })
    expectFault(step, {
      check: 'host key',
      class: 'host-key',
      says: /shows a host key that is not pinned/,
      next: 'at the server',
      shape: 'oooooofssssss',
    })
    const lines = told(step)['known-hosts']
    expect(lines).toEqual(server.knownHosts.trim().split('\n'))
    expect(step.summary).toContain('Verify out of band')
    // Once they are pinned, all is well.
    expect(shape(await visit(rig, { 'known-hosts': lines.join('\n') }))).toBe('oooooooooooos')
  })

  concurrent('host key: pinned under another name', async () => {
    const step = await visit(rigFor(), {
      'known-hosts': server.knownHosts.replaceAll(server.host, 'other.example'),
    })
    expectFault(step, {
      check: 'host key',
      class: 'host-key',
      says: /shows a host key that is not pinned/,
      next: `known-hosts has this very key, but not for [${server.host}]:${server.port}`,
      shape: 'oooooofssssss',
    })
  })

  concurrent('host key: changed', async () => {
    const impostor = await sshd({ identity: 'impostor', authorizedKeys: [server.publicKey] })
    const step = await visit(rigFor().by({ ...server.at(impostor.port) }))
    expectFault(step, {
      check: 'host key',
      class: 'host-key',
      says: new RegExp(
        `another host key than the pinned one.*${server.fingerprints.ed25519?.slice(7, 20)}`.replaceAll('+', '\\+'),
        's',
      ),
      next: 'Compare',
      shape: 'oooooofssssss',
    })
    expect(impostor.logins()).toBe(0)
  })

  concurrent('host key: unchecked is a warning, with an annotation and the line to pin', async () => {
    const step = await visit(rigFor(), { 'known-hosts': '', 'insecure-skip-host-key-check': 'true' })
    expect(shape(step), step.log).toBe('oooooowooooos')
    expect(step.warnings).toEqual([expect.stringContaining('insecure-skip-host-key-check')])
    expect(server.knownHosts.trim().split('\n')).toEqual(expect.arrayContaining([...told(step)['known-hosts']]))
    expect(told(step)['known-hosts']).toHaveLength(1)
  })

  concurrent('login: the key is not authorized', async () => {
    const key = makeKey()
    const step = await visit(rigFor(), { 'ssh-key': key.privateKey })
    expectFault(step, {
      check: 'login',
      class: 'auth',
      says: /did not accept our key SHA256:/,
      next: 'authorized_keys',
      shape: 'ooooooofsssss',
    })
    expect(finding(step, 'key')?.detail).toContain(key.fingerprint)
  })

  const bastion = async (options: Parameters<typeof sshd>[0]) => {
    const between = await sshd({ identity: 'bastion', ...options })
    return visit(rigFor(), {
      'proxy-jump': `ssh://${between.user}@${between.host}:${between.port}`,
      'known-hosts': server.knownHosts + between.knownHosts,
    }).then((step) => ({ step, between }))
  }

  concurrent('login: the bastion refuses the key', async () => {
    const { step, between } = await bastion({})
    expectFault(step, {
      check: 'login',
      class: 'auth',
      says: new RegExp(`:${between.port} did not accept our key`),
      next: 'authorized_keys',
      shape: 'ooooooofsssss',
    })
  })

  concurrent('port: the bastion forwards nothing', async () => {
    const { step, between } = await bastion({
      authorizedKeys: [server.publicKey],
      config: ['AllowTcpForwarding no'],
    })
    expectFault(step, {
      check: 'port',
      class: 'connect',
      says: new RegExp(`bastion .*:${between.port} does not connect us.*prohibited`, 's'),
      next: 'AllowTcpForwarding',
      shape: 'ooooofsssssss',
    })
  })

  concurrent('none: through a bastion that lets us pass', async () => {
    const { step, between } = await bastion({ authorizedKeys: [server.publicKey] })
    expect(shape(step), step.log).toBe('oooooooooooos')
    expect(finding(step, 'login')?.detail).toContain(`through ${between.user}@${between.host}:${between.port}`)
  })
})

describe('a fault here', () => {
  concurrent('inputs: all mistakes at once, and what can be seen from outside is', async () => {
    const step = await visit(rigFor(), { adopt: 'perhaps', 'max-delete': 'lots', 'ssh-key': server.publicKey })
    expect(shape(step), step.log).toBe('ffoofoosssssss')
    expect(
      told(step)
        .doctor.filter(({ check }) => check === 'inputs')
        .map(({ detail }) => detail),
    ).toEqual(['Input max-delete is "lots".', 'Input adopt is "perhaps".'])
    expect(finding(step, 'key')?.detail).toMatch(/public half/)
    expect(finding(step, 'host key')?.detail).toContain(server.fingerprints.ed25519)
    expect(step.outputs).toMatchObject({ 'error-class': 'input', 'failed-stage': 'settings' })
  })

  concurrent('inputs: a value of doctor itself that is none: nothing is done', async () => {
    const step = await rigFor().start({ doctor: 'perhaps' }).done
    expect(step.errors).toEqual([expect.stringContaining('doctor accepts true or false')])
  })

  concurrent('key: encrypted, and no passphrase', async () => {
    const own = await sshd()
    const { privateKey } = makeKey('ed25519', 'secret')
    const step = await visit(makeRig('rsync', own), { 'ssh-key': privateKey })
    expectFault(step, {
      check: 'key',
      class: 'key',
      says: /encrypted and ssh-key-passphrase is empty/,
      next: 'Set ssh-key-passphrase',
      shape: 'ooofoosssssss',
    })
    // The stand-in for it is never shown.
    expect(own.log()).not.toMatch(/Failed publickey|Accepted/)
  })

  concurrent('workspace: source is missing, and the way there is checked all the same', async () => {
    const step = await visit(rigFor(), { source: 'nowhere' })
    expectFault(step, {
      check: 'workspace',
      class: 'input',
      says: /Input source is "nowhere"/,
      next: 'Name a path',
      shape: 'ofooooooossss',
    })
  })

  concurrent('none: a plan that only calls, and one of several steps', async () => {
    const rig = rigFor('git')
    const plan = (...data: unknown[]) => ({ plan: JSON.stringify({ type: 'cmd', data }) })
    const calls = await visit(rig, plan(['call', 'uptime']))
    expect(shape(calls), calls.log).toBe('osooooooossso')
    const path = (name: string) => server.destination(name)
    const steps = plan(['upload', '.', path(basename(rig.there))], ['upload', '.', path('nothing')], ['call', 'uptime'])
    const both = await visit(rig, { ...steps, destination: '' })
    // The uploads of a plan have findings of their own.
    expect(shape(both), both.log).toBe('oooooooooooo' + 'of' + 'ooo')
  })

  concurrent('inputs: none at all', async () => {
    const step = await visit(rigFor(), { app: '', destination: '', 'ssh-key': '', 'known-hosts': '', branches: 'x' })
    expectFault(step, {
      check: 'inputs',
      class: 'input',
      says: /Input app is required/,
      next: 'Set app',
      shape: 'ffffwsossssssssss',
    })
  })

  concurrent('inputs: an event that may run a stranger’s code: nothing is connected to', async () => {
    const own = await sshd()
    const rig = makeRig('rsync', own)
    const step = await rig.start({ doctor: 'true' }, { eventName: 'pull_request_target' }).done
    expect(shape(step), step.log).toBe('fssssssssssss')
    expect(step.outputs['error-class']).toBe('unsafe')
    expect(own.connections()).toBe(0)
  })
})

describe('a fault there', () => {
  concurrent('remote tool: neither rsync nor git', async () => {
    const own = await sshd({ path: programs('sh', 'cat', 'df', 'dirname', 'head', 'id', 'ls', 'sed', 'tail') })
    for (const method of ['rsync', 'git'] as const) {
      expectFault(await visit(rigFor(method, own)), {
        check: 'remote tool',
        class: 'remote-setup',
        says: `${method} is not installed on`,
        next: `Install ${method} there`,
        // git is asked over its own protocol too.
        shape: method === 'git' ? 'oooooooooffos' : 'ooooooooofoos',
      })
    }
  })

  concurrent('remote tool: openrsync', async () => {
    const own = await sshd({ path: `${openrsync()}:${process.env['PATH']}` })
    const step = await visit(rigFor('rsync', own))
    expect(shape(step), step.log).toBe('ooooooooofoos')
    expect(finding(step, 'remote tool')?.evidence).toContain('openrsync')
  })

  for (const method of ['git', 'hg'] as const) {
    concurrent(`path: no repository by ${method}`, async () => {
      const rig = rigFor(method)
      const step = await visit(rig, { destination: server.destination(`nothing-${method}`) })
      expectFault(step, {
        check: 'path',
        class: 'remote-setup',
        says: /There is no (git|Mercurial) repository at nothing-/,
        next: /git init --bare|hg init/,
        shape: 'oooooooooofos',
      })
    })
  }

  concurrent('path: the branch is checked out there', async () => {
    const rig = rigFor('git')
    run(rig.there, 'git', 'init', '--quiet', '--initial-branch=main', 'work')
    const step = await visit(rig, { destination: server.destination(`${rig.there}/work`) })
    expectFault(step, {
      check: 'path',
      class: 'remote-setup',
      says: /has this branch checked out/,
      next: 'updateInstead',
      shape: 'oooooooooofos',
    })
  })

  concurrent(
    'path: not writable',
    async () => {
      const own = await sshd({
        gate: gate('exec setpriv --bounding-set=-dac_override,-dac_read_search,-fowner,-chown sh -c "$COMMAND"'),
      })
      const rig = makeRig('rsync', own)
      mkdirSync(rig.there)
      asRoot('chown', '65534:65534', rig.there)
      const step = await visit(rig)
      expectFault(step, {
        check: 'path',
        class: 'remote-setup',
        says: /may not write to app/,
        next: 'chown -R',
        shape: 'oooooooooofos',
      })
    },
    { runIf: process.getuid?.() === 0 },
  )

  concurrent('path: a file is in the way', async () => {
    const rig = rigFor()
    writeFiles(rig.there, { file: 'x' })
    const step = await visit(rig, { destination: server.destination(`${rig.there}/file/app`) })
    expectFault(step, {
      check: 'path',
      class: 'remote-setup',
      says: /is a file, or lies below one/,
      next: 'Remove the file',
      shape: 'oooooooooofos',
    })
  })

  concurrent('path: files of somebody else, and adopt is not set', async () => {
    const rig = rigFor()
    writeFiles(rig.there, { 'precious.txt': 'x' })
    const step = await visit(rig)
    expectFault(step, {
      check: 'path',
      class: 'unsafe',
      says: /holds files that dotcloud-push did not put there/,
      next: 'adopt: true',
      shape: 'oooooooooofos',
    })
    expect(shape(await visit(rig, { adopt: 'true' }))).toBe('oooooooooooos')
  })

  concurrent('path: a directory of the system, by its name and behind a link', async () => {
    const named = await visit(rigFor(), { destination: server.destination('/usr/lib') })
    expect(shape(named), named.log).toBe('oooooooooofos')
    const rig = rigFor()
    writeFiles(rig.there, { www: { link: '/usr' } })
    const linked = await visit(rig, { destination: server.destination(`${rig.there}/www`) })
    expectFault(linked, {
      check: 'path',
      class: 'unsafe',
      says: /a directory of the system.*\/usr/s,
      next: 'for this application alone',
      shape: 'oooooooooofos',
    })
  })

  concurrent(
    'disk: full',
    async () => {
      const own = await sshd({
        gate: rootGate(`mount -t tmpfs -o size=64k none "$HOME/disk" && mkdir "$HOME/disk/app" || exit 1
head -c 1000000 /dev/zero >"$HOME/disk/zero" 2>/dev/null
exec sh -c "$COMMAND"`),
      })
      const rig = makeRig('rsync', own, undefined, { path: 'disk/app' })
      const step = await visit(rig)
      expectFault(step, {
        check: 'disk',
        class: 'space',
        says: /is full.*0 B /s,
        next: 'Make room',
        shape: 'ooooooooooofs',
      })
    },
    rights,
  )

  concurrent(
    'disk: read-only',
    async () => {
      const own = await sshd({
        gate: rootGate(
          'mount --bind "$HOME/app" "$HOME/app" && mount -o remount,ro,bind "$HOME/app" && exec sh -c "$COMMAND"',
        ),
      })
      const step = await visit(makeRig('rsync', own))
      expectFault(step, {
        check: 'disk',
        class: 'remote-setup',
        says: /on a read-only file system/,
        next: 'Mount it writable',
        shape: 'ooooooooooofs',
      })
    },
    rights,
  )

  concurrent('shell: its start-up files print', async () => {
    const own = await sshd({ noise: 'Welcome to the jungle!\n::error::pwned\n' })
    const step = await visit(rigFor('rsync', own))
    expectFault(step, {
      check: 'shell',
      class: 'remote-setup',
      says: /prints text, which rsync cannot tell from data.*Welcome to the jungle!/s,
      next: '.bashrc',
      shape: 'oooooooofooos',
    })
    // Mercurial passes over some of it.
    const hg = await visit(rigFor('hg', own))
    expect(shape(hg), hg.log).toBe('oooooooowooos')
    expect(hg.errors).toEqual([])
  })

  concurrent('shell: none, and git is asked over its own protocol', async () => {
    const own = await sshd({ gate: gate('exec git-shell -c "$COMMAND"') })
    const git = rigFor('git', own)
    const step = await visit(git, { 'deploy-command': 'restart' })
    expect(shape(step), step.log).toBe('ooooooooososs')
    expect(finding(step, 'path')?.detail).toMatch(/is a git repository without main/)
    const wrong = await visit(git, { destination: own.destination('nothing') })
    expect(shape(wrong), wrong.log).toBe('ooooooooosfss')
    const rsync = await visit(rigFor('rsync', own))
    expect(shape(rsync), rsync.log).toBe('oooooooowssss')
  })

  concurrent('shell: it never answers', async () => {
    const own = await sshd({ gate: gate('exec sleep 61') })
    const step = await visit(rigFor('rsync', own), { 'idle-timeout': '1' })
    expectFault(step, {
      check: 'shell',
      class: 'timeout',
      says: /stopped after 1 s without a byte/,
      next: 'idle-timeout',
      shape: 'oooooooofssss',
    })
  })

  concurrent('a server that lies: what it says steers neither the job nor its page', async () => {
    const lies = ['shell=::error::pwned', 'user=##[error]pwned', 'home=<img src=x>', 'tool=rsync **x** @octocat']
    const more = ['kind=directory', 'writable=yes', 'real=/srv/[a](http://x)', 'blocks=/ 9 9 9999999 9% /\u001b[2J']
    const own = await sshd({
      gate: gate(`mark=$(sed -n "s/^printf '%s.n' \\([0-9a-f]*\\)$/\\1/p" | head -n 1)
printf '%s\\n' "$mark" ${[...lies, ...more].map((line) => `'${line}'`).join(' ')} "$mark"`),
    })
    const step = await visit(rigFor('rsync', own))
    expect(finding(step, 'shell')?.detail).toContain('::error::pwned')
    expect(shape(step), step.log).toBe('oooooooooooos')
    expect(step.errors).toEqual([])
    expect(step.raw).not.toContain('\u001b')
    expect(step.summary).not.toMatch(/<img|\]\(|@octocat|\*\*x/)
  })

  concurrent('deploy command: its first word is not there', async () => {
    const step = await visit(rigFor(), { 'deploy-command': 'no-such-command {app} && touch it' })
    expectFault(step, {
      check: 'deploy command',
      class: 'deploy',
      says: /no-such-command is not there/,
      next: 'full path',
      shape: 'oooooooooooof',
    })
  })
})

it('cancelled, it leaves nothing', async () => {
  const way = await proxy(server, 'silent')
  const running = rigFor().by(server.at(way.port)).start({ doctor: 'true' })
  await running.waitFor(/ok +key/)
  running.kill('SIGINT')
  const step = await running.done
  expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'cancelled' })
  expect(shape(step)).toBe('oooofssssssss')
  expect(step.leftovers()).toEqual([])
})

/** A PATH with these programs alone. */
function programs(...names: readonly string[]): string {
  const directory = temporaryDirectory('path')
  writeFiles(directory, Object.fromEntries(names.map((name) => [name, { link: programme(name) }])))
  return directory
}

function openrsync(): string {
  const directory = temporaryDirectory('path')
  writeFiles(directory, { rsync: script("echo 'openrsync: protocol version 29'") })
  return directory
}
