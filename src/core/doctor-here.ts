import { isolation, oldest as oldestHg } from '../methods/hg.js'
import { oldest as oldestRsync } from '../methods/rsync.js'
import { gate } from './branches.js'
import { formatDestination, type Login, parseDestination } from './destination.js'
import { explain, type Failure, PushError } from './errors.js'
import { guardEvent } from './event.js'
import { type Finding, fault, ok, skipped, warning } from './finding.js'
import type { Command, Host, MethodName, RawInputs, Settings } from './model.js'
import type { Step } from './plan.js'
import { planSteps } from './planning.js'
import { preflight } from './push.js'
import { judgeSettings, parseBranches } from './settings.js'
import { branchOf, checkedOutRef } from './workspace.js'

/** The inputs as far as they can be used, and what was found. */
export interface Judged {
  readonly settings: Settings
  readonly findings: readonly Finding[]
  /** What the text of the key is mistaken for: a matter of the check of the key. */
  readonly badKey: Failure | undefined
}

export async function judgeInputs(raw: RawInputs, host: Host): Promise<Judged> {
  const { settings, mistakes } = judgeSettings(raw)
  const badKey = mistakes.find(({ errorClass }) => errorClass === 'key')
  const findings = mistakes.filter((mistake) => mistake !== badKey).map((mistake) => fault('inputs', mistake))
  try {
    guardEvent(host.context.event, settings.allowUntrustedEvent)
    const filter = parseBranches(raw)
    const ref = filter.length === 0 ? undefined : (host.context.ref ?? (await checkedOutRef(raw.source, host)))
    const { open, reason } = gate(filter, ref)
    if (!open) {
      const next = 'Nothing, if that is meant.'
      findings.push(warning('inputs', { cause: `A push from here would be skipped: ${reason}.`, evidence: '', next }))
    }
  } catch (error) {
    findings.push(fault('inputs', explain(error)))
  }
  return { settings, findings: findings.length === 0 ? [ok('inputs', 'all are accepted')] : findings, badKey }
}

/** What a push would carry out, as far as that can be said from here. */
export interface Outlook {
  readonly steps: readonly Step[]
  /** Undefined when no destination can be made out. */
  readonly login: Login | undefined
  readonly findings: readonly Finding[]
  /** Why a mirror may not go to the destination as it is written. */
  readonly unsafe: Failure | undefined
}

/** The workspace, the method and the programs that it needs here. */
export async function lookHere(settings: Settings, host: Host): Promise<Outlook> {
  if (settings.destination === '' && settings.plan === '') {
    const findings = [skipped('workspace', 'no destination is known'), ...(await judgeTools([], settings, host))]
    return { steps: [], login: undefined, findings, unsafe: undefined }
  }
  const planned = await attempt(() => planSteps(settings, host))
  if ('failure' in planned) {
    const findings = [fault('workspace', planned.failure), ...(await judgeTools([], settings, host))]
    return { steps: [], login: bareLogin(settings, host), findings, unsafe: undefined }
  }
  const { steps, login } = planned.value
  const methods = steps.flatMap((step) => (step.verb === 'upload' ? [step.workspace.method] : []))
  const tools = await judgeTools(methods, settings, host)
  const sound = tools.every(({ verdict }) => verdict !== 'fault')
  const refused = sound ? await attempt(() => preflight(steps, settings, host)) : undefined
  const failure = refused !== undefined && 'failure' in refused ? refused.failure : undefined
  const unsafe = failure?.errorClass === 'unsafe' ? failure : undefined
  const workspace = failure === undefined || unsafe !== undefined ? describeSteps(steps) : [fault('workspace', failure)]
  return { steps, login, findings: [...workspace, ...tools], unsafe }
}

async function attempt<Value>(act: () => Promise<Value>): Promise<{ value: Value } | { failure: Failure }> {
  try {
    return { value: await act() }
  } catch (error) {
    return { failure: explain(error) }
  }
}

