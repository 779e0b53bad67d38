import { describe, expect, it } from 'vitest'
import { parseLog, splitLines } from '../support/commands.ts'

/** What the runner would obey, as `command data {properties}`. */
const obeyed = (text: string) =>
  parseLog(text).map(({ command, data, properties }) => [command, data, { ...properties }])

describe('the runner’s command parser', () => {
  it.each([
    ['::error::boom', [['error', 'boom', {}]]],
    ['\t \u00a0\x85::WARNING title=a b,file=x::data', [['warning', 'data', { title: 'a b', file: 'x' }]]],
    ['│ ::error::boom', []],
    ['\uFEFF::error::at the start of the log', [['error', 'at the start of the log', {}]]],
    ['x\n\uFEFF::error::later', []],
    ['::error:boom', []],
    ['::unknown::boom', []],
    [':: error::boom', []],
    ['::unknown::##[error]boom', [['error', 'boom', {}]]],
    ['::add-mask:\u200b:x', [['add-mask', ':x', {}]]],
    ['remote: ##[add-mask]e', [['add-mask', 'e', {}]]],
    ['##[set-output name=a;x=1]v%5D%3B', [['set-output', 'v];', { name: 'a', x: '1' }]]],
    ['##\u200b[add-mask]e', []],
    ['##[no]##[error]x', []],
    ['##[error', []],
    ['::set-output name=a%2Cb%3Ac::1%0A2%0d%250A', [['set-output', '1\n2%0d%0A', { name: 'a,b:c' }]]],
    ['::set-output =name==a=b,empty=,NAME=z::v', [['set-output', 'v', { name: 'z' }]]],
    [
      'a\r::error::one\r\n::error::two\n',
      [
        ['error', 'one', {}],
        ['error', 'two', {}],
      ],
    ],
  ])('reads %j', (text, expected) => {
    expect(obeyed(text)).toEqual(expected)
  })

  it('obeys only the resume token after stop-commands', () => {
    const text = '::stop-commands::T0ken\n::error::a\n::stop-commands::b\nx ##[t0KEN]\n::error::c\n::T0ken::\n'
    expect(obeyed(text)).toEqual([
      ['stop-commands', 'T0ken', {}],
      ['error', 'c', {}],
    ])
  })

  it('never resumes after an empty token', () => {
    expect(obeyed('::stop-commands::\n::::\n::error::a')).toEqual([['stop-commands', '', {}]])
  })

  it('splits lines as .NET does', () => {
    expect(splitLines('a\r\rb\r\n\nc')).toEqual(['a', '', 'b', '', 'c'])
  })
})
