import { PushError } from '../../src/core/errors.ts'
import { type InputName, inputs } from '../../src/core/inputs.ts'
import type { RawInputs, Report, Settings, Workspace } from '../../src/core/model.ts'
import { parseSettings } from '../../src/core/settings.ts'

/** Looks like a private key from outside; ssh would not take it. */
export const keyText = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACB7
-----END OPENSSH PRIVATE KEY-----
`

export const fingerprint = `SHA256:${'A'.repeat(43)}`

export const knownHost =
  'uploader.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJj5vFDqXnZHVkmnyW3IumhIqXNZ6fUhyHT1b7JLEqI'

/** Inputs as a front reads them: the defaults of action.yml, the three that must be given, and the overrides. */
export function rawInputs(overrides: Partial<Record<InputName, string>> = {}): RawInputs {
  const defaults = Object.fromEntries(inputs.map(({ name, default: value }) => [name, value])) as Record<
    InputName,
    string
  >
  return {
    ...defaults,
    app: 'hello',
    'ssh-key': keyText,
    'known-hosts': knownHost,
    destination: 'ssh://dotcloud@uploader.example.com:21122/{app}',
    ...overrides,
  }
}

export function settings(overrides: Partial<Record<InputName, string>> = {}): Settings {
  return parseSettings(rawInputs(overrides))
}

/** The failure of something that must fail with one of ours. */
export function failureOf(act: () => unknown): PushError {
  try {
    act()
  } catch (error) {
    if (error instanceof PushError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

/** Every word that a user would see of a failure. */
export function wordsOf({ cause, evidence, next, message }: PushError): string {
  return [message, cause, evidence, next].join('\n')
}

export function workspace(overrides: Partial<Workspace> = {}): Workspace {
  return {
    root: '/work',
    isFile: false,
    method: 'rsync',
    reason: 'neither .hg nor .git is there',
    git: undefined,
    hg: undefined,
    branch: 'main',
    sha: 'a'.repeat(40),
    ...overrides,
  }
}

export function report(overrides: Partial<Report> = {}): Report {
  return {
    result: 'deployed',
    failedStage: '',
    failure: undefined,
    uploaded: true,
    app: 'hello',
    method: 'rsync',
    reason: 'neither .hg nor .git is there',
    destination: 'ssh://dotcloud@uploader.example.com:21122/hello',
    ref: 'main',
    targetRef: '',
    revision: 'a'.repeat(40),
    previousRevision: 'b'.repeat(40),
    changes: [
      { kind: 'added', path: 'new.html', size: 12 },
      { kind: 'changed', path: 'index.html', size: 34 },
      { kind: 'added', path: 'assets/', size: 4096 },
      { kind: 'deleted', path: 'old.html', size: 0 },
    ],
    repository: '',
    url: '',
    commits: [],
    commitCount: 0,
    guards: [],
    bytesToSend: undefined,
    bytesSent: 4321,
    deployExitCode: 0,
    hostKeyFingerprint: fingerprint,
    seconds: 2.3456,
    stages: [
      { name: 'settings', seconds: 0.04 },
      { name: 'connect', seconds: 0.5 },
      { name: 'push', seconds: 1.2 },
      { name: 'deploy', seconds: 0.61 },
    ],
    plan: '{"type":"cmd","data":[["call","deploy hello.default"]]}',
    said: [],
    tail: ['Building', 'live'],
    ...overrides,
  }
}

/** How often a property is tried: here as often as a quick suite can afford, at night by PROPERTY_RUNS. */
export const runs = (usual: number) => ({ numRuns: Number(process.env['PROPERTY_RUNS'] ?? usual) })

/** The same for a property that starts programs and tries many values at once: a twentieth at night, no shrinking. */
export const processRuns = (usual: number) => ({
  numRuns: Math.ceil(Number(process.env['PROPERTY_RUNS'] ?? usual * 20) / 20),
  endOnFailure: true,
})
