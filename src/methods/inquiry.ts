import { randomBytes } from 'node:crypto'
import { remotePath } from '../core/destination.js'
import type { Host, MethodName, Session, Settings } from '../core/model.js'
import type { UploadStep } from '../core/plan.js'
import { quote } from '../core/quote.js'
import { orStop } from '../core/remote-stop.js'
import { folderOf, memoryFor } from './memory.js'
import { readAnswer } from './remote-shell.js'

/** How much of an answer is looked at, in bytes. */
const longestAnswer = 1 << 16

/** What a server with a shell tells of itself and of a destination; foreign text, every one. */
export interface Facts {
  readonly user: string
  readonly home: string
  readonly shell: string
  /** First line of what the method's program says of its version; empty when it is missing. */
  readonly tool: string
  /** `blocked`: a file is in the way. */
  readonly kind: 'directory' | 'missing' | 'blocked'
  /** The destination, or its nearest parent that exists, with links resolved. */
  readonly real: string
  /** Whether this account may write where a push writes. */
  readonly writable: boolean
  readonly filled: boolean
  /** We have pushed there before. */
  readonly ours: boolean
  /** The branch that a repository with files of its own has checked out and will not let a push move. */
  readonly held: string
  readonly disk: Disk
  /** Where the shell finds each word that was asked for; empty for nowhere. */
  readonly words: readonly string[]
}

/** The file system at the destination; undefined for what the server does not tell. */
export interface Disk {
  readonly bytes: number | undefined
  readonly inodes: number | undefined
  readonly mountPoint: string
  readonly readOnly: boolean
}

export interface Inquiry {
  /** All that came, or with facts: what came before them, which is what start-up files print. */
  readonly said: string
  /** Undefined when the server gives no shell. */
  readonly facts: Facts | undefined
}

/** Characters of a shell word that means itself in every shell. */
export const plainWord = /^[A-Za-z0-9_./~+][A-Za-z0-9_./~+-]*$/

/**
 * Asks, through any login shell, by a script on standard input that only reads.
 * @param words plain words, to be looked up as commands
 */
export async function inquire(
  session: Session,
  step: UploadStep | undefined,
  words: readonly string[],
  settings: Settings,
  host: Host,
): Promise<Inquiry> {
  const mark = randomBytes(8).toString('hex')
  const script = [
    `printf '%s\\n' ${mark}`,
    preamble,
    ...words.map(lookUp),
    step === undefined ? '' : place(step, settings),
  ]
  const command = session.connection.remote('inquiry', 'sh -s', `${script.join('\n')}\nprintf '%s\\n' ${mark}\n`)
  host.log.command(command)
  const whole = await readAnswer(command, host, settings).catch(orStop(session, host))
  const answer = whole.subarray(0, longestAnswer).toString('utf8')
  const [said = '', facts, end] = answer.split(`${mark}\n`)
  return facts === undefined || end === undefined ? { said: answer, facts: undefined } : { said, facts: parse(facts) }
}

const preamble = `LC_ALL=C; export LC_ALL
case \${SHELL##*/} in bash | zsh | ksh | dash | ash) s=$SHELL ;; *) s=sh ;; esac
printf 'user=%s\\n' "$(id -un)"
printf 'home=%s\\n' "$(cd && pwd -P)"
printf 'shell=%s\\n' "$SHELL"`

/** Words that are aliases or functions of the login shell count too, so it is asked and not this one. */
function lookUp(word: string): string {
  if (!plainWord.test(word)) throw new Error('Only a plain word can be looked up.')
  return `printf 'word=%s\\n' "$("$s" -c 'command -v ${word}' 2>/dev/null </dev/null | tail -n 1)"`
}

const versions: Readonly<Record<MethodName, string>> = {
  git: 'git --version',
  hg: 'hg version --quiet',
  rsync: 'rsync --version',
}

/** Finds the directory that a push writes to: `w`. */
const written: Readonly<Record<MethodName, string>> = {
  // The order in which git itself looks for a repository.
  git: `for c in "$d/.git" "$d" "$d.git/.git" "$d.git"; do
  [ ! -d "$c/objects" ] || { w=$c/objects; break; }
done
case $w in */.git/objects)
  case $(git --git-dir="$c" config receive.denyCurrentBranch) in
    updateInstead | ignore | warn | false) ;;
    *) printf 'held=%s\\n' "$(git --git-dir="$c" symbolic-ref -q HEAD)" ;;
  esac ;;
esac`,
  hg: '[ ! -d "$d/.hg/store" ] || w=$d/.hg/store',
  rsync: '',
}

function place(step: UploadStep, settings: Settings): string {
  const { method } = step.workspace
  return `d=${quote(remotePath(step.destination))}
m=${folderOf(memoryFor(step, settings, '', '', new Map()))}
printf 'tool=%s\\n' "$(${versions[method]} 2>/dev/null </dev/null | head -n 1)"
kind=missing
[ ! -d "$d" ] || kind=directory
p=$d
while [ -n "$p" ] && [ ! -d "$p" ]; do
  if [ -e "$p" ] || [ -L "$p" ]; then kind=blocked; fi
  p=$(dirname -- "$p")
done
real=$(cd -- "$p" && pwd -P)
printf 'kind=%s\\nreal=%s\\n' "$kind" "$real"
[ "$kind" != directory ] || [ -z "$(ls -A -- "$d" 2>/dev/null | head -n 1)" ] || echo filled=yes
read -r ours 2>/dev/null <"$m/ours"
[ "$kind" != directory ] || [ "$ours" != "$real" ] || echo ours=yes
w=$p
${written[method]}
[ ! -w "$w" ] || echo writable=yes
df -Pk "$w" 2>/dev/null | sed -n '2s/^/blocks=/p'
df -Pi "$w" 2>/dev/null | sed -n '1s/^/inode-head=/p;2s/^/inodes=/p'
at=$(df -Pk "$w" 2>/dev/null | sed -n '2s/.*% //p')
[ ! -r /proc/mounts ] || while read -r _ on _ options _; do
  [ "$on" != "$at" ] || printf 'mount=%s\\n' "$options"
done </proc/mounts`
}

function parse(text: string): Facts {
  const all = (name: string) =>
    text.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []))
  const fact = (name: string) => all(name).at(-1) ?? ''
  const kind = fact('kind')
  return {
    user: fact('user'),
    home: fact('home'),
    shell: fact('shell'),
    tool: fact('tool'),
    kind: kind === 'directory' || kind === 'blocked' ? kind : 'missing',
    real: fact('real'),
    writable: fact('writable') === 'yes',
    filled: fact('filled') === 'yes',
    ours: fact('ours') === 'yes',
    held: /^refs\/heads\/(.+)$/.exec(fact('held'))?.[1] ?? '',
    disk: parseDisk(fact('blocks'), fact('inode-head'), fact('inodes'), fact('mount')),
    words: all('word'),
  }
}

/** Reads what `df -P` says: `… blocks used available capacity% mount point`; of inodes only where its head says so. */
export function parseDisk(blocks: string, inodeHead: string, inodes: string, options: string): Disk {
  const [, available, mountPoint = ''] = /\s(\d+)\s+\d+%\s+(\S.*)$/.exec(blocks) ?? []
  const [, total, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s/.exec(inodes) ?? []
  // A file system that makes its inodes as they are needed counts none.
  const counted = /\bInodes\s+IUsed\s+IFree\b/.test(inodeHead) && Number(total) > 0
  return {
    bytes: available === undefined ? undefined : Number(available) * 1024,
    inodes: counted ? Number(free) : undefined,
    mountPoint,
    readOnly: options.split(',').includes('ro'),
  }
}
