/**
 * A word as a POSIX shell reads it back unchanged. Words of plain characters stay bare, so that a forced command
 * sees `deploy app.default` and not `deploy 'app.default'`.
 */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A command line for reading and pasting. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ')
}
