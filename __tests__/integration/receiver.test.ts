import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const scripts = fileURLToPath(new URL('../../script/receiver/', import.meta.url))

let facts: Record<string, string> = {}
let work = ''
let ssh = ''

const fact = (name: string): string => {
  const value = facts[name]
  if (value === undefined) throw new Error(`the receiver did not print ${name}`)
  return value
}

function run(file: string, args: string[], cwd = work) {
  const env = {
    PATH: process.env['PATH'],
    HOME: work,
    LC_ALL: 'C',
    GIT_SSH: ssh,
    GIT_SSH_VARIANT: 'ssh',
    GIT_CONFIG_NOSYSTEM: '1',
    HGRCPATH: '',
    HGPLAIN: '1',
  }
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8', input: '', timeout: 20_000 })
  return { status, stdout, stderr }
}

const login = () => `${fact('user')}@${fact('host')}`
const master = () => ['-S', join(work, 'm'), '-p', fact('port')]
const remote = (command: string) => run(ssh, [...master(), login(), ...(command === '' ? [] : [command])])
const url = (path: string) => `ssh://${login()}:${fact('port')}${path}`
const rsync = (args: string[]) => run('rsync', ['-e', `${ssh} -p ${fact('port')}`, ...args])
const at = (...parts: string[]) => join(fact('root'), ...parts)

function gitRepository(name: string, files: Record<string, string>) {
  const directory = join(work, name)
  mkdirSync(directory, { recursive: true })
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], directory)
  git('init', '--quiet')
  git('symbolic-ref', 'HEAD', 'refs/heads/main')
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text)
  git('add', '--all')
  expect(git('commit', '--quiet', '--message', 'first')).toMatchObject({ status: 0 })
  return { directory, git, revision: git('rev-parse', 'HEAD').stdout.trim() }
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'receiver-test-'))
  const printed = execFileSync(join(scripts, 'start'), { encoding: 'utf8' })
  facts = Object.fromEntries(
    printed
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  ssh = join(work, 'ssh')
  const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'LogLevel=ERROR', 'StrictHostKeyChecking=yes']
  writeFileSync(
    ssh,
    `#!/bin/sh\nexec ssh -F /dev/null -i '${fact('key-file')}' -o UserKnownHostsFile='${fact('known-hosts-file')}' ` +
      `${options.map((option) => `-o ${option}`).join(' ')} "$@"\n`,
    { mode: 0o755 },
  )
  // One login for the many short commands below.
  spawnSync(ssh, [...master(), '-M', '-N', '-f', login()], { stdio: 'ignore' })
})

afterAll(() => {
  if (facts['directory'] !== undefined) {
    const { directory = '', pid } = facts
    execFileSync(join(scripts, 'stop'), [directory])
    expect(existsSync(directory)).toBe(false)
    // In a container without an init the ended process may stay as a zombie; none must live.
    const state = spawnSync('ps', ['-p', String(pid), '-o', 'stat='], { encoding: 'utf8' }).stdout ?? ''
    expect(state.trim()).toMatch(/^(Z.*)?$/)
  }
  rmSync(work, { recursive: true, force: true })
})

