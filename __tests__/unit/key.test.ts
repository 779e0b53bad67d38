import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PushError } from '../../src/core/errors.ts'
import { parseKey, unusableKey } from '../../src/core/key.ts'
import { makeKey } from '../support/keys.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { failureOf, keyText, runs, wordsOf } from './samples.ts'

/** A key as ssh-keygen makes it, in a format of its own. */
function made(type: string, format: 'RFC4716' | 'PEM' | 'PKCS8', passphrase = ''): string {
  const path = join(temporaryDirectory('key'), 'key')
  const size = type === 'rsa' ? ['-b', '1024'] : []
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-m', format, '-N', passphrase, '-C', 'me@here', '-f', path])
  return readFileSync(path, 'utf8')
}

/** What ssh-keygen says of a key, as the session asks it. */
function keygen(key: string, passphrase: string): { code: number; stderr: string } {
  const path = join(temporaryDirectory('key'), 'key')
  execFileSync('sh', ['-c', 'umask 077; cat >"$1"', 'sh', path], { input: key })
  try {
    execFileSync('ssh-keygen', ['-y', '-P', passphrase, '-f', path], {
      stdio: 'pipe',
      env: { ...process.env, LC_ALL: 'C' },
    })
    return { code: 0, stderr: '' }
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer }
    return { code: status, stderr: stderr.toString() }
  }
}

const body = keyText.trim().split('\n').slice(1, -1)

