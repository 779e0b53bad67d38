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
    if (matches(parsePattern(negated ? pattern.slice(1) : pattern), branch)) matched = !negated
  }
  return matched
}

/** @throws PushError `input` for a pattern that cannot be read, or a list that can match nothing */
export function checkPatterns(patterns: readonly string[]): void {
  for (const pattern of patterns) parsePattern(pattern.replace(/^!/, ''))
  if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'))) {
    throw new PushError(
      'input',
      'Input branches has only "!" patterns, so no branch can match.',
      'Put a pattern such as ** before them.',
    )
  }
}

/** A place in a pattern: what it takes, whether it takes more of it, and how many places ahead one may go without. */
interface Place {
  readonly takes: (character: string) => boolean
  readonly again: boolean
  readonly ahead: readonly number[]
}

const any: Place = { takes: () => true, again: true, ahead: [1] }
const slash: Place = { takes: (character) => character === '/', again: false, ahead: [] }

const wildcards: Readonly<Record<string, readonly Place[]>> = {
  '**/': [{ takes: () => false, again: false, ahead: [1, 3] }, any, slash],
  '**': [any],
  '*': [{ takes: (character) => character !== '/', again: true, ahead: [1] }],
}

const token = /\*\*\/|\*\*|\*|\[[^\]]*\]|\\.|[\s\S]/gu

/** No branch has a longer name. */
const longest = 1024

function parsePattern(pattern: string): readonly Place[] {
  if (pattern.length > longest) {
    throw new PushError(
      'input',
      `Input branches has a pattern of ${pattern.length} characters.`,
      `A pattern has at most ${longest}.`,
    )
  }
  const places: Place[] = []
  // Only a character, or a list of them, can be repeated; elsewhere ? and + stand for themselves.
  let repeatable: Place | undefined
  for (const [part] of pattern.matchAll(token)) {
    const wildcard = wildcards[part]
    if (wildcard !== undefined) places.push(...wildcard)
    else if (repeatable !== undefined && part === '?') places.splice(-1, 1, { ...repeatable, ahead: [1] })
    else if (repeatable !== undefined && part === '+') places.splice(-1, 1, { ...repeatable, again: true })
    else {
      repeatable = { takes: characters(pattern, part), again: false, ahead: [] }
      places.push(repeatable)
      continue
    }
    repeatable = undefined
  }
  return places
}

/** All ways through the pattern at once, so that none takes longer than the branch is long times the pattern. */
function matches(places: readonly Place[], branch: string): boolean {
  const open = (starts: readonly number[]) => {
    const reached = new Set(starts)
    for (const at of reached) for (const step of places[at]?.ahead ?? []) reached.add(at + step)
    return reached
  }
  let reached = open([0])
  for (const character of branch) {
    const taking = [...reached].filter((at) => places[at]?.takes(character))
    reached = open(taking.flatMap((at) => (places[at]?.again ? [at, at + 1] : [at + 1])))
  }
  return reached.has(places.length)
}

function characters(pattern: string, part: string): Place['takes'] {
  if (part.length > 1 && part.startsWith('[')) {
    const list = new RegExp(`^${characterClass(pattern, part)}$`)
    return (character) => list.test(character)
  }
  const wanted = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part
  return (character) => character === wanted
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

/** Whether this event's ref may deploy, and if not, why: only branches ever match a branch filter. */
export function gate(patterns: readonly string[], ref: string | undefined): { open: boolean; reason: string } {
  if (patterns.length === 0) return { open: true, reason: 'no branch filter is set' }
  if (ref === undefined || ref === '') return { open: false, reason: 'no branch is checked out' }
  const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1]
  if (branch === undefined) return { open: false, reason: `${ref} is not a branch` }
  const open = branchMatches(patterns, branch)
  return { open, reason: `branch ${branch} ${open ? 'matches' : 'does not match'} ${patterns.join(', ')}` }
}
