import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { signs } from '../../src/core/diagnose.ts'
import { errorClasses } from '../../src/core/errors.ts'
import { root } from '../support/launch.ts'

/** docs/failures.md, held to the code and to the tests. */
const lines = readFileSync(join(root, 'docs/failures.md'), 'utf8').split('\n')
const table = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -2).split(' | '))
const rows = table
  .filter((cells) => cells.length === 5 && cells[1] !== 'Class' && cells[1] !== '---')
  .map(([what = '', named = '', says = '', again = '', test = '']) => ({ what, named, says, again, test }))
const named = [
  ...table.flatMap((cells) => (/^[a-z-]+: ./.test(cells.at(-1) ?? '') ? [cells.at(-1) ?? ''] : [])),
  ...lines.flatMap((line) => /^Test: (.*)$/.exec(line)?.[1] ?? []),
]

/** A source file with `…` for all that is filled in, and without backslashes before quotes. */
function plain(path: string): string {
  const text = readFileSync(path, 'utf8')
  let shown = ''
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    if (depth === 0 && text.startsWith('${', at)) {
      shown += '…'
      depth = 1
      at += 1
    } else if (depth === 0) shown += text[at]
    else if (text[at] === '{') depth += 1
    else if (text[at] === '}') depth -= 1
  }
  return shown.replaceAll(/\\(['"`])/g, '$1')
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name))
}

const sources = new Map(filesIn('src').map((path) => [path, plain(path)]))
const tests = new Map(filesIn('__tests__').map((path) => [path, plain(path)]))

/** Two things filled in side by side read as one. */
const merged = (sentence: string) => sentence.replaceAll(/…+/g, '…')

/** Every sentence with its class that a source names outright, but those of the front about its own bugs. */
function thrown(): { errorClass: string; says: string }[] {
  const literal = String.raw`'((?:[^'\n])*)'|\x60([^\x60]*)\x60|"([^"\n]*)"`
  const direct = new RegExp(String.raw`new PushError\(\s*'([a-z-]+)',\s*(?:${literal})`, 'g')
  const reason = new RegExp(String.raw`\/i?,\s*'(connect|timeout|remote-setup)',\s*(?:${literal})`, 'g')
  const cause = new RegExp(`cause: (?:${literal})`, 'g')
  const found = (errorClass: string | undefined, [, , ...texts]: RegExpMatchArray) => {
    const says = texts.find((text) => text !== undefined)
    return errorClass === undefined || says === undefined ? [] : [{ errorClass, says: merged(says) }]
  }
  return [...sources].flatMap(([path, text]) => [
    ...[...text.matchAll(direct)].flatMap((match) => found(match[1], match)),
    ...(path.endsWith('ssh-log.ts') ? [...text.matchAll(reason)].flatMap((match) => found(match[1], match)) : []),
    ...(path.endsWith('key.ts')
      ? [...text.matchAll(cause)].flatMap((match) => found('key', ['', '', ...match.slice(1)]))
      : []),
  ])
}

/** The sentences of the signs, by what they evaluate to. */
const diagnosed = signs.map(({ errorClass, cause }) => {
  const login = { user: 'USER', host: 'HOST', port: 22 }
  const evidence = { method: 'git', login, path: 'PATH', code: 1, said: '', sshLog: '' } as const
  return { errorClass, says: merged(cause(evidence).replaceAll(/USER@HOST|USER|HOST|PATH/g, '…')) }
})

describe('docs/failures.md', () => {
  it('has a row for each class, with its exit code', () => {
    const shown = new Set(rows.map((row) => row.named))
    expect([...shown].sort()).toEqual(
      Object.entries(errorClasses)
        .map(([name, code]) => `${name} (${code})`)
        .sort(),
    )
    for (const { again, what } of rows) expect(again, what).toMatch(/^(yes|no|where .*)$/)
  })

  it('every sentence is one that the code says', () => {
    const said = [...[...sources.values()].map(merged), ...diagnosed.map(({ says }) => says)]
    const bare = (sentence: string) =>
      sentence.replace(/^(… |Input … (?=has))/, '').replace(/(?: \(exit code …\))?\.$|…$/, '')
    const unknown = rows.filter(({ says }) => !said.some((text) => text.includes(bare(says))))
    expect(unknown.map(({ says }) => says)).toEqual([])
  })

  it('no sentence of the code is missing, but those about single inputs', () => {
    const all = [...thrown(), ...diagnosed].filter(({ errorClass }) => errorClass !== 'input')
    expect(all.length).toBeGreaterThan(50)
    const shown = new Set(rows.map(({ named, says }) => `${named.split(' ')[0]}: ${says}`))
    const missing = all.map(({ errorClass, says }) => `${errorClass}: ${says}`).filter((each) => !shown.has(each))
    expect([...new Set(missing)]).toEqual([])
  })

  it('has each entry of the catalogue, with a test on the bundle', () => {
    const owed = { D: 15, E: 12, F: 17, G: 11 }
    const notApplicable = ['D14', 'G1', 'G2', 'G3', 'G4', 'G5', 'G10']
    const entries = table.filter(([ids = '']) => /^[DEFG]\d/.test(ids))
    const all = Object.entries(owed).flatMap(([group, most]) =>
      Array.from({ length: most }, (_, index) => `${group}${index + 1}`),
    )
    expect([...entries.flatMap(([ids = '']) => ids.split(' ')), ...notApplicable].sort()).toEqual(all.sort())
    const bundle = [...tests.keys()].filter((path) => path.includes('/integration/'))
    for (const [, , test = ''] of entries)
      expect([test, bundle.some((path) => path.endsWith(`/${test.split(':')[0]}.test.ts`))]).toEqual([test, true])
  })

  it('every test that it names exists', () => {
    expect(named.length).toBeGreaterThan(rows.length)
    const missing = named.filter((name) => {
      const [, file = '', title = ''] = /^([a-z-]+): (.*)$/.exec(name) ?? []
      return ![...tests].some(
        ([path, text]) =>
          path.endsWith(`/${file}.test.ts`) &&
          ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`)),
      )
    })
    expect(missing).toEqual([])
  })
})
