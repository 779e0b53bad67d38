import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostKey, makeKey, writeKey } from '../support/keys.ts'
import { behind, proxy } from '../support/proxy.ts'
import { type Inputs, inputsFor, runAction } from '../support/runner.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { plainWorkspace } from '../support/workspaces.ts'

const push = (server: Server, more: Inputs = {}) =>
  runAction(inputsFor(server, { 'deploy-command': 'echo deployed', ...more }), {
    workspace: plainWorkspace().path,
    post: false,
  })

const deploys = (server: Server) => server.commands().filter((command) => command.startsWith('echo'))
const line = (server: Server, type: string) =>
  server.knownHosts.split('\n').find((each) => each.includes(` ${type} `)) ?? ''

/** It stopped at the host key: nobody logged in, nothing ran. */
function expectHostKeyRefusal(step: Awaited<ReturnType<typeof push>>, ...servers: Server[]) {
  expect(step.code).toBe(1)
  expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'connect', 'error-class': 'host-key' })
  expect(step.errors).toHaveLength(1)
  for (const server of servers) {
    expect(server.logins()).toBe(0)
    expect(server.commands()).toEqual([])
  }
}

describe('the host key', () => {
  it('is pinned by known-hosts', async () => {
    const server = await sshd()
    const step = await push(server)
    expect(step).toMatchObject({ code: 0, errors: [], warnings: [] })
    expect(step.outputs['host-key-fingerprint']).toBe(server.fingerprints.ed25519)
    expect(deploys(server)).toHaveLength(1)
  })

  it('is pinned by a hashed line, as ssh-keyscan -H writes it', async () => {
    const server = await sshd()
    const file = join(temporaryDirectory('known'), 'known_hosts')
    writeFileSync(file, server.knownHosts)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'pipe' })
    const hashed = readFileSync(file, 'utf8')
    expect(hashed).toMatch(/^\|1\|/)
    expect(hashed).not.toContain(server.host)
    expect((await push(server, { 'known-hosts': hashed })).errors).toEqual([])
  })

  it('is pinned by one line of several, with comments and CRLF between them', async () => {
    const server = await sshd()
    const other = await sshd({ identity: 'impostor' })
    const lines = ['# ours', line(other, 'ssh-ed25519'), '', line(server, 'ssh-rsa'), line(server, 'ssh-ed25519')]
    expect((await push(server, { 'known-hosts': lines.join('\r\n') })).errors).toEqual([])
  })

  it('is the RSA one when only that is pinned and the server prefers ed25519', async () => {
    const server = await sshd()
    const step = await push(server, { 'known-hosts': line(server, 'ssh-rsa') })
    expect(step.errors).toEqual([])
    expect(step.outputs['host-key-fingerprint']).toBe(server.fingerprints.rsa)
  })

  it.each(['ed25519', 'rsa'] as const)('is pinned by the fingerprint of its %s key', async (type) => {
    const server = await sshd()
    const step = await push(server, { 'known-hosts': '', 'host-key-fingerprint': server.fingerprints[type] ?? '' })
    expect(step).toMatchObject({ code: 0, errors: [], warnings: [] })
    expect(step.outputs['host-key-fingerprint']).toBe(server.fingerprints[type])
    expect(server.logins()).toBe(1)
  })

  it('is refused when its fingerprint is not the pinned one', async () => {
    const server = await sshd()
    const other = await sshd({ identity: 'impostor' })
    const pinned = `${other.fingerprints.ed25519}\n${other.fingerprints.rsa}`
    const step = await push(server, { 'known-hosts': '', 'host-key-fingerprint': pinned })
    expectHostKeyRefusal(step, server)
    expect(step.errors[0]).toContain(other.fingerprints.ed25519)
    expect(step.errors[0]).toMatch(
      new RegExp(`${server.fingerprints.ed25519}|${server.fingerprints.rsa}`.replaceAll('+', '\\+')),
    )
  })

  it('must be pinned: with neither input nothing is connected to', async () => {
    const server = await sshd()
    const step = await push(server, { 'known-hosts': '' })
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'settings', 'error-class': 'input' })
    expect(step.errors).toEqual([expect.stringMatching(/known-hosts.*host-key-fingerprint/)])
    expect(server.connections()).toBe(0)
  })

  it('of an unknown host is refused, with its fingerprint and the line that would pin it', async () => {
    const server = await sshd()
    const step = await push(server, { 'known-hosts': server.knownHosts.replaceAll(server.host, 'other.example') })
    expectHostKeyRefusal(step, server)
    expect(step.errors[0]).toContain(server.fingerprints.ed25519)
    expect(step.errors[0]).toContain(line(server, 'ssh-ed25519'))
    // The line from the message does pin it.
    expect((await push(server, { 'known-hosts': line(server, 'ssh-ed25519') })).errors).toEqual([])
  })

  it('of the same host at another port is not the pinned one', async () => {
    const server = await sshd()
    const step = await push(server, { 'known-hosts': server.knownHosts.replaceAll(`:${server.port}`, ':1') })
    expectHostKeyRefusal(step, server)
  })

  it('that has changed is refused, with what was expected and what is offered', async () => {
    const server = await sshd()
    const impostor = await sshd({ identity: 'impostor', authorizedKeys: [server.publicKey] })
    // The same address as far as we know: the impostor answers where the server did.
    const way = await proxy({ host: impostor.host, port: impostor.port })
    const target = behind(server, way)
    const step = await push(target)
    expectHostKeyRefusal(step, impostor)
    expect(step.errors[0]).toContain(server.fingerprints.ed25519)
    expect(step.errors[0]).toContain(impostor.fingerprints.ed25519)
    expect(step.errors[0]).toMatch(/another host key/)
    // One attempt: a changed key does not get better by asking again.
    expect(way.connections()).toBe(1)
  })

  it('is pinned by the authority that certified it, and by no other', async () => {
    const directory = temporaryDirectory('authority')
    const [ours, theirs] = [makeKey(), makeKey()]
    const certified = join(directory, 'host.pub')
    writeFileSync(certified, `${hostKey('certified', 'ed25519').publicKey}\n`)
    const authority = writeKey(join(directory, 'authority'), ours)
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'host', '-h', '-n', '127.0.0.1', certified])
    const server = await sshd({
      identity: 'certified',
      hostKeys: ['ed25519'],
      config: [`HostCertificate ${join(directory, 'host-cert.pub')}`],
    })
    const trust = (key: typeof ours) => push(server, { 'known-hosts': `@cert-authority * ${key.publicKey}` })
    expectHostKeyRefusal(await trust(theirs), server)
    const step = await trust(ours)
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', 'host-key-fingerprint': server.fingerprints.ed25519 })
  })

  it('that is revoked is refused', async () => {
    const server = await sshd({ hostKeys: ['ed25519'] })
    const step = await push(server, {
      'known-hosts': `${server.knownHosts}@revoked * ${line(server, 'ssh-ed25519').replace(/^\S+ /, '')}\n`,
    })
    expectHostKeyRefusal(step, server)
  })

  it('goes unchecked only with the ugly input, which warns', async () => {
    const server = await sshd()
    const step = await push(server, { 'known-hosts': '', 'insecure-skip-host-key-check': 'true' })
    expect(step.errors).toEqual([])
    expect(step.warnings).toEqual([expect.stringContaining('insecure-skip-host-key-check')])
    expect(step.outputs['result']).toBe('deployed')
  })
})

