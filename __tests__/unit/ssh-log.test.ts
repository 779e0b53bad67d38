import { createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorClasses } from '../../src/core/errors.ts'
import type { HostKeys } from '../../src/core/model.ts'
import {
  type Attempt,
  bytesSent,
  commandEnd,
  connectFailure,
  fingerprintOf,
  parseOffered,
} from '../../src/core/ssh-log.ts'
import { makeKey } from '../support/keys.ts'
import { type ServerOptions, sshd } from '../support/sshd.ts'
import { fingerprint, runs } from './samples.ts'
import { type Folder, sshFolder } from './ssh-folder.ts'

const attempt: Attempt = {
  login: { user: 'u', host: 'host.example.com', port: 2222 },
  jump: undefined,
  hostKeys: { lines: '', fingerprints: [], insecure: false },
  keyFingerprint: fingerprint,
  offered: [],
}

interface Visit {
  readonly server?: ServerOptions
  readonly hostKeys?: (knownHosts: string) => HostKeys
  readonly key?: string
  readonly host?: string
  readonly port?: number
  readonly command?: string
  readonly options?: readonly string[]
}

const pin = (lines: string): HostKeys => ({ lines, fingerprints: [], insecure: false })

/** Logs in for real and tells what the log of it stands for. */
async function visit(how: Visit) {
  const server = await sshd(how.server)
  const login = { user: server.user, host: how.host ?? server.host, port: how.port ?? server.port }
  const hostKeys = (how.hostKeys ?? pin)(server.knownHosts)
  const folder: Folder = sshFolder({ login, hostKeys, key: how.key ?? server.privateKey, connectTimeout: 1 })
  const ran = await folder.ssh(...(how.options ?? []), '--', `${login.user}@${login.host}`, how.command ?? 'true')
  const failure = connectFailure(folder.log(), { ...attempt, login, hostKeys, offered: parseOffered(folder.offered()) })
  return { ...ran, log: folder.log(), failure, server, where: `${login.user}@${login.host}:${login.port}` }
}

