import { createHash } from 'node:crypto'
import { formatLogin, type Login } from './destination.js'
import { PushError } from './errors.js'
import type { HostKeys } from './model.js'

/**
 * What ssh's own log (`ssh -v`) tells. It is kept apart from what the server prints, so a server cannot forge it by
 * its output; only ssh's wording can change, and then a failure becomes less exact, never a success.
 */

/** The fingerprint of a public key in base64, as ssh prints it. */
export function fingerprintOf(publicKey: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64').replace(/=+$/, '')}`
}

/** A host key that a server offered, as noted by the session's KnownHostsCommand. */
export interface OfferedKey {
  readonly host: string
  readonly type: string
  readonly key: string
  readonly fingerprint: string
}

export function parseOffered(text: string): OfferedKey[] {
  return text.split('\n').flatMap((line) => {
    const [host, type, key, fingerprint] = line.split(' ')
    return host && type && key && fingerprint ? [{ host, type, key, fingerprint }] : []
  })
}

/** How the last remote command ended: with an exit status, by a signal, or nobody knows because the line is gone. */
export function commandEnd(log: string): 'status' | 'signal' | 'lost' {
  const kinds = [...log.matchAll(/client_input_channel_req: channel \d+ rtype exit-(status|signal)/g)]
  const last = kinds.at(-1)?.[1]
  return last === 'status' || last === 'signal' ? last : 'lost'
}

/** What the server calls itself. */
export function serverSoftware(log: string): string {
  return /remote software version (.*)$/m.exec(log)?.[1]?.trim() ?? ''
}

/** Bytes sent over all connections that have ended, encryption included. */
export function bytesSent(log: string): number | undefined {
  const totals = [...log.matchAll(/^Transferred: sent (\d+), received/gm)]
  return totals.length === 0 ? undefined : totals.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}

/** What is known about a connection that failed. */
export interface Attempt {
  readonly login: Login
  readonly jump: Login | undefined
  readonly hostKeys: HostKeys
  readonly keyFingerprint: string
  readonly offered: readonly OfferedKey[]
}

const unreachable =
  /^ssh: (?:connect to host .*|Could not resolve hostname .*)$|^(?:kex_exchange_identification|ssh_dispatch_run_fatal|banner exchange|client_loop|Connection (?:closed|reset|timed out)|Connection to \S+ port \d+ timed out|Timeout, server|Unable to negotiate).*$/m

/** Why ssh could not log in, from its log. Total: whatever the log says, there is one class. */
export function connectFailure(log: string, given: Attempt): PushError {
  const attempt = { ...given, login: failedHop(given) }
  const where = formatLogin(attempt.login)
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known for/.test(log)) {
    return hostKeyFailure(log, attempt)
  }
  const keyError = /^Load key .*$/m.exec(log)?.[0]
  if (keyError !== undefined) {
    return new PushError('key', 'ssh cannot load ssh-key.', 'Check the secret and its passphrase.', {
      evidence: keyError,
    })
  }
  const denied = /^.*(?:Permission denied|Too many authentication failures).*$/m.exec(log)?.[0]
  if (denied !== undefined) {
    return new PushError(
      'auth',
      `${where} did not accept our key ${attempt.keyFingerprint}.`,
      `Append the public half of ssh-key to ~/.ssh/authorized_keys of ${attempt.login.user} on the server, and check the user name.`,
      { evidence: denied },
    )
  }
  const line = unreachable.exec(log)?.[0] ?? lastWords(log)
  // What came in place of SSH's own first line: MaxStartups, or another protocol.
  const greeting = /identification: (banner line \d+: .*)$/m.exec(log)?.[1]
  const evidence = greeting === undefined ? line : `${line} (${greeting})`
  const [, errorClass, cause, next] = reasons(where).find(([sign]) => sign.test(evidence)) ?? unknownReason(where)
  return new PushError(errorClass, cause, next, {
    evidence,
    retry: !/Name or service not known|negotiate/.test(evidence) && !stranger.test(evidence),
  })
}

/** Behind a bastion, the destination is to blame only when it has shown a host key of its own. */
function failedHop({ login, jump, offered }: Attempt): Login {
  const name = ({ host, port }: Login) => (port === 22 ? host : `[${host}]:${port}`)
  const reached = offered.some(({ host }) => host === name(login))
  return jump === undefined || reached ? login : jump
}

/** What ssh says of a port at which another protocol answers. */
const stranger =
  /No SSH version received|banner line (?:too long|contains invalid|\d+: HTTP\/)|could not read protocol version/

type Reason = readonly [sign: RegExp, errorClass: 'connect' | 'timeout' | 'remote-setup', cause: string, next: string]

function reasons(where: string): readonly Reason[] {
  return [
    [
      /Could not resolve hostname/,
      'connect',
      `The name of ${where} does not resolve.`,
      'Check the host name in destination.',
    ],
    [stranger, 'connect', `What answers at ${where} is not an SSH server.`, 'Check the port in destination.'],
    [
      /Connection refused/,
      'connect',
      `${where} refused the connection.`,
      'Check host and port, and that sshd runs there.',
    ],
    [
      /timed out|not responding/,
      'timeout',
      `${where} did not answer within connect-timeout.`,
      "Check host, port and the server's firewall: it must let this runner in.",
    ],
    [
      /Unable to negotiate/,
      'remote-setup',
      `${where} and this ssh share no algorithm.`,
      'Update the SSH server, or let it offer a current algorithm.',
    ],
    [
      /closed|reset|broken pipe|ssh_dispatch_run_fatal/i,
      'connect',
      `${where} closed the connection before the login.`,
      "Look into the SSH server's log: a firewall, fail2ban or MaxStartups may have turned this runner away.",
    ],
    [
      /No route|unreachable/i,
      'connect',
      `There is no route to ${where}.`,
      'Check the address and the network between.',
    ],
  ]
}

function unknownReason(where: string): Reason {
  return [/^/, 'connect', `The connection to ${where} failed.`, 'Check host, port and the network between.']
}

/** The last line of the log that is no debug message. */
function lastWords(log: string): string {
  return (
    log
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^(debug\d: |OpenSSH_)/.test(line))
      .at(-1) ?? ''
  )
}

function hostKeyFailure(log: string, { login, hostKeys, offered }: Attempt): PushError {
  const seen = offered.at(-1)
  const changed = /IDENTIFICATION HAS CHANGED/.test(log)
  const expected = [
    ...hostKeys.fingerprints,
    ...hostKeys.lines.split('\n').flatMap((line) => {
      const [, type, key] = /^(?:@\S+\s+)?\S+\s+(\S+)\s+(\S+)/.exec(line.startsWith('#') ? '' : line) ?? []
      return type && key ? [`${fingerprintOf(key)} (${type})`] : []
    }),
  ]
  const evidence = `expected ${expected.join(', ') || 'none'}; offered ${seen === undefined ? 'unknown' : `${seen.fingerprint} (${seen.type})`}`
  return new PushError(
    'host-key',
    changed
      ? `${formatLogin(login)} shows another host key than the pinned one: it was reinstalled, or somebody is in between.`
      : `${formatLogin(login)} shows a host key that is not pinned.`,
    seen === undefined
      ? 'Pin the key of this host in known-hosts.'
      : `Compare ${seen.fingerprint} with \`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub\` at the server's console, not over this network; only if it is the same, set known-hosts to: ${seen.host} ${seen.type} ${seen.key}`,
    { evidence },
  )
}
