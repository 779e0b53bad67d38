import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { question } from '../support/faults.ts'
import { root } from '../support/launch.ts'
import { behind, proxy } from '../support/proxy.ts'
import { type ActionOptions, type Inputs, runAction, type Step } from '../support/runner.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { gitWorkspace, hgWorkspace, plainWorkspace, tree, type Workspace } from '../support/workspaces.ts'

/** Without a destination: that is the plan's to name. */
function inputsFor(server: Server): Inputs {
  return { app: 'hello', 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts }
}

const push = (inputs: Inputs, { path }: Workspace, options: ActionOptions = {}): Promise<Step> =>
  runAction(inputs, { workspace: path, post: false, ...options })

const planOf = (...data: unknown[]): string => JSON.stringify({ type: 'cmd', data })
const commandsRun = (server: Server) => server.commands().filter((command) => !command.includes(question))

/** What comes of a plan that is simply carried out: whether a command of its own ran, and what it got hold of. */
function obey(plan: string, { path: cwd }: Workspace): { ran: boolean; read: string[] } {
  const out = temporaryDirectory('obeyed')
  const pwn = join(cwd, 'PWN')
  for (const [verb, what, url, options] of JSON.parse(plan).data) {
    const only = ['--include=passwd', '--exclude=*']
    if (verb !== 'upload') spawnSync('sh', ['-c', what], { cwd })
    else if (options.rsync?.rsh) spawnSync('rsync', ['-e', options.rsync.rsh, what, url], { cwd })
    else spawnSync('rsync', ['-r', ...only, `${what}/`, out], { cwd })
  }
  const ran = existsSync(pwn)
  rmSync(pwn, { force: true })
  return { ran, read: readdirSync(out) }
}

describe('a plan that ran before', () => {
  it('rsync: what a dry run printed deploys the same', async () => {
    const server = await sshd()
    const files = {
      'site/index.html': 'x\n',
      'site/a.tmp': 'x\n',
      'site/sub/it.js': 'x\n',
      'site/x.pyc': 'x\n',
      other: 'x\n',
    }
    const workspace = plainWorkspace(files)
    const named = {
      source: 'site',
      excludes: '*.pyc\n*.tmp',
      destination: `${server.destination('srv')}/{app}`,
      'deploy-command': 'echo {app}.{deployment} >> deployed',
    }
    const dry = await push({ ...inputsFor(server), ...named, 'dry-run': 'true' }, workspace)
    expect(dry.outputs['result']).toBe('planned')
    const plan = dry.outputs['plan'] ?? ''
    expect(JSON.parse(plan)).toEqual({
      type: 'cmd',
      data: [
        [
          'upload',
          'site',
          `${server.destination('srv')}/hello`,
          { force_method: 'rsync', rsync: { excludes: ['*.pyc', '*.tmp'] } },
        ],
        ['call', expect.stringMatching(/^echo '?hello'?\.'?default'? >> deployed$/)],
      ],
    })
    const step = await push({ ...inputsFor(server), plan }, workspace)
    expect(step).toMatchObject({ code: 0, errors: [] })
    expect(step.outputs).toMatchObject({ result: 'deployed', 'changed-files': '2', 'deploy-exit-code': '0' })
    expect(Object.keys(tree(join(server.home, 'srv/hello')))).toEqual(['index.html', 'sub/it.js'])
    expect(readFileSync(join(server.home, 'deployed'), 'utf8')).toBe('hello.default\n')

    // And so on: the plan that ran is the plan that was given.
    const again = await push(
      { ...inputsFor(server), ...named, plan: step.outputs['plan'] ?? '', 'deploy-command': '' },
      workspace,
    )
    expect(again.outputs['result']).toBe('unchanged')
    expect(JSON.parse(step.outputs['plan'] ?? '')).toEqual(JSON.parse(plan))
    expect(again.outputs['plan']).toBe(step.outputs['plan'])
  })

  it('git: to the same branch', async () => {
    const server = await sshd()
    const workspace = gitWorkspace(undefined, { branch: 'feature' })
    await server.ssh('git init --quiet --bare app')
    const named = { destination: server.destination('app'), 'target-branch': 'live' }
    const options = { ref: 'refs/heads/feature', sha: workspace.sha() }
    const dry = await push({ ...inputsFor(server), ...named, 'dry-run': 'true' }, workspace, options)
    expect(dry.outputs['result']).toBe('planned')
    const step = await push({ ...inputsFor(server), plan: dry.outputs['plan'] ?? '' }, workspace, options)
    expect(step.outputs).toMatchObject({ result: 'deployed', method: 'git', plan: dry.outputs['plan'] })
    expect((await server.ssh('git -C app rev-parse refs/heads/live')).stdout.trim()).toBe(workspace.sha())
  })
})

