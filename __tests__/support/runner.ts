import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { type Command, commandParser, splitLines } from './commands.ts'
import { parseFileCommands } from './fileCommands.ts'
import { type Ended, type Launched, launch, type NodeVersion, nodeBinary, root } from './launch.ts'
import { end, processesWith } from './processes.ts'
import type { Server } from './sshd.ts'
import { atEnd, temporaryDirectory } from './temporary.ts'

export interface ActionOptions {
  /** GITHUB_WORKSPACE, and the directory the action starts in; an empty one by default. */
  readonly workspace?: string
  /** The folder with `main/index.js` and `post/index.js`; `action.yml` lies beside it. Ours by default. */
  readonly dist?: string
  /** By default what `action.yml` names: node24. */
  readonly node?: NodeVersion
  /** The last name of a fresh RUNNER_TEMP, which may hold a space. */
  readonly tempName?: string
  /** Directories that steps of one job share; fresh ones by default. */
  readonly temp?: string
  readonly home?: string
  readonly ref?: string
  readonly sha?: string
  readonly eventName?: string
  /** The webhook's payload, at GITHUB_EVENT_PATH. */
  readonly event?: unknown
  /** Sets or (with undefined) removes variables; has the last word. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Values of secrets, masked from the first line on. */
  readonly secrets?: readonly string[]
  /** Whether the post step follows at once; true by default. */
  readonly post?: boolean
  /** Seconds that each half may take; 60 by default. */
  readonly limit?: number
}

/** What the runner knows of a step when it is over. */
export interface Step {
  /** 128 and the signal's number, when a signal ended it. */
  readonly code: number
  /** Both streams by line, as a reader of the job's log sees them: masked, and without the `add-mask` lines. */
  readonly log: string
  /** Both streams by line, with everything. */
  readonly raw: string
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  readonly summary: string
  /** What the step left in GITHUB_ENV and GITHUB_PATH for the steps after it. */
  readonly environment: Readonly<Record<string, string>>
  readonly path: readonly string[]
  readonly commands: readonly Command[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  readonly notices: readonly string[]
  readonly masks: readonly string[]
  /** Of the post step: empty and undefined until it ran. */
  readonly postLog: string
  readonly postCode: number | undefined
  readonly postCommands: readonly Command[]
  readonly seconds: number
  readonly temp: string
  readonly home: string
  /** Everything below RUNNER_TEMP and HOME now, but for the file that the output `report` names (and its folder). */
  leftovers(): string[]
  /** Processes of this step that are still alive, as the runner would find its orphans. */
  orphans(): number[]
  /** The parsed report. */
  report(): unknown
  /** Runs the post step now; `state` may be tampered with. */
  post(state?: Readonly<Record<string, string>>): Promise<Step>
}

export interface RunningStep {
  readonly pid: number
  readonly temp: string
  readonly home: string
  waitFor(pattern: RegExp | string): Promise<void>
  /** Signals the entry process alone, as the runner does when a job is cancelled (SIGINT, then SIGTERM, then SIGKILL). */
  kill(signal?: NodeJS.Signals): void
  readonly done: Promise<Step>
}

export type Inputs = Readonly<Record<string, string>>

/** The inputs of a push to `app` in the account's home. */
export const inputsFor = (server: Server, more: Inputs = {}): Inputs => ({
  app: 'app',
  destination: server.destination('app'),
  'ssh-key': server.privateKey,
  'known-hosts': server.knownHosts,
  ...more,
})

/** Runs the committed bundle as the runner runs a JavaScript action: main, then post. */
export function runAction(inputs: Inputs, options: ActionOptions = {}): Promise<Step> {
  return startAction(inputs, options).done
}

export function startAction(inputs: Inputs, options: ActionOptions = {}): RunningStep {
  const actionFile = join(dirname(options.dist ?? ourDist), 'action.yml')
  const job = makeJob(options, (github) => inputVariables(inputs, actionFile, github))
  const main = runHalf(job, bundle(job, 'main'), {}, options.secrets ?? [])
  const done = finish(job, main)
  done.catch(() => {})
  return { ...main.launched, temp: job.temp, home: job.home, done }
}

/** Runs a `run:` step, by default with `bash -e`. */
export function runScript(script: string, options: ActionOptions = {}, shell = ['bash', '-e']): Promise<Step> {
  const file = join(temporaryDirectory('script'), 'script.sh')
  writeFileSync(file, script)
  const job = makeJob({ ...options, post: false }, () => ({}))
  return finish(job, runHalf(job, [...shell, file], {}, options.secrets ?? []))
}

export interface CliOptions {
  readonly cwd?: string
  /** Added to PATH, a fresh HOME and a fresh TMPDIR; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
  readonly dist?: string
  readonly node?: NodeVersion
  readonly limit?: number
}

/** Runs the command line's bundle to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  return startCli(args, options).done
}

export function startCli(args: readonly string[], options: CliOptions = {}): Launched {
  const home = temporaryDirectory('home')
  const script = join(options.dist ?? ourDist, 'cli', 'index.js')
  return launch(nodeBinary(options.node ?? 'current'), [script, ...args], {
    cwd: options.cwd ?? home,
    env: withOverrides({ ...machine(home), TMPDIR: temporaryDirectory('tmp') }, options.env),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    limit: options.limit ?? 60,
  })
}

const ourDist = join(root, 'dist')

/** What main and post share. */
interface Job {
  readonly workspace: string
  readonly temp: string
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly options: ActionOptions
  readonly tracking: string
}

type Variables = Readonly<Record<string, string>>

function makeJob(options: ActionOptions, more: (github: Variables) => Variables): Job {
  const workspace = options.workspace ?? temporaryDirectory('workspace')
  const temp = options.temp ?? join(temporaryDirectory('runner'), options.tempName ?? '_temp')
  const home = options.home ?? temporaryDirectory('home')
  const tracking = `github_${randomUUID()}`
  mkdirSync(temp, { recursive: true })
  const github = githubContext(workspace, options)
  const env = withOverrides(
    {
      ...machine(home),
      CI: 'true',
      ...Object.fromEntries(Object.entries(github).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value])),
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_PATH: eventFile(options.event),
      RUNNER_OS: 'Linux',
      RUNNER_ARCH: 'X64',
      RUNNER_NAME: 'GitHub Actions 1',
      RUNNER_ENVIRONMENT: 'github-hosted',
      RUNNER_TEMP: temp,
      RUNNER_WORKSPACE: dirname(workspace),
      RUNNER_TRACKING_ID: tracking,
      ...more(github),
    },
    options.env,
  )
  atEnd(() => end(processesWith('RUNNER_TRACKING_ID', tracking)))
  return { workspace, temp, home, env, options, tracking }
}

