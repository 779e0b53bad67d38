import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parseLog } from '../support/commands.ts'
import { root } from '../support/launch.ts'
import { type ActionOptions, type Inputs, inputsFor, runAction, type Step } from '../support/runner.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { gitWorkspace, plainWorkspace, writeFiles } from '../support/workspaces.ts'

/** What a hostile server may print, every line of it a command for the runner or made to become one. */
const hostile = [
  '::set-output name=result::hacked',
  '   ::set-output name=result::hacked',
  '\t::add-mask::hello',
  'Counting objects ##[add-mask]hello',
  '##[set-output name=result]hacked',
  'progress 10%\r::error::carriage return',
  '::stop-commands::taken',
  '::taken::',
  '::save-state name=session::/etc',
  '##[save-state name=session]/etc',
  '::set-env name=PATH::/tmp',
  '::add-path::/tmp',
  '::add-matcher::/tmp/matcher.json',
  '##[endgroup]',
  '::endgroup::',
  '##[group]mine',
  '::warning file=a,line=1::mine',
  '::notice::mine',
  '\u00a0::error::no-break space',
  '\ufeff::error::byte order mark',
  '\u0085::error::next line',
  '\u2003\u3000::error::wide spaces',
  '\u001b[31m::error::colour\u001b[0m',
  '\u001b]0;title\u0007::error::title',
  '\u202e::warning::direction',
  ':\u200b:error::invisible',
  '::error\u200b::invisible',
  '::error:\u0000:nul',
  '#\u200b#[error]invisible',
  '#\u001b[0m#[error]colour',
  '##\u0007[error]bell',
  '####[error]many',
  '##[##[error]twice',
  ':::error::three',
  'EOF',
  'result=hacked',
  'result<<EOF',
  `${'a'.repeat(16_384)}::error::after a long line`,
  `${'a'.repeat(16_383)}##[error]across a long line`,
].join('\n')

const outputNames = Object.keys(
  (parseYaml(readFileSync(join(root, 'action.yml'), 'utf8')) as { outputs: object }).outputs,
)

const push = (server: Server, more: Inputs = {}, options: ActionOptions = {}): Promise<Step> =>
  runAction(inputsFor(server, { app: 'hello', ...more }), { workspace: plainWorkspace().path, post: false, ...options })

/** Puts the text where the server's commands can print it. */
function plant(server: Server, text = hostile): void {
  writeFileSync(join(server.home, 'hostile'), text)
}

/** The step's commands are our own and no others, and nothing but our own was set or masked. */
function expectOnlyOurs(step: Step, key: string, annotations: { errors?: number; warnings?: number } = {}): void {
  const of = (name: string) => step.commands.filter(({ command }) => command === name)
  const ours = ['add-mask', 'group', 'endgroup', 'stop-commands', 'error', 'warning']
  expect(step.commands.filter(({ command }) => !ours.includes(command))).toEqual([])
  expect(step.errors).toHaveLength(annotations.errors ?? 0)
  expect(step.warnings).toHaveLength(annotations.warnings ?? 0)

  const encoded = Buffer.from(key.trim()).toString('base64')
  for (const mask of step.masks) expect(key.includes(mask) || mask === encoded, mask).toBe(true)
  const titles = of('group').map(({ data }) => data)
  expect(['Settings', 'Connect', 'Push', 'Deploy'].slice(0, titles.length)).toEqual(titles)
  // Each group is closed before the next is opened, and what is in it stands between a token and its end.
  const order = step.commands.flatMap(({ command }) => (/group|stop/.test(command) ? [command] : [])).join(' ')
  expect(order).toMatch(/^(group( stop-commands)+ endgroup ?)+$/)
  for (const { data } of of('stop-commands')) {
    expect(data).toMatch(/^[0-9a-f]{32,}$/)
    expect(step.raw.split('\n').filter((line) => line === `::${data}::`)).toHaveLength(1)
  }

  expect(Object.keys(step.outputs).sort()).toEqual([...outputNames].sort())
  expect(Object.keys(step.state).every((name) => ['session', 'report'].includes(name))).toBe(true)
  for (const path of Object.values(step.state)) expect(path.startsWith(`${step.temp}/dotcloud-`)).toBe(true)
  expect(step.environment).toEqual({})
  expect(step.path).toEqual([])
  expect(Object.values(step.outputs).join('\n')).not.toContain('hacked')
}

