import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary.ts'

export type KeyType = 'ed25519' | 'rsa' | 'ecdsa'

export interface KeyPair {
  readonly privateKey: string
  /** `type base64`, without a comment. */
  readonly publicKey: string
  /** `SHA256:…` as ssh shows it. */
  readonly fingerprint: string
}

const hostKeys = new Map<string, KeyPair>()

/** A fresh key pair in OpenSSH's format. */
export function makeKey(type: KeyType = 'ed25519', passphrase = ''): KeyPair {
  const path = join(temporaryDirectory('key'), 'key')
  const size = type === 'rsa' ? ['-b', '2048'] : []
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', passphrase, '-C', '', '-f', path])
  const publicKey = readFileSync(`${path}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ')
  return { privateKey: readFileSync(path, 'utf8'), publicKey, fingerprint: fingerprint(publicKey) }
}

/** The host key of one identity: made once in this process, as an RSA key takes its time. */
export function hostKey(identity: string, type: KeyType): KeyPair {
  const name = `${identity} ${type}`
  const key = hostKeys.get(name) ?? makeKey(type)
  hostKeys.set(name, key)
  return key
}

/** Writes a private key where ssh and sshd accept it. */
export function writeKey(path: string, { privateKey }: KeyPair): string {
  writeFileSync(path, privateKey, { mode: 0o600 })
  chmodSync(path, 0o600)
  return path
}

export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}
