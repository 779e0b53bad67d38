import { PushError } from './errors.js'

/**
 * GitHub's filter patterns for branches: `*` stops at a slash, `**` does not, `?` and `+` repeat the character before,
 * `[]` lists characters, a leading `!` takes a match back, and the last pattern that matches decides.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function branchMatches(patterns: readonly string[], branch: string): boolean {
  let matched = false
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!')
    if (toRegExp(negated ? pattern.slice(1) : pattern).test(branch)) matched = !negated
  }
  return matched
}

/** @throws PushError `input` for a pattern that cannot be read, or a list that can match nothing */
export function checkPatterns(patterns: readonly string[]): void {
  for (const pattern of patterns) toRegExp(pattern.replace(/^!/, ''))
  if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'))) {
    throw new PushError(
      'input',
      'Input branches has only "!" patterns, so no branch can match.',
      'Put a pattern such as ** before them.',
    )
  }
}

const wildcards: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' }

const token = /\*\*\/|\*\*|\*|\[[^\]]*\]|\\.|[\s\S]/gu

function toRegExp(pattern: string): RegExp {
  let source = ''
  // Only a character, or a list of them, can be repeated; elsewhere ? and + stand for themselves.
  let repeatable = false
  for (const [part] of pattern.matchAll(token)) {
    const wildcard = wildcards[part]
    const quantifier: boolean = repeatable && (part === '?' || part === '+')
    repeatable = wildcard === undefined && !quantifier
    if (wildcard !== undefined) source += wildcard
    else if (quantifier) source += part
    else if (part.length > 1 && part.startsWith('[')) source += characterClass(pattern, part)
    else source += escapeCharacter(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part)
  }
  return new RegExp(`^(?:${source})$`, 'su')
}

function characterClass(pattern: string, part: string): string {
  const ranges = [...part.matchAll(/([A-Za-z0-9])-([A-Za-z0-9])/g)]
  const listed = /^\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_.])+\]$/.test(part)
  if (!listed || ranges.some(([, from = '', to = '']) => from > to)) {
    throw new PushError(
      'input',
      `Input branches has the pattern "${pattern}", whose ${part} is not a list of characters.`,
      'Write single characters and ranges such as [a-z0-9].',
    )
  }
  return part
}

function escapeCharacter(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
}

/** Whether this event's ref may deploy, and if not, why: only branches ever match a branch filter. */
export function gate(patterns: readonly string[], ref: string | undefined): { open: boolean; reason: string } {
  if (patterns.length === 0) return { open: true, reason: 'no branch filter is set' }
  if (ref === undefined || ref === '') return { open: false, reason: 'no branch is checked out' }
  const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1]
  if (branch === undefined) return { open: false, reason: `${ref} is not a branch` }
  const open = branchMatches(patterns, branch)
  return { open, reason: `branch ${branch} ${open ? 'matches' : 'does not match'} ${patterns.join(', ')}` }
}
