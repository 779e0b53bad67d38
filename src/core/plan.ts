import { type Destination, formatDestination, formatLogin, type Login, parseDestination } from './destination.js'
import { PushError } from './errors.js'
import { type MethodName, methodNames, type Settings, type Workspace } from './model.js'
import { quote } from './quote.js'
import { fill, type TemplateValues } from './template.js'

/** A step as the inputs or a plan ask for it, before the workspace was looked at. Texts are templates. */
export type DraftStep = DraftUpload | DraftCall

export interface DraftUpload {
  readonly verb: 'upload'
  readonly directory: string
  readonly url: string
  readonly check: boolean
  readonly method: 'auto' | MethodName
  readonly excludes: readonly string[]
  readonly targetBranch: string
}

export interface DraftCall {
  readonly verb: 'call'
  readonly command: string
}

/** A step that can be carried out. */
export type Step = UploadStep | CallStep

export interface UploadStep {
  readonly verb: 'upload'
  /** As the user wrote it, for the plan's JSON. */
  readonly directory: string
  readonly destination: Destination
  readonly workspace: Workspace
  readonly check: boolean
  readonly excludes: readonly string[]
  /** Empty for other methods than git. */
  readonly targetBranch: string
}

export interface CallStep {
  readonly verb: 'call'
  readonly command: string
}

const limits = { bytes: 64 * 1024, depth: 6, steps: 16 } as const

function refuse(cause: string, evidence = '', errorClass: 'input' | 'unsafe' = 'input'): never {
  throw new PushError(
    errorClass,
    `Input plan is refused as a whole: ${cause}`,
    'A plan is {"type":"cmd","data":[["upload",DIR,URL,{…}],["call",COMMAND]]}; docs/plan.md lists what it may hold.',
    { evidence },
  )
}

/** The steps that the inputs alone ask for. */
export function draftFromInputs(settings: Settings): DraftStep[] {
  const upload: DraftUpload = {
    verb: 'upload',
    directory: settings.source,
    url: settings.destination,
    check: false,
    method: settings.method,
    excludes: settings.excludes,
    targetBranch: settings.targetBranch,
  }
  return settings.deployCommand === '' ? [upload] : [upload, { verb: 'call', command: settings.deployCommand }]
}

type Json = unknown

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

function object(value: Json, keys: readonly string[], what: string): Record<string, Json> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${what} is not an object.`)
  const stranger = Object.getOwnPropertyNames(value).find((key) => !keys.includes(key))
  if (stranger !== undefined) refuse(`${what} has the key ${JSON.stringify(stranger)}, which is not known.`)
  return value as Record<string, Json>
}

function text(value: Json, what: string): string {
  if (typeof value !== 'string' || value.trim() === '') refuse(`${what} is not a text.`, JSON.stringify(value))
  if (/[\u0000-\u001f\u007f]/.test(value)) refuse(`${what} holds a control character.`, JSON.stringify(value))
  return value
}

function list(value: Json, what: string): readonly Json[] {
  return Array.isArray(value) ? value : refuse(`${what} is not a list.`)
}

/**
 * A dotCloud plan as steps. Its schema is closed and it can only ask for less than the inputs allow, or it is refused
 * before its first step: excludes add to the inputs', a method must agree with `method`, a host with `destination`.
 * @throws PushError `unsafe`
 */
export function parsePlan(source: string, settings: Settings): DraftStep[] {
  if (Buffer.byteLength(source) > limits.bytes) refuse(`it is larger than ${limits.bytes} bytes.`)
  const plan = object(parseJson(source), ['type', 'data'], 'the plan')
  if (plan['type'] !== 'cmd') refuse('its type is not "cmd".', JSON.stringify(plan['type']))
  const data = list(plan['data'], 'data')
  if (data.length === 0 || data.length > limits.steps)
    refuse(`it has ${data.length} steps, and 1 to ${limits.steps} are accepted.`)
  const steps = data.map((entry, index) => parseStep(list(entry, `step ${index + 1}`), `step ${index + 1}`, settings))
  if (settings.deployCommand === '') return steps
  if (steps.some((step) => step.verb === 'call')) refuse('it has calls of its own, and deploy-command is set too.')
  return [...steps, { verb: 'call', command: settings.deployCommand }]
}

function parseJson(source: string): Json {
  let value: Json
  try {
    value = JSON.parse(source)
  } catch (error) {
    return refuse('it is not JSON.', error instanceof Error ? error.message : '')
  }
  return isDeeper(value, limits.depth) ? refuse(`it is nested deeper than ${limits.depth} levels.`) : value
}

function parseStep(words: readonly Json[], what: string, settings: Settings): DraftStep {
  const [verb, ...args] = words
  if (verb === 'call' && args.length === 1) return { verb, command: text(args[0], `${what}'s command`) }
  if (verb !== 'upload')
    refuse(`${what} is ${JSON.stringify(verb)}, and only "upload" and "call" with one command are accepted.`)
  const [directory, url, options = {}, ...more] = args
  if (more.length > 0) refuse(`${what} has more than a directory, an URL and options.`)
  const {
    check = false,
    force_method: forced,
    rsync,
    hg,
    git,
  } = object(options, ['check', 'force_method', 'rsync', 'hg', 'git'], `${what}'s options`)
  if (typeof check !== 'boolean') refuse(`${what}'s check is neither true nor false.`)
  object(hg ?? {}, [], `${what}'s hg options`)
  const { excludes = [] } = object(rsync ?? {}, ['excludes'], `${what}'s rsync options`)
  const { branch } = object(git ?? {}, ['branch'], `${what}'s git options`)
  return {
    verb,
    directory: text(directory, `${what}'s directory`),
    url: text(url, `${what}'s URL`),
    check,
    method: chooseMethod(forced, settings, what),
    excludes: [
      ...new Set([
        ...settings.excludes,
        ...list(excludes, `${what}'s excludes`).map((each) => text(each, `${what}'s exclude`)),
      ]),
    ],
    targetBranch: chooseBranch(branch, settings, what),
  }
}