describe("dotCloud's own plan", () => {
  it.each([
    [
      'rsync',
      () => plainWorkspace({ 'dotcloud.yml': 'www:\n  type: python\n', 'app.py': 'x\n', 'app.pyc': 'x\n' }),
      'code',
    ],
    ['git', () => gitWorkspace({ 'dotcloud.yml': 'www:\n  type: python\n', 'app.py': 'x\n' }), 'code.git'],
    ['hg', () => hgWorkspace({ 'dotcloud.yml': 'www:\n  type: python\n', 'app.py': 'x\n' }), 'code.hg'],
  ] as const)('the sample of 2011, with another host, by %s', async (method, make, arrives) => {
    const place = temporaryDirectory('receiver')
    const gate = join(temporaryDirectory('gate'), 'gate')
    writeFileSync(gate, `#!/bin/sh\nexec '${join(root, 'script/receiver/gate')}' '${place}'\n`, { mode: 0o755 })
    const server = await sshd({ gate })
    const sample =
      '{"type":"cmd","data":[["upload",".","ssh://dotcloud@uploader.dotcloud.com:21122/helloworldapp",' +
      '{"rsync":{"excludes":["*.pyc",".git",".hg"]},"check":true}],["call","deploy helloworldapp.default"]]}'
    const plan = sample.replace('dotcloud@uploader.dotcloud.com:21122', `${server.user}@${server.host}:${server.port}`)
    const workspace = make()
    const step = await push({ ...inputsFor(server), plan }, workspace)
    expect(step).toMatchObject({ code: 0, errors: [], warnings: [] })
    expect(step.outputs).toMatchObject({ result: 'deployed', method, 'deploy-exit-code': '0' })
    expect(step.log).toContain('helloworldapp.default is live')
    expect(Object.keys(tree(join(place, 'helloworldapp', arrives))).length).toBeGreaterThan(1)
    if (method === 'rsync')
      expect(Object.keys(tree(join(place, 'helloworldapp/code')))).toEqual(['app.py', 'dotcloud.yml'])
    expect(server.logins()).toBe(1)
    expect((await push({ ...inputsFor(server), plan }, workspace)).outputs).toMatchObject({ result: 'unchanged' })
  })

  it('a file in the workspace', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'site/index.html': 'x\n' })
    const text = planOf(['upload', 'site', server.destination('app'), {}])
    mkdirSync(join(workspace.path, 'deploy'))
    writeFileSync(join(workspace.path, 'deploy/plan.json'), `\n${text}\n`)
    const step = await push({ ...inputsFor(server), plan: 'deploy/plan.json' }, workspace)
    expect(step.outputs).toMatchObject({ result: 'deployed', 'changed-files': '1' })

    const outside = join(temporaryDirectory('outside'), 'plan.json')
    writeFileSync(outside, text)
    symlinkSync(outside, join(workspace.path, 'link.json'))
    const connections = server.connections()
    const wrong = ['link.json', outside, '../plan.json', '/etc/passwd', 'missing.json', 'deploy']
    const steps = await Promise.all(wrong.map((plan) => push({ ...inputsFor(server), plan }, workspace)))
    const classes = steps.map(({ outputs }) => outputs['error-class'])
    expect(classes.slice(0, 2)).toEqual(['unsafe', 'unsafe'])
    expect(classes[2]).toMatch(/^(unsafe|input)$/)
    expect(classes.slice(3)).toEqual(['unsafe', 'input', 'input'])
    expect(server.connections()).toBe(connections)
  })

  it('check climbs to the nearest dotcloud.yml, never above the workspace, and warns when there is none', async () => {
    const server = await sshd()
    const upload = (path: string) => ({
      ...inputsFor(server),
      plan: planOf(['upload', 'services/www/src', server.destination(path), { check: true }]),
    })
    const files = { 'services/www/src/app.py': 'x\n', 'services/www/dotcloud.yml': 'x\n', 'services/db.sql': 'x\n' }
    const found = await push(upload('one'), plainWorkspace({ ...files, 'dotcloud.yml': 'x\n' }))
    expect(found).toMatchObject({ code: 0, warnings: [] })
    expect(found.log).toContain('Found dotcloud.yml')
    expect(Object.keys(tree(join(server.home, 'one')))).toEqual(['dotcloud.yml', 'src/app.py'])

    const above = plainWorkspace({ 'dotcloud.yml': 'x\n', 'work/services/www/src/app.py': 'x\n' })
    const none = await push(upload('two'), { path: join(above.path, 'work') })
    expect(none).toMatchObject({ code: 0, outputs: { result: 'deployed' } })
    expect(none.warnings).toHaveLength(1)
    expect(none.warnings[0]).toContain('dotcloud.yml')
    expect(Object.keys(tree(join(server.home, 'two')))).toEqual(['app.py'])
  })

  it('two uploads and the calls between them, in order, over one login', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'a/one': 'x\n', 'b/two': 'x\n', 'b/three': 'x\n' })
    const plan = planOf(
      ['upload', 'a', server.destination('first'), {}],
      ['call', 'ls first > seen'],
      ['upload', 'b', server.destination('second'), {}],
      ['call', 'ls second >> seen; echo {app} >> seen'],
    )
    const step = await push({ ...inputsFor(server), plan }, workspace)
    expect(step.outputs).toMatchObject({ result: 'deployed', 'changed-files': '3', uploaded: 'true' })
    expect(readFileSync(join(server.home, 'seen'), 'utf8')).toBe('one\nthree\ntwo\nhello\n')
    expect(server.logins()).toBe(1)
  })

  it('stops at the first step that fails', async () => {
    const server = await sshd()
    const workspace = plainWorkspace({ 'a/one': 'x\n', 'b/two': 'x\n' })
    const plan = planOf(
      ['upload', 'a', server.destination('first'), {}],
      ['call', 'exit 7'],
      ['upload', 'b', server.destination('second'), {}],
      ['call', 'touch DEPLOYED'],
    )
    const step = await push({ ...inputsFor(server), plan }, workspace)
    expect(step).toMatchObject({ code: 1 })
    expect(step.outputs).toMatchObject({ 'error-class': 'deploy', 'deploy-exit-code': '7', uploaded: 'true' })
    expect(Object.keys(tree(server.home)).filter((path) => !path.startsWith('.'))).toEqual(['first/one'])
  })

  it('calls alone, at the destination of the inputs', async () => {
    const server = await sshd()
    const inputs = { ...inputsFor(server), destination: server.destination('app') }
    const step = await push({ ...inputs, plan: planOf(['call', 'echo {app}.{deployment} > called']) }, plainWorkspace())
    expect(step).toMatchObject({ code: 0, outputs: { uploaded: 'false', 'deploy-exit-code': '0' } })
    expect(commandsRun(server)).toHaveLength(1)
    expect(tree(server.home)).toEqual({ called: expect.any(String) })
    expect(readFileSync(join(server.home, 'called'), 'utf8')).toBe('hello.default\n')
    // Without one, there is nowhere to call.
    const nowhere = await push({ ...inputsFor(server), plan: planOf(['call', 'true']) }, plainWorkspace())
    expect(nowhere.outputs).toMatchObject({ result: 'failed', 'failed-stage': 'settings' })
  })

  it('its excludes only add', async () => {
    const server = await sshd()
    const files = { 'index.html': 'x\n', '.env': 'SECRET=1\n', 'x.pyc': 'x\n', 'y.log': 'x\n' }
    const excludes = ['!', '+ .env', '+ *.pyc', '*.log']
    const plan = planOf(['upload', '.', server.destination('app'), { rsync: { excludes } }])
    const step = await push({ ...inputsFor(server), plan }, plainWorkspace(files))
    expect(step.outputs['result']).toBe('deployed')
    expect(Object.keys(tree(join(server.home, 'app')))).toEqual(['index.html'])
  })
})