/** One annotation of three parts, and a summary and a report that tell the same. */
function expectToldOnce(step: Step, cause: RegExp, evidence: RegExp, next: RegExp): void {
  expect(step.errors).toHaveLength(1)
  const lines = (step.errors[0] ?? '').split('\n')
  expect(lines[0]).toMatch(cause)
  expect(lines.find((line) => line.startsWith('Evidence: '))).toMatch(evidence)
  expect(lines.at(-1)).toMatch(next)
  expect(step.summary).toContain('Failed')
  const { error } = step.report() as { error: Record<string, string> }
  expect(error).toMatchObject({ errorClass: step.outputs['error-class'] })
  expect(error['cause']).toMatch(cause)
}

describe('what a server prints', () => {
  it('printed as it is, the runner obeys it', () => {
    const obeyed = new Set(parseLog(hostile.replace('::stop-commands::taken', '')).map(({ command }) => command))
    expect([...obeyed].sort()).toEqual(
      [
        ...['add-mask', 'add-matcher', 'add-path', 'endgroup', 'error', 'group', 'notice', 'save-state', 'set-env'],
        ...['set-output', 'warning'],
      ].sort(),
    )
  })

  it('by a deploy command that ends well: both streams, nothing obeyed, nothing set', async () => {
    const server = await sshd()
    plant(server)
    const step = await push(server, { 'deploy-command': 'cat hostile; cat hostile >&2' })
    expect(step.code).toBe(0)
    expectOnlyOurs(step, server.privateKey)
    expect(step.outputs).toMatchObject({ result: 'deployed', 'deploy-exit-code': '0' })
    // It can be read all the same, both times.
    expect(step.log.match(/set-output name=result/g)?.length).toBeGreaterThanOrEqual(4)
    expect(step.log).not.toMatch(/[\u001b\u0007\u0000\u202e\u200b]/)
  })

  it('by a deploy command that fails: its last line is the evidence of the one annotation', async () => {
    const server = await sshd()
    plant(server, `${hostile}\n##[add-mask]hello ::error::x\r::stop-commands::y\u001b[2J`)
    const step = await push(server, { 'deploy-command': 'cat hostile; exit 3' })
    expectOnlyOurs(step, server.privateKey, { errors: 1 })
    expect(step.outputs).toMatchObject({ 'error-class': 'deploy', 'deploy-exit-code': '3', uploaded: 'true' })
    expectToldOnce(step, /^The deploy command failed with exit code 3/, /stop-commands/, /output tells why/)
    expect(step.summary).toContain('exit code 3')
    const after = await step.post()
    expect(after.postCommands.filter(({ command }) => command !== 'debug')).toEqual([])
    expect(after.leftovers()).toEqual([])
  })

  it('in pieces: a command that arrives bit by bit', async () => {
    const server = await sshd()
    const pieces = [
      '#',
      '#[add-',
      'mask]hello\\n:',
      ':error',
      '::x\\r',
      '\\n::warning::y\\n\\r',
      '::notice::z\\r\\n',
      '::debug::',
    ]
    const command = pieces.map((piece) => `printf '${piece}'; sleep 0.03`).join('; ')
    const step = await push(server, { 'deploy-command': command })
    expectOnlyOurs(step, server.privateKey)
    expect(step.log).toContain('[add-mask]hello')
    expect(step.log).toContain('debug')
  })

  it('before the login, as a banner', async () => {
    const server = await sshd({ banner: hostile })
    expectOnlyOurs(await push(server), server.privateKey)
    const closed = await sshd({ banner: `${hostile}\n`, authorize: false })
    const step = await push(closed)
    expectOnlyOurs(step, closed.privateKey, { errors: 1 })
    expect(step.outputs['error-class']).toBe('auth')
  })

  it('by the start files of its login shell', async () => {
    const server = await sshd({ noise: `##[error]mine ::error::x\r::error::y\n${hostile}\n` })
    const step = await push(server)
    expectOnlyOurs(step, server.privateKey, { errors: 1 })
    expect(step.outputs['error-class']).toBe('remote-setup')
  })

  it('by a git hook that accepts, and one that declines', async () => {
    const server = await sshd()
    plant(server)
    await server.ssh('git init --quiet --bare app')
    const hook = (name: string, end: number) => {
      const path = join(server.home, 'app/hooks', name)
      writeFileSync(path, `#!/bin/sh\ncat "$HOME/hostile"\ncat "$HOME/hostile" >&2\nexit ${end}\n`)
      chmodSync(path, 0o755)
    }
    const workspace = gitWorkspace().path
    hook('post-receive', 0)
    const step = await push(server, {}, { workspace })
    expect(step.code).toBe(0)
    expectOnlyOurs(step, server.privateKey)
    expect(step.log).toContain('set-output name=result')

    hook('pre-receive', 1)
    const declined = await push(server, { 'target-branch': 'other' }, { workspace })
    expectOnlyOurs(declined, server.privateKey, { errors: 1 })
    expect(declined.outputs).toMatchObject({ 'error-class': 'transfer', uploaded: 'false' })
    expectToldOnce(declined, /declined/, /pre-receive hook declined/, /said above/)
  })

  it('by an rsync that fails', async () => {
    const gate = join(plainWorkspace({}).path, 'gate')
    const server = await sshd({ gate })
    plant(server)
    writeFileSync(gate, `#!/bin/sh\ncat "$HOME/hostile" >&2\nexit 12\n`, { mode: 0o755 })
    const step = await push(server, { retries: '1' })
    expectOnlyOurs(step, server.privateKey, { errors: 1 })
    expect(step.outputs['result']).toBe('failed')
  })

  it('by what it says it remembers', async () => {
    const server = await sshd()
    await push(server)
    const memory = join(server.home, '.dotcloud-push')
    const files = readdirSync(memory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('revision'))
    expect(files).toHaveLength(1)
    // An output is often put into a script, as it is.
    for (const name of files)
      writeFileSync(join(memory, name), 'x"; touch PWN; echo "::error::y ##[error]z\nresult=hacked\n')
    const step = await push(server)
    expectOnlyOurs(step, server.privateKey)
    expect(step.outputs['previous-revision']).toMatch(/^[0-9a-f]*$/)
  })
})

