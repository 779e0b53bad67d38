import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote, quoteAll } from '../../src/core/quote.ts'
import { isInstalled } from '../support/sshd.ts'
import { processRuns } from './samples.ts'

const shells: readonly [name: string, file: string, ...args: string[]][] = [
  ['sh', 'sh', '-c'],
  ['dash', 'dash', '-c'],
  ['bash', 'bash', '-c'],
  ['busybox sh', 'busybox', 'sh', '-c'],
]

describe('a quoted word', () => {
  it.each([
    'deploy',
    'app.default',
    '/srv/www',
    'a@b:c/d',
    '100%',
    'a=b',
    'x+y',
    'a,b',
    '-x',
    '--flag=1',
    'A_z-9',
  ])('stays bare when it is plain: %s', (word) => {
    expect(quote(word)).toBe(word)
  })

  it.each([
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$(id)', "'$(id)'"],
    ['~', "'~'"],
    ['a;b', "'a;b'"],
    ['a\nb', "'a\nb'"],
    ['#', "'#'"],
    // csh takes it for history even in quotes.
    ['!', "''\\!''"],
    ['{a,b}', "'{a,b}'"],
    ['é', "'é'"],
    ['a\n', "'a\n'"],
  ])('is in quotes otherwise: %j', (word, expected) => {
    expect(quote(word)).toBe(expected)
  })

  it('a line of words', () => {
    expect(quoteAll(['ssh', '-o', 'a b', ''])).toBe("ssh -o 'a b' ''")
    expect(quoteAll([])).toBe('')
  })
})

describe.each(shells.filter(([, file]) => isInstalled(file)))('P2 in %s', (_, file, ...args) => {
  /** The words as the shell passes them to a command, each ended by NUL; Latin-1, so that every byte stays itself. */
  const readBack = (words: readonly string[]): string[] => {
    const script = Buffer.from(`printf '%s\\0' ${quoteAll(words)}`, 'latin1')
    const input = Buffer.from(
      execFileSync(file, [...args.slice(0, -1)], { input: script, env: { LC_ALL: 'C', PATH: process.env['PATH'] } }),
    )
    return input.toString('latin1').split('\0').slice(0, -1)
  }

  const byte = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code))
  const sharp = fc.constantFrom(...'\'"`$\\!~*?[]{}()<>|&;#\n\r\t -=%^')
  const word = fc.string({ unit: fc.oneof(byte, sharp), maxLength: 24 })

  it('any word comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 200, maxLength: 200 }), (words) => {
        expect(readBack(words)).toEqual(words)
      }),
      processRuns(10),
    )
  })
})
