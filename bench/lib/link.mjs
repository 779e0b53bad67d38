import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd, background, sh } from './shell.mjs'

/** The slow link: Mbit/s, milliseconds each way, and bytes that wait before packets are dropped. */
export const slow = { rate: 100, delay: 20, queue: 500_000 }

/**
 * @typedef {object} Network
 * @property {string} near namespace of the client
 * @property {string} far namespace of the server
 * @property {() => Promise<Wire>} wire
 */
/** @typedef {{ sent: number, received: number, dropped: number }} Wire bytes over the slow link so far */

/** @returns {Promise<Network>} */
export async function makeNetwork(/** @type {string} */ helper) {
  const child = background(helper, ['link', `${slow.rate}`, `${slow.delay}`, `${slow.queue}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('no pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The link could not be made: see the message above.')
    return String(value).split(' ').map(Number)
  }
  const [pid = 0, ...fds] = await next()
  const [near = '', far = ''] = fds.map((fd) => `/proc/${pid}/fd/${fd}`)
  // What a killed session leaves at the server would go on writing; all in these namespaces is ours.
  const names = [near, far].map((path) => readlinkSync(path))
  atEnd(() => endAll(names))
  return {
    near,
    far,
    async wire() {
      stdin.write('?\n')
      const [sent = 0, received = 0, dropped = 0] = await next()
      return { sent, received, dropped }
    },
  }
}

/** Kills every process in these namespaces but the link itself, and waits until they are gone. */
function endAll(/** @type {readonly string[]} */ namespaces) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const left = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && namespaces.includes(namespaceOf(pid)))
    const others = left.filter((pid) => !isLink(pid))
    if (others.length === 0) return
    for (const pid of others) {
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch {}
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
}

function namespaceOf(/** @type {string} */ pid) {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return ''
  }
}

function isLink(/** @type {string} */ pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[1] === 'link'
  } catch {
    return false
  }
}

/**
 * @typedef {object} Server
 * @property {string} link
 * @property {string} user
 * @property {string} host
 * @property {number} port
 * @property {string} home
 * @property {string} config for `ssh -F`, which then knows it as `bench`
 * @property {string} key path of the client's private key
 * @property {string} knownHosts
 * @property {() => number} connections
 */

/**
 * An sshd in a namespace.
 * @param {{ helper: string, netns: string, link: string, host: string, folder: string }} options
 * @returns {Promise<Server>}
 */
export async function startServer({ helper, netns, link, host, folder }) {
  const port = 2222
  const place = join(folder, `sshd-${link}`)
  const home = join(place, 'home')
  mkdirSync(home, { recursive: true })
  const root = process.getuid?.() === 0
  if (root && !existsSync('/run/sshd')) {
    mkdirSync('/run/sshd', { mode: 0o755 })
    atEnd(() => rmdirSync('/run/sshd'))
  }
  const make = (/** @type {string} */ name) =>
    sh('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', join(place, name)])
  await Promise.all([make('host'), make('client')])
  const hostKey = readFileSync(join(place, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
  const { username } = userInfo()
  writeFileSync(
    join(place, 'sshd_config'),
    `ListenAddress ${host}:${port}
HostKey ${join(place, 'host')}
AuthorizedKeysFile ${join(place, 'client.pub')}
SetEnv HOME=${home}
Subsystem sftp internal-sftp
PidFile none
AuthenticationMethods publickey
PermitRootLogin yes
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
MaxStartups 500
MaxSessions 100
`,
  )
  const logFile = join(place, 'log')
  const log = openSync(logFile, 'a')
  const said = () => readFileSync(logFile, 'utf8')
  const sshd = (await sh('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin; command -v sshd'])).trim()
  const child = background(helper, ['in', netns, sshd, '-D', '-e', '-f', join(place, 'sshd_config')], {
    stdio: ['ignore', log, log],
  })
  for (let wait = 0; !said().includes('Server listening on'); wait += 20) {
    if (child.exitCode !== null || wait > 5000) throw new Error(`sshd did not start:\n${said()}`)
    await Promise.race([sleep(20), once(child, 'exit')])
  }
  const knownHosts = `[${host}]:${port} ${hostKey}\n`
  writeFileSync(join(place, 'known_hosts'), knownHosts)
  writeFileSync(
    join(place, 'ssh_config'),
    `Host bench
  HostName ${host}
  Port ${port}
  User ${username}
  IdentityFile ${join(place, 'client')}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(place, 'known_hosts')}
  StrictHostKeyChecking yes
  BatchMode yes
`,
  )
  return {
    link,
    user: username,
    host,
    port,
    home,
    config: join(place, 'ssh_config'),
    key: join(place, 'client'),
    knownHosts,
    connections: () => said().split('Connection from').length - 1,
  }
}
