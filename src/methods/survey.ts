import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { formatLogin } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import type { Command, Host, Session, Settings } from '../core/model.js'
import { quote } from '../core/quote.js'
import { digestOf, type Manifest, replay } from './manifest.js'
import { folderOf, type Memory, seeFunction } from './memory.js'

/** In bytes, packed or not: the journal of half a million files. A longer one is compared anew each time. */
const longestAnswer = 64 << 20

/** What a server with a shell tells of a destination, in one command. */
export interface Survey {
  readonly home: string
  /** The directory with links resolved; of a missing one, the nearest parent that exists. */
  readonly real: string
  readonly exists: boolean
  /** It holds something. */
  readonly filled: boolean
  /** We have pushed here before. */
  readonly ours: boolean
  /** What we pushed then. */
  readonly revision: string
  /** First line of `rsync --version`; empty when it is missing, and not asked when it is not needed. */
  readonly rsync: string
  /** What is there, when that is certain: `same` as what we have, or this. */
  readonly known: 'same' | { readonly manifest: Manifest; readonly journalLength: number } | undefined
}

/** Our own side, for the server to compare with what it remembers. */
export interface Question {
  /** Of the manifest. */
  readonly digest: string
  /** What the server is to note when the content is the same; undefined to change nothing. */
  readonly revision: string | undefined
}

/**
 * Asks the server, through any login shell, by a script on standard input.
 * @param ask what to hold against the server's memory; undefined to ask for nothing that is remembered
 * @returns undefined when it gives no shell (a forced command, a PaaS)
 * @throws PushError `remote-setup` when the login shell prints text of its own
 */
export async function look(
  session: Session,
  memory: Memory,
  ask: Question | undefined,
  host: Host,
  settings: Settings,
): Promise<Survey | undefined> {
  const mark = randomBytes(8).toString('hex')
  const command = session.connection.remote('survey', 'sh -s', script(memory, ask, mark))
  const answer = await read(command, host, settings)
  const [noise = '', facts, journal] = splitAt(answer, Buffer.from(`${mark}\n`))
  if (facts === undefined || journal === undefined) return undefined
  if (noise.length > 0) {
    throw new PushError(
      'remote-setup',
      `The login shell of ${formatLogin(session.login)} prints text, which rsync cannot tell from data.`,
      'Let ~/.bashrc and the like print only in interactive shells.',
      { evidence: noise.toString('utf8').trim().split('\n')[0] ?? '' },
    )
  }
  return parseFacts(facts.toString('utf8'), journal)
}

/** What a command answers, in bounded memory: a server that floods is stopped. */
async function read(command: Command, host: Host, settings: Settings): Promise<Buffer> {
  const flood = new AbortController()
  const chunks: Buffer[] = []
  let length = 0
  await host.runner.run(command, {
    signal: AbortSignal.any([host.signal, flood.signal]),
    idle: settings.idleTimeout,
    bytes(chunk) {
      length += chunk.length
      if (length <= longestAnswer) chunks.push(chunk)
      else flood.abort(flooded(command))
    },
  })
  return Buffer.concat(chunks)
}

function flooded({ label }: Command): PushError {
  return new PushError(
    'remote-setup',
    `The server answered the ${label} with more than ${longestAnswer >> 20} MiB.`,
    'Look at what its login shell and its forced command print.',
  )
}

function script(memory: Memory, ask: Question | undefined, mark: string): string {
  return `LC_ALL=C; export LC_ALL
d=${quote(memory.path)}
m=${folderOf(memory)}
${seeFunction(memory)}
printf '%s\\n' ${mark}
printf 'home=%s\\n' "$(cd && pwd -P)"
real= ours= revision= same= journal=
[ ! -d "$d" ] || real=$(cd -- "$d" && pwd -P)
read -r ours 2>/dev/null <"$m/ours"
read -r revision 2>/dev/null <"$m/revision"
[ -z "$ours" ] || printf 'revision=%s\\n' "$revision"
[ -z "$real" ] || [ "$ours" != "$real" ] || echo ours=yes
${ask === undefined ? '' : remembered(memory, ask)}
if [ -n "$same" ]; then
  printf 'exists=yes\\nfilled=yes\\nsame=yes\\nreal=%s\\n' "$real"
else
  p=$d
  while [ ! -d "$p" ]; do p=$(dirname -- "$p"); done
  [ "$p" != "$d" ] || echo exists=yes
  [ "$p" != "$d" ] || [ -z "$(ls -A -- "$p" 2>/dev/null | head -n 1)" ] || echo filled=yes
  printf 'real=%s\\n' "$(cd -- "$p" && pwd -P)"
  printf 'rsync=%s\\n' "$(rsync --version 2>/dev/null | head -n 1)"
fi
printf '%s\\n' ${mark}
[ -z "$journal" ] || gzip -1 -c "$m/journal"
`
}

/** Nothing is believed of a directory that is not the one that we pushed to, or that has changed since. */
function remembered({ key }: Memory, { digest, revision }: Question): string {
  return `if [ -n "$real" ] && [ "$ours" = "$real" ] && read -r key digest seen 2>/dev/null <"$m/state" && [ "$key" = ${key} ] &&
  [ "$(cd -- "$d" && see "$m/mark" 2>&1)" = "$seen" ]; then
  echo "digest=$digest"
  if [ "$digest" = ${digest} ]; then
    same=yes
    ${revision === undefined ? ':' : `printf '%s\\n' ${quote(revision)} >"$m/revision"`}
  else journal=yes; fi
fi`
}

function splitAt(text: Buffer, separator: Buffer): Buffer[] {
  const first = text.indexOf(separator)
  const second = first < 0 ? -1 : text.indexOf(separator, first + separator.length)
  if (second < 0) return [text]
  return [
    text.subarray(0, first),
    text.subarray(first + separator.length, second),
    text.subarray(second + separator.length),
  ]
}

function parseFacts(facts: string, journal: Buffer): Survey {
  const fact = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(facts)?.[1] ?? ''
  return {
    home: fact('home'),
    real: fact('real'),
    exists: fact('exists') === 'yes',
    filled: fact('filled') === 'yes',
    ours: fact('ours') === 'yes',
    // Whoever can write there must not choose what a workflow puts into its scripts.
    revision: /^[0-9a-f]{40,64}$/.exec(fact('revision'))?.[0] ?? '',
    rsync: fact('rsync'),
    known: fact('same') === 'yes' ? 'same' : recall(journal, fact('digest')),
  }
}

/** The remembered manifest, believed only when it has the digest that was written with it. */
function recall(journal: Buffer, digest: string): Survey['known'] {
  if (journal.length === 0) return undefined
  try {
    const { manifest, length } = replay(gunzipSync(journal, { maxOutputLength: longestAnswer }).toString('utf8'))
    return digestOf(manifest) === digest ? { manifest, journalLength: length } : undefined
  } catch {
    return undefined
  }
}
