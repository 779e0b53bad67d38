import { checkPatterns } from './branches.js'
import { parseDestination, parseJump } from './destination.js'
import { combine, PushError } from './errors.js'
import { type InputName, inputs } from './inputs.js'
import { parseKey } from './key.js'
import { type DeleteLimit, type HostKeys, methodNames, type RawInputs, type Settings } from './model.js'
import { fill, type TemplateValues } from './template.js'

/** What each input is when nobody sets it. */
export const defaults = Object.fromEntries(inputs.map((input) => [input.name, input.default])) as RawInputs

/** Inputs in a file, at the top of the workspace. */
export const configFile = 'dotcloud-push.yml'

/**
 * What never leaves the workspace by rsync unless `includes` lifts it: version control, files in which secrets live,
 * and our own configuration.
 */
export const builtInExcludes = [
  '.git',
  '.hg',
  '.svn',
  '.env*',
  '*.pem',
  'id_*',
  '.npmrc',
  '.netrc',
  '.ssh',
  '.aws',
  // It tells a web root's visitors where it is pushed from.
  configFile,
] as const

/** @throws PushError `input` with the input's name, the value and what is accepted */
function refuse(input: InputName, value: string, accepted: string): never {
  throw new PushError('input', `Input ${input} is ${JSON.stringify(value)}.`, `${input} accepts ${accepted}.`)
}

/** The lines of a list input, without blank ones. */
export function parseLines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export function parseName(input: InputName, text: string): string {
  if (text === '') throw new PushError('input', `Input ${input} is required and empty.`, `Set ${input}.`)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)) {
    refuse(input, text, 'a letter or digit, then up to 127 letters, digits, ".", "_" and "-"')
  }
  return text
}

export function parseBoolean(input: InputName, text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  return refuse(input, text, 'true or false')
}

export function parseChoice<Choice extends string>(input: InputName, text: string, choices: readonly Choice[]): Choice {
  return choices.find((choice) => choice === text) ?? refuse(input, text, choices.join(', '))
}

/** A whole number from 1 to `most`. */
export function parseCount(input: InputName, text: string, unit: string, most: number): number {
  const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= most ? number : refuse(input, text, `a whole number of ${unit} from 1 to ${most}`)
}

export function parseDeleteLimit(text: string): DeleteLimit {
  const [, digits = '', percent] = /^([0-9]{1,9})(%?)$/.exec(text) ?? []
  if (digits !== '' && percent === '') return { count: Number(digits) }
  if (digits !== '' && Number(digits) <= 100) return { percent: Number(digits) }
  return refuse('max-delete', text, 'a number of files, or a percentage from 0% to 100%')
}

/** rsync patterns, one a line. A pattern is only ever a pattern: no prefix makes it a rule of another kind. */
export function parsePatterns(input: InputName, text: string): string[] {
  const patterns = parseLines(text)
  const bad = patterns.find((pattern) => /[\u0000-\u001f\u007f]/.test(pattern))
  if (bad !== undefined) refuse(input, bad, 'patterns without control characters, one a line')
  return patterns
}

function parseIncludes(text: string): string[] {
  const includes = parsePatterns('includes', text)
  for (const name of includes) {
    const lifted = builtInExcludes.some((pattern) => matchesName(pattern, name))
    if (!lifted) refuse('includes', name, `names that are excluded without being asked: ${builtInExcludes.join(' ')}`)
  }
  return includes
}

