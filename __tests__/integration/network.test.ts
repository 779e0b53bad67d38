import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, vi } from 'vitest'
import { count, expectDeployed, expectFailure, makeRig, methods, ran, script } from '../support/faults.ts'
import { descendants } from '../support/processes.ts'
import { behind, type Mode, proxy, type Proxy as Way } from '../support/proxy.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { atEnd, concurrent, temporaryDirectory } from '../support/temporary.ts'
import { tree, writeFiles } from '../support/workspaces.ts'

vi.setConfig({ maxConcurrency: 3 })

/** Nothing that compresses. */
const noise = (bytes: number) => randomBytes(bytes)

/** A server, and a way to it that misbehaves. */
async function through(...modes: Mode[]): Promise<{ server: Server; way: Way; there: Server }> {
  const there = await sshd()
  const way = await proxy(there, ...modes)
  return { server: behind(there, way), way, there }
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

/** Passes everything on from a given port. */
async function forward(port: number, target: Server): Promise<void> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const other = net.connect(target.port, target.host)
    for (const socket of [client, other]) sockets.add(socket.on('error', () => {}))
    client.pipe(other).pipe(client)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  atEnd(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
}

/** What the plain tool makes of it. */
const naive = async (server: Server, command = 'true') => (await server.ssh(command)).code

describe('no connection', () => {
  concurrent('E1 a port on which nobody listens', async () => {
    const there = await sshd()
    const server = there.at(await closedPort())
    expect(await naive(server)).toBe(255)
    const step = await makeRig('rsync', server).push({ 'deploy-command': count })
    expectFailure('E1 refused', step, { class: 'connect', stage: 'connect', says: 'refused the connection', within: 8 })
    expect(step.errors[0]).toContain(`127.0.0.1:${server.port}`)
  })

  concurrent('E2 a port that opens a moment later: the second attempt gets through, and deploys once', async () => {
    const there = await sshd()
    const server = there.at(await closedPort())
    expect(await naive(server)).toBe(255)
    const rig = makeRig('rsync', server)
    const running = rig.start({ retries: '2', 'deploy-command': count })
    await running.waitFor('Attempt 1 of 2')
    await forward(server.port, there)
    const step = await running.done
    expectDeployed('E2 refused, then up', step, rig)
    expect(ran(there)).toBe(1)
    expect(there.logins()).toBe(1)
  })

  concurrent('E3 a name that does not resolve', async () => {
    const server = await sshd()
    const step = await makeRig('rsync', server).push({ destination: 'ssh://app@no-such-host.invalid/app' })
    const says = 'The name of app@no-such-host.invalid does not resolve.'
    expectFailure('E3 name does not resolve', step, { class: 'connect', stage: 'connect', says, within: 25 })
    expect(server.connections()).toBe(0)
  })

  concurrent('E4 a server that accepts and says nothing: connect-timeout', async () => {
    const { server, way } = await through('silent')
    const step = await makeRig('rsync', server).push({ 'connect-timeout': '1' })
    expectFailure('E4 no banner', step, { class: 'timeout', stage: 'connect', says: 'connect-timeout', within: 8 })
    expect(way.connections()).toBe(1)
  })

  concurrent('E4 each attempt has the whole of connect-timeout', async () => {
    const { server, way } = await through('silent', 'pass')
    const rig = makeRig('rsync', server)
    expectDeployed('E4 no banner, then well', await rig.push({ 'connect-timeout': '1', retries: '2' }), rig)
    expect(way.connections()).toBe(2)
  })

  concurrent('E5 a server that takes five seconds for its banner', async () => {
    const { server } = await through({ delayBanner: 5000 })
    const rig = makeRig('rsync', server)
    const [late, step] = await Promise.all([rig.push({ 'connect-timeout': '2' }), rig.push()])
    expectFailure('E5 slow banner, short connect-timeout', late, {
      class: 'timeout',
      stage: 'connect',
      says: 'connect-timeout',
      within: 9,
    })
    expectDeployed('E5 slow banner', step, rig)
    expect(step.seconds).toBeGreaterThan(5)
  })

  concurrent('E6 a connection that is reset in the key exchange', async () => {
    const { server, way } = await through({ resetAfter: 100 })
    expect(await naive(server)).toBe(255)
    const step = await makeRig('rsync', server).push()
    const says = 'closed the connection before the login'
    expectFailure('E6 reset in the key exchange', step, { class: 'connect', stage: 'connect', says, within: 8 })
    expect(way.connections()).toBe(2)
  })

  concurrent('E6 is tried again', async () => {
    const { server, there } = await through({ resetAfter: 100 }, 'pass')
    const rig = makeRig('rsync', server)
    expectDeployed('E6 reset, then well', await rig.push({ retries: '2', 'deploy-command': count }), rig)
    expect(ran(there)).toBe(1)
  })

  concurrent('E12 a server with no free place for logins (MaxStartups): the next attempt finds one', async () => {
    const server = await sshd({ config: ['MaxStartups 1:100:1'] })
    const held = net.connect(server.port, server.host)
    atEnd(() => void held.destroy())
    await once(held, 'data')
    expect(await naive(server)).toBe(255)
    const rig = makeRig('rsync', server)
    const full = await rig.push()
    const says = /closed the connection before the login.*MaxStartups/s
    expectFailure('E12 MaxStartups', full, { class: 'connect', stage: 'connect', says, within: 8 })
    const running = rig.start({ retries: '2' })
    await running.waitFor('Attempt 1 of 2')
    held.destroy()
    expectDeployed('E12 MaxStartups, then free', await running.done, rig)
  })

  concurrent('something that is no SSH server', async () => {
    const there = await sshd()
    const web = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    })
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
    atEnd(() => void web.close())
    const server = there.at((web.address() as net.AddressInfo).port)
    const step = await makeRig('rsync', server).push({ 'connect-timeout': '3', retries: '3' })
    const says = /What answers at .*127\.0\.0\.1:\d+ is not an SSH server\..*HTTP/s
    expectFailure('no SSH server', step, { class: 'connect', stage: 'connect', says, within: 9 })
    expect(step.log).not.toContain('Attempt 1')
  })
})