describe('what the uploader accepts', () => {
  it('a git push makes the repository, and every way of writing the path reaches it', () => {
    const { directory, revision } = gitRepository('by-git', { 'wsgi.py': 'print(1)\n' })
    expect(run('git', ['ls-remote', url('/by-git')], directory)).toMatchObject({ status: 0, stdout: '' })
    expect(run('git', ['push', url('/by-git'), `${revision}:refs/heads/main`], directory)).toMatchObject({ status: 0 })
    for (const path of ['/by-git', '/~/by-git', '/by-git.git', '/by-git/'])
      expect(run('git', ['ls-remote', url(path), 'refs/heads/main'], directory).stdout).toBe(
        `${revision}\trefs/heads/main\n`,
      )
    expect(existsSync(at('by-git', 'code.git', 'HEAD'))).toBe(true)
    expect(run('git', ['fetch', '--depth=1', url('/by-git'), 'main'], directory)).toMatchObject({ status: 0 })

    const deployed = remote('deploy by-git.default')
    expect(deployed).toMatchObject({ status: 0, stderr: '' })
    expect(deployed.stdout).toContain('by-git, service default')
    expect(deployed.stdout).toContain(`git: revision ${revision} of branch main`)
    expect(readFileSync(at('by-git', 'deployed'), 'utf8')).toMatch(/ by-git\.default git=[0-9a-f]{40} exit=0\n$/)
  })

  it('an hg push makes the repository; a second one has nothing to push', () => {
    const directory = join(work, 'by-hg')
    mkdirSync(directory)
    writeFileSync(join(directory, 'wsgi.py'), 'print(1)\n')
    run('hg', ['init'], directory)
    expect(run('hg', ['commit', '--addremove', '--message', 'first', '--user', 'test'], directory).status).toBe(0)
    const revision = run('hg', ['log', '--rev', '.', '--template', '{node}'], directory).stdout
    const push = (path: string) => run('hg', ['push', '-f', '--ssh', ssh, url(path)], directory)
    expect(push('//by-hg').status).toBe(0)
    for (const path of ['//by-hg', '/by-hg', '/~/by-hg']) expect(push(path).status).toBe(1)
    expect(remote("deploy 'by-hg'.'www'").stdout).toContain(`hg: revision ${revision} of branch default`)
  })

  it('rsync mirrors with the flags of the original and with ours, and can be read back', () => {
    const source = join(work, 'by-rsync')
    mkdirSync(join(source, 'sub'), { recursive: true })
    writeFileSync(join(source, 'wsgi.py'), 'print(1)\n')
    writeFileSync(join(source, 'sub', 'old'), '')
    const original = ['-lpthrvz', '--delete', '--safe-links', '--exclude=*.pyc']
    expect(rsync([...original, `${source}/`, `${login()}:/by-rsync/`])).toMatchObject({ status: 0 })
    expect(readFileSync(at('by-rsync', 'code', 'wsgi.py'), 'utf8')).toBe('print(1)\n')

    rmSync(join(source, 'sub', 'old'))
    const ours = ['-rlptz', '--delete-delay', '--delay-updates', '--safe-links', '--checksum', '--out-format=%i %n']
    const more = ['--timeout=20', '--max-delete=5', '--stats', '--partial']
    const result = rsync([...ours, ...more, `${source}/`, `${login()}:~/by-rsync`])
    expect(result).toMatchObject({ status: 0 })
    expect(result.stdout).toContain('*deleting   sub/old')
    expect(existsSync(at('by-rsync', 'code', 'sub', 'old'))).toBe(false)

    const list = rsync(['-r', '--list-only', `${login()}:by-rsync/`])
    expect(list).toMatchObject({ status: 0 })
    expect(list.stdout).toContain('wsgi.py')
    expect(remote('deploy by-rsync.default').stdout).toContain('rsync: 1 files')
  })

  it('a dry run by rsync makes nothing', () => {
    writeFileSync(join(work, 'new'), 'new\n')
    const { status, stdout } = rsync(['-rlptzni', join(work, 'new'), `${login()}:notyet/`])
    expect(status).toBe(0)
    expect(stdout).toContain('new')
    expect(existsSync(at('notyet'))).toBe(false)
  })

  it('a failing deploy gives its number, for each of the methods', () => {
    const { directory, revision } = gitRepository('fails', { 'deploy-fails': '7\n' })
    run('git', ['push', url('/fails-git'), `${revision}:refs/heads/other`], directory)
    expect(remote('deploy fails-git.default')).toMatchObject({ status: 7 })
    expect(readFileSync(at('fails-git', 'deployed'), 'utf8')).toMatch(/ exit=7\n$/)

    rsync(['-r', '--exclude=.git', `${directory}/`, `${login()}:/fails-rsync/`])
    expect(remote('deploy fails-rsync.default')).toMatchObject({ status: 7 })

    run('hg', ['init'], directory)
    run('hg', ['commit', '--addremove', '--exclude', '.git', '--message', 'first', '--user', 'test'], directory)
    expect(run('hg', ['push', '--ssh', ssh, url('/fails-hg')], directory).status).toBe(0)
    expect(remote('deploy fails-hg.default')).toMatchObject({ status: 7 })
  })

  it('a deploy that is killed by a signal', () => {
    const { directory, revision } = gitRepository('killed', { 'deploy-fails': 'KILL\n' })
    run('git', ['push', url('/killed'), `${revision}:refs/heads/main`], directory)
    expect(remote('deploy killed.default').status).not.toBe(0)
  })

  it('a deploy of what was never pushed fails', () => {
    expect(remote('deploy nothing.default')).toMatchObject({
      status: 1,
      stderr: 'deploy: no code was pushed for nothing\n',
    })
  })
})

