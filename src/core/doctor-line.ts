import { formatLogin, type Login } from './destination.js'
import { type Failure, PushError } from './errors.js'
import { type Finding, fault, ok, skipped, warning } from './finding.js'
import type { HostKeys } from './model.js'
import type { OfferedKey } from './ssh-log.js'

/** One attempt to log in, as ssh told it. */
export interface Line {
  readonly login: Login
  readonly jump: Login | undefined
  readonly hostKeys: HostKeys
  readonly keyFingerprint: string
  /** ssh's own log. */
  readonly log: string
  readonly offered: readonly OfferedKey[]
  /** Undefined after a login. */
  readonly failure: Failure | undefined
}

type Step = 'name' | 'port' | 'host key' | 'login'
const order: readonly Step[] = ['name', 'port', 'host key', 'login']

/** Where ssh cannot share a connection (Windows), nothing is known of it before the first command. */
export const untoldLine: readonly Finding[] = order.map((step) =>
  skipped(step, 'here, ssh logs in anew for each command; the next checks do'),
)

/** Name, port, host key and login: what was well until the step that failed, and why that one failed. */
export function judgeLine(line: Line): Finding[] {
  const failure = sharpen(line)
  const failed = failure === undefined ? order.length : order.indexOf(failedStep(line, failure))
  return order.map((step, index) => {
    if (index < failed)
      return step === 'host key' && line.hostKeys.insecure ? unchecked(line) : ok(step, good[step](line))
    if (index === failed && failure !== undefined) return fault(step, failure)
    return skipped(step, `the ${order[failed]} comes first`)
  })
}

/** The lines of a known_hosts file for what the last host offered; empty for what cannot be pinned so. */
export function pinLines(offered: readonly OfferedKey[]): string[] {
  const host = offered.at(-1)?.host
  const lines = offered.flatMap((key) =>
    key.host === host &&
    /^(?:ssh|ecdsa|sk)-(?!.*-cert-)[A-Za-z0-9@.-]+ AAAA[A-Za-z0-9+/]+=*$/.test(`${key.type} ${key.key}`)
      ? [`${key.host} ${key.type} ${key.key}`]
      : [],
  )
  return [...new Set(lines)]
}

const good: Readonly<Record<Step, (line: Line) => string>> = {
  name: ({ log, login, jump }) => {
    const found = [...log.matchAll(/^debug1: Connecting to (\S+) \[([^\]\s]+)\] port \d+/gm)]
    const resolved = [...new Set(found.map(([, name, address]) => (name === address ? name : `${name} is ${address}`)))]
    return `${resolved.join(', ') || formatLogin(jump ?? login)}${jump === undefined ? '' : `; the bastion resolves ${login.host}`}`
  },
  port: ({ log, login, jump }) => {
    const software = [...log.matchAll(/remote software version (.*)$/gm)].map(([, name = '']) => name.trim())
    const ports = [jump, login].flatMap((hop) => (hop === undefined ? [] : [`${hop.port}`]))
    return `${ports.join(', then ')} answers as ${[...new Set(software)].join(', then ') || 'an SSH server'}`
  },
  'host key': ({ offered }) => {
    const shown = offered.at(-1)
    return shown === undefined ? 'is the pinned one' : `${shown.fingerprint} (${shown.type}) is pinned`
  },
  login: ({ login, jump, keyFingerprint }) =>
    `${formatLogin(login)} takes our key ${keyFingerprint}${jump === undefined ? '' : `, through ${formatLogin(jump)}`}`,
}

function unchecked({ offered }: Line): Finding {
  return warning('host key', {
    cause: 'insecure-skip-host-key-check is on: nobody checks whose key this is.',
    evidence: offered.at(-1)?.fingerprint ?? '',
    next: 'Pin the key in known-hosts and remove insecure-skip-host-key-check.',
  })
}

/** What ssh's log shows beyond the reason that a push gives. */
function sharpen({ failure, log, jump, login, offered, hostKeys }: Line): Failure | undefined {
  const misnamed = offered.find((key) => isPinnedElsewhere(key, hostKeys))
  if (failure?.errorClass === 'host-key' && misnamed !== undefined) {
    const { host, type, key } = misnamed
    const next = `known-hosts has this very key, but not for ${host}: write its line as: ${host} ${type} ${key}`
    return { ...failure, next }
  }
  if (failure === undefined || !['connect', 'timeout'].includes(failure.errorClass)) return failure
  const greeted = /remote software version/.test(log)
  const stranger = /kex_exchange_identification: banner line \d+: (.*)$/m.exec(log)?.[1]
  // A server that is full or has had enough of us says so in place of its name.
  if (!greeted && stranger !== undefined && !/MaxStartups|Not allowed at this time/.test(stranger)) {
    return new PushError(
      'connect',
      `What answers at ${formatLogin(jump ?? login)} is not an SSH server.`,
      'Check host and port.',
      { evidence: stranger },
    )
  }
  const barred = /^channel \d+: open failed: (.*)$/m.exec(log)?.[1]
  if (jump !== undefined && barred !== undefined) {
    return new PushError(
      'connect',
      `The bastion ${formatLogin(jump)} does not connect us to ${formatLogin(login)}.`,
      'Check that it can reach that host and port, and that its sshd allows forwarding (AllowTcpForwarding).',
      { evidence: barred },
    )
  }
  if (failure.evidence !== '' || greeted || !/^debug1: Connection established/m.test(log)) return failure
  return { ...failure, evidence: 'the connection stands, but no greeting of an SSH server came' }
}

/** Whether a line of known-hosts holds the key under another name, as when a server was renamed. */
function isPinnedElsewhere({ host, key }: OfferedKey, { lines }: HostKeys): boolean {
  return lines.split('\n').some((line) => {
    const [names = '', , pinned] = line.split(/\s+/)
    return pinned === key && !/^[#@|]/.test(names) && !names.split(',').includes(host)
  })
}

function failedStep({ login, offered }: Line, { errorClass, evidence }: Failure): Step {
  if (/Could not resolve hostname/.test(evidence)) return 'name'
  if (errorClass === 'host-key') return 'host key'
  if (errorClass === 'auth' || errorClass === 'key') return 'login'
  const shown = login.port === 22 ? login.host : `[${login.host}]:${login.port}`
  return offered.some(({ host }) => host === shown) ? 'login' : 'port'
}
