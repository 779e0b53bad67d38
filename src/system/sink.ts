import { StringDecoder } from 'node:string_decoder'

/** The longest line that is held back for its end; what is longer comes out in pieces. */
const longestLine = 16_384
/** The longest line that is shown. */
const longestShown = 2_000

/**
 * Cuts a stream of bytes into lines at LF, CRLF or CR, as GitHub's runner does, in memory that does not grow with it.
 */
export function createLineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8')
  let pending = ''
  let afterReturn = false

  function take(text: string): void {
    const fresh = afterReturn && text.startsWith('\n') ? text.slice(1) : text
    if (text !== '') afterReturn = text.endsWith('\r')
    const lines = (pending + fresh).split(/\r\n|\n|\r/)
    pending = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    while (pending.length > longestLine) {
      onLine(pending.slice(0, longestLine))
      pending = pending.slice(longestLine)
    }
  }
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end())
      if (pending !== '') onLine(pending)
      pending = ''
    },
  }
}

const escapeSequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g
const controls =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Default_Ignorable_Code_Point}/gu

/**
 * One line of foreign text that is safe to print: no terminal escapes, no control, direction or invisible characters,
 * and nothing that GitHub's runner would take for a command. It reads `##[name]` anywhere in a line and `::name::`
 * after leading white space (actions/runner, ActionCommand.cs), and .NET's search looks through invisible characters;
 * so those go, and a space breaks what is left of a command and keeps the text readable.
 */
export function safeLine(text: string): string {
  const plain = text.replaceAll(escapeSequences, '').replaceAll(controls, '')
  const shown =
    plain.length > longestShown ? `${plain.slice(0, longestShown)} … (${plain.length - longestShown} more)` : plain
  return shown.replaceAll('##[', '## [').replace(/^([^\u0021-\u007e]*):(?=:)/, '$1: ')
}

/** Foreign text of several lines, each made safe. */
export function safeText(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map(safeLine)
    .join('\n')
}

/** How much of what the other side says is shown in one run, in characters. */
const mostShown = 4 << 20

/** Shows lines until the most is reached, says so once, and then only counts. */
export function capped(show: (line: string) => void): (line: string) => void {
  let shown = 0
  return (line) => {
    if (shown > mostShown) return
    shown += line.length + 1
    show(line)
    if (shown > mostShown) show(`… the output is longer than ${mostShown >> 20} MiB; the rest is not shown`)
  }
}