/** How to run one of our bundles. */
function bundle({ options }: Job, half: 'main' | 'post'): [node: string, script: string] {
  return [nodeBinary(options.node ?? 'node24'), join(options.dist ?? ourDist, half, 'index.js')]
}

/** One half of the step, main or post, while it runs. */
interface Half {
  readonly launched: Launched
  readonly lines: { shown: string[]; raw: string[]; commands: Command[] }
  readonly masks: string[]
  readonly files: Files
}

function runHalf(job: Job, [file = '', ...args]: readonly string[], state: Variables, masks: readonly string[]): Half {
  const files = commandFiles()
  const known = masks.flatMap(maskedParts)
  const lines: Half['lines'] = { shown: [], raw: [], commands: [] }
  const parse = commandParser()
  const onLine = (line: string) => {
    lines.raw.push(line)
    const command = parse(line)
    if (command) lines.commands.push(command)
    if (command?.command === 'add-mask') known.push(...maskedParts(command.data))
    else lines.shown.push(known.reduce((text, secret) => text.replaceAll(secret, '***'), line))
  }
  const variables = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))
  const launched = launch(file, args, {
    cwd: job.workspace,
    env: withOverrides({ ...job.env, ...variables, ...files.variables }, job.options.env),
    onLine,
    limit: job.options.limit ?? 60,
  })
  return { launched, lines, masks: known, files }
}

async function finish(job: Job, main: Half): Promise<Step> {
  const ended = await main.launched.done
  const { commands } = main.lines
  const outputs = { ...named(commands, 'set-output'), ...parseFileCommands(main.files.read('GITHUB_OUTPUT')) }
  const state = { ...named(commands, 'save-state'), ...parseFileCommands(main.files.read('GITHUB_STATE')) }
  const said = (name: string) => commands.flatMap(({ command, data }) => (command === name ? [data] : []))
  const step: Step = {
    code: ended.code,
    log: text(main.lines.shown),
    raw: text(main.lines.raw),
    outputs,
    state,
    summary: main.files.read('GITHUB_STEP_SUMMARY'),
    environment: parseFileCommands(main.files.read('GITHUB_ENV')),
    path: splitLines(main.files.read('GITHUB_PATH')),
    commands,
    errors: said('error'),
    warnings: said('warning'),
    notices: said('notice'),
    masks: said('add-mask'),
    postLog: '',
    postCode: undefined,
    postCommands: [],
    seconds: ended.seconds,
    temp: job.temp,
    home: job.home,
    leftovers: () => [...below(job.temp), ...below(job.home)].filter((path) => !isReport(path, outputs['report'])),
    orphans: () => orphansOf(job),
    report: () => JSON.parse(readFileSync(outputs['report'] ?? '', 'utf8')),
    post: async (tampered = state) => {
      const post = runHalf(job, bundle(job, 'post'), tampered, main.masks)
      const { code } = await post.launched.done
      return { ...step, postLog: text(post.lines.shown), postCode: code, postCommands: post.lines.commands }
    },
  }
  const follows = job.options.post !== false && existsSync(bundle(job, 'post')[1])
  return follows ? step.post() : step
}

