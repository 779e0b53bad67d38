/** Colours, used sparingly: they never say what the words do not. */
export interface Palette {
  red(text: string): string
  yellow(text: string): string
  green(text: string): string
  dim(text: string): string
}

export function createPalette(colored: boolean): Palette {
  const paint = (code: number) => (text: string) => (colored && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { red: paint(31), yellow: paint(33), green: paint(32), dim: paint(2) }
}

/** Colours are for a terminal that has them, and for a reader who wants them: https://no-color.org */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
  argv: readonly string[],
): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && !argv.includes('--no-color')
}
