import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { formatLogin } from '../core/destination.js'
import { diagnose, turnsAway } from '../core/diagnose.js'
import { PushError } from '../core/errors.js'
import type { Host, Session, Settings } from '../core/model.js'
import { quote } from '../core/quote.js'
import { orStop } from '../core/remote-stop.js'
import { type Manifest, replay, type Sums, sumUp } from './manifest.js'
import type { Memory } from './memory.js'
import { longestAnswer, openShell, type RemoteShell, takeCommand } from './remote-shell.js'

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
  /** It can take a packed conclusion, and so remember. */
  readonly packs: boolean
  /** What is there, when that is certain: `same` as what we have, or this. */
  readonly known: 'same' | { readonly manifest: Manifest; readonly journalLength: number } | undefined
}

/** Our own side, for the server to compare with what it remembers. */
export interface Question {
  readonly manifest: Manifest
  readonly sums: Sums
  /** What the server is to note when the content is the same; undefined to change nothing. */
  readonly revision: string | undefined
}

/**
 * Asks the server, in any login shell, and leaves a shell there for the conclusion.
 * @param ask what to hold against the server's memory; undefined to ask for nothing that is remembered
 * @returns no survey when it gives no shell (a forced command, a PaaS)
 * @throws PushError `remote-setup` when the login shell prints text of its own
 */
export async function look(
  session: Session,
  memory: Memory,
  ask: Question | undefined,
  host: Host,
  settings: Settings,
): Promise<{ readonly survey: Survey | undefined; readonly shell: RemoteShell }> {
  const mark = randomBytes(8).toString('hex')
  const words = [
    memory.path,
    memory.id,
    memory.key,
    ask?.sums.digest ?? '-',
    ask?.revision ?? '-',
    mark,
    ask?.sums.shares ?? '-',
  ]
  const question = `sh -c '${script}' - ${words.map(quote).join(' ')}`
  const command = session.connection.remote('survey', question)
  const shell = await openShell(command, mark, host, settings).catch(orStop(session, host))
  try {
    return { survey: read(shell.answer, mark, session, memory, ask), shell }
  } catch (error) {
    await shell.close()
    throw error
  }
}

function read(
  answer: Buffer,
  mark: string,
  { login }: Session,
  { path }: Memory,
  ask: Question | undefined,
): Survey | undefined {
  const [noise = '', facts, rest] = splitAt(answer, Buffer.from(`${mark}\n`))
  if (facts === undefined || rest === undefined) {
    const said = noise.toString('utf8')
    // rsync would hear this as garbage.
    if (turnsAway.test(said)) throw diagnose({ method: 'rsync', login, path, code: undefined, said, sshLog: '' })
    return undefined
  }
  if (noise.length > 0) {
    throw new PushError(
      'remote-setup',
      `The login shell of ${formatLogin(login)} prints text, which rsync cannot tell from data.`,
      'Let ~/.bashrc and the like print only in interactive shells.',
      { evidence: noise.toString('utf8').trim().split('\n')[0] ?? '' },
    )
  }
  return parseFacts(facts.toString('utf8'), rest.subarray(0, -`${mark}.\n`.length), ask)
}

/**
 * Its words are the path, the id, the key, the digest, the revision, the mark and the shares' sums; `-` for none. It stands on the command
 * line, where it costs no round trip of its own, in single quotes that sh, csh and fish understand alike: so it is one
 * line without a single quote, and no backslash stands before another or `!` before a letter.
 * Nothing is believed of a directory that is not the one that we pushed to, or that has changed since.
 */
const script = `
LC_ALL=C; export LC_ALL; d=$1 m=$HOME/.dotcloud-push/$2 real= ours= revision= same= journal=;
printf "%s\\n" "$6" "home=$(cd && pwd -P)";
[ ! -d "$d" ] || real=$(cd -- "$d" && pwd -P);
read -r ours 2>/dev/null <"$m/ours";
read -r revision 2>/dev/null <"$m/revision";
[ -z "$ours" ] || printf "revision=%s\\n" "$revision";
if [ -n "$real" ] && [ "$ours" = "$real" ]; then
echo ours=yes;
if [ "$4" != - ] && read -r key digest seen 2>/dev/null <"$m/state" && [ "$key" = "$3" ] &&
[ "$(cd -- "$d" && sh "$m/see" "$m/mark" 2>&1)" = "$seen" ]; then
echo "digest=$digest";
if [ "$digest" = "$4" ]; then same=yes; [ "$5" = - ] || printf "%s\\n" "$5" >"$m/revision"; else journal=yes; fi;
fi;
fi;
if [ -n "$same" ]; then printf "exists=yes\\nfilled=yes\\nsame=yes\\nreal=%s\\n" "$real";
else
p=$d; while [ -n "$p" ] && [ ! -d "$p" ]; do p=$(dirname -- "$p"); done;
if [ "$p" = "$d" ]; then echo exists=yes; [ -z "$(ls -A -- "$p" 2>/dev/null | head -n 1)" ] || echo filled=yes; fi;
printf "real=%s\\nrsync=%s\\n" "$(cd -- "$p" && pwd -P)" "$(rsync --version 2>/dev/null | head -n 1)";
! command -v gzip >/dev/null || echo packs=yes;
fi;
printf "%s\\n" "$6"; [ -z "$journal" ] || sh "$m/pick" "$7" | gzip -1 -c; printf "%s.\\n" "$6";
${takeCommand('$6')}
`
  .trim()
  .replaceAll('\n', ' ')

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

function parseFacts(facts: string, journal: Buffer, ask: Question | undefined): Survey {
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
    packs: fact('packs') === 'yes',
    known: fact('same') === 'yes' ? 'same' : recall(journal, fact('digest'), ask),
  }
}

/** The remembered manifest, believed only when it has the digest that was written with it. */
function recall(journal: Buffer, digest: string, ask: Question | undefined): Survey['known'] {
  if (journal.length === 0 || ask === undefined) return undefined
  try {
    const { manifest, length } = replay(
      gunzipSync(journal, { maxOutputLength: longestAnswer }).toString('utf8'),
      ask.manifest,
    )
    return sumUp(manifest).digest === digest ? { manifest, journalLength: length } : undefined
  } catch {
    return undefined
  }
}
