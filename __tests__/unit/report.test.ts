import { describe, expect, it } from 'vitest'
import { PushError } from '../../src/core/errors.ts'
import { outputs } from '../../src/core/inputs.ts'
import type { Host, Log, Report, Upload } from '../../src/core/model.ts'
import type { Step } from '../../src/core/plan.ts'
import { countChanges, jsonText, Ledger, rollback, times, toJson, toValues } from '../../src/core/report.ts'
import { fingerprint, report, workspace } from './samples.ts'

const failure = new PushError('deploy', 'cause', 'next', { evidence: 'evidence' })

describe('a report', () => {
  it('counts files, not directories', () => {
    expect(countChanges(report())).toEqual({ changed: 2, deleted: 1 })
    expect(countChanges(report({ changes: [] }))).toEqual({ changed: 0, deleted: 0 })
    expect(countChanges(report({ changes: [{ kind: 'deleted', path: 'old/' }] }))).toEqual({ changed: 0, deleted: 0 })
  })

  it('has a value for every output, each a text', () => {
    const values = toValues(report())
    expect(Object.keys(values).sort()).toEqual(
      outputs
        .map(({ name }) => name)
        .filter((name) => name !== 'report')
        .sort(),
    )
    expect(values).toEqual({
      result: 'deployed',
      'failed-stage': '',
      'error-class': '',
      uploaded: 'true',
      method: 'rsync',
      destination: 'ssh://dotcloud@uploader.example.com:21122/hello',
      revision: 'a'.repeat(40),
      'previous-revision': 'b'.repeat(40),
      'changed-files': '2',
      'deleted-files': '1',
      'bytes-sent': '4321',
      'deploy-exit-code': '0',
      'host-key-fingerprint': fingerprint,
      seconds: '2.3',
      plan: '{"type":"cmd","data":[["call","deploy hello.default"]]}',
    })
  })

  it('leaves empty what is not known', () => {
    expect(toValues(report({ bytesSent: undefined, deployExitCode: undefined }))).toMatchObject({
      'bytes-sent': '',
      'deploy-exit-code': '',
    })
    expect(toJson(report({ bytesSent: undefined, deployExitCode: undefined, plan: '' }))).toMatchObject({
      'bytes-sent': null,
      'deploy-exit-code': null,
      plan: null,
    })
  })

  it('tells a failure', () => {
    const failed = report({ result: 'failed', failedStage: 'deploy', failure, deployExitCode: 7, uploaded: true })
    expect(toValues(failed)).toMatchObject({
      result: 'failed',
      'failed-stage': 'deploy',
      'error-class': 'deploy',
      uploaded: 'true',
      'deploy-exit-code': '7',
    })
    expect(JSON.parse(JSON.stringify(toJson(failed)))).toMatchObject({
      error: { errorClass: 'deploy', cause: 'cause', evidence: 'evidence', next: 'next' },
    })
  })

  it('tells where the time went in a line', () => {
    expect(times(report())).toBe('Settings 0.04 s · Connect 0.50 s · Push 1.20 s · Deploy 0.61 s')
  })

  it('as JSON has the outputs in their own types, the timings and the files', () => {
    expect(JSON.parse(JSON.stringify(toJson(report({ seconds: 2.3456 }))))).toEqual({
      result: 'deployed',
      'failed-stage': '',
      'error-class': '',
      error: null,
      uploaded: true,
      app: 'hello',
      method: 'rsync',
      reason: 'neither .hg nor .git is there',
      destination: 'ssh://dotcloud@uploader.example.com:21122/hello',
      revision: 'a'.repeat(40),
      'previous-revision': 'b'.repeat(40),
      'changed-files': 2,
      'deleted-files': 1,
      'bytes-sent': 4321,
      'deploy-exit-code': 0,
      'host-key-fingerprint': fingerprint,
      seconds: 2.346,
      plan: { type: 'cmd', data: [['call', 'deploy hello.default']] },
      stages: [
        { name: 'settings', seconds: 0.04 },
        { name: 'connect', seconds: 0.5 },
        { name: 'push', seconds: 1.2 },
        { name: 'deploy', seconds: 0.61 },
      ],
      files: report().changes,
      ref: 'main',
      'target-ref': '',
      repository: '',
      url: '',
      commits: [],
      'commit-count': 0,
      guards: [],
      'bytes-to-send': null,
      rollback: expect.stringMatching(/^Run the earlier run/),
      'push-output': [],
      'deploy-output': ['Building', 'live'],
    })
  })
})

