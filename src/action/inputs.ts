import { getInput, setSecret } from '@actions/core'
import { inputs } from '../core/inputs.js'
import type { Given } from '../core/model.js'

/** Shorter lines of a key are no secret, and masking them would blot out half the log. */
const shortestMask = 16

/**
 * The inputs that the workflow sets; what is secret is masked before anything else happens. The runner hands over the
 * default of an input that is not set, so one that is set to its default counts as not set.
 */
export function readInputs(): Given {
  maskKey(getInput('ssh-key'))
  mask(getInput('ssh-key-passphrase', { trimWhitespace: false }))
  const entries = inputs.flatMap(({ name, default: standard }) => {
    const value = getInput(name, { trimWhitespace: name !== 'ssh-key-passphrase' })
    return value === standard ? [] : [[name, value] as const]
  })
  return Object.fromEntries(entries)
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
