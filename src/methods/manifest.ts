import { createHash } from 'node:crypto'
import type { Item } from './rsync-output.js'

/**
 * What a destination holds by our doing: a line for each name. The server keeps it as a journal that only grows, so
 * that a small change costs a small write; it is rewritten when it has grown to twice its content.
 */
export type Manifest = ReadonlyMap<string, string>

/** Checksums are cut to 64 bits: enough to tell files apart, and half the bytes on the wire. */
const checksumDigits = 16

/** The manifest of a listing, or undefined when a name in it could be read in two ways. */
export function makeManifest(items: readonly Item[]): Manifest | undefined {
  const lines = new Map<string, string>()
  for (const { type, name, mode, content } of items) {
    if (type === 'other' || (type === 'link' && content.includes(' -> '))) return undefined
    lines.set(name, `${type} ${mode} ${type === 'file' ? content.slice(0, checksumDigits) : content}`)
  }
  return lines
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
  for (const [name, line] of manifest) shares[shareOf(name, count)]?.push(`${name}\t${line}\n`)
  const hashes = shares.map((share) => createHash('sha256').update(share.sort().join('')).digest('hex'))
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

const isDirectory = (line: string | undefined) => line?.startsWith('directory ') ?? false

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

/** The journal that makes an empty manifest into this one. Each line begins with the number of its name's share. */
export function wholeJournal(manifest: Manifest): string {
  const count = countShares(manifest)
  return [...manifest].map(([name, line]) => `${shareOf(name, count)} +${line}\t${name}\n`).join('')
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
