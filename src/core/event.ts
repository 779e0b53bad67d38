import { PushError } from './errors.js'

/** What set this run off, as far as it bears on trust. */
export interface Event {
  readonly name: string
  /** What would be deployed may come from somebody who cannot push to this repository. */
  readonly outside: boolean
  /** The runner was told to take commands that any output may forge. */
  readonly unsecureCommands: boolean
}

/** An event that says nothing against deploying. */
export const trustedEvent: Event = { name: '', outside: false, unsecureCommands: false }

/**
 * Reads the trust out of an event and its payload. These events hand secrets to runs over other people's code:
 * https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 */
export function judgeEvent(name: string, payload: unknown, unsecureCommands: boolean): Event {
  const here = dig(payload, 'repository', 'full_name')
  const head = dig(payload, 'workflow_run', 'head_repository', 'full_name')
  const outside =
    name === 'pull_request_target' ||
    (name === 'workflow_run' && (head === undefined || head !== here)) ||
    // The payload of a comment does not tell where the pull request comes from.
    (name === 'issue_comment' &&
      (dig(payload, 'issue') === undefined || dig(payload, 'issue', 'pull_request') !== undefined))
  return { name, outside, unsecureCommands }
}

function dig(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  )
}

/** @throws PushError `unsafe` when this event should not be given the keys of a server */
export function guardEvent(event: Event, allowed: boolean): void {
  if (event.unsecureCommands) {
    throw new PushError(
      'unsafe',
      'ACTIONS_ALLOW_UNSECURE_COMMANDS is set, so whatever is printed could act on the workflow.',
      'Remove ACTIONS_ALLOW_UNSECURE_COMMANDS.',
    )
  }
  if (!event.outside || allowed) return
  throw new PushError(
    'unsafe',
    `The event ${event.name} may run over code of somebody who cannot push to this repository.`,
    'Deploy on push instead, or behind an environment with reviewers; insecure-allow-untrusted-event lifts this check.',
  )
}
