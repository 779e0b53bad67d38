/**
 * The GitHub runner's workflow-command parser, after actions/runner `ActionCommand` and `ActionCommandManager`:
 * what it would obey in a step's output. Where the runner's culture-aware string search and a plain one could
 * differ, this port errs on the side of seeing a command.
 */

export interface Command {
  /** The registered name, in lower case. */
  readonly command: string
  /** Property names compare without regard to case, as in the runner; the first spelling is kept. */
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
  /** The line of the log that was obeyed. */
  readonly line: string
}

const STOP = 'stop-commands'

/** Every name the runner registers; the last one only while its own checkout plugin runs. */
export const registeredCommands: readonly string[] = [
  'set-env',
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'add-matcher',
  'remove-matcher',
  'warning',
  'error',
  'notice',
  'debug',
  'group',
  'endgroup',
  'echo',
  STOP,
  'internal-set-repo-path',
]

/** All commands in a log. A BOM at its very start is eaten, as .NET's stream reader does. */
export function parseLog(text: string): Command[] {
  const parse = commandParser()
  return splitLines(text.replace(/^\uFEFF/, '')).flatMap((line) => parse(line) ?? [])
}

/** Lines as .NET's `ReadLine` gives them: ended by `\n`, `\r\n` or a bare `\r`. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** One step's parser: it remembers `stop-commands`, while which only the resume token counts (and is no command). */
export function commandParser(): (line: string) => Command | undefined {
  const registered = new Set(registeredCommands)
  let token: string | undefined

  return (line) => {
    const found = parseDoubleColon(line, registered) ?? parseBracket(line, registered)
    if (!found) return undefined
    if (token !== undefined) {
      if (token !== '' && found.command === token) {
        registered.delete(token)
        token = undefined
      }
      return undefined
    }
    if (found.command === STOP) {
      token = found.data.toLowerCase()
      registered.add(token)
    }
    return found
  }
}

/** Characters that ICU passes over when the runner looks for the second `::`. */
const SECOND_SEPARATOR = /:(?:[\p{Default_Ignorable_Code_Point}\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F])*:/u

/** `::name key=value,key=value::data`, with only white space before it. */
function parseDoubleColon(line: string, registered: ReadonlySet<string>): Command | undefined {
  const message = trimStart(line)
  if (!message.startsWith('::')) return undefined
  const body = message.slice(2)
  const separator = SECOND_SEPARATOR.exec(body)
  if (!separator) return undefined
  const { name, rest } = head(body.slice(0, separator.index))
  if (!registered.has(name)) return undefined
  return {
    command: name,
    properties: properties(trimEnd(trimStart(rest)), ',', PROPERTY_ESCAPES),
    data: unescaped(body.slice(separator.index + 2), DATA_ESCAPES),
    line,
  }
}

/** `##[name key=value;key=value]data`, anywhere in the line; only the first `##[` is looked at. */
function parseBracket(line: string, registered: ReadonlySet<string>): Command | undefined {
  const start = line.indexOf('##[')
  const end = line.indexOf(']', start)
  if (start < 0 || end < 0) return undefined
  const { name, rest } = head(line.slice(start + 3, end))
  if (!registered.has(name)) return undefined
  return {
    command: name,
    properties: properties(rest, ';', BRACKET_ESCAPES),
    data: unescaped(line.slice(end + 1), BRACKET_ESCAPES),
    line,
  }
}

function head(info: string): { name: string; rest: string } {
  const space = info.indexOf(' ')
  return space < 0
    ? { name: info.toLowerCase(), rest: '' }
    : { name: info.slice(0, space).toLowerCase(), rest: info.slice(space + 1) }
}

function properties(text: string, separator: string, escapes: Escapes): Record<string, string> {
  const found: Record<string, string> = Object.create(null)
  for (const property of text.split(separator)) {
    // .NET's Split('=', 2, RemoveEmptyEntries): empty parts vanish, so `=a==b` is a → b.
    const [, key, value] = /^=*([^=]+)=+([^=].*)$/s.exec(property) ?? []
    if (key === undefined || value === undefined) continue
    const known = Object.keys(found).find((name) => name.toLowerCase() === key.toLowerCase())
    found[known ?? key] = unescaped(value, escapes)
  }
  return found
}

/** In the runner's order: `%25` comes last, so `%250A` reads as `%0A`. Only this spelling counts. */
type Escapes = readonly (readonly [escaped: string, plain: string])[]
const CR = ['%0D', '\r'] as const
const LF = ['%0A', '\n'] as const
const PERCENT = ['%25', '%'] as const
const DATA_ESCAPES: Escapes = [CR, LF, PERCENT]
const PROPERTY_ESCAPES: Escapes = [CR, LF, ['%3A', ':'], ['%2C', ','], PERCENT]
const BRACKET_ESCAPES: Escapes = [['%3B', ';'], CR, LF, ['%5D', ']'], PERCENT]

function unescaped(text: string, escapes: Escapes): string {
  return escapes.reduce((result, [escaped, plain]) => result.replaceAll(escaped, plain), text)
}

/** .NET's white space: NEL is, the BOM is not; JavaScript has it the other way round. */
const trimStart = (text: string) => text.replace(/^(?:(?!\uFEFF)[\s\x85])+/, '')
const trimEnd = (text: string) => text.replace(/(?:(?!\uFEFF)[\s\x85])+$/, '')
