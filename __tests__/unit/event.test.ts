import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guardEvent, judgeEvent, trustedEvent } from '../../src/core/event.ts'
import { failureOf } from './samples.ts'

const here = { repository: { full_name: 'org/repo' } }
const run = (full_name: string) => ({ ...here, workflow_run: { head_repository: { full_name } } })

describe('an event', () => {
  it.each<[id: string, name: string, payload: unknown, outside: boolean]>([
    ['a push', 'push', here, false],
    ['a pull request', 'pull_request', here, false],
    ['a manual run', 'workflow_dispatch', here, false],
    ['J1 pull_request_target', 'pull_request_target', here, true],
    ['J2 workflow_run of a fork', 'workflow_run', run('evil/repo'), true],
    ['J2 workflow_run of here', 'workflow_run', run('org/repo'), false],
    [
      'J2 workflow_run of a fork that is gone',
      'workflow_run',
      { ...here, workflow_run: { head_repository: null } },
      true,
    ],
    ['J2 workflow_run that tells nothing', 'workflow_run', {}, true],
    ['a comment at a pull request', 'issue_comment', { ...here, issue: { pull_request: { url: 'x' } } }, true],
    ['a comment at an issue', 'issue_comment', { ...here, issue: {} }, false],
    ['an event without a payload', 'push', undefined, false],
  ])('%s', (_, name, payload, outside) => {
    const event = judgeEvent(name, payload, false)
    expect(event).toEqual({ name, outside, unsecureCommands: false })
    if (!outside) return expect(() => guardEvent(event, false)).not.toThrow()
    expect(failureOf(() => guardEvent(event, false))).toMatchObject({
      errorClass: 'unsafe',
      cause: expect.stringContaining(name),
    })
    expect(() => guardEvent(event, true)).not.toThrow()
  })

  it('J3 unsecure commands are refused whatever the event, and no input lifts that', () => {
    const event = judgeEvent('push', here, true)
    for (const allowed of [false, true]) {
      expect(failureOf(() => guardEvent(event, allowed))).toMatchObject({
        errorClass: 'unsafe',
        cause: expect.stringContaining('ACTIONS_ALLOW_UNSECURE_COMMANDS'),
      })
    }
    expect(() => guardEvent(trustedEvent, false)).not.toThrow()
  })

  it('any payload can be judged', () => {
    fc.assert(
      fc.property(fc.constantFrom('push', 'workflow_run', 'issue_comment'), fc.jsonValue(), (name, payload) => {
        expect(typeof judgeEvent(name, payload, false).outside).toBe('boolean')
      }),
    )
  })
})