describe('a key', () => {
  it.each([
    ['ed25519', 'RFC4716', 'OPENSSH'],
    ['rsa', 'RFC4716', 'OPENSSH'],
    ['rsa', 'PEM', 'RSA'],
    ['rsa', 'PKCS8', ''],
    ['ecdsa', 'PEM', 'EC'],
    ['ecdsa', 'PKCS8', ''],
  ] as const)('of type %s in format %s passes as it is, and however it was pasted', (type, format, label) => {
    const key = made(type, format)
    expect(key).toMatch(new RegExp(`^-----BEGIN ${label === '' ? '' : `${label} `}PRIVATE KEY-----\n`))
    expect(parseKey(key)).toBe(key)
    for (const pasted of [
      key.trimEnd(),
      key.replaceAll('\n', '\r\n'),
      key.replaceAll('\n', '\r\n').trimEnd(),
      key.replaceAll('\n', '\r'),
      `\uFEFF${key}`,
      `\n\n  ${key}\n\n`,
      key.replaceAll('\n', ' \t\n'),
    ]) {
      expect(parseKey(pasted)).toBe(key)
    }
  })

  it.each([
    ['RFC4716', 'ed25519', /BEGIN OPENSSH/],
    ['PEM', 'rsa', /Proc-Type: 4,ENCRYPTED/],
    ['PKCS8', 'rsa', /BEGIN ENCRYPTED PRIVATE KEY/],
  ] as const)('D7 an encrypted one passes: %s', (format, type, sign) => {
    const key = made(type, format, 'secret phrase')
    expect(key).toMatch(sign)
    expect(parseKey(key)).toBe(key)
  })

  it.each<[id: string, text: string, cause: RegExp, next: RegExp]>([
    [
      'D3 a key on one line, by spaces',
      keyText.trim().replaceAll('\n', ' '),
      /all on one line/,
      /line breaks included/,
    ],
    ['D3 a key on one line, by nothing', keyText.replaceAll('\n', ''), /all on one line/, /line breaks included/],
    [
      'D3 a key on one line, by \\n as two characters',
      keyText.replaceAll('\n', '\\n'),
      /all on one line/,
      /line breaks included/,
    ],
    ['D4 a public key', makeKey().publicKey, /public half/, /without \.pub/],
    [
      'D4 a public RSA key with a comment',
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAA me@here',
      /public half/,
      /without \.pub/,
    ],
    ['D4 a public ECDSA key', 'ecdsa-sha2-nistp256 AAAAE2VjZHNh', /public half/, /without \.pub/],
    ['D4 a public key of a token', 'sk-ssh-ed25519@openssh.com AAAAGnNr', /public half/, /without \.pub/],
    [
      'D4 a public key in RFC 4716',
      '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----',
      /public half/,
      /\.pub/,
    ],
    ['D4 a public key in PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /public half/, /\.pub/],
    [
      'D4 a public key in PKCS#1',
      '-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----',
      /public half/,
      /\.pub/,
    ],
    [
      'D5 a PuTTY key',
      'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n',
      /PuTTY/,
      /puttygen key\.ppk -O private-openssh/,
    ],
    ['D5 an old PuTTY key', 'PuTTY-User-Key-File-2: ssh-rsa\r\n', /PuTTY/, /puttygen/],
    ['D9 nothing', '', /does not begin with/, /-----BEGIN/],
    ['D9 white space', ' \r\n\t', /does not begin with/, /-----BEGIN/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /certificate/, /private key/],
    ['a key without its first line', keyText.split('\n').slice(1).join('\n'), /does not begin with/, /-----BEGIN/],
    ['a key without its last line', keyText.split('\n').slice(0, -2).join('\n'), /cut off/, /-----END/],
    ['a key that is cut in its last line', keyText.trim().slice(0, -3), /cut off/, /-----END/],
    ['the first line alone', '-----BEGIN OPENSSH PRIVATE KEY-----', /cut off/, /-----END/],
    ['something after the key', `${keyText}ssh-ed25519 AAAA`, /cut off/, /-----END/],
    ['a key with an ellipsis', keyText.replace(body[0] ?? '', '…'), /characters that no private key has/, /-----BEGIN/],
    ['a key that is indented', keyText.trim().replaceAll('\n', '\n  '), /cut off|characters that no/, /-----BEGIN/],
    ['a key with asterisks', keyText.replace(body[1] ?? '', '***'), /characters that no private key has/, /-----BEGIN/],
    ['a file name', '/home/me/.ssh/id_ed25519', /does not begin with/, /whole private key file/],
    ['an age key', 'AGE-SECRET-KEY-1QQPQ', /does not begin with/, /whole private key file/],
    ['base64 of a key', Buffer.from(keyText).toString('base64'), /does not begin with/, /whole private key file/],
  ])('%s is named', (_, text, cause, next) => {
    const failure = failureOf(() => parseKey(text))
    expect(failure.errorClass).toBe('key')
    expect(failure.cause).toMatch(cause)
    expect(failure.next).toMatch(next)
    expect(failure.evidence).toBe('')
    for (const line of body) expect(wordsOf(failure)).not.toContain(line.slice(0, 12))
  })
})

describe('what ssh-keygen says', () => {
  it('D6 of an encrypted key without a passphrase', () => {
    const { code, stderr } = keygen(made('ed25519', 'RFC4716', 'secret phrase'), '')
    expect(code).not.toBe(0)
    const failure = unusableKey(stderr, false)
    expect(failure).toMatchObject({ errorClass: 'key', cause: 'ssh-key is encrypted and ssh-key-passphrase is empty.' })
    expect(failure.evidence).toMatch(/passphrase/)
    expect(failure.evidence).not.toContain('/')
  })

  it.each(['RFC4716', 'PEM', 'PKCS8'] as const)('D8 of a wrong passphrase: %s', (format) => {
    const { stderr } = keygen(made('rsa', format, 'secret phrase'), 'wrong phrase')
    expect(unusableKey(stderr, true)).toMatchObject({
      errorClass: 'key',
      cause: 'ssh-key-passphrase does not open ssh-key.',
    })
  })

  it('of a key with a hole in it', () => {
    const lines = made('rsa', 'RFC4716').split('\n')
    const damaged = parseKey([...lines.slice(0, 3), ...lines.slice(6)].join('\n'))
    const { code, stderr } = keygen(damaged, '')
    expect(code).not.toBe(0)
    const failure = unusableKey(stderr, false)
    expect(failure.errorClass).toBe('key')
    expect(failure.cause).toContain('damaged')
    expect(failure.evidence).not.toMatch(/^Load key/)
  })

  it('of nothing at all', () => {
    expect(unusableKey('', true)).toMatchObject({ errorClass: 'key', evidence: '' })
  })
})

describe('P8 any key-like text', () => {
  const secret = 'c2VjcmV0c2VjcmV0'
  const part = fc.constantFrom(
    ...['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----'],
    ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', 'Proc-Type: 4,ENCRYPTED', secret, `${secret}==`],
    ...[
      'PuTTY-User-Key-File-3: ',
      'ssh-rsa AAAA',
      '\n',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '\t',
      '…',
      '\u0000',
      '-----',
      '\uFEFF',
    ],
  )

  const some = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(''))
  const text = fc.oneof(
    some,
    fc
      .tuple(some, fc.constantFrom('\n', '\r\n', '\r', ' '))
      .map(
        ([inner, end]) =>
          `-----BEGIN RSA PRIVATE KEY-----${end}${secret}${end}${inner}${end}-----END RSA PRIVATE KEY-----`,
      ),
    fc
      .array(fc.constantFrom(secret, '\n', '\r\n', ' \n', '\t'), { maxLength: 6 })
      .map((inner) => `-----BEGIN PRIVATE KEY-----\n${secret}${inner.join('')}\n-----END PRIVATE KEY-----`),
  )

  it('is refused as a key or comes out clean, and is never shown', () => {
    let accepted = 0
    fc.assert(
      fc.property(text, (pasted) => {
        try {
          const key = parseKey(pasted)
          expect(key).toMatch(/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[^\r]*\n-----END [A-Z ]*PRIVATE KEY-----\n$/)
          expect(parseKey(key)).toBe(key)
          accepted++
        } catch (error) {
          if (!(error instanceof PushError)) throw error
          expect(error.errorClass).toBe('key')
          expect(wordsOf(error)).not.toContain(secret)
        }
      }),
      runs(2000),
    )
    expect(accepted).toBeGreaterThan(20)
  })

  it.each([' ', '\t', '\n', 'A', '-', 'A\n', ' \n', '-----BEGIN '])('is judged quickly, even 20 kB of %j', (filler) => {
    const text = `-----BEGIN PRIVATE KEY-----\n${filler.repeat(20_000 / filler.length)}x`
    const begun = performance.now()
    expect(failureOf(() => parseKey(text)).errorClass).toBe('key')
    expect(performance.now() - begun).toBeLessThan(200)
  })
})
