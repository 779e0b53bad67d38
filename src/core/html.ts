import { escapes } from './addresses.js'

/** A whole number with commas. Without Intl, whose data take 9 ms to load. */
export const grouped = (number: number) => String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')

/** How much of one foreign text a page shows, in characters. */
export const longest = { text: 500, cell: 160, path: 200, subject: 120 } as const

/** Foreign text as it is: whatever HTML or Markdown could read is an entity. */
export function literal(text: string, most: number = longest.text): string {
  const plain = text.replaceAll(escapes, '')
  const shown = plain.length > most ? `${plain.slice(0, most)}…` : plain
  return shown
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '�')
    .replaceAll(/[^A-Za-z0-9 ,;/+\-\u00a1-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`)
}

/** Foreign text in one piece: a name, an address, a line. */
export const code = (text: string, most: number = longest.cell) =>
  text === '' ? '' : `<code>${literal(text, most)}</code>`

/** A word of plain English; a name, a number with a unit, an address or a mention is none. */
const plainWord = /^(?:[A-Za-z]{1,20}(?:['-][A-Za-z]{1,20}){0,3}|\d{1,9}%?)?$/

/** A sentence that may hold foreign words: they are set as code, without the punctuation around them. */
export function prose(text: string): string {
  const shown = text.length > longest.text ? `${text.slice(0, longest.text)}…` : text
  const words = shown.split(' ').map((word) => {
    const [, before = '', inner = '', after = ''] = /^(["'(]?)(.*?)(["')]?[.,;:!?]?)$/s.exec(word) ?? []
    return `${literal(before)}${plainWord.test(inner) ? literal(inner) : code(inner, longest.text)}${literal(after)}`
  })
  return words.join(' ').replaceAll('</code> <code>', ' ')
}

export const paragraph = (html: string) => (html === '' ? '' : `<p>${html}</p>`)

/** A block of HTML ends at an empty line, but one that begins with `<pre>` only at `</pre>`. */
export function folded(title: string, text: string, open: boolean): string {
  return `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n<pre>${text}</pre>\n\n</details>`
}

/** As many lines as there is room for; the rest is counted. */
export function list(all: readonly string[], total: number, bytes: number): string {
  const lines = fill(all, bytes)
  const rest = total - lines.length
  return [...lines, ...(rest > 0 ? [`… and ${grouped(rest)} more`] : [])].join('\n')
}

/** As many lines as there is room for. */
export function fill(all: readonly string[], bytes: number): readonly string[] {
  let left = bytes
  const end = all.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1
    return left < 0
  })
  return end < 0 ? all : all.slice(0, end)
}