describe('names of files', () => {
  it('in the log, in the evidence of an annotation and in the summary', async () => {
    const server = await sshd()
    const names = [
      '##[error]a',
      '::error::b',
      'c\r::error::d',
      'e\n::add-mask::f',
      '\u00a0::error::g',
      'h\u202e\u001b[31m',
      '<script>i',
    ]
    const workspace = plainWorkspace({ keep: 'x\n', ...Object.fromEntries(names.map((name) => [name, 'x\n'])) }).path
    const first = await push(server, {}, { workspace })
    expect(first.code).toBe(0)
    expectOnlyOurs(first, server.privateKey)
    expect(first.summary).toContain('script')
    expect(first.summary).not.toMatch(/<script|[\r\u202e\u001b]/)

    const step = await push(server, { excludes: '' }, { workspace: plainWorkspace({ keep: 'x\n' }).path })
    expectOnlyOurs(step, server.privateKey, { errors: 1 })
    expect(step.outputs['error-class']).toBe('unsafe')
    expectToldOnce(step, /would delete 7 of 8/, /error/, /max-delete/)
    expect(step.summary).not.toMatch(/<script|[\r\u202e\u001b]/)
  })

  it('left out by the excludes, and links that lead out', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'index.html': 'x\n' })
    writeFiles(workspace.path, {
      '##[error]x.pem': 'x\n',
      'y\n::error::y.pem': 'x\n',
      '##[error]link': { link: '/etc/passwd' },
      '\r::error::link': { link: '/##[error]target' },
    })
    const step = await push(server, {}, { workspace: workspace.path })
    expectOnlyOurs(step, server.privateKey, { warnings: 1 })
    expect(step.log).toContain('x.pem')
  })
})

