/**
 * A word as a shell reads it back unchanged: any POSIX shell, fish, and csh, which takes `!` for history even in quotes.
 * Words of plain characters stay bare, so that a forced command sees `deploy app.default`, without quotes.
 */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll(/['!]/g, "'\\$&'")}'`
}

/** A command line for reading and pasting. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ')
}
