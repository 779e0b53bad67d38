import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { formatLogin, type Login, loginWord } from './destination.js'
import { PushError } from './errors.js'
import type { Command, Connection, Host, Running, Settings } from './model.js'
import { noLonger } from './no-longer.js'
import { fileNames } from './ssh-files.js'
import { bytesSent, connectFailure, type OfferedKey, parseOffered, serverSoftware } from './ssh-log.js'

/** Seconds to wait before the second, third, … attempt; the last one repeats. */
const delays = [2, 5, 10]
/** Milliseconds in which ssh can be expected to leave. */
const mostAwaited = 1_000
/** Milliseconds between two looks for the socket of a connection that is being opened. */
const lookInterval = 5

/** The connection as its session sees it. */
export interface OwnedConnection extends Connection {
  offered(): Promise<OfferedKey[]>
  /** Closes the connection and tells how many bytes went to the server. */
  close(): Promise<number | undefined>
}

export interface ConnectionOptions {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly login: Login
  readonly keyFingerprint: string
  readonly multiplex: boolean
}

export function createConnection(options: ConnectionOptions, settings: Settings, host: Host): OwnedConnection {
  const { folder, env, login } = options
  const { proxyJump: jump } = settings
  const socket = join(folder, fileNames.socket)
  const wrapper = join(folder, fileNames.wrapper)
  let master: Running | undefined
  let opening: Promise<void> | undefined
  const closing = new AbortController()
  const signal = AbortSignal.any([host.signal, closing.signal])

  const text = async (name: string) => await readFile(join(folder, name), 'utf8').catch(() => '')
  const log = async (from = 0) => (await text(fileNames.log)).slice(from)
  const offered = async () => parseOffered(await text(fileNames.offered))
  const ssh = (label: string, args: readonly string[], stdin?: string | Buffer): Command => ({
    label,
    file: wrapper,
    args,
    env,
    ...(stdin === undefined ? {} : { stdin }),
  })

  /** One attempt: resolves when the socket is there, which ssh makes after the login. */
  async function dial(sshOptions: readonly string[]): Promise<void> {
    // The first attempt must not wait for the disk: other processes start at the same moment.
    if (existsSync(socket)) await rm(socket, { force: true })
    const start = existsSync(join(folder, fileNames.log)) ? (await log()).length : 0
    const running = host.runner.start({
      label: 'ssh',
      file: join(folder, fileNames.keeper),
      args: sshOptions,
      cwd: folder,
      env,
    })
    let ended = false
    let broken: unknown
    running.done
      .catch((error: unknown) => {
        broken = error
      })
      .finally(() => {
        ended = true
        if (master === running) master = undefined
      })
    const deadline = host.clock.now() + settings.connectTimeout * 1000
    try {
      while (!existsSync(socket)) {
        if (ended)
          throw broken ?? connectFailure(await log(start), { ...options, ...settings, jump, offered: await offered() })
        if (host.clock.now() > deadline) throw tooSlow()
        await host.clock.sleep(lookInterval, signal)
      }
      master = running
      const software = serverSoftware(await log(start))
      const shown = (await offered()).at(-1)
      host.log.info(`Logged in to ${formatLogin(login)}${software === '' ? '' : ` (${software})`}`)
      if (shown !== undefined) host.log.info(`Host key ${shown.fingerprint} (${shown.type})`)
    } catch (error) {
      await running.stop()
      throw error
    }
  }

  function tooSlow(): PushError {
    return new PushError(
      'timeout',
      `${formatLogin(login)} did not complete the login within ${settings.connectTimeout} s.`,
      'Check host, port and firewall, or raise connect-timeout.',
      { retry: true },
    )
  }

  /** A pinned fingerprint may belong to another of the server's keys than the one it shows first: ask for the next. */
  async function dialForPinnedKey(): Promise<void> {
    const others: string[] = []
    let first: PushError | undefined
    for (;;) {
      try {
        return await dial(others.length === 0 ? [] : ['-o', `HostKeyAlgorithms=-${others.join(',')}`])
      } catch (error) {
        if (!(error instanceof PushError)) throw error
        const type = (await offered()).at(-1)?.type
        const algorithms = type === 'ssh-rsa' ? 'rsa-sha2-*,ssh-rsa*' : `${type}*`
        const exhausted = error.errorClass === 'remote-setup' || others.includes(algorithms)
        if (first !== undefined && exhausted) throw first
        if (error.errorClass !== 'host-key' || settings.hostKeys.fingerprints.length === 0 || type === undefined)
          throw error
        first ??= error
        others.push(algorithms)
      }
    }
  }

  async function open(): Promise<void> {
    const lost = master
    master = undefined
    await lost?.stop()
    for (let attempt = 1; ; attempt++) {
      try {
        return await dialForPinnedKey()
      } catch (error) {
        if (!(error instanceof PushError) || !error.retry || attempt >= settings.retries) throw error
        const seconds = (delays[attempt - 1] ?? delays.at(-1) ?? 10) * (1 + Math.random() / 4)
        host.log.info(`${error.cause} Attempt ${attempt} of ${settings.retries}; the next in ${seconds.toFixed(0)} s.`)
        await host.clock.sleep(seconds * 1000, signal)
      }
    }
  }

  // ssh removes its socket, then ends: who lost the connection may ask in between.
  const isOpen = () => master !== undefined && existsSync(socket)

  return {
    async ready() {
      if (!options.multiplex || isOpen()) return
      // A connection that was lost is opened again; one that could not be opened has had its attempts.
      opening ??= open().then(() => {
        opening = undefined
      })
      await opening
    },
    shared: isOpen,
    remote: (label, commandLine, stdin) => ssh(label, ['--', loginWord(login), commandLine], stdin),
    sharing: (label, commandLine) => ssh(label, ['-o', 'ProxyCommand=false', '--', loginWord(login), commandLine]),
    log,
    offered,
    async close() {
      closing.abort(new Error('The session ends.'))
      await opening?.catch(() => undefined)
      const running = master
      if (running !== undefined) {
        // Its keeper tells ssh to leave. A connection that hangs is not waited for: it is ended.
        running.end()
        await noLonger(mostAwaited, running.done, host.clock)
        await running.stop()
      }
      return bytesSent(await log())
    },
  }
}
