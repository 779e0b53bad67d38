import { describe, expect, it } from 'vitest'
import { PushError } from '../../src/core/errors.ts'
import type { InputName } from '../../src/core/inputs.ts'
import { parseBranches, parseLines, parseSettings } from '../../src/core/settings.ts'
import { failureOf, fingerprint, keyText, knownHost, rawInputs, settings, wordsOf } from './samples.ts'

const literally = (start: string) => new RegExp(`^${start.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)

/** Of these, the message names a line, or what is left without outer white space. */
const listed: readonly InputName[] = [
  'excludes',
  'protect',
  'includes',
  'known-hosts',
  'host-key-fingerprint',
  'deploy-command',
]

const refusal = (overrides: Partial<Record<InputName, string>>) => failureOf(() => parseSettings(rawInputs(overrides)))

describe('settings', () => {
  it('hold the defaults of the contract', () => {
    expect(settings()).toEqual({
      app: 'hello',
      deployment: 'default',
      destination: 'ssh://dotcloud@uploader.example.com:21122/{app}',
      key: keyText,
      passphrase: '',
      hostKeys: { lines: `${knownHost}\n`, fingerprints: [], insecure: false },
      proxyJump: undefined,
      source: '.',
      method: 'auto',
      excludes: ['*.pyc'],
      includes: [],
      protect: [],
      delete: true,
      maxDelete: { percent: 50 },
      adopt: false,
      targetBranch: '{branch}',
      force: false,
      shallow: 'auto',
      deployCommand: '',
      plan: '',
      dryRun: false,
      doctor: false,
      allowUntrustedEvent: false,
      verify: 'auto',
      connectTimeout: 15,
      idleTimeout: 120,
      timeout: 1800,
      retries: 3,
    })
  })

  it.each<[InputName, string, Partial<ReturnType<typeof settings>>]>([
    ['app', 'a', { app: 'a' }],
    ['app', `0${'.'.repeat(127)}`, { app: `0${'.'.repeat(127)}` }],
    ['app', 'my_app-1.web', { app: 'my_app-1.web' }],
    ['deployment', 'staging', { deployment: 'staging' }],
    ['destination', '  host:path \n', { destination: 'host:path' }],
    ['ssh-key-passphrase', ' with spaces ', { passphrase: ' with spaces ' }],
    ['source', '', { source: '.' }],
    ['source', 'dist', { source: 'dist' }],
    ['method', 'hg', { method: 'hg' }],
    ['method', 'git', { method: 'git' }],
    ['method', 'rsync', { method: 'rsync' }],
    ['excludes', '', { excludes: [] }],
    ['excludes', '*.pyc\r\n\n  node_modules/  \rtmp\n', { excludes: ['*.pyc', 'node_modules/', 'tmp'] }],
    ['excludes', '!\n+ .env\n# c\n; c', { excludes: ['!', '+ .env', '# c', '; c'] }],
    ['protect', 'uploads/\n/data', { protect: ['uploads/', '/data'] }],
    [
      'includes',
      '.env\n.env.example\ncert.pem\nid_rsa\n*.pem\n.env*\n.git',
      {
        includes: ['.env', '.env.example', 'cert.pem', 'id_rsa', '*.pem', '.env*', '.git'],
      },
    ],
    ['delete', 'FALSE', { delete: false }],
    ['delete', 'True', { delete: true }],
    ['adopt', 'true', { adopt: true }],
    ['force', 'TRUE', { force: true }],
    ['dry-run', 'true', { dryRun: true }],
    ['doctor', 'true', { doctor: true }],
    ['insecure-allow-untrusted-event', 'true', { allowUntrustedEvent: true }],
    ['max-delete', '0', { maxDelete: { count: 0 } }],
    ['max-delete', '1000', { maxDelete: { count: 1000 } }],
    ['max-delete', '0%', { maxDelete: { percent: 0 } }],
    ['max-delete', '100%', { maxDelete: { percent: 100 } }],
    ['target-branch', 'master', { targetBranch: 'master' }],
    ['target-branch', 'deploy/{app}-{branch}', { targetBranch: 'deploy/{app}-{branch}' }],
    ['shallow', 'snapshot', { shallow: 'snapshot' }],
    ['shallow', 'fail', { shallow: 'fail' }],
    ['verify', 'full', { verify: 'full' }],
    ['deploy-command', ' deploy {app}.{deployment}\n', { deployCommand: 'deploy {app}.{deployment}' }],
    ['deploy-command', "cd x && awk '{print \\$1}' {x}", { deployCommand: "cd x && awk '{print \\$1}' {x}" }],
    ['plan', ' {"type":"cmd"} \n', { plan: '{"type":"cmd"}' }],
    [
      'proxy-jump',
      'ssh://ops@bastion.example.com:2222',
      {
        proxyJump: { user: 'ops', host: 'bastion.example.com', port: 2222 },
      },
    ],
    ['connect-timeout', '600', { connectTimeout: 600 }],
    ['idle-timeout', '86400', { idleTimeout: 86_400 }],
    ['timeout', '1440', { timeout: 86_400 }],
    ['retries', '1', { retries: 1 }],
    ['retries', '20', { retries: 20 }],
  ])('accept %s %j', (input, value, expected) => {
    expect(settings({ [input]: value })).toMatchObject(expected)
  })

  it.each<[InputName, string, RegExp]>([
    ['app', '-x', /app accepts a letter or digit/],
    ['app', 'a b', /app accepts a letter or digit/],
    ['app', 'x'.repeat(129), /up to 127/],
    ['app', '{app}', /app accepts/],
    ['app', 'über', /app accepts/],
    ['deployment', 'a/b', /deployment accepts/],
    ['insecure-skip-host-key-check', 'yes', /accepts true or false/],
    ['delete', '', /delete accepts true or false/],
    ['delete', 'no', /delete accepts true or false/],
    ['delete', ' true', /delete accepts true or false/],
    ['adopt', '1', /adopt accepts true or false/],
    ['force', 'on', /force accepts true or false/],
    ['insecure-allow-untrusted-event', 'ok', /insecure-allow-untrusted-event accepts true or false/],
    ['dry-run', 'tRue', /dry-run accepts true or false/],
    ['method', 'svn', /method accepts auto, hg, git, rsync/],
    ['method', '', /method accepts auto, hg, git, rsync/],
    ['method', 'GIT', /method accepts/],
    ['verify', 'none', /verify accepts auto, full/],
    ['shallow', 'deep', /shallow accepts auto, snapshot, fail/],
    ['max-delete', '101%', /max-delete accepts a number of files, or a percentage/],
    ['max-delete', '50 %', /max-delete accepts/],
    ['max-delete', '-1', /max-delete accepts/],
    ['max-delete', '', /max-delete accepts/],
    ['max-delete', '1.5%', /max-delete accepts/],
    ['max-delete', '1e3', /max-delete accepts/],
    ['max-delete', '9999999999', /max-delete accepts/],
    ['connect-timeout', '0', /connect-timeout accepts a whole number of seconds from 1 to 600/],
    ['connect-timeout', '601', /from 1 to 600/],
    ['connect-timeout', '', /from 1 to 600/],
    ['connect-timeout', '1.5', /from 1 to 600/],
    ['idle-timeout', '86401', /idle-timeout accepts a whole number of seconds from 1 to 86400/],
    ['idle-timeout', '2m', /idle-timeout accepts/],
    ['timeout', '1441', /timeout accepts a whole number of minutes from 1 to 1440/],
    ['timeout', '-5', /timeout accepts/],
    ['retries', '21', /retries accepts a whole number of attempts from 1 to 20/],
    ['retries', 'Infinity', /retries accepts/],
    ['retries', '0x3', /retries accepts/],
    ['target-branch', '', /target-branch accepts a branch name/],
    ['target-branch', '{tag}', /target-branch accepts a branch name/],
    ['includes', 'README.md', /includes accepts names that are excluded without being asked: \.git/],
    ['includes', '*', /includes accepts/],
    ['includes', '.env/../x', /includes accepts/],
    ['includes', '.environment/x', /includes accepts/],
    ['includes', 'x.pem*', /includes accepts/],
    ['excludes', 'a\tb', /excludes accepts patterns without control characters/],
    ['excludes', 'a\u0000b', /excludes accepts patterns without control characters/],
    ['protect', 'a\u001bb', /protect accepts patterns without control characters/],
    ['deploy-command', 'a\nb', /deploy-command accepts one line/],
    ['deploy-command', 'a\u0000b', /deploy-command accepts one line/],
    ['host-key-fingerprint', 'MD5:aa:bb', /host-key-fingerprint accepts SHA256/],
    ['host-key-fingerprint', `SHA256:${'A'.repeat(42)}`, /host-key-fingerprint accepts SHA256/],
    ['host-key-fingerprint', `SHA256:${'A'.repeat(44)}`, /host-key-fingerprint accepts SHA256/],
    ['known-hosts', 'uploader.example.com', /known-hosts accepts lines of a known_hosts file/],
    ['known-hosts', 'uploader.example.com ssh-ed25519', /known-hosts accepts/],
    ['known-hosts', 'uploader.example.com ssh-ed25519 not-base64', /known-hosts accepts/],
    ['known-hosts', '256 SHA256:abc host (ED25519)', /known-hosts accepts/],
  ])('refuse %s %j, naming input, value and what is accepted', (input, value, accepted) => {
    const { errorClass, cause, next } = refusal({ [input]: value })
    expect(errorClass).toBe('input')
    // A bad app also makes a bad destination, which is told after it.
    expect(`${cause} `).toMatch(
      literally(`Input ${input} is ${JSON.stringify(listed.includes(input) ? value.trim() : value)}. `),
    )
    expect(next).toMatch(accepted)
  })

  it.each<[InputName, RegExp]>([
    ['app', /^Input app is required and empty\.$/],
    ['deployment', /^Input deployment is required and empty\.$/],
    ['destination', /^Input destination is required and empty\.$/],
    ['ssh-key', /^Input ssh-key is required and empty\.$/],
  ])('say that an empty %s is required', (input, cause) => {
    const failure = refusal({ [input]: '' })
    expect(failure.errorClass).toBe('input')
    expect(failure.cause).toMatch(cause)
  })

  it('D9 tells why a secret may be empty', () => {
    expect(refusal({ 'ssh-key': ' \n' }).next).toContain('pull requests from forks')
  })

  it('let a plan stand in for the destination', () => {
    expect(settings({ destination: '', plan: '{}' }).destination).toBe('')
  })

  it.each(['app-semicolon;id', 'a\nb', 'a$(id)', 'a`id`', '../a', 'a\u0000'])('A13 A14 refuse the app %j', (app) => {
    expect(refusal({ app })).toMatchObject({ errorClass: 'input', cause: expect.stringContaining(JSON.stringify(app)) })
  })

  it('A17 an exclude cannot hold a line end: it is two excludes', () => {
    expect(settings({ excludes: 'a\n!\r+ .env' }).excludes).toEqual(['a', '!', '+ .env'])
  })

  it('A22 60,000 excludes are accepted', () => {
    expect(settings({ excludes: Array.from({ length: 60_000 }, (_, n) => `x${n}`).join('\n') }).excludes).toHaveLength(
      60_000,
    )
  })

  it('tell every mistake at once', () => {
    const failure = refusal({ app: '', delete: 'maybe', retries: '0', 'known-hosts': '', method: 'ftp' })
    expect(failure.errorClass).toBe('input')
    for (const part of ['Input app is required', '"maybe"', '"0"', 'Neither known-hosts', '"ftp"']) {
      expect(failure.cause).toContain(part)
    }
    for (const part of ['Set app.', 'delete accepts', 'retries accepts', 'method accepts'])
      expect(failure.next).toContain(part)
  })

  it('keep the class of mistakes of one kind, and call a mixture input', () => {
    expect(refusal({ 'ssh-key': 'ssh-ed25519 AAAA' }).errorClass).toBe('key')
    expect(refusal({ destination: 'ssh://host/' }).errorClass).toBe('unsafe')
    expect(refusal({ 'ssh-key': 'ssh-ed25519 AAAA', destination: 'ssh://host/' }).errorClass).toBe('input')
    expect(refusal({ 'ssh-key': 'ssh-ed25519 AAAA', retries: '0' }).errorClass).toBe('input')
  })

  it('never quote the key or the passphrase', () => {
    const secret = 'c2VjcmV0LXNlY3JldA'
    const failure = refusal({ 'ssh-key': `-----BEGIN ${secret}`, 'ssh-key-passphrase': `${secret}2`, retries: '0' })
    expect(wordsOf(failure)).not.toContain(secret)
  })
})

describe('host keys', () => {
  const keys = (overrides: Partial<Record<InputName, string>>) => settings({ 'known-hosts': '', ...overrides }).hostKeys

  it('one of known-hosts and host-key-fingerprint is required', () => {
    const failure = refusal({ 'known-hosts': ' \n' })
    expect(failure.errorClass).toBe('input')
    expect(failure.cause).toContain('Neither known-hosts nor host-key-fingerprint is set')
    expect(failure.next).toContain('ssh-keyscan')
  })

  it('comments alone pin nothing', () => {
    expect(refusal({ 'known-hosts': '# the key will come here' }).cause).toContain('Neither known-hosts')
  })

  it('only the input with the ugly name lifts that', () => {
    expect(keys({ 'insecure-skip-host-key-check': 'true' })).toEqual({ lines: '', fingerprints: [], insecure: true })
  })

  it.each([
    [fingerprint],
    [`${fingerprint}=`],
    [`256 ${fingerprint} root@server (ED25519)`],
    [`  ${fingerprint}\t`],
  ])('take the fingerprint from %j', (line) => {
    expect(keys({ 'host-key-fingerprint': line }).fingerprints).toEqual([fingerprint])
  })

  it('D12 D13 take several fingerprints, one a line', () => {
    const other = `SHA256:${'b/+'.repeat(14)}c`
    expect(keys({ 'host-key-fingerprint': `${fingerprint}\r\n\n${other}\n` }).fingerprints).toEqual([
      fingerprint,
      other,
    ])
  })

  it.each([
    [`${knownHost} a comment`],
    ['[host.example.com]:2222,[192.0.2.1]:2222 ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHA='],
    ['|1|JfKTdBh7rNbXkVAQCRp4OQoPfmI=|USECr3SWf1JUPsms5AqfD5QfxkM= ssh-rsa AAAAB3NzaC1yc2E='],
    ['@cert-authority *.example.com ssh-rsa AAAAB3NzaC1yc2E='],
    ['@revoked host ssh-rsa AAAAB3NzaC1yc2E='],
    ['host sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t'],
  ])('D15 take the known_hosts line %j', (line) => {
    expect(keys({ 'known-hosts': `# pinned in May\r\n${line}\r\n` }).lines).toBe(`# pinned in May\n${line}\n`)
  })

  it('one bad line among good ones is named', () => {
    expect(refusal({ 'known-hosts': `${knownHost}\nhost ssh-rsa` }).cause).toBe('Input known-hosts is "host ssh-rsa".')
  })
})

describe('branches', () => {
  it('are judged alone, before anything else is read', () => {
    expect(parseBranches(rawInputs({ app: '', 'ssh-key': '', branches: ' main \r\n\nreleases/**' }))).toEqual([
      'main',
      'releases/**',
    ])
    expect(failureOf(() => parseBranches(rawInputs({ branches: '[z-a]' }))).errorClass).toBe('input')
  })
})

it('lines end at LF, CRLF or CR', () => {
  expect(parseLines('a\nb\r\nc\rd\n\r\n e ')).toEqual(['a', 'b', 'c', 'd', 'e'])
})

it('what is not one of ours passes through', () => {
  const raw = new Proxy(rawInputs(), {
    get(target, name) {
      if (name === 'delete') throw new TypeError('boom')
      return Reflect.get(target, name)
    },
  })
  expect(() => parseSettings(raw)).toThrow(TypeError)
  expect(() => parseSettings(raw)).not.toThrow(PushError)
})