function chooseMethod(forced: Json, settings: Settings, what: string): 'auto' | MethodName {
  if (forced === undefined) return settings.method
  const method =
    methodNames.find((name) => name === forced) ?? refuse(`${what}'s force_method is ${JSON.stringify(forced)}.`)
  if (settings.method !== 'auto' && settings.method !== method) {
    refuse(`${what} asks for ${method}, and input method allows only ${settings.method}.`, '', 'unsafe')
  }
  return method
}

function chooseBranch(branch: Json, settings: Settings, what: string): string {
  if (branch === undefined) return settings.targetBranch
  const name = text(branch, `${what}'s branch`)
  if (settings.targetBranch !== '{branch}' && settings.targetBranch !== name) {
    refuse(
      `${what} asks for the branch ${name}, and input target-branch allows only ${settings.targetBranch}.`,
      '',
      'unsafe',
    )
  }
  return name
}

/** An upload with its templates filled in from the workspace that was found. */
export function resolveUpload(draft: DraftUpload, workspace: Workspace, values: TemplateValues): UploadStep {
  const { verb, directory, check, excludes } = draft
  return {
    verb,
    directory,
    check,
    excludes,
    workspace,
    destination: parseDestination('destination', draft.url, values),
    targetBranch: workspace.method === 'git' ? fill('target-branch', draft.targetBranch, values) : '',
  }
}

/** A call with its templates filled in, each value as one word of a POSIX shell. */
export function resolveCall(draft: DraftCall, values: TemplateValues): CallStep {
  return { verb: 'call', command: fill('deploy-command', draft.command, values, quote) }
}

/**
 * The one login that a plan is carried out with: its uploads', or without one the input's.
 * @throws PushError `unsafe` when its uploads lead to different ones, or to another one than the input
 */
export function loginOf(steps: readonly Step[], destination: Destination | undefined): Login {
  const uploads = steps.flatMap((step) => (step.verb === 'upload' ? [step.destination] : []))
  const login = uploads[0] ?? destination ?? refuse('it names no destination to call at.')
  const other = [destination, ...uploads].find((each) => each !== undefined && formatLogin(each) !== formatLogin(login))
  if (other !== undefined) {
    refuse(`it leads to ${formatLogin(login)}, and ${formatLogin(other)} was named too.`, '', 'unsafe')
  }
  return login
}

/** The plan in dotCloud's JSON, which input `plan` takes back. */
export function formatPlan(steps: readonly Step[]): string {
  return JSON.stringify({ type: 'cmd', data: steps.map(formatStep) })
}

function formatStep(step: Step): readonly Json[] {
  if (step.verb === 'call') return ['call', step.command]
  const { method } = step.workspace
  const options = {
    ...(step.check ? { check: true } : {}),
    force_method: method,
    ...(method === 'rsync' ? { rsync: { excludes: step.excludes } } : {}),
    ...(method === 'git' ? { git: { branch: step.targetBranch } } : {}),
  }
  return ['upload', step.directory, formatDestination(step.destination), options]
}
