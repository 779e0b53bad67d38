import { createHash, randomBytes } from 'node:crypto'
import { formatDestination, remotePath } from '../core/destination.js'
import type { Settings } from '../core/model.js'
import type { UploadStep } from '../core/plan.js'
import { quote } from '../core/quote.js'
import { builtInExcludes } from '../core/settings.js'
import { type Manifest, type Sums, sumDigits } from './manifest.js'
import { unescapeName } from './rsync-output.js'

/**
 * What the server remembers of a destination, in `~/.dotcloud-push/<id>/` of the login, never in a directory that may
 * be published:
 * - `ours`: the directory, links resolved, that we have pushed to, so that a mirror may delete what is not in the source;
 * - `revision`: what was pushed last;
 * - `journal`: the manifest of what we put there, and `sums`: a checksum for each share of its names (manifest.ts);
 * - `pick`: the script that prints the shares of the journal whose checksum is another than ours;
 * - `see`: the script that looks for drift, which knows what is no business of ours;
 * - `state`: one line `KEY DIGEST SEEN`, written last; without it nothing else is believed. KEY covers everything that a
 *   push depends on besides the files, DIGEST is the manifest's, SEEN is what `see` printed right after the push;
 * - `mark`: its time is the moment just before that look; what changed later is drift.
 */
export interface Memory {
  readonly id: string
  readonly key: string
  readonly path: string
  /** For `find`: what is no business of ours at the destination. */
  readonly prune: string
}

export function memoryFor(
  { destination }: UploadStep,
  settings: Settings,
  rules: string,
  version: string,
  manifest: Manifest,
): Memory {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
  const prune = pruneExpression(rules, settings.includes, manifest)
  return {
    id: hash(formatDestination(destination)).slice(0, 16),
    key: hash(JSON.stringify([3, version, settings.delete, rules, prune])),
    path: remotePath(destination),
    prune,
  }
}

/**
 * The part of the filter that `find` can express: names at any depth, and paths from the top without wildcards. What
 * it cannot express is looked at although it is no business of ours, and costs a full comparison when it changes.
 */
