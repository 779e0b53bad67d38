import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complete, parseConfig } from '../../src/core/config.ts'
import { PushError } from '../../src/core/errors.ts'
import { trustedEvent } from '../../src/core/event.ts'
import { type InputName, inputs } from '../../src/core/inputs.ts'
import type { Context, Given, Host } from '../../src/core/model.ts'
import { judgeSettings } from '../../src/core/settings.ts'
import { root } from '../support/launch.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { rawInputs, runs, wordsOf } from './samples.ts'

const parse = (text: string | Uint8Array) => parseConfig(typeof text === 'string' ? Buffer.from(text) : text)

async function refusal(act: Promise<unknown>): Promise<PushError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof PushError) return error
  throw error ?? new Error('Nothing was thrown.')
}

const allowed = inputs.flatMap(({ name, configurable }) => (configurable ? [name] : []))
const forbidden = inputs.flatMap(({ name, configurable }) => (configurable ? [] : [name]))

describe('dotcloud-push.yml', () => {
  it.each<[string, string, Given]>([
    ['nothing', '', {}],
    ['a comment', '# later\n', {}],
    ['an empty document', '---\n', {}],
    ['a value', 'app: hello # the shop\n', { app: 'hello' }],
    ['CRLF and a byte order mark', '\ufeffapp: hello\r\nmethod: git\r\n', { app: 'hello', method: 'git' }],
    ['a value as it is written', 'app: 1.10\ndeployment: 0x10\n', { app: '1.10', deployment: '0x10' }],
    ['yes and no, and numbers', 'delete: False\nretries: 5\n', { delete: 'False', retries: '5' }],
    ['quotes', `app: "hello"\ndeploy-command: 'say ''hi'''\n`, { app: 'hello', 'deploy-command': "say 'hi'" }],
    ['a list', 'excludes:\n  - "*.map"\n  - drafts/\n', { excludes: '*.map\ndrafts/' }],
    ['a list in one line', 'branches: [main, "releases/**"]\n', { branches: 'main\nreleases/**' }],
    ['an empty list', 'excludes: []\n', { excludes: '' }],
    ['lines', 'protect: |\n  uploads/\n  .well-known/\n', { protect: 'uploads/\n.well-known/\n' }],
  ])('takes %s', async (_, text, expected) => {
    expect(await parse(text)).toEqual(expected)
  })

  it.each<[string, string | Uint8Array, RegExp]>([
    [
      'a name that is no input',
      'app: a\nexclude: "*.a"\n',
      /has "exclude" in line 2, which is no input.*file accepts app, /s,
    ],
    ['a name of every object', '__proto__: 1\nconstructor: 2\n', /"__proto__" in line 1.*"constructor" in line 2/s],
    ['a merge key', '<<: { app: a }\n', /"<<" in line 1/],
    ['no value', 'app:\n', /something else than a value for app in line 1/],
    ['a null', 'app: ~\n', /something else than a value for app in line 1/],
    ['a list where one value is', 'app: [a]\n', /app accepts one value/],
    ['a list in a list', 'excludes: [a, [b]]\n', /excludes accepts a list of texts/],
    ['a map', 'protect: { a: b }\n', /protect accepts a list of texts/],
    ['a name again', 'app: a\n\napp: b\n', /sets app again in line 3/],
    ['an alias', 'app: &a hello\ndeployment: *a\n', /for deployment in line 2/],
    ['an alias as a name', 'app: &a hello\n*a : b\n', /"…" in line 2/],
    ['a tag', 'app: !ruby/object x\n', /cannot be read.*line 1/s],
    ['bytes', 'app: !!binary aGk=\n', /for app in line 1/],
    ['two documents', 'app: a\n---\napp: b\n', /cannot be read.*line 2/s],
    ['a list of everything', '- app\n', /cannot be read.*lines such as/s],
    ['what is no YAML', 'app: "hello\n', /cannot be read.*line/s],
    ['what is no UTF-8', new Uint8Array([0x61, 0xff]), /cannot be read/],
    ['deep brackets', '['.repeat(60_000), /nested/],
    ['deep braces', '{a: '.repeat(15_000), /nested/],
    ['deep dashes', '- '.repeat(30_000), /nested/],
    ['deep questions', '? '.repeat(30_000), /nested/],
    ['a billion laughs', `a: &a [x]\n${'b: &a [*a, *a]\n'.repeat(40)}`, /no input/],
    ['thousands of mistakes', Array.from({ length: 9000 }, (_, at) => `a${at}: 1`).join('\n'), /a9/],
    ['a bad value', 'app: a\ntimeout: fast\n', /timeout is "fast".*dotcloud-push\.yml, line 2/s],
    ['a bad choice', 'method: scp\n', /method is "scp".*line 1/s],
    ['a bad filter', 'branches: "[z-a]"\n', /\[z-a\].*line 1/s],
    ['a filter that takes long', `branches: "${'a?'.repeat(2000)}"\n`, /a pattern of 4000 characters/],
    ['a destination that leads elsewhere', 'destination: ssh://host/..\n', /".." in its path.*line 1/s],
  ])('refuses %s', async (_, text, says) => {
    const error = await refusal(parse(text))
    expect(wordsOf(error)).toMatch(says)
    expect(error.errorClass).toBe(/destination/.test(error.cause) ? 'unsafe' : 'input')
    expect(wordsOf(error).length).toBeLessThan(5_000)
  })

  it.each(forbidden)('must not set %s, whatever the value', async (name) => {
    const error = await refusal(parse(`app: hello\n${name}: 'false'\n`))
    expect(error.cause).toBe(
      `dotcloud-push.yml sets ${name} in line 2, which is not for a file that comes with the code.`,
    )
  })

  it('has no say in trust, in guards and in what a run does', () => {
    expect(forbidden).toEqual([
      ...['ssh-key', 'ssh-key-passphrase', 'known-hosts', 'host-key-fingerprint', 'insecure-skip-host-key-check'],
      ...['proxy-jump', 'includes', 'max-delete', 'adopt', 'force', 'plan', 'dry-run', 'doctor'],
      'insecure-allow-untrusted-event',
    ])
  })

  it('of any text is refused, or sets what it may', async () => {
    const value = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('true', '5', '~', '[a, b]', '{a: b}', '&a x', '*a', '|\n  x', '!!int 3', '"', "'", '[', '- a'),
    )
    const name = fc.oneof(fc.constantFrom(...inputs.map((input) => input.name)), fc.string({ maxLength: 6 }))
    const line = fc.tuple(name, fc.constantFrom(': ', ':', ' : ', '\n- '), value).map((parts) => parts.join(''))
    const text = fc.oneof(
      fc.array(line, { maxLength: 5 }).map((all) => all.join('\n')),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const result = await parse(each).catch((error: unknown) => error)
        if (result instanceof PushError) {
          expect(['input', 'unsafe']).toContain(result.errorClass)
          return
        }
        expect(result).not.toBeInstanceOf(Error)
        expect(allowed).toEqual(expect.arrayContaining(Object.keys(result as Given)))
        for (const one of Object.values(result as Given)) expect(typeof one).toBe('string')
      }),
      runs(500),
    )
  })
})