describe('a line that is cut', () => {
  for (const method of methods) {
    concurrent(`E7 in the middle of a push by ${method}, once: the next attempt completes it`, async () => {
      const { server, way, there } = await through({ cutAfter: 400_000 }, 'pass')
      const rig = makeRig(method, server, { 'big.bin': noise(1_200_000), 'index.html': 'one\n' })
      const step = await rig.push({ retries: '2', 'deploy-command': count })
      expectDeployed(`E7 ${method}, cut once`, step, rig)
      rig.verify()
      expect(way.connections()).toBe(2)
      expect(ran(there)).toBe(1)
    })

    concurrent(`E8 in every attempt of a push by ${method}: what was there stays, whole`, async () => {
      const { server, way, there } = await through('pass')
      const rig = makeRig(method, server, { 'a.txt': 'old\n', 'z.txt': 'old\n', 'big.bin': noise(1000) })
      await rig.push()
      const old = rig.arrived()
      const before = rig.method === 'rsync' ? tree(rig.there) : {}
      rig.change({ 'a.txt': 'new\n', 'z.txt': 'new\n', 'big.bin': noise(1_200_000), 'new.txt': 'new\n' })
      way.use({ cutAfter: 400_000 })
      const step = await rig.push({ retries: '2', 'deploy-command': count })
      const says = 'The connection to'
      expectFailure(`E8 ${method}, cut in every attempt`, step, { class: 'transfer', stage: 'push', says, within: 25 })
      expect(step.errors[0]).toContain('was lost during the push')
      // One for each attempt at least; by git, one more that looks whether it had arrived all the same.
      expect(way.connections()).toBeGreaterThanOrEqual(3)
      expect(ran(there)).toBe(0)
      if (method !== 'rsync') expect(rig.arrived()).toBe(old)
      for (const [path, state] of Object.entries(before)) expect([path, tree(rig.there)[path]]).toEqual([path, state])
      rig.verify()
      way.use('pass')
      expectDeployed(`E8 ${method}, and then well`, await rig.push(), rig)
    })

    concurrent(`E9 that stalls in a push by ${method}: idle-timeout`, async () => {
      const { server, way } = await through({ stallAfter: 400_000 })
      const rig = makeRig(method, server, { 'big.bin': noise(1_200_000) })
      const step = await rig.push({ 'idle-timeout': '1', retries: '3' })
      expectFailure(`E9 ${method}, stalled`, step, {
        class: 'timeout',
        stage: 'push',
        says: /without a byte.*idle-timeout/s,
        within: 16,
      })
      expect(way.connections()).toBe(1)
    })
  }

  for (const [method, work] of [
    ['rsync', '*--debug=filter1*'],
    ['git', '*" status "*'],
    ['hg', 'status*'],
  ] as const) {
    concurrent(`E9 a slow runner is no silent server: ${method}, idle-timeout shorter than its own work`, async () => {
      const rig = makeRig(method, await sshd())
      const bin = temporaryDirectory('bin')
      const real = (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(join(folder, method)))
      writeFiles(bin, { [method]: script(`case "$*" in ${work}) sleep 3 ;; esac\nexec '${real}/${method}' "$@"`) })
      const step = await rig.push({ 'idle-timeout': '2' }, { env: { PATH: `${bin}:${process.env['PATH']}` } })
      expectDeployed(`E9 ${method}, slow runner`, step, rig)
      expect(step.seconds).toBeGreaterThan(3)
    })
  }

  concurrent('E9 would keep the plain client waiting', async () => {
    const { server } = await through({ stallAfter: 400_000 })
    const plain = server.ssh('cat > /dev/null', noise(1_200_000)).then(() => 'ended')
    expect(await Promise.race([plain, sleep(3000, 'waits')])).toBe('waits')
  })

  for (const stage of ['push', 'deploy'] as const) {
    concurrent(`E10 to a server that is stopped (SIGSTOP) in the ${stage}: idle-timeout`, async () => {
      const server = await sshd()
      const rig = makeRig('git', server)
      const hook = '#!/bin/sh\necho here >&2\nexec sleep 61\n'
      if (stage === 'push') writeFiles(rig.there, { 'hooks/pre-receive': { content: hook, mode: 0o755 } })
      const running = rig.start({ 'idle-timeout': '2', 'deploy-command': 'echo here; exec sleep 61' })
      await running.waitFor('│ here')
      for (const pid of descendants(server.pid)) process.kill(pid, 'SIGSTOP')
      const step = await running.done
      const says = /without a byte.*idle-timeout/s
      const uploaded = stage === 'deploy'
      expectFailure(`E10 ${stage}, server stopped`, step, { class: 'timeout', stage, says, uploaded, within: 16 })
    })
  }
})
