import type { Change, Progress } from '../core/model.js'

/**
 * How rsync is asked to itemize: what is done, permissions, size, content's checksum (with --checksum), and after a bar
 * the name and a link's target. In the C locale every byte of a name beyond printable ASCII comes as `\#ooo`, so no name
 * is lost and none can forge a line.
 */
export const itemFormat = '%i %B %l %C|%n%L'

/** One itemized line of rsync. */
export interface Item {
  readonly kind: Change['kind'] | 'same'
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** As rsync prints it, escaped; of a directory without the slash at its end. */
  readonly name: string
  readonly mode: string
  readonly size: number
  /** A file's checksum, a link's target. */
  readonly content: string
}

const types: Readonly<Record<string, Item['type']>> = { f: 'file', d: 'directory', L: 'link' }

/**
 * An itemized line, or undefined for any other line. A difference in time alone is no change: a checkout in CI gives
 * every file a new one. (The eleven characters are explained in rsync(1) at --itemize-changes.)
 */
export function parseItem(line: string): Item | undefined {
  const match = /^(\*deleting {2}|[<>ch.][fdLDS][.+ ?a-zA-Z]{9}) (\S{9}) (\d+) ([0-9a-f]*) *\|(.+)$/.exec(line)
  if (match === null) return undefined
  const [, action = '', mode = '', size, checksum = '', text = ''] = match
  if (action.startsWith('*'))
    return { kind: 'deleted', type: typeOfDeleted(text), name: trimSlash(text), mode, size: 0, content: '' }
  const type = types[action.charAt(1)] ?? 'other'
  const attributes = action.slice(2)
  const differs = !/^[.h]/.test(action) || /[^.tT ]/.test(attributes)
  const kind = attributes.startsWith('+') ? 'added' : differs ? 'changed' : 'same'
  const arrow = type === 'link' ? text.indexOf(' -> ') : -1
  return {
    kind,
    type,
    name: trimSlash(arrow < 0 ? text : text.slice(0, arrow)),
    mode,
    size: Number(size),
    content: arrow < 0 ? checksum : text.slice(arrow + 4),
  }
}

function typeOfDeleted(text: string): Item['type'] {
  return text.endsWith('/') ? 'directory' : 'file'
}

function trimSlash(name: string): string {
  return name.length > 1 && name.endsWith('/') ? name.slice(0, -1) : name
}

/** The bytes of a name that rsync escaped. */
export function unescapeName(name: string): Buffer {
  if (!name.includes('\\#')) return Buffer.from(name)
  const parts = name.split(/\\#([0-7]{3})/)
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from([Number.parseInt(part, 8)]))),
  )
}

/** A name as people read it. */
export function shownName(name: string): string {
  return name.includes('\\#') ? unescapeName(name).toString('utf8') : name
}

/** A change for the report: the name as people read it, a slash behind a directory's. */
export function asChange({ kind, type, name, size }: Item): Change {
  const path = `${shownName(name)}${type === 'directory' ? '/' : ''}`
  return { kind: kind === 'same' ? 'changed' : kind, path, ...(type === 'file' && kind !== 'deleted' ? { size } : {}) }
}

/** What rsync says of files that it leaves behind, among the lines of a local listing. */
export function parseLeftOut(line: string): { readonly path: string; readonly link: boolean } | undefined {
  const hidden = /^\[sender\] hiding (?:file|directory) (.+) because of pattern /.exec(line)?.[1]
  if (hidden !== undefined) return { path: unescapeName(hidden).toString('utf8'), link: false }
  const link = /^ignoring unsafe symlink "(.+)" -> ".*"$/.exec(line)?.[1]
  return link === undefined ? undefined : { path: unescapeName(link).toString('utf8'), link: true }
}

/** A line of --info=progress2: bytes, percent, rate, time left. */
export function parseProgress(line: string): Progress | undefined {
  const match = /^ *([\d,.]+[KMGT]?) +(\d{1,3})% +(\S+) +(\d+:\d\d:\d\d)/.exec(line)
  if (match === null) return undefined
  const [, bytes, percent, rate, left] = match
  return { percent: Number(percent), detail: `${bytes} bytes, ${rate}, ${left} left` }
}