/** What is left of a step once those that were killed have had the moment that dying takes. */
function orphansOf({ tracking }: Job): number[] {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < 10 && processesWith('RUNNER_TRACKING_ID', tracking).length > 0; tries += 1)
    Atomics.wait(pause, 0, 0, 30)
  return processesWith('RUNNER_TRACKING_ID', tracking)
}

/** The `github` context's plain values; each is a GITHUB_ variable as well. */
export function githubContext(workspace: string, { ref = 'refs/heads/main', sha, eventName = 'push' }: ActionOptions) {
  const [, kind = '', name = ref] = /^refs\/(heads|tags|pull)\/(.*)$/.exec(ref) ?? []
  return {
    action: '__self',
    actor: 'octocat',
    api_url: 'https://api.github.com',
    event_name: eventName,
    job: 'deploy',
    ref,
    ref_name: name,
    ref_type: kind === 'tags' ? 'tag' : 'branch',
    ref_protected: 'false',
    repository: 'octocat/hello',
    repository_owner: 'octocat',
    run_attempt: '1',
    run_id: '1234567890',
    run_number: '7',
    server_url: 'https://github.com',
    sha: sha ?? 'f'.repeat(40),
    triggering_actor: 'octocat',
    workflow: 'deploy',
    workflow_ref: `octocat/hello/.github/workflows/deploy.yml@${ref}`,
    workspace,
  }
}

/** Every input of `action.yml`, given or by default, the way the runner hands it over; and those it does not know. */
function inputVariables(
  inputs: Inputs,
  actionFile: string,
  github: Readonly<Record<string, string>>,
): Record<string, string> {
  const declared: Record<string, { default?: unknown } | null> =
    parseYaml(readFileSync(actionFile, 'utf8')).inputs ?? {}
  const evaluated = (value: unknown) =>
    String(value ?? '').replace(/\$\{\{\s*github\.(\w+)\s*\}\}/g, (_, name) => github[name] ?? '')
  const values: Record<string, string> = {}
  for (const [name, input] of Object.entries(declared)) values[variable(name)] = evaluated(input?.default)
  for (const [name, value] of Object.entries(inputs)) values[variable(name)] = value
  return values
}

const variable = (name: string) => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`

/** What any programme finds on a runner. */
function machine(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, USER: userInfo().username, LANG: 'C.UTF-8', SHELL: '/bin/bash' }
}

function withOverrides(
  env: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const entries = Object.entries({ ...env, ...overrides })
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

interface Files {
  readonly variables: Readonly<Record<string, string>>
  read(variable: string): string
}

/** The runner's command files: fresh for each half, and outside what the action calls its own. */
function commandFiles(): Files {
  const directory = temporaryDirectory('commands')
  const names = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH']
  for (const name of names) writeFileSync(join(directory, name), '')
  return {
    variables: Object.fromEntries(names.map((name) => [name, join(directory, name)])),
    read: (name) => readFileSync(join(directory, name), 'utf8'),
  }
}

function eventFile(event: unknown = {}): string {
  const path = join(temporaryDirectory('event'), 'event.json')
  writeFileSync(path, JSON.stringify(event))
  return path
}

/** Values that the step gave by workflow command, the old way. */
function named(commands: readonly Command[], name: string): Record<string, string> {
  const given = commands.filter(({ command, properties }) => command === name && properties['name'])
  return Object.fromEntries(given.map(({ properties, data }) => [properties['name'], data]))
}

/** A secret is masked whole and line by line. */
function maskedParts(secret: string): string[] {
  return [secret, ...secret.split(/[\r\n]+/)].filter((part) => part.trim() !== '')
}

function below(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => join(directory, path))
}

const isReport = (path: string, report = '') => report === path || report.startsWith(`${path}/`)
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
