import type { Change } from '../core/model.js'

/** The prefix by which our own lines are known among rsync's messages. */
export const itemFormat = '%i %l %n'

/** One line of `--out-format='%i %l %n'`. */
export interface Item {
  readonly kind: Change['kind'] | 'same'
  readonly directory: boolean
  readonly path: string
  readonly size: number
}

/**
 * An itemized line of rsync, or undefined for any other line. A difference in time alone is no change: a checkout in
 * CI gives every file a new one. (The eleven characters are explained in rsync(1) at --itemize-changes.)
 */
export function parseItem(line: string): Item | undefined {
  const deleted = /^\*deleting +\d+ (.+)$/s.exec(line)?.[1]
  if (deleted !== undefined) return { kind: 'deleted', directory: deleted.endsWith('/'), path: deleted, size: 0 }
  const match = /^([<>ch.])([fdLDS])([.+ ?a-zA-Z]{9}) (\d+) (.+)$/s.exec(line)
  if (match === null) return undefined
  const [, update, type, attributes = '', size, path = ''] = match
  const differs = (update !== '.' && update !== 'h') || /[^.t T]/.test(attributes)
  const kind = attributes.startsWith('+') ? 'added' : differs ? 'changed' : 'same'
  return { kind, directory: type === 'd', path, size: Number(size) }
}

/** What rsync says of files that it leaves behind, among the lines of a local listing. */
export function parseLeftOut(line: string): { readonly path: string; readonly link: boolean } | undefined {
  const hidden = /^\[sender\] hiding (?:file|directory) (.+) because of pattern /.exec(line)?.[1]
  if (hidden !== undefined) return { path: hidden, link: false }
  const link = /^ignoring unsafe symlink "(.+)" -> ".*"$/.exec(line)?.[1]
  return link === undefined ? undefined : { path: link, link: true }
}
