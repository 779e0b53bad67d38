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

/** Tells two manifests apart; the order of their lines does not matter. */
export function digestOf(manifest: Manifest): string {
  const hash = createHash('sha256')
  for (const name of [...manifest.keys()].sort()) hash.update(`${manifest.get(name)}\t${name}\n`)
  return hash.digest('hex')
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

/** The journal that makes an empty manifest into this one. */
export function wholeJournal(manifest: Manifest): string {
  return [...manifest].map(([name, line]) => `+${line}\t${name}\n`).join('')
}

/** The journal that carries a difference on. */
export function journalOf({ added, changed, removed, removedDirectories }: Difference, after: Manifest): string {
  const set = [...added, ...changed].map((name) => `+${after.get(name)}\t${name}\n`)
  const drop = [...removed, ...removedDirectories].map((name) => `-${name}\n`)
  return [...drop, ...set].join('')
}

/** The manifest that a journal tells, and how many lines it took. */
export function replay(journal: string): { readonly manifest: Manifest; readonly length: number } {
  const lines = new Map<string, string>()
  const steps = journal.split('\n')
  for (const step of steps) {
    const tab = step.indexOf('\t')
    if (step.startsWith('-')) lines.delete(step.slice(1))
    else if (step.startsWith('+') && tab > 0) lines.set(step.slice(tab + 1), step.slice(1, tab))
  }
  return { manifest: lines, length: steps.length - 1 }
}
