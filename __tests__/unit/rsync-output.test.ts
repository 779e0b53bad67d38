import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterRules } from '../../src/methods/rsync-filter.ts'
import {
  asChange,
  type Item,
  itemFormat,
  parseItem,
  parseLeftOut,
  unescapeName,
} from '../../src/methods/rsync-output.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { type Files, writeFiles } from '../support/workspaces.ts'

/** What a real rsync prints for one directory mirrored into another, as the method asks for it. */
function mirror(source: string, target: string, ...more: string[]): string[] {
  const filter = join(temporaryDirectory('filter'), 'filter')
  writeFileSync(filter, filterRules({ includes: [], protect: [] }, ['*.pyc', 'cache']))
  const flags = ['-r', '-lptz', '--safe-links', '--chmod=ug-s', `--out-format=${itemFormat}`, '--checksum', '--dry-run']
  const args = [...flags, ...more, `--filter=merge ${filter}`, '--', `${source}/`, `${target}/`]
  return execFileSync('rsync', args, { env: { PATH: process.env['PATH'], LC_ALL: 'C' }, encoding: 'utf8' })
    .split('\n')
    .slice(0, -1)
}

function directory(files: Files): string {
  const path = temporaryDirectory('tree')
  writeFiles(path, files)
  return path
}

const items = (lines: readonly string[]) => lines.flatMap((line) => parseItem(line) ?? [])
const pathOf = ({ name }: Item) => unescapeName(name).toString()
const byPath = (lines: readonly string[]) => Object.fromEntries(items(lines).map((item) => [pathOf(item), item]))

describe('what a real rsync says', () => {
  it('H9 of every kind of change', () => {
    const source = directory({
      new: 'new\n',
      same: 'same\n',
      touched: 'touched\n',
      changed: 'longer\n',
      mode: 'mode\n',
      '##[add-mask]e': '',
      '*deleting   --------- 1 |x': 'x',
      'with space/and\nline': 'x',
      '>f+++++++++ rw-r--r-- 1 |forged\n>f+++++++++ rw-r--r-- 1 |more': 'x',
      größe: 'ü',
      'a -> b': 'x',
      '\\#012': 'x',
      '-rf': '',
      ' lead': '',
      link: { link: 'new' },
      moved: { link: 'new' },
    })
    const target = directory({
      same: 'same\n',
      touched: 'touched\n',
      changed: 'short\n',
      mode: 'mode\n',
      moved: { link: 'old' },
      'gone/deep/file': 'x',
      'gone too': { link: 'x' },
      old: 'x',
    })
    const then = new Date('2001-01-01')
    utimesSync(join(source, 'same'), then, then)
    utimesSync(join(target, 'same'), then, then)
    utimesSync(join(target, 'touched'), then, then)
    chmodSync(join(target, 'mode'), 0o600)
    const lines = mirror(source, target, '--delete-delay')
    const found = byPath(lines)
    const kinds = Object.fromEntries(Object.entries(found).map(([path, { kind, type }]) => [path, `${kind} ${type}`]))
    expect(kinds).toMatchObject({
      new: 'added file',
      touched: 'same file',
      changed: 'changed file',
      mode: 'changed file',
      '##[add-mask]e': 'added file',
      '*deleting   --------- 1 |x': 'added file',
      'with space': 'added directory',
      'with space/and\nline': 'added file',
      '>f+++++++++ rw-r--r-- 1 |forged\n>f+++++++++ rw-r--r-- 1 |more': 'added file',
      größe: 'added file',
      'a -> b': 'added file',
      '\\#012': 'added file',
      '-rf': 'added file',
      ' lead': 'added file',
      link: 'added link',
      moved: 'changed link',
      old: 'deleted file',
      'gone too': 'deleted file',
      gone: 'deleted directory',
      'gone/deep': 'deleted directory',
      'gone/deep/file': 'deleted file',
    })
    expect(found['same']).toBeUndefined()
    expect(found['forged']).toBeUndefined()
    expect(lines.length).toBe(items(lines).length)
    expect(found['new']).toMatchObject({
      size: 4,
      mode: 'rw-r--r--',
      content: expect.stringMatching(/^[0-9a-f]{16,}$/),
    })
    expect(found['link']).toMatchObject({ content: 'new' })
  })

  it('K3 of names that are not UTF-8', () => {
    const source = temporaryDirectory('tree')
    const name = Buffer.from([0x61, 0xff, 0x0a, 0xc3, 0x28])
    writeFileSync(Buffer.concat([Buffer.from(`${source}/`), name]), '')
    const [item] = items(mirror(source, temporaryDirectory('empty'))).filter(({ type }) => type === 'file')
    expect(unescapeName(item?.name ?? '')).toEqual(name)
  })

  it('B14 of what is left out: excluded files, and links that lead out', () => {
    const source = directory({
      a: 'a',
      '.env': 'SECRET=1',
      'x.pyc': '',
      'cache/x': '',
      'because of pattern x.pyc': '',
      passwd: { link: '/etc/passwd' },
      'up and out': { link: '../../../x' },
      ünsafe: { link: '/' },
    })
    mkdirSync(join(source, '.git'))
    symlinkSync('a', join(source, 'fine'))
    // As the method asks for the list: into a directory with nothing in it.
    const lines = mirror(source, temporaryDirectory('empty'), '-v', '--debug=filter1')
    const left = lines.flatMap((line) => parseLeftOut(line) ?? [])
    const paths = (link: boolean) =>
      left
        .filter((each) => each.link === link)
        .map(({ path }) => path)
        .sort()
    expect(paths(false)).toEqual(['.env', '.git', 'because of pattern x.pyc', 'cache', 'x.pyc'].sort())
    expect(paths(true)).toEqual(['passwd', 'up and out', 'ünsafe'])
    expect(
      Object.keys(byPath(lines))
        .filter((path) => path !== '.')
        .sort(),
    ).toEqual(['a', 'fine'])
  })
})

