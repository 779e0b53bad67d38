import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compare,
  digestOf,
  journalOf,
  type Manifest,
  makeManifest,
  replay,
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
  it('has a line for each name', () => {
    const items = [
      item({}),
      item({ type: 'directory', name: 'd', mode: 'rwxr-xr-x', content: '' }),
      item({ type: 'link', name: 'l', content: 'a' }),
    ]
    expect([...(makeManifest(items) ?? [])]).toEqual([
      ['a', 'file rw-r--r-- 0123456789abcdef'],
      ['d', 'directory rwxr-xr-x '],
      ['l', 'link rw-r--r-- a'],
    ])
  })

  it('is not made of what could be read in two ways', () => {
    expect(makeManifest([item({ type: 'other' })])).toBeUndefined()
    expect(makeManifest([item({ type: 'link', content: 'a -> b' })])).toBeUndefined()
  })

  it('tells the order of removal, and a directory that became a file', () => {
    const before = new Map([
      ['d', 'directory x '],
      ['d/e', 'directory x '],
      ['d/e/f', 'file x 1'],
      ['same', 'file x 1'],
      ['other', 'file x 1'],
      ['was', 'directory x '],
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
  const line = fc.constantFrom(
    'file rw-r--r-- 1',
    'file rwxr-xr-x 1',
    'file rw-r--r-- 2',
    'directory rwxr-xr-x ',
    'link rwxrwxrwx a b',
  )
  const manifest: fc.Arbitrary<Manifest> = fc
    .array(fc.tuple(name, line), { maxLength: 12 })
    .map((entries) => new Map(entries))
  const sorted = (one: Manifest) => [...one].sort()

  it('comes back from its journal', () => {
    fc.assert(
      fc.property(manifest, (one) => {
        const { manifest: read, length } = replay(wholeJournal(one))
        expect(sorted(read)).toEqual(sorted(one))
        expect(length).toBe(one.size)
      }),
    )
  })

  it('a journal that is carried on leads from any manifest to any other', () => {
    fc.assert(
      fc.property(manifest, manifest, manifest, (one, two, three) => {
        const journal = wholeJournal(one) + journalOf(compare(one, two), two) + journalOf(compare(two, three), three)
        expect(sorted(replay(journal).manifest)).toEqual(sorted(three))
      }),
    )
  })

  it('has a digest that tells any two apart, whatever their order', () => {
    fc.assert(
      fc.property(manifest, manifest, (one, two) => {
        expect(digestOf(one)).toBe(digestOf(new Map([...one].reverse())))
        expect(digestOf(one) === digestOf(two)).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(two)))
      }),
    )
  })

  it('nothing that is no journal is a manifest', () => {
    expect(replay('').manifest.size).toBe(0)
    expect(replay('garbage\n+no tab\n\tx\n').manifest.size).toBe(0)
  })
})
