import { getInput, setSecret } from '@actions/core'
import { type InputName, inputs } from '../core/inputs.js'
import type { RawInputs } from '../core/model.js'

/** Shorter lines of a key are no secret, and masking them would blot out half the log. */
const shortestMask = 16

/** Reads every input; what is secret is masked before anything else happens. */
export function readInputs(): RawInputs {
  maskKey(getInput('ssh-key'))
  mask(getInput('ssh-key-passphrase', { trimWhitespace: false }))
  const entries = inputs.map(({ name }) => [name, getInput(name, { trimWhitespace: name !== 'ssh-key-passphrase' })])
  return Object.fromEntries(entries) as Record<InputName, string>
}

function maskKey(key: string): void {
  mask(key)
  mask(Buffer.from(key).toString('base64'))
  for (const line of key.split(/\r\n|\r|\n/)) {
    if (line.trim().length >= shortestMask && !/^-----/.test(line)) mask(line.trim())
  }
}

function mask(secret: string): void {
  if (secret.trim() !== '') setSecret(secret)
}