describe('a key that the server does not know', () => {
  it('is tried once, and the error shows the user and the fingerprint', async () => {
    const server = await sshd({ authorize: false })
    const key = makeKey()
    const step = await push(server, { 'ssh-key': key.privateKey })
    expect(step.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'connect', 'error-class': 'auth' })
    expect(step.errors).toHaveLength(1)
    expect(step.errors[0]).toContain(key.fingerprint)
    expect(step.errors[0]).toContain(server.user)
    expect(server.log().match(/Failed publickey/g)).toHaveLength(1)
    expect(server.connections()).toBe(1)
    expect(server.logins()).toBe(0)
  })
})

describe('a bastion', () => {
  const both = async () => {
    const server = await sshd()
    const bastion = await sshd({ authorizedKeys: [server.publicKey], identity: 'bastion' })
    const jump = { 'proxy-jump': `ssh://${bastion.user}@${bastion.host}:${bastion.port}` }
    return { server, bastion, jump }
  }

  it('is passed with one login at each end, and runs no command', async () => {
    const { server, bastion, jump } = await both()
    const step = await push(server, { ...jump, 'known-hosts': server.knownHosts + bastion.knownHosts })
    expect(step.errors).toEqual([])
    expect(step.outputs).toMatchObject({ result: 'deployed', 'host-key-fingerprint': server.fingerprints.ed25519 })
    expect(server.logins()).toBe(1)
    expect(bastion.logins()).toBe(1)
    expect(bastion.commands()).toEqual([])
    expect(deploys(server)).toHaveLength(1)
    // The server saw the bastion, which is where the connection came from.
    expect(bastion.connections()).toBe(1)
    expect(server.connections()).toBe(1)
  })

  it('is pinned by a fingerprint too', async () => {
    const { server, bastion, jump } = await both()
    const pinned = `${server.fingerprints.ed25519}\n${bastion.fingerprints.ed25519}`
    const step = await push(server, { ...jump, 'known-hosts': '', 'host-key-fingerprint': pinned })
    expect(step.errors).toEqual([])
    expect(step.outputs['host-key-fingerprint']).toBe(server.fingerprints.ed25519)
  })

  it('that is not pinned is refused, by its own name, before the server hears of us', async () => {
    const { server, bastion, jump } = await both()
    const step = await push(server, jump)
    expectHostKeyRefusal(step, server, bastion)
    expect(step.errors[0]).toContain(bastion.fingerprints.ed25519)
    expect(step.errors[0]).toContain(line(bastion, 'ssh-ed25519'))
    expect(step.errors[0]?.split('\n')[0]).toContain(`:${bastion.port}`)
    expect(server.connections()).toBe(0)
  })

  it('that refuses the key is named', async () => {
    const server = await sshd()
    const bastion = await sshd()
    const step = await push(server, {
      'proxy-jump': `ssh://${bastion.user}@${bastion.host}:${bastion.port}`,
      'known-hosts': server.knownHosts + bastion.knownHosts,
    })
    expect(step.outputs).toMatchObject({ result: 'failed', 'error-class': 'auth' })
    expect(step.errors[0]).toContain(`:${bastion.port}`)
    expect(server.connections()).toBe(0)
  })
})