describe('a plan that is refused', () => {
  it('as a whole: nothing connected to, nothing run', async () => {
    const server = await sshd()
    const counter = await proxy(server)
    const through = behind(server, counter)
    const workspace = plainWorkspace({ 'index.html': 'x\n', 'sub/a': 'x\n' })
    symlinkSync('/etc', join(workspace.path, 'out'))
    const good = ['upload', '.', through.destination('app'), {}]
    const with_ = (options: unknown) => planOf(['upload', '.', through.destination('app'), options])
    const to = (url: string) => planOf(['upload', '.', url, {}])
    const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)])
    // It asks for more than the inputs allow.
    const greedy: Record<string, string> = {
      'another host': to('ssh://dotcloud@evil.example.com/app'),
      'two hosts': planOf(good, ['upload', '.', 'ssh://dotcloud@evil.example.com/app', {}]),
      'the parent directory': planOf(['upload', '..', through.destination('app'), {}]),
      'an absolute directory': planOf(['upload', '/etc', through.destination('app'), {}]),
      'a link that leads out': planOf(['upload', 'out', through.destination('app'), {}]),
      'the root as destination': to(through.destination('/')),
      'a method that the inputs do not allow': with_({ force_method: 'git' }),
    }
    const malformed: Record<string, string> = {
      'the verb script': planOf(good, ['script', 'touch PWN']),
      'the verb run': planOf(['run', 'touch PWN']),
      'the verb key': planOf(['key', 'PRIVATE KEY']),
      'the verb __proto__': planOf(['__proto__', 'x']),
      'a valid step, then an invalid one': planOf(good, ['call', 'touch PWN'], ['sftp']),
      'an option key': with_({ key: 'x' }),
      'an option rsh': with_({ rsync: { excludes: [], rsh: 'sh -c "touch PWN"' } }),
      'an option of hg': with_({ hg: { ssh: 'x' } }),
      'a key beside data': JSON.stringify({ type: 'cmd', data: [good], retval: 0 }),
      'a __proto__ at the top': `{"type":"cmd","__proto__":{"x":1},"data":[${JSON.stringify(good)}]}`,
      'a __proto__ in the options': `{"type":"cmd","data":[["upload",".","${through.destination('app')}",{"__proto__":{"check":true}}]]}`,
      'a constructor in the options': with_({ constructor: {} }),
      'more than 64 KiB': planOf([
        'upload',
        '.',
        through.destination('app'),
        { rsync: { excludes: ['x'.repeat(65_536)] } },
      ]),
      'nested too deep': with_({ rsync: { excludes: nested(9) } }),
      'nested very deep': `${'['.repeat(20_000)}${']'.repeat(20_000)}`
        .replace(/^/, '{"type":"cmd","data":')
        .concat('}'),
      'seventeen steps': planOf(...Array(17).fill(good)),
      'no step': planOf(),
      'another type': JSON.stringify({ type: 'success', data: [good] }),
      'no JSON': '{"type":"cmd",',
      'a method that does not exist': with_({ force_method: 'scp' }),
      'a call of two words': planOf(good, ['call', 'touch', 'PWN']),
      'a call of two lines': planOf(good, ['call', 'true\ntouch PWN']),
      'a list that is an object': planOf(good, { 0: 'call', 1: 'touch PWN', length: 2 }),
      'http as destination': to('http://example.com/app'),
      'git as destination': to('git://example.com/app'),
      'a file as destination': to('file:///tmp/app'),
      'an option as host': to('ssh://-oProxyCommand=touch%20PWN/app'),
      'a directory that does not exist': planOf(['upload', 'missing', through.destination('app'), {}]),
    }
    // Whoever obeys runs what they say, reads what they name, and believes what their prototypes claim.
    for (const name of ['the verb script', 'the verb run', 'an option rsh', 'a valid step, then an invalid one'])
      expect([name, obey(malformed[name] ?? '', workspace).ran]).toEqual([name, true])
    for (const name of ['an absolute directory', 'a link that leads out'])
      expect([name, obey(greedy[name] ?? '', workspace).read]).toEqual([name, ['passwd']])
    const [[, , , options]] = JSON.parse(malformed['a __proto__ in the options'] ?? '').data
    expect(Object.assign({}, options).check).toBe(true)

    const inputs = { ...inputsFor(through), destination: through.destination('app'), method: 'rsync' }
    const run = async (plans: Readonly<Record<string, string>>) => {
      const seen: Record<string, unknown> = {}
      const entries = Object.entries(plans)
      // Not all at once: each is a process.
      for (let index = 0; index < entries.length; index += 3) {
        await Promise.all(
          entries.slice(index, index + 3).map(async ([name, plan]) => {
            const { code, errors, outputs } = await push({ ...inputs, plan }, workspace)
            seen[name] = [code, errors.length, outputs['failed-stage'], outputs['error-class']]
          }),
        )
      }
      return seen
    }
    const all = (names: object, errorClass: string) =>
      Object.fromEntries(Object.keys(names).map((name) => [name, [1, 1, 'settings', errorClass]]))
    expect(await run(greedy)).toEqual(all(greedy, 'unsafe'))
    expect(await run(malformed)).toEqual(all(malformed, 'input'))
    expect(counter.connections()).toBe(0)
    expect(server.commands()).toEqual([])
    expect(tree(server.home)).toEqual({})

    // Through the same proxy, the valid step alone is pushed.
    expect((await push({ ...inputs, plan: planOf(good) }, workspace)).outputs['result']).toBe('deployed')
    expect(counter.connections()).toBe(1)
  })

  it('deploy-command follows the uploads of a plan, but not its calls', async () => {
    const server = await sshd()
    const workspace = plainWorkspace()
    const upload = ['upload', '.', server.destination('app'), {}]
    const inputs = { ...inputsFor(server), 'deploy-command': 'touch {app}' }
    const both = await push({ ...inputs, plan: planOf(upload, ['call', 'true']) }, workspace)
    expect(both.outputs).toMatchObject({ 'error-class': 'input', 'failed-stage': 'settings' })
    expect(server.connections()).toBe(0)
    const one = await push({ ...inputs, plan: planOf(upload) }, workspace)
    expect(one.outputs).toMatchObject({ result: 'deployed', 'deploy-exit-code': '0' })
    expect(Object.keys(tree(server.home))).toContain('hello')
  })
})