describe('the file in the workspace', () => {
  function hostAt(workspace: string, event: Context['event'] = trustedEvent) {
    const said: string[] = []
    const say = (text: string) => void said.push(text)
    return { said, host: { context: { workspace, event }, log: { info: say, warning: say } } as unknown as Host }
  }
  const workspaceWith = (text: string) => {
    const directory = temporaryDirectory('workspace')
    writeFileSync(join(directory, 'dotcloud-push.yml'), text)
    return directory
  }

  it('need not be there', async () => {
    const { host, said } = hostAt(temporaryDirectory('workspace'))
    expect(await complete({ app: 'given' }, host)).toEqual({
      ...rawInputs(),
      'ssh-key': '',
      'known-hosts': '',
      destination: '',
      app: 'given',
    })
    expect(said).toEqual([])
  })

  it('wins over defaults, and what is given over the file; the log says what counts', async () => {
    const { host, said } = hostAt(workspaceWith('app: file\nmethod: rsync\nretries: 5\n'))
    const raw = await complete({ app: 'given', retries: '3' }, host)
    expect(raw).toMatchObject({ app: 'given', retries: '3', method: 'rsync', timeout: '30' })
    expect(said).toEqual(['dotcloud-push.yml sets method.'])
  })

  it('is not read on an event that runs a stranger’s code', async () => {
    const event = { name: 'pull_request_target', outside: true, unsecureCommands: false }
    const { host, said } = hostAt(workspaceWith('app: [nonsense\n'), event)
    expect((await complete({}, host)).app).toBe('')
    expect(said).toEqual([expect.stringMatching(/is not read: the event pull_request_target/)])
  })

  it('must be a plain file of sensible size', async () => {
    const elsewhere = workspaceWith('app: hello\n')
    const makers: ((path: string) => void)[] = [
      (path) => symlinkSync(join(elsewhere, 'dotcloud-push.yml'), path),
      (path) => symlinkSync('/no/such/file', path),
      (path) => mkdirSync(path),
      (path) => void execFileSync('mkfifo', [path]),
      (path) => writeFileSync(path, '#'.repeat((64 << 10) + 1)),
    ]
    for (const make of makers) {
      const directory = temporaryDirectory('workspace')
      make(join(directory, 'dotcloud-push.yml'))
      const error = await refusal(complete({}, hostAt(directory).host))
      expect(error).toMatchObject({
        errorClass: 'input',
        cause: 'dotcloud-push.yml is no plain file of at most 64 KiB.',
      })
    }
  })
})

describe('dotcloud-push.schema.json', () => {
  interface Schema {
    readonly properties: Readonly<Record<string, { readonly description: string; readonly enum?: readonly string[] }>>
    readonly additionalProperties: boolean
  }
  const schema: Schema = JSON.parse(readFileSync(join(root, 'dotcloud-push.schema.json'), 'utf8'))

  it('knows what the file may set, and nothing else', () => {
    expect(Object.keys(schema.properties).sort()).toEqual([...allowed].sort())
    expect(schema.additionalProperties).toBe(false)
    for (const { description } of Object.values(schema.properties)) expect(description).toMatch(/\.$/)
  })

  it('and the parser of settings know the same choices', () => {
    const mistakes = (name: InputName, value: string) =>
      judgeSettings(rawInputs({ [name]: value })).mistakes.map(({ next }) => next)
    for (const { name, choices } of inputs.filter((input) => input.choices.length > 0)) {
      for (const choice of choices) expect([name, choice, mistakes(name, choice)]).toEqual([name, choice, []])
      const accepts = choices.join(choices.length === 2 && choices[0] === 'true' ? ' or ' : ', ')
      expect(mistakes(name, 'other')).toEqual([`${name} accepts ${accepts}.`])
    }
  })
})
