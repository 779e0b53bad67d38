/**
 * The files behind GITHUB_OUTPUT and GITHUB_STATE, read as the runner reads them: `name=value` lines and
 * `name<<DELIMITER` blocks. A malformed file fails, as it fails the step there.
 */
export function parseFileCommands(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  const lines = text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? []
  for (let index = 0; index < lines.length; index += 1) {
    const line = withoutEnd(lines[index])
    if (line === '') continue
    const equals = position(line, '=')
    const heredoc = position(line, '<<')
    if (equals < heredoc) {
      found[named(line.slice(0, equals), line)] = line.slice(equals + 1)
    } else if (heredoc < equals || heredoc < line.length) {
      const delimiter = line.slice(heredoc + 2)
      if (delimiter === '') throw new Error(`Invalid format '${line}'. Delimiter must not be empty`)
      const start = index + 1
      do index += 1
      while (index < lines.length && withoutEnd(lines[index]) !== delimiter)
      if (index === lines.length) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`)
      found[named(line.slice(0, heredoc), line)] = withoutEnd(lines.slice(start, index).join(''))
    } else throw new Error(`Invalid format '${line}'`)
  }
  return found
}

const position = (line: string, mark: string) => (line.includes(mark) ? line.indexOf(mark) : line.length)
const withoutEnd = (line = '') => line.replace(/(?:\r\n|\n|\r)$/, '')

function named(name: string, line: string): string {
  if (name === '') throw new Error(`Invalid format '${line}'. Name must not be empty`)
  return name
}
