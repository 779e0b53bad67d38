import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createConnection } from '../../src/core/connection.ts'
import type { Host, Log, Output, Running } from '../../src/core/model.ts'
import { fileNames } from '../../src/core/ssh-files.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { settings } from './samples.ts'

/** A connection whose ssh is played: it makes its socket at once, and ends when the test says so. */
function played() {
  const folder = temporaryDirectory('connection')
  const socket = join(folder, fileNames.socket)
  const started: Running[] = []
  const end: ((output: Output) => void)[] = []
  const start = (): Running => {
    writeFileSync(socket, '')
    const done = new Promise<Output>((resolve) => end.push(resolve))
    const running = { done, stop: async () => undefined } as Running
    started.push(running)
    return running
  }
  const host = {
    runner: { start },
    log: { info: () => undefined } as unknown as Log,
    clock: { now: () => 0, sleep: async () => undefined },
    signal: new AbortController().signal,
  } as unknown as Host
  const login = { user: 'u', host: 'host.example.com', port: 22 }
  const options = { folder, env: {}, login, keyFingerprint: '', multiplex: true }
  const connection = createConnection(options, settings(), host)
  return { connection, started, lose: () => rmSync(socket), end: (index: number) => end[index]?.({} as Output) }
}

describe('a connection', () => {
  it('is opened once, whoever asks', async () => {
    const { connection, started } = played()
    await Promise.all([connection.ready(), connection.ready()])
    await connection.ready()
    expect(started).toHaveLength(1)
    expect(connection.shared()).toBe(true)
  })

  it('that was lost is opened again, even while its ssh has not ended yet', async () => {
    const { connection, started, lose, end } = played()
    await connection.ready()
    lose()
    expect(connection.shared()).toBe(false)
    await connection.ready()
    expect(started).toHaveLength(2)
    end(0)
    await started[0]?.done
    await new Promise(setImmediate)
    expect(connection.shared()).toBe(true)
    await connection.ready()
    expect(started).toHaveLength(2)
  })
})