describe('what a reader gets', () => {
  it('a summary that shows foreign text as it is', async () => {
    const server = await sshd()
    plant(
      server,
      '<script>alert(1)</script> <b>bold</b> [link](http://evil.example) ![img](http://evil.example/x.png) @octocat | cell `code` #1 </pre>\n',
    )
    const step = await push(server, { 'deploy-command': 'cat hostile; exit 1' })
    expect(step.summary).toContain('hello')
    expect(step.summary).toContain(server.destination('app').slice(-3))
    expect(step.summary).not.toMatch(/<script|<b>bold|\]\(http|!\[|@octocat|\| cell|`code`|[^&]#1|<\/pre> *\n<\/pre>/)
    expect(step.summary).toContain('alert')
    // Its own markup stays whole.
    for (const tag of ['details', 'summary', 'pre', 'code']) {
      const count = (pattern: string) => step.summary.match(new RegExp(pattern, 'g'))?.length ?? 0
      expect(count(`<${tag}[ >]`), tag).toBe(count(`</${tag}>`))
    }
  })

  it('a report that equals the outputs, of a success and of a failure', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'index.html': 'x\n', 'sub/page.html': 'x\n' }).path
    const good = await push(server, { 'deploy-command': 'echo done' }, { workspace })
    const bad = await push(server, { 'deploy-command': 'echo worse >&2; exit 9' }, { workspace })
    const wrong = await push(server, { destination: 'ftp://x/y', retries: '0' }, { workspace })
    for (const step of [good, bad, wrong]) {
      const report = step.report() as Record<string, unknown>
      const text = (value: unknown) =>
        value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : `${value}`
      for (const name of outputNames.filter((each) => !['report', 'seconds', 'plan'].includes(each))) {
        expect(text(report[name]), name).toBe(step.outputs[name])
      }
      expect(report['plan']).toEqual(step.outputs['plan'] === '' ? null : JSON.parse(step.outputs['plan'] ?? ''))
      expect(Number(step.outputs['seconds'])).toBeCloseTo(Number(report['seconds']), 0)
      expect(step.outputs['report']?.startsWith(`${step.temp}/`)).toBe(true)
    }
    const stages = (step: Step) => (step.report() as { stages: { name: string; seconds: number }[] }).stages
    expect(stages(good).map(({ name }) => name)).toEqual(['settings', 'connect', 'push', 'deploy'])
    const total = stages(good).reduce((sum, { seconds }) => sum + seconds, 0)
    expect(Math.abs(total - Number(good.outputs['seconds']))).toBeLessThan(0.5)
    const { files } = good.report() as { files: { path: string }[] }
    expect(files.filter(({ path }) => !path.endsWith('/'))).toEqual([
      { kind: 'added', path: 'index.html', size: 2 },
      { kind: 'added', path: 'sub/page.html', size: 2 },
    ])
    expect(good.report()).toMatchObject({
      'deploy-output': ['done'],
      error: null,
    })
    expect(bad.report()).toMatchObject({
      result: 'failed',
      'deploy-output': ['worse'],
      error: { errorClass: 'deploy' },
    })
    expect(bad.outputs).toMatchObject({
      'failed-stage': 'deploy',
      uploaded: 'true',
      'host-key-fingerprint': expect.stringMatching(/^SHA256:/),
    })
    expectToldOnce(bad, /exit code 9/, /worse/, /./)
    // Every mistake is told at once, in one annotation, before anything is connected to.
    expect(wrong.errors).toHaveLength(1)
    expect(wrong.errors[0]).toMatch(/destination.*ftp/s)
    expect(wrong.errors[0]).toMatch(/retries.*0/s)
    expect(wrong.outputs).toMatchObject({ 'failed-stage': 'settings', 'error-class': 'input' })
  })

  it('no line of the key, whatever is printed', async () => {
    const server = await sshd()
    const lines = server.privateKey.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'))
    const step = await push(server, { 'deploy-command': `echo ${lines[0]} | tee /dev/stderr; exit 1` })
    for (const line of lines) expect(step.log).not.toContain(line)
    expect(step.log).toContain('***')
  })
})
