import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capped, createLineSplitter, safeLine, safeText } from '../../src/system/sink.ts'
import { parseLog, registeredCommands } from '../support/commands.ts'
import { runs } from './samples.ts'

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = []
  const splitter = createLineSplitter((line) => lines.push(line))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk))
  splitter.end()
  return lines
}

/** The log of a step that shows what was said, with our sign before each line. */
const shown = (...chunks: (string | Buffer)[]) =>
  split(...chunks)
    .map((line) => `│ ${safeLine(line)}\n`)
    .join('')
/** The same without the sign, which must not be what it depends on. */
const bare = (...chunks: (string | Buffer)[]) =>
  split(...chunks)
    .map((line) => `${safeLine(line)}\n`)
    .join('')

describe('lines', () => {
  it.each<[(string | Buffer)[], string[]]>([
    [['a\nb\r\nc\rd'], ['a', 'b', 'c', 'd']],
    [['a\n\n\r\rb\n'], ['a', '', '', '', 'b']],
    [
      ['a\r', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', '', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', '\r\nb'],
      ['a', '', 'b'],
    ],
    [
      ['a\n', '\nb'],
      ['a', '', 'b'],
    ],
    [
      ['ab', 'c', 'd\ne'],
      ['abcd', 'e'],
    ],
    [['\r'], ['']],
    [[''], []],
    [[], []],
    [[Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ['é']],
    [[Buffer.from([0xf0, 0x9f]), Buffer.from([0x98]), Buffer.from([0x80])], ['😀']],
    [[Buffer.from([0x61, 0xff, 0x62])], ['a\ufffdb']],
    [[Buffer.from([0xc3])], ['\ufffd']],
  ])('of %j', (chunks, expected) => {
    expect(split(...chunks)).toEqual(expected)
  })

  it('are the same however they were cut into chunks', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', ' '), maxLength: 40 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), (whole, cuts) => {
        const bytes = Buffer.from(whole)
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        const expected = whole.split(/\r\n|\n|\r/)
        if (expected.at(-1) === '') expected.pop()
        expect(split(...chunks)).toEqual(expected)
      }),
      runs(600),
    )
  })

  it('F8 one without an end comes out in pieces, and nothing of it is lost', () => {
    const pieces: string[] = []
    const splitter = createLineSplitter((line) => pieces.push(line))
    for (let n = 0; n < 1000; n++) splitter.push(Buffer.from('x'.repeat(1000)))
    expect(pieces.length).toBeGreaterThan(10)
    splitter.end()
    expect(pieces.join('')).toBe('x'.repeat(1_000_000))
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(16_384)
  })
})

