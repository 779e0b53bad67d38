import { createHash } from 'node:crypto'
import type { Change } from '../core/model.js'
import { type Item, shownName } from './rsync-output.js'

/**
 * What a destination holds by our doing: a line for each name, escaped as rsync escapes it. The server keeps it as a
 * journal that only grows, so that a small change costs a small write; it is rewritten when it has grown to twice its
 * content.
 */
export type Manifest = ReadonlyMap<string, string>

/** Checksums are cut to 64 bits: enough to tell files apart, and half the bytes on the wire. */
const checksumDigits = 16

/** A file's mode, checksum and size; or `d` and a directory's mode, `l` and a link's target, `o` for anything else. */
export function lineOf({ type, mode, content, size }: Item): string {
  if (type === 'directory') return `d ${mode}`
  if (type !== 'file') return type === 'link' ? `l ${content}` : 'o'
  // Joined, it is one piece of memory, which counts where there are many.
  return [mode, content.slice(0, checksumDigits), size].join(' ')
}

/** Whether rsync's words for an item can be read in one way only. */
export function isClear({ type, content }: Item): boolean {
  return type !== 'other' && !(type === 'link' && content.includes(' -> '))
}

export const isDirectory = (line: string | undefined) => line?.startsWith('d ') ?? false

/** How many are no directories. */
export function countFiles(manifest: Manifest): number {
  let files = 0
  for (const line of manifest.values()) if (!isDirectory(line)) files++
  return files
}

/** A change for the report. */
export function changeOf(kind: Change['kind'], name: string, line: string): Change {
  const path = shownName(name)
  if (isDirectory(line)) return { kind, path: `${path}/` }
  const size = /^[rwxsStT-]{9} [0-9a-f]* (\d+)$/.exec(line)?.[1]
  return { kind, path, ...(size === undefined ? {} : { size: Number(size) }) }
}

/** Hexadecimal digits of a share's checksum: it need not be certain, since the digest has the last word. */
export const sumDigits = 6

/** A manifest in short. */
export interface Sums {
  /** Tells two manifests apart; the order of their lines does not matter. */
  readonly digest: string
  /** A checksum for each share of the names, so that of two manifests only the shares that differ need be told. */
  readonly shares: string
}

/** How many shares: a changed name then costs the telling of some sixteen, or of more in very large trees. */
function countShares({ size }: Manifest): number {
  return 2 ** Math.min(10, Math.max(4, Math.ceil(Math.log2(Math.max(size, 1) / 16))))
}

/** The share of a name: the FNV-1a hash, which is quick and even. */
function shareOf(name: string, count: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return (hash ^ (hash >>> 15)) & (count - 1)
}

export function sumUp(manifest: Manifest): Sums {
  const count = countShares(manifest)
  const shares = Array.from({ length: count }, (): string[] => [])
  for (const name of manifest.keys()) shares[shareOf(name, count)]?.push(name)
  const hashes = shares.map((names) => {
    const lines = names.sort().map((name) => `${name}\t${manifest.get(name)}\n`)
    return createHash('sha256').update(lines.join('')).digest('hex')
  })
  const digest = createHash('sha256').update(hashes.join()).digest('hex')
  return { digest, shares: hashes.map((hash) => hash.slice(0, sumDigits)).join('') }
}

/** What has to be done to get from one manifest to another. Names are escaped as rsync escapes them. */
export interface Difference {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly removedDirectories: readonly string[]
  /** A directory became something else; then only rsync itself knows what may be deleted in it. */
  readonly risky: boolean
}

export function compare(before: Manifest, after: Manifest): Difference {
  const added: string[] = []
  const changed: string[] = []
  let risky = false
  for (const [name, line] of after) {
    const old = before.get(name)
    if (old === undefined) added.push(name)
    else if (old !== line) {
      changed.push(name)
      if (isDirectory(old) && !isDirectory(line)) risky = true
    }
  }
  const gone = [...before].filter(([name]) => !after.has(name))
  return {
    added,
    changed,
    removed: gone.flatMap(([name, line]) => (isDirectory(line) ? [] : [name])),
    // The deepest first, so that each is empty when its turn comes.
    removedDirectories: gone
      .flatMap(([name, line]) => (isDirectory(line) ? [name] : []))
      .sort()
      .reverse(),
    risky,
  }
}

/** How many lines of a journal are written at a time. */
const linesAtOnce = 1_000

/** The journal that makes an empty manifest into this one, in parts. Each line begins with the number of its name's share. */
export function* wholeJournal(manifest: Manifest): Generator<string> {
  const count = countShares(manifest)
  let lines: string[] = []
  for (const [name, line] of manifest) {
    lines.push(`${shareOf(name, count)} +${line}\t${name}\n`)
    if (lines.length < linesAtOnce) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

/** The journal that carries a difference on. */
export function journalOf({ added, changed, removed, removedDirectories }: Difference, after: Manifest): string {
  const count = countShares(after)
  const set = [...added, ...changed].map((name) => `${shareOf(name, count)} +${after.get(name)}\t${name}\n`)
  const drop = [...removed, ...removedDirectories].map((name) => `${shareOf(name, count)} -${name}\n`)
  return [...drop, ...set].join('')
}

/** Whether a journal can be carried on from one manifest to another: their names have the same shares. */
export function haveSameShares(before: Manifest, after: Manifest): boolean {
  return countShares(before) === countShares(after)
}

/**
 * The manifest that the server has, and how long its journal is.
 * @param told the numbers of the shares in which it differs from ours, or `all`; these shares' part of the journal; and
 *   `length` and a number
 */
export function replay(told: string, ours: Manifest): { readonly manifest: Manifest; readonly length: number } {
  const count = countShares(ours)
  const steps = told.split('\n')
  const differ = new Set(steps.filter((step) => /^(?:\d+|all)$/.test(step)))
  const same = differ.has('all') ? [] : [...ours].filter(([name]) => !differ.has(String(shareOf(name, count))))
  const lines = new Map(same)
  let length = 0
  for (const step of steps) {
    const [, dropped, set, name] = /^\d+ (?:-(.*)|\+([^\t]*)\t(.*))$/s.exec(step) ?? []
    if (dropped !== undefined) lines.delete(dropped)
    else if (set !== undefined && name !== undefined) lines.set(name, set)
    else if (step.startsWith('length ')) length = Number(step.slice(7))
  }
  return { manifest: lines, length }
}