describe('an itemized line', () => {
  const sum = '0123456789abcdef0123456789abcdef'
  const file = (kind: Item['kind'], more: Partial<Item> = {}): Item => ({
    kind,
    type: 'file',
    name: 'a',
    mode: 'rw-r--r--',
    size: 12,
    content: sum,
    ...more,
  })

  it.each<[string, Item | undefined]>([
    [`<f+++++++++ rw-r--r-- 12 ${sum}|a`, file('added')],
    [`<fcst...... rw-r--r-- 12 ${sum}|a b|c`, file('changed', { name: 'a b|c' })],
    [`<fc........ rwsr-xr-x 12 ${sum}|a -> b`, file('changed', { mode: 'rwsr-xr-x', name: 'a -> b' })],
    ['<f+++++++++ rw-r--r-- 12 |a', file('added', { content: '' })],
    [`.f..t...... rw-r--r-- 12 ${sum}|a`, file('same')],
    [`.f..T...... rw-r--r-- 12 ${sum}|a`, file('same')],
    [`.f...p..... rw-r--r-- 12 ${sum}|a`, file('changed')],
    [`.f          rw-r--r-- 12 ${sum}|a`, file('same')],
    [`hf+++++++++ rw-r--r-- 12 ${sum}|a`, file('added')],
    [
      '.d..t...... rwxr-xr-x 4096 |d/',
      { kind: 'same', type: 'directory', name: 'd', mode: 'rwxr-xr-x', size: 4096, content: '' },
    ],
    [
      'cd+++++++++ rwxr-xr-x 4096 |d/',
      { kind: 'added', type: 'directory', name: 'd', mode: 'rwxr-xr-x', size: 4096, content: '' },
    ],
    [
      'cL+++++++++ rwxrwxrwx 3 |l -> to',
      { kind: 'added', type: 'link', name: 'l', mode: 'rwxrwxrwx', size: 3, content: 'to' },
    ],
    [
      '*deleting   --------- 0 |gone',
      { kind: 'deleted', type: 'file', name: 'gone', mode: '---------', size: 0, content: '' },
    ],
    [
      '*deleting   --------- 0 |gone/',
      { kind: 'deleted', type: 'directory', name: 'gone', mode: '---------', size: 0, content: '' },
    ],
    ['*deleting   gone', undefined],
    ['sending incremental file list', undefined],
    ['', undefined],
    ['rsync: connection unexpectedly closed', undefined],
    [`<f+++++++++ rw-r--r-- x ${sum}|a`, undefined],
    [`<f+++++++++ rw-r--r-- 12 ${sum}|`, undefined],
    [` <f+++++++++ rw-r--r-- 12 ${sum}|a`, undefined],
    ['[sender] hiding file .env because of pattern .env*', undefined],
  ])('%j', (line, item) => {
    expect(parseItem(line)).toEqual(item)
  })

  it.each<[string, ReturnType<typeof parseLeftOut>]>([
    ['[sender] hiding file .env because of pattern .env*', { path: '.env', link: false }],
    ['[sender] hiding directory a b because of pattern <rule from a file read earlier>', { path: 'a b', link: false }],
    [
      '[sender] hiding file x because of pattern y because of pattern *',
      { path: 'x because of pattern y', link: false },
    ],
    ['ignoring unsafe symlink "a" -> "/etc"', { path: 'a', link: true }],
    ['[generator] protecting file x because of pattern y', undefined],
    ['[sender] showing file x because of pattern y', undefined],
    [' ignoring unsafe symlink "a" -> "b"', undefined],
    ['', undefined],
  ])('left out: %j', (line, found) => {
    expect(parseLeftOut(line)).toEqual(found)
  })

  it.each<[Item, ReturnType<typeof asChange>]>([
    [file('added', { name: 'gr\\#303\\#266' }), { kind: 'added', path: 'grö', size: 12 }],
    [file('deleted', { type: 'directory', name: 'd' }), { kind: 'deleted', path: 'd/' }],
    [file('changed', { type: 'link' }), { kind: 'changed', path: 'a' }],
  ])('as a change: %j', (item, change) => {
    expect(asChange(item)).toEqual(change)
  })

  it('a name comes back from its escapes', () => {
    const escaped = (bytes: Uint8Array) =>
      [...bytes]
        .map((byte) =>
          byte < 0x20 || byte > 0x7e || byte === 0x5c
            ? `\\#${byte.toString(8).padStart(3, '0')}`
            : String.fromCharCode(byte),
        )
        .join('')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        expect(unescapeName(escaped(bytes))).toEqual(Buffer.from(bytes))
      }),
    )
  })
})
