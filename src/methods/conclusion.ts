import { lstatSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { formatLogin } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import type { Command, Running, Session } from '../core/model.js'
import { orStop } from '../core/remote-stop.js'
import { type Difference, journalOf, wholeJournal } from './manifest.js'
import { confirmation, draftScript, endingScript } from './memory.js'
import type { Task } from './method.js'
import type { Listing } from './rsync-listing.js'
import { unescapeName } from './rsync-output.js'

/** What the server's memory told. */
export interface Found {
  /** Undefined when everything had to be compared. */
  readonly difference?: Difference
  /** The journal can be carried on; it is neither too long nor cut in other shares. */
  readonly carryOn?: boolean
}

/** The end of a push: what the source no longer has is removed, and the server remembers what it holds. */
export interface Conclusion {
  /** @throws PushError `transfer` when something could not be removed */
  finish(revision: string): Promise<void>
  close(): Promise<void>
}

/** Packs a script that is made bit by bit. */
const pack = (parts: Iterable<string | Buffer>) => buffer(Readable.from(parts).pipe(createGzip()))

/** Milliseconds by which rsync starts before what is not urgent. */
const precedence = 10

/** Opens its session while the files are sent and takes the journal there, so that neither is waited for then. */
export function openConclusion(
  task: Task,
  session: Session,
  listing: Listing,
  { difference, carryOn }: Found,
): Conclusion {
  const { host, settings } = task
  const { entries, sums, memory } = listing
  const { connection } = session
  const script = ['conclusion', 'gzip -dc | sh'] as const
  const rewrite = difference === undefined || carryOn !== true
  const journal = () => (sums === undefined ? [] : rewrite ? wholeJournal(entries) : [journalOf(difference, entries)])
  const open = async (command: Command) => {
    const running = host.runner.start(command, { signal: host.signal, idle: settings.idleTimeout })
    running.pause()
    running.write(await pack(draftScript(journal())))
    return running
  }
  // The line may be lost at any moment, and then the next attempt is the one to log in.
  const opened = host.clock.sleep(precedence, host.signal).then(() => open(connection.sharing(...script)))
  opened.catch(() => undefined)
  const gone = settings.delete ? difference : undefined
  return {
    async finish(revision) {
      const { removed = [], removedDirectories = [] } = gone ?? {}
      const ending = endingScript(memory, { revision, removed, removedDirectories, sums, rewrite })
      const certain = sums !== undefined && isSettled(task, listing, difference)
      const conclude = async (running: Running) => {
        running.end(await pack(certain ? [ending, confirmation] : [ending]))
        return await running.done.catch(orStop(session, host))
      }
      const early = await conclude(await opened)
      // Where one session at a time is allowed, rsync had it.
      const refused = early.code === 255 && connection.shared()
      const { code, stderr } = refused ? await conclude(await open(connection.remote(...script))) : early
      if (code === 0) return
      const evidence = stderr.trim().split('\n')[0] ?? ''
      if (code === 2 || removed.length === 0) return host.log.debug(`The server did not remember the push: ${evidence}`)
      throw new PushError(
        'transfer',
        `The new files are on ${formatLogin(session.login)}, but the old ones could not be removed.`,
        'Run this again: it compares everything anew.',
        { evidence },
      )
    },
    async close() {
      const running = await opened.catch(() => undefined)
      await running?.stop()
    },
  }
}

/** Whether what was sent is what was listed: nothing that was sent has changed since the listing began. */
function isSettled(task: Task, { entries, since }: Listing, difference: Difference | undefined): boolean {
  const { root } = task.step.workspace
  const names = difference === undefined ? entries.keys() : [...difference.added, ...difference.changed]
  return [...names].every((name) => {
    const found = lstatSync(pathOf(root, name), { throwIfNoEntry: false })
    return found !== undefined && (found.isDirectory() || found.ctimeMs < since)
  })
}

/** The path of a name that rsync escaped; bytes only where there must be, since these take their time. */
function pathOf(root: string, name: string): string | Buffer {
  return name.includes('\\#') ? Buffer.concat([Buffer.from(`${root}/`), unescapeName(name)]) : `${root}/${name}`
}
