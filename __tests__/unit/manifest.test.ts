import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeOf,
  compare,
  haveSameShares,
  isClear,
  journalOf,
  lineOf,
  type Manifest,
  replay,
  sumUp,
  wholeJournal,
} from '../../src/methods/manifest.ts'
import type { Item } from '../../src/methods/rsync-output.ts'

const item = (more: Partial<Item>): Item => ({
  kind: 'added',
  type: 'file',
  name: 'a',
  mode: 'rw-r--r--',
  size: 1,
  content: '0123456789abcdef0123456789abcdef',
  ...more,
})

describe('a manifest', () => {
  it('has a line for each name, from which a change can be told', () => {
    const lines = [
      [item({}), 'rw-r--r-- 0123456789abcdef 1', { kind: 'added', path: 'a', size: 1 }],
      [
        item({ type: 'directory', name: 'd', mode: 'rwxr-xr-x', content: '', size: 4096 }),
        'd rwxr-xr-x',
        { kind: 'added', path: 'd/' },
      ],
      [item({ type: 'link', name: 'l', content: 'a' }), 'l a', { kind: 'added', path: 'l' }],
      [item({ type: 'other', name: 'o' }), 'o', { kind: 'added', path: 'o' }],
    ] as const
    for (const [one, line, change] of lines) {
      expect(lineOf(one)).toBe(line)
      expect(changeOf('added', one.name, line)).toEqual(change)
    }
  })

  it('is not made of what could be read in two ways', () => {
    expect(isClear(item({}))).toBe(true)
    expect(isClear(item({ type: 'other' }))).toBe(false)
    expect(isClear(item({ type: 'link', content: 'a -> b' }))).toBe(false)
  })

  it('tells the order of removal, and a directory that became a file', () => {
    const before = new Map([
      ['d', 'd x'],
      ['d/e', 'd x'],
      ['d/e/f', 'file x 1'],
      ['same', 'file x 1'],
      ['other', 'file x 1'],
      ['was', 'd x'],
    ])
    const after = new Map([
      ['same', 'file x 1'],
      ['other', 'file x 2'],
      ['new', 'file x 1'],
      ['was', 'file x 1'],
    ])
    expect(compare(before, after)).toEqual({
      added: ['new'],
      changed: ['other', 'was'],
      removed: ['d/e/f'],
      removedDirectories: ['d/e', 'd'],
      risky: true,
    })
    expect(compare(before, new Map(before)).risky).toBe(false)
  })

  const name = fc.string({ unit: fc.constantFrom(...'ab/ .+-\\#012'), minLength: 1, maxLength: 5 })
  const line = fc.constantFrom('rw-r--r-- 1 1', 'rwxr-xr-x 1 1', 'rw-r--r-- 2 1', 'd rwxr-xr-x', 'l a b')
  const manifest: fc.Arbitrary<Manifest> = fc
    .array(fc.tuple(name, line), { maxLength: 12 })
    .map((entries) => new Map(entries))
  const sorted = (one: Manifest) => [...one].sort()

  const whole = (one: Manifest) => [...wholeJournal(one)].join('')

  /** What a server tells that has this journal and these sums, as its script does. */
  function tell(journal: string, theirs: string, ours: string): string {
    const size = 6
    const cut = (shares: string) => shares.match(/.{6}/g) ?? []
    const all = theirs.length !== ours.length
    const differ = cut(theirs).flatMap((sum, share) =>
      sum === ours.slice(share * size, (share + 1) * size) ? [] : [share],
    )
    const lines = journal.split('\n').filter((text) => text !== '')
    const picked = lines.filter((text) => all || differ.includes(Number(text.split(' ')[0])))
    return [...(all ? ['all'] : differ), ...picked, `length ${lines.length}`, ''].join('\n')
  }

  it('comes back from its journal, whatever is here', () => {
    fc.assert(
      fc.property(manifest, manifest, (there, here) => {
        const told = tell(whole(there), sumUp(there).shares, sumUp(here).shares)
        const { manifest: read, length } = replay(told, here)
        expect(sorted(read)).toEqual(sorted(there))
        expect(length).toBe(there.size)
      }),
    )
  })

  it('of another order of size is told as a whole', () => {
    const many = new Map(Array.from({ length: 3_000 }, (_, index) => [`f${index}`, 'rw-r--r-- 1 1']))
    const few = new Map([...many].slice(0, 100))
    expect(haveSameShares(few, many)).toBe(false)
    const told = tell(whole(many), sumUp(many).shares, sumUp(few).shares)
    expect(sorted(replay(told, few).manifest)).toEqual(sorted(many))
  })

  it('is told in a small part when few names differ', () => {
    const many = new Map(Array.from({ length: 20_000 }, (_, index) => [`dir/f${index}`, 'rw-r--r-- 1 1']))
    const other = new Map(many).set('dir/f7', 'rw-r--r-- 2 1')
    const told = tell(whole(many), sumUp(many).shares, sumUp(other).shares)
    expect(told.split('\n').length).toBeLessThan(100)
    expect(sorted(replay(told, other).manifest)).toEqual(sorted(many))
  })

  it('a journal that is carried on leads from any manifest to any other', () => {
    fc.assert(
      fc.property(manifest, manifest, manifest, manifest, (one, two, three, here) => {
        const journal = whole(one) + journalOf(compare(one, two), two) + journalOf(compare(two, three), three)
        const told = tell(journal, sumUp(three).shares, sumUp(here).shares)
        expect(sorted(replay(told, here).manifest)).toEqual(sorted(three))
      }),
    )
  })

  it('has a digest that tells any two apart, whatever their order', () => {
    fc.assert(
      fc.property(manifest, manifest, (one, two) => {
        expect(sumUp(one)).toEqual(sumUp(new Map([...one].reverse())))
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(two))
        expect(sumUp(one).digest === sumUp(two).digest).toBe(same)
      }),
    )
  })

  it('nothing that is no journal is a manifest', () => {
    const none = new Map<string, string>()
    expect(replay('', none)).toEqual({ manifest: none, length: 0 })
    expect(replay('garbage\n+no tab\n\tx\n1 +no tab\nlength x\n', none).manifest.size).toBe(0)
  })
})