describe('a private key', () => {
  const body = (key: string) => key.trim().split('\n')

  it('is mended where it was mangled on its way into a secret, and may be in any format', async () => {
    const { privateKey, publicKey } = makeKey('rsa')
    const converted = (format: string) => {
      const path = join(temporaryDirectory('key'), 'key')
      writeFileSync(path, privateKey, { mode: 0o600 })
      execFileSync('ssh-keygen', ['-q', '-p', '-N', '', '-m', format, '-f', path], { stdio: 'pipe' })
      return readFileSync(path, 'utf8')
    }
    const keys = [
      privateKey.replaceAll('\n', '\r\n'),
      privateKey.trimEnd(),
      `\n  \n${privateKey}\n\n`,
      converted('PEM'),
      converted('PKCS8'),
    ]
    const heads = keys.map((key) => key.trim().split('\n')[0]?.trim())
    expect(new Set(heads).size).toBe(3)
    const server = await sshd({ authorize: false, authorizedKeys: [publicKey] })
    // Each run needs a destination of its own, or it would meet the others' files.
    const runs = keys.map((key, index) =>
      push(server, { 'ssh-key': key, destination: server.destination(`app${index}`) }),
    )
    for (const step of await Promise.all(runs)) expect(step.errors).toEqual([])
    expect(server.logins()).toBe(keys.length)
  })

  it('that cannot be used is named before anything is connected to', async () => {
    const server = await sshd()
    const { privateKey, publicKey } = makeKey()
    const encrypted = makeKey('ed25519', 'right').privateKey
    const lines = body(privateKey)
    const putty = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: key\nPublic-Lines: 2\n'
    const cases: readonly (readonly [key: string, errorClass: string, says: RegExp, passphrase?: string])[] = [
      [lines.join(' '), 'key', /one line/],
      [lines.join('\\n'), 'key', /one line/],
      [publicKey, 'key', /public half/],
      [putty, 'key', /PuTTY/],
      [encrypted, 'key', /passphrase is empty/],
      [encrypted, 'key', /does not open/, 'wrong'],
      [lines.slice(0, 3).join('\n'), 'key', /cut off/],
      [[...lines.slice(0, 2), ...lines.slice(3)].join('\n'), 'key', /damaged/],
      ['hello', 'key', /BEGIN/],
      ['', 'input', /ssh-key/],
      [' \n', 'input', /ssh-key/],
    ]
    const steps = await Promise.all(
      cases.map(([key, , , passphrase = '']) => push(server, { 'ssh-key': key, 'ssh-key-passphrase': passphrase })),
    )
    for (const [index, [key, errorClass, says]] of cases.entries()) {
      const step = steps[index]
      expect(step?.outputs, key).toMatchObject({ result: 'failed', 'error-class': errorClass })
      expect(step?.errors, key).toEqual([expect.stringMatching(says)])
      // No hint may quote the key.
      for (const part of key.split(/\\n|\s/).filter((word) => word.length > 30)) expect(step?.log).not.toContain(part)
    }
    expect(server.connections()).toBe(0)
  })
})