describe('no command is left in what the other side says', () => {
  it.each<[id: string, ...chunks: string[]]>([
    ['H1 set-output', '::set-output name=a::b\n'],
    ['H1 error', '::error::boom'],
    ['H2 indented', '  \t ::error::boom'],
    ['H3 in the middle of a line', 'remote: ##[add-mask]e\n'],
    ['H3 twice', '##[warning]a ##[error]b'],
    ['H3 with more hashes', '####[error]b'],
    ['H3 at the end of a long line', `${'x'.repeat(1990)}##[error]boom`],
    ['H3 beyond what is shown', `${'x'.repeat(3000)}##[error]boom`],
    ['H3 where a long line is cut', `${'x'.repeat(1999)}##[error]boom`],
    ['H4 after a bare carriage return', 'progress\r::error::boom\rmore'],
    ['H4 that came alone', 'progress\r', '::error::boom'],
    ['H5 stop-commands', '::stop-commands::token\n::token::\n'],
    ['H6 save-state', '::save-state name=session::/etc'],
    ['H6 in the old style', 'x ##[save-state name=session]/etc'],
    ['H9 a file name', '>f+++++++++ 12 ##[add-mask]e'],
    ['H10 after a colour', '\u001b[31m::error::boom\u001b[0m'],
    ['H10 in a colour', '\u001b[::error::boom'],
    ['H10 with a colour within', '#\u001b[0m#\u001b[1m[error]boom'],
    ['H10 with a title within', '#\u001b]0;title\u0007#[error]boom'],
    ['H10 with an unfinished title before', '\u001b]0;x\u001b::error::boom'],
    ['H10 after a bidi mark', '\u202e::error::boom'],
    ['H10 in a bidi mark', '##\u2066[error]boom'],
    ['H10 with a C1 control', '\u009b31m::error::boom'],
    ['H11 split after one colon', ':', ':error::boom\n'],
    ['H11 split within the brackets', 'x #', '#', '[err', 'or]boom\n'],
    ['H11 where a line of 16 Ki is cut', `${'x'.repeat(16_384)}::error::boom`],
    ['H11 where brackets are cut there', `${'x'.repeat(16_383)}##[error]boom`],
    ['H12 a delimiter of a file command', 'ghadelimiter_x\nname<<EOF\n::error::x'],
    ['H13 after NBSP', '\u00a0::error::boom'],
    ['H13 after a BOM', '\uFEFF::error::boom'],
    ['H13 after NEL', '\u0085::error::boom'],
    ['H13 after an ideographic space', '\u3000::error::boom'],
    ['invisible characters in the brackets', 'a #\u200b#\u00ad[error]x'],
    ['invisible characters between hash and bracket', '##\u2060[error]x'],
    ['a tag character', '##\u{e0041}[error]x'],
    ['a variation selector', '##\ufe0f[error]x'],
    ['NUL in the brackets', '#\u0000#[error]x'],
    ['invisible characters in the second colons', '::add-mask:\u200b:x'],
    ['invisible characters in the first colons', ':\u200d:error::x'],
    ['the bell in the colons', ':\u0007:error::x'],
    ['three colons', ':::error::x'],
    ['a command in upper case', '::ERROR::x'],
  ])('%s', (_, ...chunks) => {
    expect(parseLog(shown(...chunks))).toEqual([])
    expect(parseLog(bare(...chunks))).toEqual([])
  })

  it('the payloads would be commands without the sink', () => {
    expect(parseLog('::set-output name=a::b\nremote: ##[add-mask]e\nprogress\r::error::boom\r')).toHaveLength(3)
  })

  it.each(registeredCommands)('H1 H3 %s, in both styles', (name) => {
    for (const line of [`::${name}::x`, `::${name} name=a,file=b::x`, `a ##[${name}]x`, `a ##[${name} name=a;b=c]x`]) {
      expect(parseLog(bare(line))).toEqual([])
    }
  })

  it('P4 any bytes, in any chunks', () => {
    const name = fc.constantFrom(...registeredCommands)
    const piece = fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '##[',
        '#',
        '[',
        ']',
        '\r',
        '\n',
        '\r\n',
        ' ',
        '\t',
        '\u001b[',
        '\u001b]',
        '\u001b',
        '\u0007',
        'm',
        '0',
      ),
      fc.constantFrom(
        '\u200b',
        '\u00ad',
        '\uFEFF',
        '\u00a0',
        '\u0085',
        '\u2028',
        '\u202e',
        '\u2066',
        '\u0000',
        '\u180e',
        '\u{e0020}',
      ),
      name,
      name.map((command) => `::${command}::x`),
      name.map((command) => `##[${command}]x`),
      fc.constantFrom('x'.repeat(1_990), 'x'.repeat(16_380), '\u001b[31m'),
    )
    const chunk = fc.oneof(
      { weight: 5, arbitrary: fc.array(piece, { maxLength: 6 }).map((parts) => Buffer.from(parts.join(''))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)) },
    )
    let before = 0
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
        before += parseLog(Buffer.concat(chunks).toString()).length
        expect(parseLog(shown(...chunks))).toEqual([])
        expect(parseLog(bare(...chunks))).toEqual([])
        expect(parseLog(`${safeText(Buffer.concat(chunks).toString())}\n`)).toEqual([])
      }),
      runs(600),
    )
    expect(before).toBeGreaterThan(100)
  })
})

describe('what is shown', () => {
  it.each([
    'Building… 100% ✓ déjà vu 日本語 😀',
    'a: b, c::d, e :: f, http://[::1]:80/',
    '# heading ## [x] #[y] [z]',
    '\tindented\twith\ttabs',
    'it\'s $HOME `x` \\ "q" <b>&amp;',
    '',
  ])('ordinary text is kept: %j', (text) => {
    expect(safeLine(text)).toBe(text)
  })

  it('any text of plain characters that is no command is kept', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'abc ABC 019.,;/+-_()[]{}#!?"\'é日\t'), maxLength: 40 })
    fc.assert(
      fc.property(
        plain.filter((text) => !text.includes('##[')),
        (text) => {
          expect(safeLine(text)).toBe(text)
        },
      ),
    )
  })

  it.each([
    ['::error::boom', ': :error::boom'],
    ['x ##[error]boom', 'x ## [error]boom'],
    ['\u001b[1;31mred\u001b[0m and \u001b]8;;http://x\u0007link\u001b]8;;\u0007', 'red and link'],
    ['\u001b(Bx\u001b=y\u001bMz', 'xyz'],
    ['a\u0008\u0007\u0000b', 'ab'],
    ['a\u202eb\u2066c\u200fd', 'abcd'],
  ])('%j reads %j', (text, expected) => {
    expect(safeLine(text)).toBe(expected)
  })

  it('a long line is cut, and says how much is missing', () => {
    expect(safeLine('x'.repeat(2000))).toBe('x'.repeat(2000))
    expect(safeLine('x'.repeat(2100))).toBe(`${'x'.repeat(2000)} … (100 more)`)
  })

  it('nothing moves the cursor, hides text or turns it round', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(safeLine(text)).not.toMatch(
          /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\u200b\ufeff]/,
        )
      }),
      runs(200),
    )
  })

  it('several lines are each made safe', () => {
    expect(safeText('a\r\n::error::b\rc ##[error]d\n')).toBe('a\n: :error::b\nc ## [error]d\n')
  })
})

describe('a flood', () => {
  it('F8 is cut once, and said so once', () => {
    const lines: string[] = []
    const show = capped((line) => lines.push(line))
    for (let n = 0; n < 6_000; n++) show('x'.repeat(999))
    expect(lines.length).toBeGreaterThan(4_000)
    expect(lines.length).toBeLessThan(4_300)
    expect(lines.filter((line) => line.startsWith('…'))).toEqual([lines.at(-1)])
  })
})