function pruneExpression(rules: string, includes: readonly string[], manifest: Manifest): string {
  const tests = rules.split('\n').flatMap((rule) => {
    const [, kind, pattern = '', slash] = /^([-P]) (.+?)(\/?)$/.exec(rule) ?? []
    const lifted = includes.length > 0 && builtInExcludes.some((known) => known === pattern)
    // What is protected may still be ours, where the source has it too.
    const shared = kind === 'P' && (/[*?[\\/]/.test(pattern) || hasName(manifest, pattern))
    const test = lifted || shared ? undefined : findTest(pattern)
    return test === undefined ? [] : [slash === '' ? test : `-type d ${test}`]
  })
  if (tests.length === 0 || tests.length > 500) return ''
  // Most names that are excluded begin with a dot, and few others do: one look at a name spares it the rest of them.
  const dotted = tests.filter((test) => /^-name '?\./.test(test))
  const others = tests.filter((test) => !dotted.includes(test))
  const alternatives = dotted.length < 2 ? tests : [`-name '.*' ${either(dotted)}`, ...others]
  return `! -name . ${either(alternatives)} -prune -o`
}

const either = (tests: readonly string[]) => `\\( ${tests.join(' -o ')} \\)`

function findTest(pattern: string): string | undefined {
  if (/^[^/\\]+$/.test(pattern) && !pattern.includes('**')) return `-name ${quote(pattern)}`
  return /^\/[^*?[\\]+$/.test(pattern) ? `-path ${quote(`.${pattern}`)}` : undefined
}

function hasName(manifest: Manifest, name: string): boolean {
  return [...manifest.keys()].some((path) => path.split('/').includes(name))
}

/**
 * A script that prints a checksum of the names and of the directories' modes below the current directory. Given a file,
 * names whose status changed after it (content, mode, owner; also when their time was set back) count twice, which is to
 * say that the checksum differs. BusyBox cannot compare these times, so there they are in the checksum themselves; and it
 * forgets an `-exec … +` between parentheses.
 */
function seeScript({ prune }: Memory): string {
  return `if find . -prune -cnewer . >/dev/null 2>&1; then set -- \${1:+-cnewer "$1" -print}; else set -- -exec stat -c '%z %n' {} +; fi
{ pwd -P; ls -di .; find . ${prune} -print -type d -exec ls -ld {} + -o ! -type d "$@"
} | sed 's/^\\(d[rwxsStT-]*\\)[^/]* \\./\\1 ./' | sort | cksum
`
}

/**
 * A script that prints, given our sums, the numbers of the shares whose sums here differ, or `all` when there are more or
 * fewer of them; the journal's lines of these shares; and the journal's length.
 */
const pickScript = `cd -- "\${0%/*}" && LC_ALL=C awk -v theirs="$1" -v ours="$(cat sums)" '
BEGIN {
  if (all = length(ours) != length(theirs)) print "all"
  for (share = 0; !all && share * ${sumDigits} < length(ours); share++)
    if (substr(ours, share * ${sumDigits} + 1, ${sumDigits}) != substr(theirs, share * ${sumDigits} + 1, ${sumDigits})) {
      differs[share]
      print share
    }
}
all || $1 in differs
END { print "length", NR }' journal
`

export const folderOf = ({ id }: Memory) => `"$HOME"/.dotcloud-push/${id}`

/** For --rsync-path: makes the destination ours and the state void, in the session in which rsync runs; any login shell. */
export function preparation(memory: Memory): string {
  const script = 'mkdir -p -- "$1" && mkdir -p -- "$2" && cd -- "$1" && pwd -P >"$2/ours" && rm -f -- "$2/state"'
  return `sh -c '${script}' - ${quote(memory.path)} ${folderOf(memory)} && rsync`
}

/** What is to be done and noted when a push has sent its files. */
export interface Ending {
  readonly revision: string
  readonly removed: readonly string[]
  readonly removedDirectories: readonly string[]
  /** Of what the destination then holds; undefined when the next push is to compare everything. */
  readonly sums: Sums | undefined
  /** The draft is the whole journal, and not what follows in it. */
  readonly rewrite: boolean
}

/** The end of what is no script: a word that nobody can have written into it. */
const mark = `end-${randomBytes(8).toString('hex')}`

/**
 * The first part of the script that ends a push. It takes the journal there and can run while the files are sent: the
 * shell only holds it, so that a push that fails leaves nothing.
 */
export function* draftScript(journal: Iterable<string>): Generator<string> {
  yield `journal=$(cat <<'${mark}'\n`
  yield* journal
  yield `${mark}\n)\n`
}

/**
 * Its second part: removes what the source no longer has, notes what was pushed, and looks at what is there. It exits
 * with 1 when something could not be removed, and with 2 when only the memory failed.
 */
export function endingScript(memory: Memory, { revision, removed, removedDirectories, sums, rewrite }: Ending): Buffer {
  const remove = (names: readonly string[], command: string, otherwise: string): (string | Buffer)[] =>
    names.length === 0
      ? []
      : [`tr '\\n' '\\0' <<'${mark}' | xargs -0 ${command} -- || ${otherwise}\n`, ...lines(names), `${mark}\n`]
  const parts: (string | Buffer)[] = [
    `umask 077\nLC_ALL=C\nexport LC_ALL\nm=${folderOf(memory)}\n`,
    'mkdir -p -- "$m" && chmod 700 "$HOME/.dotcloud-push" && ',
    `rm -f -- "$m/state" && cd -- ${quote(memory.path)} && pwd -P >"$m/ours" || exit 1\nsure=yes\n`,
    ...remove(removed, 'rm -f', 'exit 1'),
    // One that is not empty keeps what was excluded, as it does under rsync; then rsync shall look at it next time.
    ...remove(removedDirectories, 'rmdir 2>/dev/null', 'sure=no'),
    `: >"$m/mark" && printf '%s\\n' ${quote(revision)} >"$m/revision" || exit 2\n`,
    ...(sums === undefined ? [] : [look(memory, sums, rewrite)]),
  ]
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

function look(memory: Memory, { digest, shares }: Sums, rewrite: boolean): string {
  return `cat >"$m/see" <<'${mark}' &&
${seeScript(memory)}${mark}
cat >"$m/pick" <<'${mark}' &&
${pickScript}${mark}
printf '%s\\n' "$journal" ${rewrite ? '>' : '>>'}"$m/journal" && printf '%s\\n' ${shares} >"$m/sums" &&
seen=$(sh "$m/see") && printf '%s\\n' "${memory.key} ${digest} $seen" >"$m/new" || exit 2
`
}

/** Its last part, when it is certain that what was sent is what was listed. */
export const confirmation = '[ $sure = yes ] && mv -f -- "$m/new" "$m/state" || exit 2\n'

function lines(names: readonly string[]): Buffer[] {
  return names.flatMap((name) => [unescapeName(name), Buffer.from('\n')])
}
