import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from './sshd.ts'
import { atEnd } from './temporary.ts'

/** What happens to one connection. Byte counts are of what the client sent. */
export type Mode =
  | 'pass'
  /** Accept, read, and never send a byte. */
  | 'silent'
  /** RST as soon as the connection stands. */
  | 'reset'
  /** RST after so many bytes: 100 falls into the key exchange. */
  | { readonly resetAfter: number }
  /** Pass on so many bytes, then close both sides. */
  | { readonly cutAfter: number }
  /** Pass on so many bytes, then keep the connection and pass nothing in either direction. */
  | { readonly stallAfter: number }
  /** Hold back what the server says for so many milliseconds. */
  | { readonly delayBanner: number }

export interface Proxy {
  readonly host: string
  readonly port: number
  /** Connections accepted so far. */
  connections(): number
  /** Bytes taken from the clients, and given to them. */
  bytes(): { fromClient: number; toClient: number }
  /** From now on the next connection gets the first mode, and so on; the last one repeats. */
  use(...modes: [Mode, ...Mode[]]): void
  stop(): Promise<void>
}

export interface ProxyOptions {
  readonly target: { readonly host: string; readonly port: number }
  readonly modes?: readonly [Mode, ...Mode[]]
}

/** A proxy that stops when the test ends. */
export async function proxy(target: ProxyOptions['target'], ...modes: Mode[]): Promise<Proxy> {
  const [first = 'pass', ...rest] = modes
  const started = await startProxy({ target, modes: [first, ...rest] })
  atEnd(() => started.stop())
  return started
}

/** The same SSH server, addressed through the proxy. */
export function behind(server: Server, proxy: Pick<Proxy, 'port'>): Server {
  return server.at(proxy.port)
}

/** A TCP proxy on a free port of the loopback. */
export async function startProxy({ target, modes = ['pass'] }: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<net.Socket>()
  const counted = { fromClient: 0, toClient: 0 }
  let connections = 0
  let planned: readonly Mode[] = modes

  const track = (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    return socket
  }

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const client = track(socket)
    const [mode = 'pass'] = planned
    if (planned.length > 1) planned = planned.slice(1)
    connections += 1
    client.on('data', (data) => {
      counted.fromClient += data.length
    })
    if (mode === 'reset') client.resetAndDestroy()
    else if (mode !== 'silent') join(client, track(net.connect({ ...target, allowHalfOpen: true })), mode, counted)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
    connections: () => connections,
    bytes: () => ({ ...counted }),
    use: (...next) => {
      planned = next
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Carries bytes between the two ends until the mode's limit is reached. */
function join(client: net.Socket, target: net.Socket, mode: Mode, counted: { toClient: number }): void {
  const { limit, atLimit } = ending(client, target, mode)
  let left = limit
  let stopped = false
  let open: Promise<unknown> | undefined =
    typeof mode === 'object' && 'delayBanner' in mode ? sleep(mode.delayBanner) : undefined

  client.on('data', (data) => {
    if (stopped) return
    const passed = data.subarray(0, left)
    left -= passed.length
    stopped = left === 0
    const room = target.write(passed, () => stopped && atLimit())
    if (!room && !stopped) {
      client.pause()
      target.once('drain', () => client.resume())
    }
  })
  target.on('data', async (data) => {
    if (open) {
      target.pause()
      await open
      open = undefined
      target.resume()
    }
    if (stopped || client.destroyed) return
    counted.toClient += data.length
    if (!client.write(data)) {
      target.pause()
      client.once('drain', () => target.resume())
    }
  })

  client.on('end', () => stopped || target.end())
  target.on('end', () => stopped || client.end())
  client.on('close', () => target.destroy())
  target.on('close', () => stopped || client.destroySoon())
}

/** How much passes, and what happens then. */
function ending(client: net.Socket, target: net.Socket, mode: Mode): { limit: number; atLimit: () => void } {
  const never = { limit: Number.POSITIVE_INFINITY, atLimit: () => {} }
  if (typeof mode === 'string' || 'delayBanner' in mode) return never
  if ('stallAfter' in mode) return { limit: mode.stallAfter, atLimit: () => void target.pause() }
  if ('resetAfter' in mode) return { limit: mode.resetAfter, atLimit: () => void client.resetAndDestroy() }
  return {
    limit: mode.cutAfter,
    atLimit: () => {
      client.destroy()
      target.destroy()
    },
  }
}
