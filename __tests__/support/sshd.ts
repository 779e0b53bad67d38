import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fingerprint, hostKey, type KeyPair, type KeyType, makeKey, writeKey } from './keys.ts'
import { descendants, end, processesWith } from './processes.ts'
import { type Account, MARK, makeSandbox, programme, quote, type Sandbox } from './sandbox.ts'
import { atEnd, temporaryDirectory } from './temporary.ts'

export interface ServerOptions extends Account {
  /** More lines for sshd_config; the first one of a keyword wins, and these come first. */
  readonly config?: readonly string[]
  /** Whether the client key may log in; true by default. */
  readonly authorize?: boolean
  /** Further public keys that may log in. */
  readonly authorizedKeys?: readonly string[]
  /** The types of host key on offer; ed25519 and rsa by default. */
  readonly hostKeys?: readonly KeyType[]
  /** Servers of one identity share their host keys; another name makes an impostor. */
  readonly identity?: string
  /** What is shown before the login. */
  readonly banner?: string
  readonly listen?: '127.0.0.1' | '::1'
}

/** A running SSH server with one account, the user who runs the tests. */
export interface Server {
  readonly host: string
  readonly port: number
  readonly user: string
  /** The account's home: a directory of this server only. */
  readonly home: string
  readonly pid: number
  /** known_hosts lines that pin this server, one for each host key. */
  readonly knownHosts: string
  readonly fingerprints: Readonly<Partial<Record<KeyType, string>>>
  /** The key that may log in (unless `authorize` is false). */
  readonly privateKey: string
  readonly privateKeyPath: string
  readonly publicKey: string
  log(): string
  /** Logins by public key so far. */
  logins(): number
  /** Connections so far, logged in or not. */
  connections(): number
  /** The commands that sessions asked for, oldest first. */
  commands(): string[]
  /** `ssh://user@host:port` and the path: `app` is below the home (`/~/app`), `/srv` is absolute. */
  destination(path?: string): string
  /** This server under another port, for a proxy before it. */
  at(port: number): Server
  /** The naive client, trusting any host: shows that a payload is one. */
  ssh(command: string, input?: string | Uint8Array): Promise<Ran>
  /** Ends the server and every process that its sessions left. */
  stop(): Promise<void>
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An OpenSSH server that stops when the test ends. */
export async function sshd(options: ServerOptions = {}): Promise<Server> {
  const server = await startSshd(options)
  atEnd(() => server.stop())
  return server
}

/** A Dropbear server that stops when the test ends; it needs root, see `startDropbear`. */
export async function dropbear(options: Omit<ServerOptions, 'config'> = {}): Promise<Server> {
  const server = await startDropbear(options)
  atEnd(() => server.stop())
  return server
}

export async function startSshd(options: ServerOptions = {}): Promise<Server> {
  // Where a server that runs as root locks its unprivileged half up; a service manager would make it.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 })
  return start(options, {
    launch: ({ directory, listen, port, keys, authorized, session, mark }) => {
      const banner = join(directory, 'banner')
      writeFileSync(banner, options.banner ?? '')
      const config = [
        ...(options.config ?? []),
        `ListenAddress ${listen.includes(':') ? `[${listen}]` : listen}:${port}`,
        ...keys.map((key) => `HostKey ${key}`),
        `AuthorizedKeysFile ${authorized}`,
        `ForceCommand ${quote(session.command)}`,
        `SetEnv HOME=${session.home} ${MARK}=${mark}`,
        `Banner ${options.banner === undefined ? 'none' : banner}`,
        'PidFile none',
        // Half a second for each login would go into a post-quantum exchange with ourselves.
        'KexAlgorithms curve25519-sha256',
        'AuthenticationMethods publickey',
        'PermitRootLogin yes',
        'UsePAM no',
        'StrictModes no',
        'UseDNS no',
        'PrintMotd no',
        'PrintLastLog no',
        'LogLevel VERBOSE',
        // Of this one the last counts.
        ...(options.config?.some((line) => line.startsWith('MaxStartups')) ? [] : ['MaxStartups 500']),
        'MaxSessions 100',
        ...(openSshVersion() >= 9.8 ? ['PerSourcePenalties no'] : []),
      ]
      const file = join(directory, 'sshd_config')
      writeFileSync(file, `${config.join('\n')}\n`)
      return [programme('sshd'), '-D', '-f', file, '-e']
    },
    isReady: (log) => log.includes('Server listening on'),
    login: /Accepted publickey/g,
    connection: /Connection from/g,
  })
}

/**
 * Dropbear looks keys up in the account's real home, so it gets a private view of the user database in which the
 * home is the sandbox. That takes root, or rather the right to a mount namespace.
 */
export async function startDropbear(options: Omit<ServerOptions, 'config'> = {}): Promise<Server> {
  return start(options, {
    launch: ({ directory, listen, port, keys, authorized, session }) => {
      const { username, uid, gid, shell } = userInfo()
      const home = join(directory, 'login')
      mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
      writeFileSync(join(home, '.ssh', 'authorized_keys'), readFileSync(authorized), { mode: 0o600 })
      const users = join(directory, 'passwd')
      const others = readFileSync('/etc/passwd', 'utf8').replace(new RegExp(`^${username}:.*\\n`, 'm'), '')
      writeFileSync(users, `${username}:x:${uid}:${gid}::${home}:${shell ?? '/bin/sh'}\n${others}`)
      const banner = join(directory, 'banner')
      writeFileSync(banner, options.banner ?? '')
      const command = [
        programme('dropbear'),
        ...['-F', '-E', '-s', '-m', '-p', `${listen.includes(':') ? `[${listen}]` : listen}:${port}`],
        ...['-P', join(directory, 'pid'), '-c', session.command],
        ...(options.banner === undefined ? [] : ['-b', banner]),
        ...keys.flatMap((key) => ['-r', dropbearKey(key)]),
      ]
      const account = `setpriv --reuid=${uid} --regid=${gid} --clear-groups`
      const script = `mount --bind ${quote(users)} /etc/passwd && exec ${account} ${command.map(quote).join(' ')}`
      const root = uid === 0 ? [] : [programme('sudo'), '-n']
      const [file = '', ...args] = [...root, programme('unshare'), '--mount', 'sh', '-c', script]
      return [file, ...args]
    },
    isReady: (log) => log.includes('Not backgrounding'),
    login: /Pubkey auth succeeded/g,
    connection: /Child connection from/g,
  })
}

interface Place {
  readonly directory: string
  readonly listen: string
  readonly port: number
  /** Paths of the private host keys. */
  readonly keys: readonly string[]
  /** Path of the authorized_keys file. */
  readonly authorized: string
  readonly session: Sandbox
  readonly mark: string
}

/** What differs between the two kinds of server. */
interface Kind {
  launch(place: Place): [file: string, ...args: string[]]
  isReady(log: string): boolean
  readonly login: RegExp
  readonly connection: RegExp
}

async function start(options: ServerOptions, kind: Kind): Promise<Server> {
  const directory = temporaryDirectory('server')
  const mark = randomUUID()
  const session = makeSandbox(directory, mark, options)
  const client = makeKey()
  const privateKeyPath = writeKey(join(directory, 'client'), client)
  const authorized = join(directory, 'authorized_keys')
  const allowed = [...(options.authorize === false ? [] : [client.publicKey]), ...(options.authorizedKeys ?? [])]
  writeFileSync(authorized, allowed.map((key) => `${key}\n`).join(''))
  const types = options.hostKeys ?? ['ed25519', 'rsa']
  const pairs = types.map((type) => hostKey(options.identity ?? 'server', type))
  const keys = pairs.map((pair, index) => writeKey(join(directory, `host-${index}`), pair))
  const listen = options.listen ?? '127.0.0.1'

  const logFile = join(directory, 'log')
  const log = () => readFileSync(logFile, 'utf8')
  const { process: running, port } = await launch(listen, logFile, kind, (port) =>
    kind.launch({ directory, listen, port, keys, authorized, session, mark }),
  )
  const pid = running.pid ?? 0

  const stop = async () => {
    const left = () => [...descendants(pid), ...processesWith(MARK, mark)]
    const ended = running.exitCode === null && running.signalCode === null ? once(running, 'exit') : undefined
    end([...left(), pid])
    await ended
    end(left())
  }
  const at = (port: number): Server => ({
    host: listen,
    port,
    user: userInfo().username,
    home: session.home,
    pid,
    knownHosts: pairs.map((pair) => `[${listen}]:${port} ${pair.publicKey}\n`).join(''),
    fingerprints: Object.fromEntries(types.map((type, index) => [type, fingerprint(pairs[index]?.publicKey ?? '')])),
    privateKey: client.privateKey,
    privateKeyPath,
    publicKey: client.publicKey,
    log,
    logins: () => log().match(kind.login)?.length ?? 0,
    connections: () => log().match(kind.connection)?.length ?? 0,
    commands: session.commands,
    destination: (path = 'app') => destination(listen, port, path),
    at,
    ssh: (command, input) => naive(['-i', privateKeyPath, '-p', `${port}`, listen, command], input),
    stop,
  })
  return at(port)
}

function destination(host: string, port: number, path: string): string {
  const authority = `${userInfo().username}@${host.includes(':') ? `[${host}]` : host}:${port}`
  return `ssh://${authority}${path.startsWith('/') ? path : `/~/${path}`}`
}

/** Starts the server on a free port; another process may take that port first, so it tries again. */
async function launch(
  host: string,
  logFile: string,
  { isReady }: Kind,
  command: (port: number) => [file: string, ...args: string[]],
): Promise<{ process: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(host)
    const [file, ...args] = command(port)
    writeFileSync(logFile, '')
    const output = openSync(logFile, 'a')
    const running = spawn(file, args, { stdio: ['ignore', output, output] })
    while (running.exitCode === null && !isReady(readFileSync(logFile, 'utf8'))) await sleep(10)
    if (running.exitCode === null) return { process: running, port }
    const said = readFileSync(logFile, 'utf8')
    if (attempt === 5 || !said.includes('in use')) throw new Error(`${file} did not start:\n${said}`)
  }
}

async function freePort(host: string): Promise<number> {
  const server = net.createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

function naive(args: readonly string[], input: string | Uint8Array = ''): Promise<Ran> {
  const trusting = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes']
  const options = ['-F', 'none', '-l', userInfo().username, ...trusting.flatMap((option) => ['-o', option])]
  return new Promise((resolve) => {
    const child = execFile('ssh', [...options, ...args], { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : 255) : 0, stdout, stderr })
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** Dropbear keeps its keys in a format of its own. */
function dropbearKey(path: string): string {
  const converted = spawnSync(programme('dropbearconvert'), ['openssh', 'dropbear', path, `${path}.dropbear`])
  if (converted.status !== 0) throw new Error(`dropbearconvert: ${converted.stderr}`)
  return `${path}.dropbear`
}

function openSshVersion(): number {
  return Number(/OpenSSH_(\d+\.\d+)/.exec(spawnSync('ssh', ['-V']).stderr.toString())?.[1] ?? 0)
}

export { isInstalled, pathOfBusyBox, pathWithout } from './sandbox.ts'
export type { KeyPair }