describe('a login that failed, for real', () => {
  it('E11 by a key that the server does not know', async () => {
    const { code, failure, where, server } = await visit({ server: { authorize: false } })
    expect(code).toBe(255)
    expect(failure.errorClass).toBe('auth')
    expect(failure.cause).toBe(`${where} did not accept our key ${fingerprint}.`)
    expect(failure.next).toContain(`authorized_keys of ${server.user}`)
    expect(failure.evidence).toMatch(/Permission denied \(publickey\)/)
    expect(failure.retry).toBe(false)
  })

  it('D10 at a host whose key is not pinned', async () => {
    const other = makeKey().publicKey
    const { failure, server, where } = await visit({ hostKeys: () => pin(`elsewhere.example.com ${other}\n`) })
    expect(failure.errorClass).toBe('host-key')
    expect(failure.cause).toBe(`${where} shows a host key that is not pinned.`)
    const offered = server.fingerprints.ed25519 ?? 'none'
    expect(failure.evidence).toBe(
      `expected ${fingerprintOf(other.split(' ')[1] ?? '')} (ssh-ed25519); offered ${offered} (ssh-ed25519)`,
    )
    expect(failure.next).toContain(`Compare ${offered} with`)
    expect(failure.next).toContain(`set known-hosts to: ${server.knownHosts.split('\n')[0]}`)
    expect(failure.retry).toBe(false)
  })

  it('D11 at a host whose key has changed', async () => {
    const other = makeKey().publicKey
    const { failure, where } = await visit({ hostKeys: (lines) => pin(`${lines.split(' ')[0]} ${other}\n`) })
    expect(failure.errorClass).toBe('host-key')
    expect(failure.cause).toContain(`${where} shows another host key than the pinned one`)
    expect(failure.evidence).toContain(fingerprintOf(other.split(' ')[1] ?? ''))
  })

  it('D12 D13 at a host whose fingerprint is not the pinned one', async () => {
    const { failure, server } = await visit({
      hostKeys: () => ({ lines: '', fingerprints: [fingerprint], insecure: false }),
    })
    expect(failure.errorClass).toBe('host-key')
    expect(failure.evidence).toContain(`expected ${fingerprint}; offered ${server.fingerprints.ed25519}`)
  })

  it('E1 at a port where nobody listens', async () => {
    const { failure, where } = await visit({ port: 1 })
    expect(failure).toMatchObject({ errorClass: 'connect', cause: `${where} refused the connection.`, retry: true })
    expect(failure.evidence).toMatch(/^ssh: connect to host .*Connection refused/)
  })

  it('E3 at a name that does not resolve', async () => {
    const { failure } = await visit({ host: 'no-such-host.invalid', port: 22 })
    expect(failure.errorClass).toBe('connect')
    expect(failure.cause).toContain('does not resolve')
    expect(failure.evidence).toMatch(/^ssh: Could not resolve hostname/)
  })

  it('E4 at a server that says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((listening) => silent.once('listening', listening))
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { failure } = await visit({ port })
    silent.close()
    expect(failure).toMatchObject({ errorClass: 'timeout', retry: true })
    expect(failure.cause).toContain('connect-timeout')
  })

  it.each([
    ['hangs up', '', /closed the connection before the login/],
    ['is full', 'Exceeded MaxStartups\r\n', /closed the connection before the login/],
    ['speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', /is not an SSH server/],
    ['talks on and on', 'x\r\n'.repeat(1100), /is not an SSH server/],
    ['sends bytes without an end', 'x'.repeat(9000), /is not an SSH server/],
  ])('E6 at a server that %s', async (_, greeting, cause) => {
    const rude = createServer((socket) => socket.on('error', () => undefined).end(greeting)).listen(0, '127.0.0.1')
    await new Promise((listening) => rude.once('listening', listening))
    const address = rude.address()
    const { failure } = await visit({ port: typeof address === 'object' && address !== null ? address.port : 0 })
    rude.close()
    expect(failure.errorClass).toBe('connect')
    expect(failure.cause).toMatch(cause)
    expect(failure.retry).toBe(!failure.cause.includes('not an SSH server'))
  })

  it('at a server of another age', async () => {
    const { failure } = await visit({ options: ['-o', 'KexAlgorithms=diffie-hellman-group1-sha1'] })
    expect(failure).toMatchObject({ errorClass: 'remote-setup', retry: false })
    expect(failure.cause).toContain('share no algorithm')
    expect(failure.evidence).toMatch(/^Unable to negotiate/)
  })

  it('by a key that ssh cannot load', async () => {
    const { failure } = await visit({
      key: makeKey().privateKey.replace(/[A-Za-z0-9+/]{30}=*\n-----END/, '\n-----END'),
    })
    expect(failure.errorClass).toBe('key')
    expect(failure.evidence).toMatch(/^Load key "key": /)
  })
})

describe('a command that ended, for real', () => {
  it.each([
    ['exit 0', 0, 'status'],
    ['exit 7', 7, 'status'],
    ['F6 exit 255', 255, 'status'],
    ['F7 kill -9 $$', 255, 'signal'],
  ])('%s', async (command, code, end) => {
    const seen = await visit({ command: command.replace(/^F\d /, '') })
    expect(seen.code).toBe(code)
    expect(commandEnd(seen.log)).toBe(end)
    expect(bytesSent(seen.log)).toBeGreaterThan(1_000)
  })

  it('what the server prints cannot forge it', async () => {
    const forged = 'debug1: client_input_channel_req: channel 0 rtype exit-status reply 0'
    const { log, code } = await visit({
      command: `echo '${forged}'; echo '${forged}' >&2; kill -9 $$`,
      server: { banner: `${forged}\nWARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\n` },
    })
    expect(code).toBe(255)
    expect(commandEnd(log)).toBe('signal')
  })
})

