import { PushError } from './errors.js'

const howToFix =
  'Put the whole private key file into the secret, from its -----BEGIN line to its -----END line, line breaks included.'

interface Mistake {
  readonly sign: RegExp
  readonly cause: string
  readonly next: string
}

/** What people paste instead of a private key; the first sign that fits names the mistake. */
const mistakes: readonly Mistake[] = [
  {
    sign: /^PuTTY-User-Key-File-/,
    cause: 'ssh-key is a PuTTY key (.ppk), which OpenSSH cannot read.',
    next: 'Convert it: puttygen key.ppk -O private-openssh -o key, and put the result into the secret.',
  },
  {
    sign: /^(ssh-|ecdsa-|sk-)\S+ +AAAA|^-+ ?BEGIN (SSH2 |RSA )?PUBLIC KEY/,
    cause: 'ssh-key is the public half of a key.',
    next: 'Put the private half into the secret: the file without .pub.',
  },
  {
    sign: /^-----BEGIN CERTIFICATE/,
    cause: 'ssh-key is a certificate, not a private key.',
    next: howToFix,
  },
  {
    sign: /^(?!-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----)/,
    cause: 'ssh-key does not begin with a -----BEGIN … PRIVATE KEY----- line.',
    next: howToFix,
  },
  {
    sign: /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?!\n)(?=.)/,
    cause: 'ssh-key is all on one line.',
    next: howToFix,
  },
  {
    sign: /^(?![\s\S]*\n-----END [A-Z0-9 ]*PRIVATE KEY-----$)/,
    cause: 'ssh-key is cut off: it has no -----END … PRIVATE KEY----- line at its end.',
    next: howToFix,
  },
  {
    sign: /^-----BEGIN [^\n]*\n(?![A-Za-z0-9+/=\n]+\n-----END|[A-Za-z0-9-]+: )/,
    cause: 'ssh-key holds characters that no private key has.',
    next: howToFix,
  },
]

/**
 * The key as ssh reads it: line ends mended, one newline at the end.
 * @throws PushError `key` that names the mistake and never quotes the key
 */
export function parseKey(text: string): string {
  const lines = text.trim().split(/\r\n|\r|\n/)
  const key = lines.map((line) => line.trimEnd()).join('\n')
  const mistake = mistakes.find(({ sign }) => sign.test(key))
  if (mistake !== undefined) throw new PushError('key', mistake.cause, mistake.next)
  return `${key}\n`
}

/** What `ssh-keygen -y` said of a key that looked right, as a failure. */
export function unusableKey(stderr: string, passphraseGiven: boolean): PushError {
  const evidence =
    stderr
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^Load key "[^"]*": /, '') ?? ''
  if (!/passphrase/i.test(stderr)) {
    return new PushError('key', 'ssh-key is damaged: ssh-keygen cannot read it.', howToFix, { evidence })
  }
  return passphraseGiven
    ? new PushError(
        'key',
        'ssh-key-passphrase does not open ssh-key.',
        'Check the passphrase for a missing or an added character.',
        { evidence },
      )
    : new PushError(
        'key',
        'ssh-key is encrypted and ssh-key-passphrase is empty.',
        'Set ssh-key-passphrase, or better: use a key for this deployment alone, without a passphrase.',
        { evidence },
      )
}