describe('the way back', () => {
  const commits = [{ id: 'a'.repeat(40), subject: 'x' }]
  const back = (overrides: Partial<Report>) => rollback(report({ commits, ...overrides }))

  it.each([
    [
      'git',
      `git restore --source=${'b'.repeat(40)} --staged --worktree :/ &&\ngit commit -m 'Back to bbbbbbbbbb' &&\ngit push`,
    ],
    ['hg', `hg revert --all --rev ${'b'.repeat(40)} &&\nhg commit -m 'Back to bbbbbbbbbb' &&\nhg push`],
    ['rsync', ''],
  ] as const)('by %s', (method, command) => {
    expect(back({ method })).toEqual({ advice: expect.stringMatching(/earlier run/i), command })
  })

  it('has no command for a revision that is not known here, or is none', () => {
    expect(back({ method: 'git', commits: [] })?.command).toBe('')
    expect(back({ method: 'git', previousRevision: '$(touch x)' })?.command).toBe('')
  })

  it('is none where nothing was replaced', () => {
    expect(back({ uploaded: false })).toBeUndefined()
    expect(back({ previousRevision: '', changes: [{ kind: 'added', path: 'a' }] })).toBeUndefined()
    expect(back({ previousRevision: '' })).toBeDefined()
    expect(back({ changes: [], previousRevision: 'a'.repeat(40) })).toBeUndefined()
  })
})

