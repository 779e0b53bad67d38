import { type Login, loginWord } from './destination.js'
import type { HostKeys } from './model.js'
import { quote } from './quote.js'

/** The names in the session's folder. ssh runs in that folder, so they need no path, no quoting, and fit a socket. */
export const fileNames = {
  key: 'key',
  passphrase: 'passphrase',
  askpass: './askpass',
  knownHosts: 'known_hosts',
  config: 'ssh_config',
  log: 'ssh.log',
  offered: 'offered_keys',
  pin: 'pinned-host-key',
  keeper: 'keep-connection',
  socket: 'c',
  /** The wrapper: what git, hg and rsync call instead of ssh. The session's folder is first in their PATH. */
  wrapper: 'dotcloud-ssh',
  /** What rsync calls instead of it when a shell is open at the server. */
  relay: 'dotcloud-shell',
} as const

export interface SshOptions {
  readonly login: Login
  readonly jump: Login | undefined
  readonly hostKeys: HostKeys
  readonly folder: string
  readonly encryptedKey: boolean
  readonly multiplex: boolean
  readonly connectTimeout: number
  readonly idleTimeout: number
}

/** How the bastion is called in the configuration; no host can be called so. */
const jumpAlias = 'dotcloud-push..jump'

/** Seconds between two questions to a silent server whether it still lives. */
const aliveInterval = 15

function block(pattern: string, entries: readonly (readonly [string, string | number])[]): string {
  return [`Host ${pattern}`, ...entries.map(([name, value]) => `  ${name} ${value}`), ''].join('\n')
}

function address({ user, host, port }: Login): (readonly [string, string | number])[] {
  return [
    ['HostName', host],
    ['User', user],
    ['Port', port],
  ]
}

/** The whole of ssh's configuration: with `-F`, neither the user's nor the system's is read. */
export function sshConfig(options: SshOptions): string {
  const { login, jump, hostKeys, folder, multiplex } = options
  const always = block('*', [
    ['IdentityFile', fileNames.key],
    ['IdentitiesOnly', 'yes'],
    ['IdentityAgent', 'none'],
    ['AddKeysToAgent', 'no'],
    ['PreferredAuthentications', 'publickey'],
    ['PasswordAuthentication', 'no'],
    ['KbdInteractiveAuthentication', 'no'],
    ['NumberOfPasswordPrompts', 1],
    // Batch mode would also forbid to ask our own askpass for the key's passphrase.
    ['BatchMode', options.encryptedKey ? 'no' : 'yes'],
    ['StrictHostKeyChecking', hostKeys.insecure ? 'no' : 'yes'],
    ['UserKnownHostsFile', hostKeys.insecure ? '/dev/null' : fileNames.knownHosts],
    ['GlobalKnownHostsFile', '/dev/null'],
    // ssh before 8.5 does not know it; fingerprints need it.
    ['IgnoreUnknown', 'KnownHostsCommand'],
    ['KnownHostsCommand', `"${`${folder}/${fileNames.pin}`.replaceAll(/["\\]/g, '\\$&')}" %I %H %t %f %K`],
    ['UpdateHostKeys', 'no'],
    ['VerifyHostKeyDNS', 'no'],
    ['CheckHostIP', 'no'],
    ['CanonicalizeHostname', 'no'],
    ['ForwardAgent', 'no'],
    ['ClearAllForwardings', 'yes'],
    ['PermitLocalCommand', 'no'],
    ['RequestTTY', 'no'],
    ['EscapeChar', 'none'],
    ['Compression', 'no'],
    ['TCPKeepAlive', 'yes'],
    ['ServerAliveInterval', aliveInterval],
    ['ServerAliveCountMax', Math.max(1, Math.ceil(options.idleTimeout / aliveInterval))],
    ['ConnectTimeout', options.connectTimeout],
  ])
  const target = block('*', [
    ...address(login),
    ['ControlPath', multiplex ? fileNames.socket : 'none'],
    ['ProxyJump', jump === undefined ? 'none' : jumpAlias],
  ])
  const bastion =
    jump === undefined ? '' : block(jumpAlias, [...address(jump), ['ControlPath', 'none'], ['ProxyJump', 'none']])
  // ssh takes the first value that it finds, so the bastion stands before the block that fits every name.
  return bastion + target + always
}

/** The wrapper, the one way by which anything here reaches ssh. */
export function wrapperScript(ssh: string, folder: string, encryptedKey: boolean): string {
  const askpass = encryptedKey
    ? `export SSH_ASKPASS=${fileNames.askpass} SSH_ASKPASS_REQUIRE=force DISPLAY=:none\n`
    : ''
  return `#!/bin/sh
# The one way to ssh: git, hg, rsync and the deploy command all come through here.
umask 077
cd ${quote(folder)} || exit 255
${askpass}exec ${quote(ssh)} -F ${fileNames.config} -v -E ${fileNames.log} "$@"
`
}

/** Descriptors 3 and 4 lead to the shell's output and input; each line for it begins with this variable's word. */
export const markVariable = 'DOTCLOUD_MARK'

/**
 * rsync's way to its other half, through the shell that is open at the server: a command line, then the bytes. It is
 * gone at once, since rsync looks only every 20 ms whether it is.
 */
export const relayScript = `#!/bin/sh
# rsync calls it as: -l USER HOST COMMAND…
shift 3
printf '%s %s\\n' "$${markVariable}" "$*" >&4
exec 5<&0
cat <&5 >&4 &
cat <&3 &
`

/** Prints the passphrase to ssh and ssh-keygen: it is in no argument list and in no environment. */
export const askpassScript = `#!/bin/sh\nexec cat ${fileNames.passphrase}\n`

/**
 * Asked by ssh (KnownHostsCommand) for host keys to trust. It notes the key that the server offers, for the report and
 * for the error, and vouches for it when its fingerprint is pinned.
 */
export function pinScript(fingerprints: readonly string[]): string {
  return `#!/bin/sh
umask 077
[ "$1" = HOSTNAME ] && [ -n "$4" ] || exit 0
printf '%s %s %s %s\\n' "$2" "$3" "$5" "$4" >>${fileNames.offered}
case ${quote(` ${fingerprints.join(' ')} `)} in
  *" $4 "*) printf '%s %s %s\\n' "$2" "$3" "$5" ;;
esac
`
}

/** Holds the connection while somebody holds its standard input, so that a killed step leaves no ssh behind. */
export function keeperScript(login: Login): string {
  return `#!/bin/sh
umask 077
exec 3<&0
./${fileNames.wrapper} "$@" -M -N -- ${quote(loginWord(login))} </dev/null 3<&- 2>>${fileNames.log} &
ssh=$!
{ read -r _ <&3; kill "$ssh"; } >/dev/null 2>&1 &
wait "$ssh"
`
}