describe('what the uploader refuses', () => {
  it.each([
    'deploy app.default; touch PWN',
    'deploy app.default && touch PWN',
    'deploy app.default | touch PWN',
    'deploy app.default\ntouch PWN',
    'deploy app.default > PWN',
    'deploy $(touch PWN).default',
    'deploy `touch PWN`.default',
    'deploy app.*',
    'deploy "app".default',
    "deploy 'app.default",
    "git-receive-pack '/app;touch PWN'",
    "git-upload-pack '$(touch PWN)'",
    'hg -R `touch $IFS` serve --stdio',
    'rsync --server -r . /app/$(touch PWN)',
    'rsync --server -r . /app/../../etc',
    'deploy app.défaut',
  ])('an injection, with 64: %j', (command) => {
    const result = remote(command)
    expect(result).toMatchObject({ status: 64, stdout: '' })
    expect(result.stderr).toMatch(/^gate: .+\n$/)
    expect(existsSync(at('PWN'))).toBe(false)
  })

  it.each([
    '',
    'sh',
    'bash -l',
    'ls -la',
    'scp -t /app',
    'deploy',
    'deploy app',
    'deploy app.default now',
    'deploy App.default',
    'deploy .default',
    'deploy -x.default',
    "git-receive-pack '/'",
    "git-receive-pack '/app/hooks'",
    "git-receive-pack '/app' '/other'",
    "git-upload-pack --timeout=1 '/app'",
    "git-upload-archive '/app'",
    'hg init app',
    'hg -R app serve --stdio --config=x',
    'hg serve --stdio',
    'hg -R --debugger serve --stdio',
    'rsync -r /etc/ /tmp/x',
    'rsync --server',
    'rsync --server -r .',
    'rsync --server -r . /',
    'rsync --server -r . /app /other',
    'rsync --server -r . -x',
    'rsync --server -s',
    'rsync --server -rs . /app',
    'rsync --server -logDtpr . /app',
    'rsync --server --sender -rL . /app/',
    'rsync --server --sender -r --files-from=- . /app/',
    'rsync --server --sender -r --remove-source-files . /app/',
    'rsync --server --sender -r . /app',
    'rsync --server -r --log-file=/tmp/x . /app',
    'rsync --server -r --rsync-path=id . /app',
    'rsync --server -r --partial-dir=/tmp . /app',
    'rsync --server -r --max-delete=all . /app',
    'rsync --server -r -e id . /app',
    'rsync --server --daemon .',
  ])('anything else, with 126: %j', (command) => {
    const result = remote(command)
    expect(result).toMatchObject({ status: 126, stdout: '' })
    expect(result.stderr).toMatch(/^gate: .+\n$/)
  })

  it('a path that leaves the code by a link', () => {
    const source = join(work, 'link')
    mkdirSync(source)
    symlinkSync('/etc', join(source, 'out'))
    expect(rsync(['-rl', `${source}/`, `${login()}:/link/`])).toMatchObject({ status: 0 })
    expect(remote('rsync --server --sender -r . /link/out/')).toMatchObject({ status: 126 })
    expect(remote('rsync --server -r . /link/out/cron.d')).toMatchObject({ status: 126 })
  })

  it('a terminal, and any forwarding', () => {
    expect(run(ssh, ['-p', fact('port'), '-tt', login(), 'sh']).status).not.toBe(0)
    const forward = ['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1', login(), 'deploy nothing.default']
    expect(run(ssh, ['-p', fact('port'), ...forward]).status).toBe(255)
  })

  it('another key', () => {
    const key = join(work, 'other')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const known = `UserKnownHostsFile=${fact('known-hosts-file')}`
    const args = ['-F', '/dev/null', '-o', known, '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-i', key]
    const result = run('ssh', [...args, '-p', fact('port'), login(), 'deploy nothing.default'])
    expect(result.status).toBe(255)
    expect(result.stderr).toContain('Permission denied')
  })
})
