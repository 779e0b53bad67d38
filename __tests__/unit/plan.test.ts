import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PushError } from '../../src/core/errors.ts'
import type { Workspace } from '../../src/core/model.ts'
import {
  type DraftStep,
  draftFromInputs,
  formatPlan,
  loginOf,
  parsePlan,
  resolveCall,
  resolveUpload,
  type Step,
} from '../../src/core/plan.ts'
import type { TemplateValues } from '../../src/core/template.ts'
import { failureOf, runs, settings, workspace } from './samples.ts'

const open = settings({ destination: '', plan: 'x' })
const refusal = (plan: unknown, given = open) =>
  failureOf(() => parsePlan(typeof plan === 'string' ? plan : JSON.stringify(plan), given))
const cmd = (...data: unknown[]) => ({ type: 'cmd', data })
const upload = (options?: unknown) => ['upload', '.', 'ssh://u@host/app', ...(options === undefined ? [] : [options])]
const values: TemplateValues = { app: 'hello', deployment: 'default', branch: 'main', sha: 'abc' }

const resolve = (drafts: readonly DraftStep[], found: Workspace = workspace(), given = values): Step[] =>
  drafts.map((draft) => (draft.verb === 'call' ? resolveCall(draft, given) : resolveUpload(draft, found, given)))

/** The plan that dotCloud's server sent for `dotcloud push` in July 2011. */
const sample =
  '[["upload",".","ssh://dotcloud@uploader.dotcloud.com:21122/APP",{"rsync":{"excludes":["*.pyc",".git",".hg"]},"check":true}],["call","deploy APP.default"]]'