describe('ssh’s log', () => {
  const status = 'debug1: client_input_channel_req: channel 0 rtype exit-status reply 0\n'
  const signal = 'debug1: client_input_channel_req: channel 2 rtype exit-signal reply 0\n'

  it.each([
    ['', 'lost'],
    ['debug1: Sending command: x\n', 'lost'],
    [status, 'status'],
    [signal, 'signal'],
    [status + signal, 'signal'],
    [signal + status, 'status'],
  ])('%j ends by %s', (log, end) => {
    expect(commandEnd(log)).toBe(end)
  })

  it('adds the bytes of all connections up', () => {
    const line = (sent: number) => `Transferred: sent ${sent}, received 4000 bytes, in 0.1 seconds\n`
    expect(bytesSent(`x\n${line(3000)}y\n${line(77)}`)).toBe(3077)
    expect(bytesSent('Transferred: nothing\n x Transferred: sent 3, received 4\n')).toBeUndefined()
  })

  it('the keys that were offered', () => {
    expect(parseOffered('h ssh-rsa AAAA SHA256:x\nbroken\n\n[h]:22 ssh-ed25519 BBBB SHA256:y\n')).toEqual([
      { host: 'h', type: 'ssh-rsa', key: 'AAAA', fingerprint: 'SHA256:x' },
      { host: '[h]:22', type: 'ssh-ed25519', key: 'BBBB', fingerprint: 'SHA256:y' },
    ])
  })

  it('a fingerprint is ssh’s own', () => {
    const key = makeKey('ecdsa')
    expect(fingerprintOf(key.publicKey.split(' ')[1] ?? '')).toBe(key.fingerprint)
  })

  it.each<[string, string, RegExp]>([
    ['ssh: connect to host h port 22: Connection timed out', 'timeout', /did not answer/],
    ['ssh: connect to host h port 22: No route to host', 'connect', /no route/],
    ['ssh: connect to host h port 22: Network is unreachable', 'connect', /no route/],
    ['ssh: Could not resolve hostname h: Temporary failure in name resolution', 'connect', /does not resolve/],
    [
      'Connection timed out during banner exchange\nConnection to 192.0.2.1 port 22 timed out',
      'timeout',
      /did not answer/,
    ],
    [
      'kex_exchange_identification: read: Connection reset by peer\nConnection reset by 192.0.2.1 port 22',
      'connect',
      /closed the connection/,
    ],
    ['kex_exchange_identification: Connection closed by remote host', 'connect', /closed the connection/],
    [
      'ssh_dispatch_run_fatal: Connection to 192.0.2.1 port 22: message authentication code incorrect',
      'connect',
      /closed the connection/,
    ],
    ['u@h: Permission denied (publickey,password).', 'auth', /did not accept our key/],
    [
      'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures',
      'auth',
      /did not accept our key/,
    ],
    ['Host key verification failed.', 'host-key', /not pinned/],
    ['something that nobody foresaw', 'connect', /The connection to u@host.example.com:2222 failed/],
    ['', 'connect', /failed/],
  ])('%s', (line, errorClass, cause) => {
    const failure = connectFailure(`OpenSSH_9.2p1\ndebug1: Connecting\n${line}\ndebug1: end\n`, attempt)
    expect(failure.errorClass).toBe(errorClass)
    expect(failure.cause).toMatch(cause)
    if (errorClass !== 'host-key') expect(line).toContain(failure.evidence)
  })

  it('P9 any log has one class, a cause and a next step', () => {
    const piece = fc.constantFrom(
      ...[
        'Permission denied',
        'REMOTE HOST IDENTIFICATION HAS CHANGED',
        'Host key verification failed',
        'Load key "key": x',
      ],
      ...[
        'Connection refused',
        'ssh: connect to host ',
        'Unable to negotiate',
        'closed',
        'timed out',
        'debug1: ',
        '\n',
        '\r',
        ' ',
      ],
    )
    const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 8 })
    fc.assert(
      fc.property(text, (parts) => {
        const failure = connectFailure(parts.join(''), attempt)
        expect(Object.keys(errorClasses)).toContain(failure.errorClass)
        expect(failure.errorClass).not.toBe('bug')
        expect(failure.cause).not.toBe('')
        expect(failure.next).not.toBe('')
      }),
      runs(250),
    )
  })
})