function describeSteps(steps: readonly Step[]): Finding[] {
  const uploads = steps.filter((step) => step.verb === 'upload')
  if (uploads.length === 0) return [skipped('workspace', 'the plan pushes nothing')]
  return uploads.map(({ directory, destination, workspace: { method, reason, sha } }) =>
    ok(
      'workspace',
      `${directory} goes to ${formatDestination(destination)} by ${method}: ${reason}${sha === undefined ? '' : `; revision ${sha.slice(0, 12)}`}`,
    ),
  )
}

/** Where to connect to although there is nothing to push. */
function bareLogin({ destination, app, deployment }: Settings, { context }: Host): Login | undefined {
  if (destination === '') return undefined
  const values = { app, deployment, branch: branchOf(context.ref) ?? context.headBranch, sha: context.sha }
  try {
    return parseDestination('destination', destination, values)
  } catch {
    return undefined
  }
}

export type ToolName = 'ssh' | MethodName

interface Tool {
  readonly args: readonly string[]
  readonly version: RegExp
  readonly oldest: readonly [number, number]
  readonly env?: Readonly<Record<string, string>>
}

const any = [0, 0] as const

const tools: Readonly<Record<ToolName, Tool>> = {
  ssh: { args: ['-V'], version: /^OpenSSH\D*(\d+)\.(\d+)/m, oldest: any },
  git: { args: ['--version'], version: /^git version (\d+)\.(\d+)/, oldest: any },
  hg: { args: ['version', '--quiet'], version: /(\d+)\.(\d+)/, oldest: oldestHg, env: isolation },
  rsync: { args: ['--version'], version: /^rsync +version v?(\d+)\.(\d+)/, oldest: oldestRsync },
}

/** Before it, ssh cannot be given a fingerprint to trust. */
const oldestForFingerprints = [8, 5] as const

async function judgeTools(methods: readonly MethodName[], settings: Settings, host: Host): Promise<Finding[]> {
  const names = ['ssh', ...new Set(methods)] as const
  const keygen = host.runner.find('ssh-keygen')
  const judged = await attempt(async () => [await keygen, ...(await Promise.all(names.map(judge)))].slice(1).join(', '))
  return ['failure' in judged ? fault('tools', judged.failure) : ok('tools', judged.value)]

  async function judge(name: ToolName): Promise<string> {
    const { version, ...tool } = tools[name]
    const oldest = name === 'ssh' && settings.hostKeys.fingerprints.length > 0 ? oldestForFingerprints : tool.oldest
    const said = await versionOf(name, host)
    const [, major = '', minor = ''] = version.exec(said) ?? []
    const [first, second] = oldest
    const known = major !== '' && (Number(major) > first || (Number(major) === first && Number(minor) >= second))
    if (known || oldest === any) return said
    throw tooOld(name, oldest, said)
  }
}

/** What a program says of its version. @throws PushError when it is missing, or lies inside the workspace */
export async function versionOf(name: ToolName, { runner, context }: Host): Promise<string> {
  const { args, env } = tools[name]
  await runner.find(name)
  // Not in the workspace, whose own settings an old program would read.
  const command: Command = { label: `${name} version`, file: name, args, cwd: context.temp, ...(env && { env }) }
  const { stdout, stderr } = await runner.capture(command)
  return (stdout.trim() || stderr.trim()).split('\n')[0] ?? ''
}

function tooOld(name: ToolName, oldest: readonly [number, number], evidence: string): PushError {
  const wanted = `${name === 'ssh' ? 'OpenSSH' : name} ${oldest.join('.')}`
  return new PushError(
    'input',
    `This machine's ${name} is not ${wanted} or newer${name === 'ssh' ? ', which host-key-fingerprint needs' : ''}.`,
    name === 'ssh' ? 'Pin the host by known-hosts instead.' : `Install ${wanted} or newer.`,
    { evidence },
  )
}
