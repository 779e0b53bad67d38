import { createHash } from 'node:crypto'
import { formatDestination, remotePath } from '../core/destination.js'
import type { Settings } from '../core/model.js'
import type { UploadStep } from '../core/plan.js'
import { quote } from '../core/quote.js'
import { builtInExcludes } from '../core/settings.js'
import type { Manifest } from './manifest.js'
import { unescapeName } from './rsync-output.js'

/**
 * What the server remembers of a destination, in `~/.dotcloud-push/<id>/` of the login, never in a directory that may
 * be published:
 * - `ours`: the directory, links resolved, that we have pushed to, so that a mirror may delete what is not in the source;
 * - `revision`: what was pushed last;
 * - `journal`: the manifest of what we put there (manifest.ts);
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
    key: hash(JSON.stringify([2, version, settings.delete, rules, prune])),
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
  return tests.length === 0 || tests.length > 500 ? '' : `! -name . \\( ${tests.join(' -o ')} \\) -prune -o`
}

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
 * say that the checksum differs.
 */
function seeScript({ prune }: Memory): string {
  return `{ pwd -P; ls -di .; find . ${prune} \\( -type d -exec ls -ld {} + -o ! -type d \${1:+-cnewer "$1" -print} -o ! -name '' \\) -print
} | sed 's/^\\(d[rwxsStT-]*\\).*/\\1/' | LC_ALL=C sort | cksum
`
}

export const folderOf = ({ id }: Memory) => `"$HOME"/.dotcloud-push/${id}`

/** For --rsync-path: makes the destination ours and the state void, in the session in which rsync runs; any login shell. */
export function preparation(memory: Memory): string {
  const script = 'mkdir -p -- "$1" && mkdir -p -- "$2" && cd -- "$1" && pwd -P >"$2/ours" && rm -f -- "$2/state"'
  return `sh -c '${script}' - ${quote(memory.path)} ${folderOf(memory)} && rsync`
}

/** What a push does to the journal: makes it anew, or carries it on. */
export interface Draft {
  readonly journal: string
  readonly rewrite: boolean
  /** A random word, which ends what is not script. */
  readonly mark: string
}

/** What is to be done and noted when a push has sent its files. */
export interface Conclusion {
  readonly revision: string
  /** Undefined when the content cannot be vouched for; then the next push compares everything. */
  readonly digest: string | undefined
  readonly removed: readonly string[]
  readonly removedDirectories: readonly string[]
}

/** The script that takes the journal there, which can run while the files are sent: it changes nothing yet. */
export function draftScript({ journal, mark }: Draft): Buffer {
  return Buffer.from(`journal=$(cat <<'${mark}'\n${journal}${mark}\n)\n`)
}

/**
 * The script that ends a push: removes what the source no longer has, and writes the state last. It exits with 1 when
 * something could not be removed, and with 2 when only the memory failed.
 */
export function conclusionScript(memory: Memory, { rewrite, mark }: Draft, conclusion: Conclusion): Buffer {
  const { revision, digest, removed, removedDirectories } = conclusion
  const remove = (names: readonly string[], command: string, otherwise: string): (string | Buffer)[] =>
    names.length === 0
      ? []
      : [`tr '\\n' '\\0' <<'${mark}' | xargs -0 ${command} -- || ${otherwise}\n`, ...lines(names), `${mark}\n`]
  const parts: (string | Buffer)[] = [
    `umask 077
m=${folderOf(memory)}
mkdir -p -- "$m" && chmod 700 "$HOME/.dotcloud-push" && rm -f -- "$m/state" && cd -- ${quote(memory.path)} && pwd -P >"$m/ours" || exit 1
sure=yes
`,
    ...remove(removed, 'rm -f', 'exit 1'),
    // One that is not empty keeps what was excluded, as it does under rsync; then rsync shall look at it next time.
    ...remove(removedDirectories, 'rmdir 2>/dev/null', 'sure=no'),
    `: >"$m/mark"\n`,
    `printf '%s\\n' ${quote(revision)} >"$m/revision"\n`,
    ...(digest === undefined
      ? []
      : [
          `cat >"$m/see" <<'${mark}'\n${seeScript(memory)}${mark}\n`,
          `[ $sure = no ] || { printf '%s\\n' "$journal" ${rewrite ? '>' : '>>'}"$m/journal" && printf '%s\\n' "${memory.key} ${digest} $(sh "$m/see")" >"$m/new" && mv -f -- "$m/new" "$m/state"; }\n`,
        ]),
    '[ $? = 0 ] || exit 2\n',
  ]
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

function lines(names: readonly string[]): Buffer[] {
  return names.flatMap((name) => [unescapeName(name), Buffer.from('\n')])
}