describe('a plan', () => {
  it('I1 dotCloud’s own is understood', () => {
    expect(parsePlan(`{"type":"cmd","data":${sample}}`, open)).toEqual([
      {
        verb: 'upload',
        directory: '.',
        url: 'ssh://dotcloud@uploader.dotcloud.com:21122/APP',
        check: true,
        method: 'auto',
        excludes: ['*.pyc', '.git', '.hg'],
        targetBranch: '{branch}',
      },
      { verb: 'call', command: 'deploy APP.default' },
    ])
  })

  it('may leave the options out', () => {
    expect(parsePlan(JSON.stringify(cmd(upload(), ['call', 'x'])), open)).toEqual([
      {
        verb: 'upload',
        directory: '.',
        url: 'ssh://u@host/app',
        check: false,
        method: 'auto',
        excludes: ['*.pyc'],
        targetBranch: '{branch}',
      },
      { verb: 'call', command: 'x' },
    ])
  })

  it('the inputs alone make one', () => {
    expect(
      draftFromInputs(settings({ source: 'dist', method: 'git', 'target-branch': 'master', excludes: 'a\nb' })),
    ).toEqual([
      {
        verb: 'upload',
        directory: 'dist',
        url: 'ssh://dotcloud@uploader.example.com:21122/{app}',
        check: false,
        method: 'git',
        excludes: ['a', 'b'],
        targetBranch: 'master',
      },
    ])
    expect(draftFromInputs(settings({ 'deploy-command': 'deploy {app}' }))[1]).toEqual({
      verb: 'call',
      command: 'deploy {app}',
    })
  })

  it.each<[string, unknown, RegExp]>([
    ['I2 the verb script', cmd(['script', 'rm -rf ~']), /step 1 is "script"/],
    ['I2 the verb run', cmd(['run', 'id']), /step 1 is "run"/],
    ['I2 the verb key', cmd(['key', '-----BEGIN']), /step 1 is "key"/],
    ['I2 the verb rsync', cmd(['rsync', '.', 'ssh://h/x', {}]), /step 1 is "rsync"/],
    ['I2 a verb of Object', cmd(['constructor', 'x']), /step 1 is "constructor"/],
    ['I2 a verb that is no text', cmd([7]), /step 1 is 7/],
    ['I2 no verb', cmd([]), /step 1 is undefined/],
    ['I3 the option key', cmd(upload({ key: 'x' })), /options has the key "key"/],
    ['I3 the option rsh', cmd(upload({ rsync: { rsh: 'sh' } })), /rsync options has the key "rsh"/],
    ['I3 the option verify_key', cmd(upload({ verify_key: 'x' })), /has the key "verify_key"/],
    ['I3 an option of hg', cmd(upload({ hg: { branch: 'x' } })), /hg options has the key "branch"/],
    ['I3 an option of git', cmd(upload({ git: { branch: 'x', force: true } })), /git options has the key "force"/],
    ['I3 a key next to data', { ...cmd(upload()), retval: 0 }, /the plan has the key "retval"/],
    ['I9 __proto__ in the plan', `{"type":"cmd","data":[["call","x"]],"__proto__":{}}`, /the key "__proto__"/],
    [
      'I9 __proto__ in the options',
      `{"type":"cmd","data":[["upload",".","ssh://h/x",{"__proto__":{"check":true}}]]}`,
      /"__proto__"/,
    ],
    ['I9 constructor in rsync', cmd(upload({ rsync: { constructor: 1 } })), /"constructor"/],
    ['I12 a bad step after a good one', cmd(upload(), ['call', 'x'], ['run', 'id']), /step 3 is "run"/],
    ['another type', { type: 'success', data: [] }, /type is not "cmd"/],
    ['no type', { data: [upload()] }, /type is not "cmd"/],
    ['a list', [upload()], /the plan is not an object/],
    ['null', 'null', /the plan is not an object/],
    ['no JSON', '{', /it is not JSON/],
    ['an empty text', '', /it is not JSON/],
    ['no step', cmd(), /it has 0 steps/],
    ['17 steps', cmd(...Array.from({ length: 17 }, () => ['call', 'x'])), /it has 17 steps, and 1 to 16/],
    ['data that is no list', { type: 'cmd', data: { length: 1 } }, /data is not a list/],
    ['a step that is no list', cmd('call x'), /step 1 is not a list/],
    ['a call of two words', cmd(['call', 'a', 'b']), /step 1 is "call"/],
    ['a call of nothing', cmd(['call']), /step 1 is "call"/],
    ['an empty call', cmd(['call', ' ']), /command is not a text/],
    ['a call of two lines', cmd(['call', 'a\nb']), /command holds a control character/],
    ['a call that is no text', cmd(['call', ['x']]), /command is not a text/],
    ['a directory that is no text', cmd(['upload', 1, 'ssh://h/x']), /directory is not a text/],
    ['no URL', cmd(['upload', '.']), /URL is not a text/],
    ['an URL with a line end', cmd(['upload', '.', 'ssh://h/x\n']), /URL holds a control character/],
    ['more after the options', cmd([...upload({}), 'more']), /more than a directory, an URL and options/],
    ['options that are a list', cmd(upload([])), /options is not an object/],
    ['options that are null', cmd(upload(null)), /options is not an object/],
    ['check as a text', cmd(upload({ check: 'true' })), /check is neither true nor false/],
    ['an unknown method', cmd(upload({ force_method: 'svn' })), /force_method is "svn"/],
    ['a method of Object', cmd(upload({ force_method: 'toString' })), /force_method is "toString"/],
    ['excludes that are no list', cmd(upload({ rsync: { excludes: '*' } })), /excludes is not a list/],
    ['an exclude that is no text', cmd(upload({ rsync: { excludes: [1] } })), /exclude is not a text/],
    [
      'A17 an exclude with a line end',
      cmd(upload({ rsync: { excludes: ['a\n+ .env'] } })),
      /exclude holds a control character/,
    ],
    ['a branch that is no text', cmd(upload({ git: { branch: 1 } })), /branch is not a text/],
  ])('refuses %s, whole', (_, plan, cause) => {
    const failure = refusal(plan)
    expect(['input', 'unsafe']).toContain(failure.errorClass)
    expect(failure.cause).toMatch(/^Input plan is refused as a whole: /)
    expect(failure.cause).toMatch(cause)
    expect(failure.next).toContain('docs/plan.md')
  })

  it('I7 may have 64 KiB, and not a byte more', () => {
    const padded = (bytes: number) => JSON.stringify(cmd(['call', 'x'])).padEnd(bytes)
    expect(parsePlan(padded(65_536), open)).toHaveLength(1)
    expect(refusal(padded(65_537)).cause).toContain('larger than 65536 bytes')
    expect(refusal(`${padded(65_535)}é`).cause).toContain('larger than 65536 bytes')
  })

  it('I8 is not nested deeply', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(refusal(nested(7)).cause).toContain('nested deeper than 6 levels')
    expect(refusal(nested(6)).cause).toContain('not an object')
    expect(refusal(nested(32_000)).cause).toContain('nested deeper than 6 levels')
    expect(refusal(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`).cause).toContain('nested deeper than 6 levels')
  })

  it('16 steps are accepted', () => {
    expect(parsePlan(JSON.stringify(cmd(...Array.from({ length: 16 }, () => ['call', 'x']))), open)).toHaveLength(16)
  })
})

describe('a plan can only ask for less', () => {
  const parse = (options: unknown, given = open) => parsePlan(JSON.stringify(cmd(upload(options))), given)[0]

  it('I6 its excludes add to the inputs’', () => {
    const given = settings({ excludes: 'a\nb' })
    expect(parse({ rsync: { excludes: ['!', '+ .env', 'b'] } }, given)).toMatchObject({
      excludes: expect.arrayContaining(['a', 'b', '!', '+ .env']),
    })
    expect(parse({ rsync: { excludes: [] } }, given)).toMatchObject({ excludes: ['a', 'b'] })
    expect(parse({ rsync: {} }, given)).toMatchObject({ excludes: ['a', 'b'] })
  })

  it('its method agrees with the input’s, which auto leaves open', () => {
    for (const method of ['hg', 'git', 'rsync']) {
      expect(parse({ force_method: method })).toMatchObject({ method })
      expect(parse({ force_method: method }, settings({ method }))).toMatchObject({ method })
    }
    expect(parse({}, settings({ method: 'git' }))).toMatchObject({ method: 'git' })
    const failure = refusal(cmd(upload({ force_method: 'rsync' })), settings({ method: 'git' }))
    expect(failure.errorClass).toBe('unsafe')
    expect(failure.cause).toContain('step 1 asks for rsync, and input method allows only git')
  })

  it('its branch agrees with the input’s, which {branch} leaves open', () => {
    expect(parse({ git: { branch: 'prod' } })).toMatchObject({ targetBranch: 'prod' })
    expect(parse({ git: {} }, settings({ 'target-branch': 'prod' }))).toMatchObject({ targetBranch: 'prod' })
    expect(parse({ git: { branch: 'prod' } }, settings({ 'target-branch': 'prod' }))).toMatchObject({
      targetBranch: 'prod',
    })
    const failure = refusal(cmd(upload({ git: { branch: 'prod' } })), settings({ 'target-branch': 'dev' }))
    expect(failure.errorClass).toBe('unsafe')
    expect(failure.cause).toContain('asks for the branch prod, and input target-branch allows only dev')
  })

  it('its calls and deploy-command exclude each other', () => {
    const given = settings({ 'deploy-command': 'deploy {app}' })
    expect(parsePlan(JSON.stringify(cmd(upload())), given).at(-1)).toEqual({ verb: 'call', command: 'deploy {app}' })
    expect(refusal(cmd(upload(), ['call', 'x']), given).cause).toContain('calls of its own')
  })

  const uploadTo = (url: string) => {
    const [step] = resolve(parsePlan(JSON.stringify(cmd(['upload', '.', url])), open))
    if (step?.verb !== 'upload') throw new Error('no upload')
    return step
  }
  const here = uploadTo('ssh://u@host/app')

  it('I4 another host than destination’s is refused', () => {
    const failure = failureOf(() => loginOf([uploadTo('ssh://u@evil/app')], here.destination))
    expect(failure.errorClass).toBe('unsafe')
    expect(failure.cause).toContain('it leads to u@evil, and u@host was named too')
    expect(loginOf([here, { verb: 'call', command: 'x' }], here.destination)).toMatchObject({
      user: 'u',
      host: 'host',
      port: 22,
    })
  })

  it.each([
    ['I4 another host', 'ssh://u@evil/app'],
    ['I4 another user', 'ssh://root@host/app'],
    ['I4 another port', 'ssh://u@host:2222/app'],
  ])('%s than the first upload’s is refused', (_, url) => {
    const failure = failureOf(() => loginOf([here, { verb: 'call', command: 'x' }, uploadTo(url)], undefined))
    expect(failure.errorClass).toBe('unsafe')
    expect(failure.cause).toMatch(/^Input plan is refused as a whole: it leads to u@host, and \S+ was named too\.$/)
    expect(loginOf([here, uploadTo('ssh://u@host/other')], undefined)).toMatchObject({
      user: 'u',
      host: 'host',
      port: 22,
    })
  })

  it('a plan of calls needs a destination to call at', () => {
    const calls: Step[] = [{ verb: 'call', command: 'x' }]
    expect(failureOf(() => loginOf(calls, undefined)).cause).toContain('no destination')
    expect(loginOf(calls, { user: 'u', host: 'h', port: 22, base: 'root', path: 'x' })).toMatchObject({ host: 'h' })
  })
})

describe('a plan that was resolved', () => {
  it('A12 A13 quotes every value of a call as one word', () => {
    const draft = { verb: 'call', command: "deploy {app}.{deployment} {branch} '{sha}'" } as const
    expect(resolveCall(draft, { ...values, branch: "$(id);it's" })).toEqual({
      verb: 'call',
      command: "deploy hello.default '$(id);it'\\''s' 'abc'",
    })
  })

  it('judges the destination with its values', () => {
    const [draft] = parsePlan(JSON.stringify(cmd(['upload', '.', 'ssh://u@host/{branch}'])), open)
    if (draft?.verb !== 'upload') throw new Error('no upload')
    expect(failureOf(() => resolveUpload(draft, workspace(), { ...values, branch: '../..' })).errorClass).toBe('unsafe')
    expect(failureOf(() => resolveUpload(draft, workspace(), { ...values, branch: undefined })).errorClass).toBe(
      'input',
    )
  })

  it('asks for a branch only by git', () => {
    const [draft] = draftFromInputs(settings())
    if (draft?.verb !== 'upload') throw new Error('no upload')
    const unknown = { ...values, branch: undefined }
    expect(resolveUpload(draft, workspace({ method: 'rsync' }), unknown).targetBranch).toBe('')
    expect(resolveUpload(draft, workspace({ method: 'git' }), values).targetBranch).toBe('main')
    expect(failureOf(() => resolveUpload(draft, workspace({ method: 'git' }), unknown)).cause).toContain('{branch}')
  })

  it('is written in dotCloud’s JSON', () => {
    const rsync = resolve(parsePlan(`{"type":"cmd","data":${sample}}`, open))
    expect(JSON.parse(formatPlan(rsync))).toEqual({
      type: 'cmd',
      data: [
        [
          'upload',
          '.',
          'ssh://dotcloud@uploader.dotcloud.com:21122/APP',
          { check: true, force_method: 'rsync', rsync: { excludes: ['*.pyc', '.git', '.hg'] } },
        ],
        ['call', 'deploy APP.default'],
      ],
    })
    const git = resolve(draftFromInputs(settings()), workspace({ method: 'git' }))
    expect(JSON.parse(formatPlan(git)).data[0][3]).toEqual({ force_method: 'git', git: { branch: 'main' } })
    const hg = resolve(draftFromInputs(settings()), workspace({ method: 'hg' }))
    expect(JSON.parse(formatPlan(hg)).data[0][3]).toEqual({ force_method: 'hg' })
  })

  it('round trip: what was written is read back as the same steps', () => {
    const name = fc.constantFrom('app', 'a b', 'é', 'x%41', 'releases/1', 'a@b:c')
    const step = fc.oneof(
      fc.record({
        verb: fc.constant('call' as const),
        command: fc.constantFrom('deploy x', "it's", '$(id)', 'é', '{}'),
      }),
      fc.record({
        verb: fc.constant('upload' as const),
        directory: fc.constantFrom('.', 'dist', '-x', 'a b'),
        destination: fc.record({
          user: fc.constant('u'),
          host: fc.constantFrom('host', '::1'),
          port: fc.constantFrom(22, 2222),
          base: fc.constantFrom('root' as const, 'home' as const),
          path: name,
        }),
        workspace: fc
          .constantFrom('hg' as const, 'git' as const, 'rsync' as const)
          .map((method) => workspace({ method })),
        check: fc.boolean(),
        excludes: fc.uniqueArray(fc.constantFrom('!', '+ .env', '*.pyc', 'a b', '"', '\\'), { maxLength: 4 }),
        targetBranch: fc.constantFrom('main', 'a/b', 'é'),
      }),
    )
    const bare = settings({ destination: '', plan: 'x', excludes: '' })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 16 }), (written) => {
        const steps = written.map((one) => {
          if (one.verb === 'call') return one
          const { method } = one.workspace
          return {
            ...one,
            excludes: method === 'rsync' ? one.excludes : [],
            targetBranch: method === 'git' ? one.targetBranch : '',
          }
        })
        const text = formatPlan(steps)
        const drafts = parsePlan(text, bare)
        const read = drafts.map((draft, index) => {
          const before = steps[index]
          return draft.verb === 'call' || before?.verb !== 'upload'
            ? resolve([draft])[0]
            : resolveUpload(draft, before.workspace, values)
        })
        expect(read).toEqual(steps)
        expect(drafts.map((draft) => draft.verb === 'upload' && draft.method)).toEqual(
          steps.map((one) => one.verb === 'upload' && one.workspace.method),
        )
      }),
    )
  })
})

describe('P5 any JSON', () => {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      'upload',
      'call',
      '.',
      'ssh://u@host/app',
      'cmd',
      'rsync',
      'git',
      true,
      false,
      null,
      0,
      '',
    ),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const options = fc.dictionary(
    fc.constantFrom('check', 'force_method', 'rsync', 'hg', 'git', 'key', '__proto__', 'excludes', 'branch'),
    fc.oneof(
      leaf,
      fc.record({ excludes: fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })), branch: leaf }, { requiredKeys: [] }),
    ),
    { maxKeys: 3, noNullPrototype: true },
  )
  const steps = fc.oneof(
    fc.tuple(fc.constant('upload'), fc.constant('.'), fc.constant('ssh://u@host/app'), options),
    fc.tuple(fc.constant('call'), leaf),
    fc.tuple(fc.constant('call'), fc.constantFrom('deploy app.default', "it's", '$(id)')),
    fc.array(leaf, { maxLength: 5 }),
    leaf,
  )
  const plans = fc.oneof(
    fc.record({ type: fc.constant('cmd'), data: fc.array(steps, { minLength: 1, maxLength: 3 }) }),
    fc.record({ type: leaf, data: fc.oneof(leaf, fc.array(steps)) }, { requiredKeys: [] }),
    fc.jsonValue(),
  )

  it('is refused by name, or asks for steps within bounds', () => {
    let accepted = 0
    fc.assert(
      fc.property(plans, (plan) => {
        let drafts: readonly DraftStep[]
        try {
          drafts = parsePlan(JSON.stringify(plan), open)
        } catch (error) {
          expect(error).toBeInstanceOf(PushError)
          return
        }
        accepted++
        expect(drafts.length).toBeGreaterThan(0)
        expect(drafts.length).toBeLessThanOrEqual(16)
        for (const draft of drafts) {
          if (draft.verb === 'call') expect(draft.command).toMatch(/^[^\u0000-\u001f\u007f]+$/)
          else {
            expect(['auto', 'hg', 'git', 'rsync']).toContain(draft.method)
            expect(draft.excludes).toContain('*.pyc')
            expect(typeof draft.check).toBe('boolean')
          }
        }
      }),
      runs(2000),
    )
    expect(accepted).toBeGreaterThan(50)
  })

  it('any text is refused by name, or is such a plan', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:cmdtype\\u0 \n'), maxLength: 40 }), (text) => {
        try {
          parsePlan(text, open)
        } catch (error) {
          expect(error).toBeInstanceOf(PushError)
        }
      }),
      runs(100),
    )
  })
})