export function matchesName(pattern: string, name: string): boolean {
  if (pattern === name) return true
  if (/[/*?[\]]/.test(name)) return false
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1))
  return pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))
}

export function parseFingerprints(text: string): string[] {
  return parseLines(text).map((line) => {
    const fingerprint = /(?:^|\s)(SHA256:[A-Za-z0-9+/]{43})=?(?:\s|$)/.exec(line)?.[1]
    return fingerprint ?? refuse('host-key-fingerprint', line, 'SHA256:… as ssh-keygen -lf prints it, one a line')
  })
}

export function parseKnownHosts(text: string): string {
  const lines = parseLines(text)
  const marked = /^(@cert-authority|@revoked)\s+/
  for (const line of lines.filter((each) => !each.startsWith('#'))) {
    const fields = line.replace(marked, '').split(/\s+/)
    if (
      fields.length < 3 ||
      !/^(ssh-|ecdsa-|sk-)/.test(fields[1] ?? '') ||
      !/^AAAA[A-Za-z0-9+/]+=*$/.test(fields[2] ?? '')
    ) {
      refuse('known-hosts', line, 'lines of a known_hosts file: host, key type, key')
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}

function parseHostKeys(raw: RawInputs): HostKeys {
  const insecure = parseBoolean('insecure-skip-host-key-check', raw['insecure-skip-host-key-check'])
  const lines = parseKnownHosts(raw['known-hosts'])
  const fingerprints = parseFingerprints(raw['host-key-fingerprint'])
  if (!insecure && !/^[^#]/m.test(lines) && fingerprints.length === 0) {
    throw new PushError(
      'input',
      'Neither known-hosts nor host-key-fingerprint is set, so the server cannot be told from an impostor.',
      "Set known-hosts to the line that the server's owner gives you; `ssh-keyscan HOST` prints candidates, to be compared with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the server.",
    )
  }
  return { lines, fingerprints, insecure }
}

function parseSshKey(text: string): string {
  if (text.trim() !== '') return parseKey(text)
  throw new PushError(
    'input',
    'Input ssh-key is required and empty.',
    'Set the secret. GitHub gives no secrets to pull requests from forks and to Dependabot: do not deploy on those events.',
  )
}

function parseDeployCommand(text: string, sample: TemplateValues): string {
  const command = text.trim()
  if (/[\u0000-\u001f\u007f]/.test(command)) {
    refuse('deploy-command', command, 'one line; join commands with && or put them into a script on the server')
  }
  fill('deploy-command', command, sample)
  return command
}

function parseDestinationInput(raw: RawInputs, sample: TemplateValues): string {
  const text = raw.destination.trim()
  if (text !== '') parseDestination('destination', text, sample)
  else if (raw.plan.trim() === '') {
    throw new PushError(
      'input',
      'Input destination is required and empty.',
      'Set destination, or a plan that names it.',
    )
  }
  return text
}

// Templates are judged before branch and commit are known: with stand-ins that every rule accepts.
function sampleValues(raw: RawInputs): TemplateValues {
  return { app: raw.app || 'app', deployment: raw.deployment || 'default', branch: 'main', sha: '0'.repeat(40) }
}

function parseTargetBranch(text: string, sample: TemplateValues): string {
  if (text === '' || /[{}]/.test(fill('target-branch', text, sample)))
    refuse('target-branch', text, 'a branch name or a template such as {branch}')
  return text
}

/**
 * All inputs, judged. Every mistake is told at once, before anything is connected to.
 * @throws PushError naming each input, its value and what is accepted
 */
export function parseSettings(raw: RawInputs): Settings {
  const { settings, mistakes } = judgeSettings(raw)
  const problem = combine(mistakes)
  if (problem !== undefined) throw problem
  return settings
}

/** All inputs with their mistakes; what could not be accepted is empty, or the least that its type allows. */
export function judgeSettings(raw: RawInputs): { settings: Settings; mistakes: readonly PushError[] } {
  const mistakes: PushError[] = []
  function attempt<Value>(parse: () => Value, otherwise: Value): Value {
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof PushError)) throw error
      mistakes.push(error)
      return otherwise
    }
  }
  const flag = (input: InputName) => attempt(() => parseBoolean(input, raw[input]), false)
  const count = (input: InputName, unit: string, most: number) =>
    attempt(() => parseCount(input, raw[input], unit, most), 1)
  const patterns = (input: InputName) => attempt(() => parsePatterns(input, raw[input]), [])
  const sample = sampleValues(raw)

  const settings: Settings = {
    app: attempt(() => parseName('app', raw.app), ''),
    deployment: attempt(() => parseName('deployment', raw.deployment), ''),
    destination: attempt(() => parseDestinationInput(raw, sample), ''),
    key: attempt(() => parseSshKey(raw['ssh-key']), ''),
    passphrase: raw['ssh-key-passphrase'],
    hostKeys: attempt(() => parseHostKeys(raw), { lines: '', fingerprints: [], insecure: false }),
    proxyJump: attempt(
      () => (raw['proxy-jump'] === '' ? undefined : parseJump('proxy-jump', raw['proxy-jump'], sample)),
      undefined,
    ),
    source: raw.source === '' ? '.' : raw.source,
    method: attempt(() => parseChoice('method', raw.method, ['auto', ...methodNames]), 'auto'),
    excludes: patterns('excludes'),
    includes: attempt(() => parseIncludes(raw.includes), []),
    protect: patterns('protect'),
    delete: flag('delete'),
    maxDelete: attempt(() => parseDeleteLimit(raw['max-delete']), { count: 0 }),
    adopt: flag('adopt'),
    targetBranch: attempt(() => parseTargetBranch(raw['target-branch'], sample), ''),
    force: flag('force'),
    shallow: attempt(() => parseChoice('shallow', raw.shallow, ['auto', 'snapshot', 'fail']), 'auto'),
    deployCommand: attempt(() => parseDeployCommand(raw['deploy-command'], sample), ''),
    plan: raw.plan.trim(),
    dryRun: flag('dry-run'),
    doctor: flag('doctor'),
    verify: attempt(() => parseChoice('verify', raw.verify, ['auto', 'full']), 'full'),
    allowUntrustedEvent: flag('insecure-allow-untrusted-event'),
    connectTimeout: count('connect-timeout', 'seconds', 600),
    idleTimeout: count('idle-timeout', 'seconds', 86_400),
    timeout: 60 * count('timeout', 'minutes', 1440),
    retries: count('retries', 'attempts', 20),
  }
  return { settings, mistakes }
}

/** The branch filter, judged on its own: it is asked before anything else is read. */
export function parseBranches(raw: RawInputs): string[] {
  const branches = parseLines(raw.branches)
  checkPatterns(branches)
  return branches
}
