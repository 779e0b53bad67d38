import { isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument } from 'yaml'

/** One line of a flat file: a word, and a text or a list of texts; undefined for anything else. */
export interface Entry {
  readonly key: string | undefined
  readonly value: string | readonly (string | undefined)[] | undefined
  readonly line: number
}

/**
 * The entries of a YAML file, or why there are none. No alias is followed and no object is made of what the file says;
 * a text is as it is written, so that `1.10` is no number. This file, and yaml with it, is loaded where there is such a
 * file, so it imports nothing else.
 */
export function readFlat(content: Uint8Array): { entries: readonly Entry[] } | { problem: string } {
  const lineCounter = new LineCounter()
  const lineOf = (node: unknown) => lineCounter.linePos(hasRange(node) ? node.range[0] : 0).line
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    if (isDeep(text)) return { problem: 'It is nested.' }
    // Who reads the entries looks for keys that come twice: yaml would compare each with each.
    const { contents, errors, warnings } = parseDocument(text, { lineCounter, uniqueKeys: false })
    const [wrong] = [...errors, ...warnings]
    if (wrong !== undefined) return { problem: firstLine(wrong) }
    if (contents === null || (isScalar(contents) && contents.value === null)) return { entries: [] }
    if (!isMap(contents)) return { problem: 'It has to be lines such as "app: hello".' }
    const entries = contents.items.map(({ key, value }) => ({
      key: textOf(key),
      value: isSeq(value) ? value.items.map(textOf) : textOf(value),
      line: lineOf(hasRange(key) ? key : value),
    }))
    return { entries }
  } catch (error) {
    return { problem: firstLine(error) }
  }
}

/** Deep nesting would take the whole stack, which ends the process: yaml composes by recursion, but its lexer is none. */
function isDeep(text: string): boolean {
  let brackets = 0
  let dashes = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets += 1
    if (token === ']' || token === '}') brackets -= 1
    if (/^[\r\n]/.test(token)) dashes = 0
    if (token === '-' || token === '?') dashes += 1
    if (brackets > 3 || dashes > 3) return true
  }
  return false
}

function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || !['string', 'number', 'boolean'].includes(typeof node.value)) return undefined
  return node.source ?? String(node.value)
}

function hasRange(node: unknown): node is { range: readonly [number, ...number[]] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
}
