import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive } from '../support/processes.ts'
import { behind, proxy } from '../support/proxy.ts'
import { dropbear, isInstalled, pathWithout, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const isRoot = process.getuid?.() === 0

describe('a test’s own sshd', () => {
  it('runs commands in its own home, and counts', async () => {
    const server = await sshd()
    expect(await server.ssh('pwd; echo "$HOME"; exit 7')).toEqual({
      code: 7,
      stdout: `${server.home}\n${server.home}\n`,
      stderr: '',
    })
    expect((await server.ssh('cat', "it's\0bytes")).stdout).toBe("it's\0bytes")
    expect(server.commands()).toEqual(['pwd; echo "$HOME"; exit 7', 'cat'])
    expect(server.logins()).toBe(2)
    expect(server.connections()).toBe(2)
    expect(server.destination()).toMatch(/^ssh:\/\/[^@]+@127\.0\.0\.1:\d+\/~\/app$/)
    expect(server.destination('/srv')).toMatch(/:\d+\/srv$/)
    expect(server.knownHosts).toMatch(/^\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+\n\[127\.0\.0\.1\]:\d+ ssh-rsa \S+\n$/)
    expect(server.fingerprints.rsa).toMatch(/^SHA256:[\w+/]{43}$/)
  })

  it.skipIf(!isInstalled('fish'))('can have fish for a shell', async () => {
    const server = await sshd({ shell: 'fish' })
    expect((await server.ssh('set x 1; echo $x $FISH_VERSION')).stdout).toMatch(/^1 \d/)
  })

  it.skipIf(!isInstalled('tcsh'))('can have tcsh for a shell', async () => {
    const server = await sshd({ shell: 'tcsh' })
    expect((await server.ssh('set x = 1; echo $x $tcsh')).stdout).toMatch(/^1 \d/)
  })

  it('can lack a tool, and be noisy', async () => {
    const server = await sshd({ path: pathWithout('rsync'), noise: '::error::welcome\n' })
    const { stdout, code } = await server.ssh('command -v git; command -v rsync')
    expect(stdout).toMatch(/^::error::welcome\n\S+\/git\n$/)
    expect(code).not.toBe(0)
  })

  it('can put a gate before the account', async () => {
    const gate = join(temporaryDirectory(), 'gate')
    writeFileSync(gate, '#!/bin/sh\necho "gate: $PWD $SSH_ORIGINAL_COMMAND"\n', { mode: 0o755 })
    const server = await sshd({ gate })
    expect((await server.ssh('deploy app.default')).stdout).toBe(`gate: ${server.home} deploy app.default\n`)
  })

  it('can refuse the key, show a banner, offer one host key, and listen on IPv6', async () => {
    const server = await sshd({ authorize: false, banner: 'Keep out\n', hostKeys: ['rsa'], listen: '::1' })
    const { code, stderr } = await server.ssh('true')
    expect(code).toBe(255)
    expect(stderr).toContain('Permission denied')
    expect(server.logins()).toBe(0)
    expect(server.fingerprints).toEqual({ rsa: expect.stringMatching(/^SHA256:/) })
    expect(server.destination('a')).toMatch(/@\[::1\]:\d+\/~\/a$/)
  })

  it('keeps its identity across servers, unless told otherwise', async () => {
    const [one, two, impostor] = await Promise.all([sshd(), sshd(), sshd({ identity: 'impostor' })])
    expect(one?.fingerprints).toEqual(two?.fingerprints)
    expect(one?.fingerprints.ed25519).not.toBe(impostor?.fingerprints.ed25519)
  })

  it('can be reached through a proxy', async () => {
    const server = await sshd()
    const between = await proxy(server, { resetAfter: 100 }, 'pass')
    const seen = behind(server, between)
    expect((await seen.ssh('true')).code).toBe(255)
    expect((await seen.ssh('echo hi')).stdout).toBe('hi\n')
    expect(seen.knownHosts).toContain(`:${between.port} `)
    expect(server.logins()).toBe(1)
  })

  it('leaves no process behind', async () => {
    const server = await sshd()
    const running = server.ssh(
      'echo $$ > pid; nohup sleep 300 < /dev/null > /dev/null 2>&1 & echo $! > orphan; sleep 300',
    )
    const orphan = async () => (await server.ssh('cat orphan')).stdout.trim()
    while ((await orphan()) === '') {}
    const pids = [server.pid, Number(await orphan())]
    expect(pids.map(isAlive)).toEqual([true, true])
    await server.stop()
    expect((await running).code).toBe(255)
    expect(pids.map(isAlive)).toEqual([false, false])
  })
})

it.skipIf(!isRoot || !isInstalled('dropbear'))('a Dropbear server does the same', async () => {
  const server = await dropbear({ shell: 'bash' })
  expect(await server.ssh('pwd; exit 3')).toEqual({ code: 3, stdout: `${server.home}\n`, stderr: '' })
  expect(server.commands()).toEqual(['pwd; exit 3'])
  expect([server.logins(), server.connections()]).toEqual([1, 1])
})