describe('the books of a run', () => {
  function books() {
    const said: string[] = []
    let now = 1_000
    const log = new Proxy({} as Log, {
      get: (_, name) => (text?: string) => said.push(`${String(name)} ${text ?? ''}`.trim()),
    })
    const ledger = new Ledger({ log, clock: { now: () => now, sleep: async () => undefined } } as unknown as Host)
    return {
      ledger,
      said,
      pass(milliseconds: number) {
        now += milliseconds
      },
    }
  }
  const upload = (result: Upload['result'], name: string): Upload => ({
    result,
    revision: `${name} revision`,
    previousRevision: `${name} before`,
    changes: result === 'unchanged' ? [] : [{ kind: 'changed', path: name }],
  })
  const login = { user: 'u', host: 'host', port: 22 }
  const step: Step = {
    verb: 'upload',
    directory: '.',
    destination: { ...login, base: 'root', path: 'app' },
    workspace: workspace({ method: 'hg', reason: '.hg is there' }),
    check: false,
    excludes: [],
    targetBranch: '',
  }

  it('hold the time of each stage, and the log has a group for each', () => {
    const { ledger, pass, said } = books()
    pass(40)
    ledger.enter('connect')
    pass(500)
    ledger.enter('push')
    ledger.enter('push')
    pass(1_200)
    const closed = ledger.close(false)
    expect(closed.stages).toEqual([
      { name: 'settings', seconds: 0.04 },
      { name: 'connect', seconds: 0.5 },
      { name: 'push', seconds: 1.2 },
    ])
    expect(closed.seconds).toBe(1.74)
    expect(said).toEqual(['group Settings', 'endGroup', 'group Connect', 'endGroup', 'group Push', 'endGroup'])
  })

  it('tell where the run failed, with what was known then', () => {
    const { ledger } = books()
    ledger.note({ app: 'hello' })
    ledger.plan([step, { verb: 'call', command: 'x' }], login)
    ledger.enter('deploy')
    ledger.upload(upload('deployed', 'a'))
    ledger.note({ deployExitCode: 7, tail: ['x'] })
    expect(ledger.fail(failure)).toMatchObject({
      result: 'failed',
      failedStage: 'deploy',
      failure: { errorClass: 'deploy', cause: 'cause' },
      uploaded: true,
      app: 'hello',
      method: 'hg',
      reason: '.hg is there',
      destination: 'ssh://u@host/app',
      revision: 'a revision',
      deployExitCode: 7,
      tail: ['x'],
    })
  })

  it('call anything else a bug, with its stack', () => {
    const failed = books().ledger.fail(new TypeError('boom'))
    expect(failed.failure).toMatchObject({
      errorClass: 'bug',
      evidence: 'boom',
      stack: expect.stringContaining('report.test'),
    })
    expect(books().ledger.fail('text').failure).toMatchObject({ errorClass: 'bug', evidence: 'text' })
  })

  it.each<
    [string, Upload['result'][], dryRun: boolean, result: string, uploaded: boolean, revision: string, changes: number]
  >([
    ['one that deployed', ['deployed'], false, 'deployed', true, '0 revision', 1],
    ['one that changed nothing', ['unchanged'], false, 'unchanged', true, '0 revision', 0],
    ['a dry run', ['planned'], true, 'planned', false, '0 revision', 1],
    ['a dry run of calls', [], true, 'planned', false, '', 0],
    ['calls alone', [], false, 'deployed', false, '', 0],
    ['two that changed nothing', ['unchanged', 'unchanged'], false, 'unchanged', true, '1 revision', 0],
    ['the second of two that deployed', ['unchanged', 'deployed'], false, 'deployed', true, '1 revision', 1],
    ['the first of two that deployed', ['deployed', 'unchanged'], false, 'deployed', true, '0 revision', 1],
    ['two that deployed', ['deployed', 'deployed'], false, 'deployed', true, '0 revision', 2],
  ])('of %s', (_, results, dryRun, result, uploaded, revision, changes) => {
    const { ledger } = books()
    results.forEach((each, index) => {
      ledger.upload(upload(each, String(index)))
    })
    const closed = ledger.close(dryRun)
    expect(closed).toMatchObject({ result, uploaded, revision, failedStage: '', failure: undefined })
    expect(closed.changes).toHaveLength(changes)
  })

  it('of a run that was skipped', () => {
    expect(books().ledger.skip('branch dev does not match main')).toMatchObject({
      result: 'skipped',
      reason: 'branch dev does not match main',
      uploaded: false,
      method: '',
      destination: '',
    })
  })

  it('a plan without uploads leads to the login', () => {
    const { ledger } = books()
    ledger.plan([{ verb: 'call', command: 'x' }], login)
    expect(ledger.close(false)).toMatchObject({
      method: '',
      destination: 'ssh://u@host',
      plan: '{"type":"cmd","data":[["call","x"]]}',
    })
  })
})

describe('the JSON as a text', () => {
  it('is what it was made of, an element on a line', () => {
    const json = { text: 'a\n"b"', none: null, empty: [], list: [{ a: 1 }, ['b'], 3], nested: { c: [1] } }
    const text = [...jsonText(json)].join('')
    expect(JSON.parse(text)).toEqual(json)
    expect(text).toContain('\n    {"a":1},\n    ["b"],\n    3\n  ]')
    expect([...jsonText({})].join('')).toBe('{}\n')
  })

  it('comes in pieces when it is long', () => {
    const list = Array.from({ length: 2_500 }, (_, index) => index)
    const pieces = [...jsonText({ list })]
    expect(pieces.length).toBeGreaterThan(4)
    expect(JSON.parse(pieces.join(''))).toEqual({ list })
  })
})
