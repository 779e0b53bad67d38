import { describe, expect, it } from 'vitest'
import { readArguments } from '../../src/cli/arguments.ts'
import { formatManual, wrap } from '../../src/cli/manual.ts'
import { commands, options } from '../../src/cli/options.ts'
import { examinationLines, plannedPage } from '../../src/cli/pages.ts'
import { createPalette, wantsColor } from '../../src/cli/palette.ts'
import { PushError } from '../../src/core/errors.ts'
import { type Examination, fault, ok, warning } from '../../src/core/finding.ts'
import { inputs } from '../../src/core/inputs.ts'
import { failureOf, report } from './samples.ts'

const read = (line: string, env: NodeJS.ProcessEnv = {}) =>
  readArguments(
    ['node', 'dotcloud-push', ...line.split(' ').filter((word) => word !== '')],
    env,
    (path) => `[${path}]`,
    () => '',
  )

describe('the command line', () => {
  it.each<[string, string, Record<string, string>]>([
    ['', 'push', {}],
    ['push', 'push', {}],
    ['./site', 'push', { source: './site' }],
    ['plan site --app hello', 'plan', { source: 'site', app: 'hello' }],
    ['plan --app hello site', 'plan', { source: 'site', app: 'hello' }],
    ['--app hello ./plan', 'push', { source: './plan', app: 'hello' }],
    ['--source site', 'push', { source: 'site' }],
    ['--dry-run site', 'push', { source: 'site', 'dry-run': 'true' }],
    ['--dry-run false site', 'push', { source: 'site', 'dry-run': 'false' }],
    ['--delete=false', 'push', { delete: 'false' }],
    ['--method auto', 'push', { method: 'auto' }],
    ['--excludes a --excludes b', 'push', { excludes: 'a\nb' }],
    ['--app a --app b', 'push', { app: 'b' }],
    ['--ssh-key-file key --known-hosts-file hosts', 'push', { 'ssh-key': '[key]', 'known-hosts': '[hosts]' }],
    ['doctor', 'doctor', {}],
    ['--doctor', 'doctor', { doctor: 'true' }],
    ['plan --doctor', 'doctor', { doctor: 'true' }],
    ['push --doctor=false', 'push', { doctor: 'false' }],
    ['demo', 'demo', {}],
    ['completion fish', 'completion', {}],
  ])('"%s" is %s with what is given alone', (line, command, given) => {
    expect(read(line)).toMatchObject({ command })
    expect(read(line).given).toEqual(given)
  })

  it('asks variables for what no option says', () => {
    const env = { DOTCLOUD_PUSH_APP: 'env', DOTCLOUD_PUSH_MAX_DELETE: '3', DOTCLOUD_PUSH_SSH_KEY: 'key' }
    expect(read('--app option --ssh-key-file file', env).given).toEqual({
      app: 'option',
      'max-delete': '3',
      'ssh-key': '[file]',
    })
    expect(read('', { DOTCLOUD_PUSH_DOCTOR: 'True' }).command).toBe('doctor')
  })

  it('says how much is told', () => {
    expect(read('-q --json')).toMatchObject({ quiet: true, json: true, debug: false })
    expect(read('plan --debug')).toMatchObject({ quiet: false, json: false, debug: true })
    expect(read('', { RUNNER_DEBUG: '1' })).toMatchObject({ debug: true })
  })

  it.each(['--app x plan', 'push doctor', 'plan demo'])('"%s" is refused: the command comes first', (line) => {
    expect(failureOf(() => read(line))).toMatchObject({
      errorClass: 'input',
      cause: expect.stringMatching(/come first/),
    })
  })
})

describe('the options', () => {
  const names = options.map(({ name }) => name)

  it('are one for each input and no other of its name', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(inputs.map(({ name }) => name)))
  })

  it('stand together by group, and no input is without one', () => {
    const groups = options.map(({ group }) => group)
    expect(groups).not.toContain('')
    expect(new Set(groups).size).toBe(8)
  })

  it('take true or false only where that is the default', () => {
    const flags = inputs.filter((input) => /^(true|false)$/.test(input.default)).map(({ name }) => name)
    expect(options.filter(({ takes }) => takes === 'flag').map(({ name }) => name)).toEqual(flags)
  })
})

