import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/launch.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/security.md')

/** Each file of tests by its name, and its text; of one name in both folders, both. */
const suites = new Map<string, string>()
for (const folder of ['__tests__/unit', '__tests__/integration']) {
  for (const name of readdirSync(join(root, folder)).filter((each) => each.endsWith('.test.ts')))
    suites.set(name, `${suites.get(name) ?? ''}\n${read(join(folder, name))}`)
}
const all = [...suites].filter(([name]) => name !== 'security-docs.test.ts').map(([, text]) => text)
const onBundle = readdirSync(join(root, '__tests__/integration')).filter((each) => each.endsWith('.test.ts'))

/** Whether a text stands there as a title does: the whole of a string. */
const hasTitle = (text: string, title: string) =>
  ["'", '"', '`'].some((mark) => text.includes(`${mark}${title.replaceAll(mark, `\\${mark}`)}${mark}`))

/** Whether a title begins with this entry of the catalogue, alone or among others. */
const isInTitle = (id: string, texts = all) =>
  texts.some((text) => new RegExp(`['"\`](?:[A-KPT]\\d+ )*${id}(?: |['"\`])`).test(text))

/** The cells of the tables below the headings, without head and rule. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:Asset|Catalogue|---)/.test(line))
  .map((line) =>
    line
      .slice(2, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
const threats = rows.filter((cells) => cells.length === 5)
const excused = rows.filter((cells) => cells.length === 2).flatMap(([ids = '']) => ids.split(' '))
const idsOf = (cells: readonly string[]) => (cells[3] ?? '').split(' ').filter((id) => id !== '')
const testsOf = (cells: readonly string[]) => [...(cells[4] ?? '').matchAll(/`([^`]+)` “([^”]+)”/g)]

/** The catalogue's groups that this page owes an answer for, and how many entries each has. */
const catalogue = { A: 22, B: 23, C: 9, H: 13, I: 13, J: 6 }
const owed = Object.entries(catalogue).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => `${group}${index + 1}`),
)

describe('docs/security.md', () => {
  it('has whole rows', () => {
    expect(threats.length).toBeGreaterThan(40)
    expect(threats.length + excused.length).toBeGreaterThan(45)
    expect(rows.filter((cells) => cells.length !== 5 && cells.length !== 2)).toEqual([])
  })

  it.each(threats)('%s: %s: has a test that exists', (...cells) => {
    const tests = testsOf(cells)
    const ids = idsOf(cells)
    for (const [, file = '', title = ''] of tests) {
      expect([file, suites.has(file)]).toEqual([file, true])
      expect([file, title, hasTitle(suites.get(file) ?? '', title)]).toEqual([file, title, true])
    }
    expect(cells[4]?.replaceAll(/`[^`]+` “[^”]+”(?: · )?/g, '')).toBe('')
    if (tests.length === 0)
      expect([cells[1], ids.filter((id) => !isInTitle(id)), ids.length > 0]).toEqual([cells[1], [], true])
    for (const [file] of (cells[2] ?? '').matchAll(/src\/[\w./-]+\.ts/g))
      expect([file, existsSync(join(root, file))]).toEqual([file, true])
  })

  it('answers for every entry of the catalogue, once: by a test, or by a reason', () => {
    const answered = threats.flatMap(idsOf)
    expect(owed.filter((id) => !answered.includes(id) && !excused.includes(id))).toEqual([])
    expect(excused.filter((id) => answered.includes(id))).toEqual([])
    for (const id of [...answered, ...excused]) expect(id).toMatch(/^[A-KP]\d+$/)
  })

  it('shows every entry on the committed bundle, but for two about this repository', () => {
    const texts = onBundle.map((name) => read(join('__tests__/integration', name)))
    const shown = threats.flatMap((cells) =>
      testsOf(cells).some(([, file = '']) => onBundle.includes(file)) ? idsOf(cells) : [],
    )
    const missing = owed.filter((id) => !excused.includes(id) && !shown.includes(id) && !isInTitle(id, texts))
    expect(missing).toEqual(['J4', 'J6'])
  })

  it('has every property under its name, where script/soak tries it many times', () => {
    const names = readdirSync(join(root, '__tests__/unit')).filter((name) => name.endsWith('.test.ts'))
    const unit = names.map((name) => read(join('__tests__/unit', name)))
    const tried = unit.filter((text) => /\b(?:processR|r)uns\(\d/.test(text))
    const properties = ['P1', 'P2', 'P3', 'P4', 'P5', 'P8', 'P9', 'P10']
    expect(properties.filter((id) => !isInTitle(id, tried))).toEqual([])
    expect(read('script/soak')).toMatch(/PROPERTY_RUNS=.* run .*__tests__\/unit$/m)
  })

  it('would miss a test that is not there', () => {
    expect(hasTitle(all.join('\n'), ['no', 'such', 'test'].join(' '))).toBe(false)
    expect(isInTitle('A99')).toBe(false)
    expect(isInTitle('H3')).toBe(true)
  })
})

describe('SECURITY.md', () => {
  it('has twelve promises, each with a link to its tests', () => {
    const [, promises = ''] = /## What we promise\n([\s\S]*?)\n## /.exec(read('SECURITY.md')) ?? []
    const items = promises.split(/^(?=\d+\. )/m).filter((text) => /^\d/.test(text))
    expect(items).toHaveLength(12)
    for (const item of items) expect(item).toMatch(/\]\(docs\/security\.md#[\w-]+\)/)
    expect(read('README.md')).toMatch(/^## Security$[\s\S]*?\]\(docs\/security\.md\)/m)
    expect(read('README.md')).toMatch(/\]\(SECURITY\.md#what-we-promise\)/)
  })
})
