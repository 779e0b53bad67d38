import { createHash } from 'node:crypto'
import { lstatSync, lutimesSync, readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from 'node:fs'

const notOurs = new Set(['.git', '.hg'])

/**
 * Everything below a directory but version control, parents first.
 * @param {string} root
 * @param {string} [folder]
 * @returns {Generator<{ path: string, type: 'file' | 'directory' | 'link' | 'other' }>}
 */
export function* walk(root, folder = '') {
  for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
    if (folder === '' && notOurs.has(entry.name)) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    const type = entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'other'
    yield { path, type }
    if (type === 'directory') yield* walk(root, path)
  }
}

/**
 * Types, modes, contents and link targets.
 * @param {string} root
 * @returns {Map<string, { type: string, mode: string, content: string }>}
 */
export function describeTree(root) {
  const entries = new Map()
  for (const { path, type } of walk(root)) {
    const file = `${root}/${path}`
    entries.set(path, {
      type,
      mode: type === 'link' ? '' : (lstatSync(file).mode & 0o7777).toString(8),
      content: type === 'file' ? createHash('sha1').update(readFileSync(file)).digest('base64') : linkOf(file, type),
    })
  }
  return entries
}

function linkOf(/** @type {string} */ file, /** @type {string} */ type) {
  return type === 'link' ? readlinkSync(file) : ''
}

/**
 * What is wrong with a copy; empty when nothing is.
 * @param {ReturnType<typeof describeTree>} wanted
 * @param {string} root
 */
export function compareTree(wanted, root) {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return 'nothing there'
  const found = describeTree(root)
  const wrong = { missing: 0, extra: 0, type: 0, content: 0, mode: 0 }
  for (const [path, entry] of wanted) {
    const other = found.get(path)
    if (other === undefined) wrong.missing++
    else if (other.type !== entry.type) wrong.type++
    else if (other.content !== entry.content) wrong.content++
    else if (other.mode !== entry.mode) wrong.mode++
  }
  for (const path of found.keys()) if (!wanted.has(path)) wrong.extra++
  return Object.entries(wrong)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

/**
 * Gives everything a fresh time, as a checkout in CI does; some seconds old, since hg does not note the state of what
 * was changed in the second in which it looks.
 */
export function freshen(/** @type {string} */ root) {
  const time = Date.now() / 1000 - 3
  const folders = [root]
  for (const { path, type } of walk(root)) {
    if (type === 'directory') folders.push(`${root}/${path}`)
    else if (type === 'link') lutimesSync(`${root}/${path}`, time, time)
    else utimesSync(`${root}/${path}`, time, time)
  }
  for (const folder of folders) utimesSync(folder, time, time)
}