describe('the manual', () => {
  it.each([20, 60, 80, 200])('fits %i columns, but for what cannot be broken', (columns) => {
    const width = Math.min(Math.max(columns, 40), 100)
    const long = formatManual(columns)
      .split('\n')
      .filter((line) => line.length > width)
    for (const line of long) expect(line.trim()).toMatch(/^(dotcloud-push|source|--|\d+ |https|[A-Z_, ]+$|\S+$)/)
  })

  it('has the sections of a manual page, every command and every option', () => {
    const page = formatManual(80)
    const sections = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'OPTIONS', 'ENVIRONMENT', 'FILES', 'EXIT STATUS']
    expect(page.match(/^[A-Z][A-Z ]+$/gm)).toEqual([...sections, 'EXAMPLES'])
    for (const name of Object.keys(commands)) expect(page).toMatch(new RegExp(`^    ${name}$`, 'm'))
    for (const { name } of options) expect(page).toMatch(new RegExp(`^ {6}(?:-\\w, )?--${name}(?: |$)`, 'm'))
  })

  it('breaks lines between words', () => {
    expect(wrap('a bb ccc dddddddd e', 8, 2)).toEqual(['  a bb', '  ccc', '  dddddddd', '  e'])
  })
})

describe('colours', () => {
  it.each<[string, boolean, NodeJS.ProcessEnv, string[], boolean]>([
    ['on a terminal', true, { TERM: 'xterm' }, [], true],
    ['not into a pipe', false, { TERM: 'xterm' }, [], false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, [], false],
    ['with NO_COLOR empty', true, { NO_COLOR: '' }, [], true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, [], false],
    ['not with --no-color', true, {}, ['--no-color'], false],
  ])('are used %s', (_, isTTY, env, argv, expected) => {
    expect(wantsColor({ isTTY }, env, argv)).toBe(expected)
  })

  it('say nothing that the words do not', () => {
    const plain = createPalette(false)
    expect([plain.red('a'), createPalette(true).red('a'), createPalette(true).dim('')]).toEqual([
      'a',
      '\u001b[31ma\u001b[0m',
      '',
    ])
  })
})

describe('the page of a plan', () => {
  const planned = report({
    result: 'planned',
    uploaded: false,
    bytesToSend: 46,
    previousRevision: '',
    guards: ['It would delete too much. Raise max-delete.'],
    commits: [{ id: 'c'.repeat(40), subject: 'Say\u001b[2J hello ::error::x' }],
    commitCount: 3,
  })

  it('has every file, what stops a push, and what comes after', () => {
    expect(plannedPage(planned, createPalette(false))).toEqual([
      'hello to ssh://dotcloud@uploader.example.com:21122/hello by rsync: neither .hg nor .git is there',
      `Revision ${'a'.repeat(12)}`,
      `  ${'c'.repeat(12)} Say hello ::error::x`,
      '  … and 2 more',
      '- old.html',
      '~ index.html',
      '+ new.html',
      '+ assets/',
      '2 files to change or add, 1 to delete, 46 B to send.',
      'Then: deploy hello.default',
      'The push would be refused: It would delete too much. Raise max-delete.',
    ])
  })

  it('is none of what failed or was skipped', () => {
    for (const result of ['failed', 'skipped'] as const)
      expect(plannedPage(report({ result }), createPalette(false))).toEqual([])
    expect(plannedPage({ ...planned, changes: [], guards: [], plan: '' }, createPalette(false))).toContain(
      'A push would change no file.',
    )
  })
})

describe('the lines of the doctor', () => {
  const examination: Examination = {
    findings: [
      ok('inputs', 'all are accepted'),
      warning('disk', { cause: 'Almost full.', evidence: '', next: 'Tidy up.' }),
      fault('login', new PushError('auth', 'No \u001b[31mlogin.', 'Add the key.')),
    ],
    knownHosts: [],
    report: report(),
  }

  it('are safe, and a verdict has its colour', () => {
    const lines = examinationLines(examination, false, createPalette(true))
    expect(lines[0]).toMatch(/^\u001b\[32mok\u001b\[0m {7}inputs/)
    expect(lines.join('\n')).toContain('\u001b[31mfault\u001b[0m    login           No login.')
    expect(lines.at(-1)).toMatch(/^Doctor: 1 fault, 1 warning, 1 ok/)
  })

  it('are only what asks for something, for a quiet reader', () => {
    const lines = examinationLines(examination, true, createPalette(false))
    expect(lines.map((line) => line.slice(0, 7).trim())).toEqual(['warning', '', 'fault', ''])
  })
})
