import { once } from 'node:events'
import net from 'node:net'
import { expect, it } from 'vitest'
import { type Mode, proxy } from '../support/proxy.ts'
import { atEnd } from '../support/temporary.ts'

/** A server that greets, then echoes. */
async function echo() {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.write('hi ')
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(() => void server.close())
  return { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port }
}

/** Says something through the proxy and tells how the connection ended; `open` after some silence. */
async function talk(port: number, text: string): Promise<{ got: string; end: string }> {
  const socket = net.connect(port, '127.0.0.1')
  let got = ''
  socket.on('data', (data) => {
    got += data
  })
  socket.setTimeout(300)
  const end = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on('close', () => resolve('closed'))
    socket.on('timeout', () => resolve('open'))
  })
  socket.write(text)
  const how = await end
  socket.destroy()
  return { got, end: how }
}

it.each<[Mode, { got: string; end: string }]>([
  ['pass', { got: 'hi 0123456789', end: 'open' }],
  ['silent', { got: '', end: 'open' }],
  ['reset', { got: '', end: 'ECONNRESET' }],
  [{ stallAfter: 4 }, { got: expect.not.stringContaining('4') as string, end: 'open' }],
  [{ cutAfter: 4 }, { got: expect.not.stringContaining('4') as string, end: 'closed' }],
  [{ resetAfter: 4 }, { got: expect.not.stringContaining('4') as string, end: 'ECONNRESET' }],
])('%j', async (mode, expected) => {
  const between = await proxy(await echo(), mode)
  expect(await talk(between.port, '0123456789')).toEqual(expected)
  expect(between.connections()).toBe(1)
  expect(between.bytes().fromClient).toBe(mode === 'reset' ? 0 : 10)
})

it('delays the banner', async () => {
  const between = await proxy(await echo(), { delayBanner: 150 })
  const began = performance.now()
  expect((await talk(between.port, 'x')).got).toBe('hi x')
  expect(performance.now() - began).toBeGreaterThan(150 + 300)
})

it('gives each connection its mode, the last one to all that follow', async () => {
  const between = await proxy(await echo(), 'reset', 'pass')
  const ends = []
  for (let count = 0; count < 3; count += 1) ends.push((await talk(between.port, 'x')).end)
  expect(ends).toEqual(['ECONNRESET', 'open', 'open'])
  between.use('reset')
  expect((await talk(between.port, 'x')).end).toBe('ECONNRESET')
  expect(between.bytes()).toEqual({ fromClient: 2, toClient: 8 })
})

it('passes a megabyte unharmed', async () => {
  const between = await proxy(await echo())
  const text = 'x'.repeat(2 ** 20)
  expect((await talk(between.port, text)).got.length).toBe(text.length + 3)
  expect(between.bytes()).toEqual({ fromClient: text.length, toClient: text.length + 3 })
})
