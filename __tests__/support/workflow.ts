import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import {
  convertWorkflowTemplate,
  isBasicExpression,
  isLiteral,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser'
import { parse as parseYaml } from 'yaml'
import { type ActionOptions, githubContext, runAction, runScript, type Step } from './runner.ts'
import { temporaryDirectory } from './temporary.ts'

/** Runs a workflow's steps with GitHub's own parser and expression engine, and this repository as the action. */

export interface WorkflowOptions extends Pick<ActionOptions, 'dist' | 'node' | 'limit' | 'workspace'> {
  /** The job to run; the first one by default. */
  readonly job?: string
  readonly secrets?: Readonly<Record<string, string>>
  readonly vars?: Readonly<Record<string, string>>
  /** Overrides of the `github` context: `ref`, `sha`, `event_name`, `event`, … */
  readonly github?: Readonly<Record<string, unknown>>
  /** Environment of the whole job. */
  readonly env?: Readonly<Record<string, string>>
}

export interface StepResult {
  readonly id?: string
  readonly name?: string
  /** What came of it, before `continue-on-error`. */
  readonly outcome: 'success' | 'failure' | 'skipped'
  /** What the job makes of it. */
  readonly conclusion: 'success' | 'failure' | 'skipped'
  readonly outputs: Readonly<Record<string, string>>
  /** For a step that ran something. */
  readonly step?: Step
  /** Of a matrix: the combination it ran for. */
  readonly matrix?: Readonly<Record<string, unknown>>
}

/** Runs one job, once for each combination of its matrix. Post steps follow in reverse order, as on a runner. */
export async function runWorkflow(text: string, options: WorkflowOptions = {}): Promise<{ steps: StepResult[] }> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content: text }, new NoOperationTraceWriter())
  const errors = context.errors.getErrors()
  if (errors.length > 0 || value === undefined) throw new Error(errors.map(({ message }) => message).join('\n'))
  const template = await convertWorkflowTemplate(context, value)
  if (template.errors?.length) throw new Error(template.errors.map(({ Message }) => Message).join('\n'))

  const job = template.jobs.find(({ id }) => options.job === undefined || id.value === options.job)
  if (job?.type !== 'job') throw new Error(`no job ${options.job ?? ''} with steps`)
  const raw = child(child(value, 'jobs'), job.id.value)
  const workspace = options.workspace ?? temporaryDirectory('workspace')
  const github = { ...plainContext(workspace, options.github), ...options.github }
  const contexts: Contexts = { github, vars: options.vars ?? {}, secrets: { ...options.secrets, GITHUB_TOKEN: TOKEN } }

  const steps: StepResult[] = []
  for (const matrix of combinations(plain(child(child(raw, 'strategy'), 'matrix'), contexts))) {
    const all = matrix === undefined ? contexts : { ...contexts, matrix }
    const env = {
      ...strings(plain(template.env, all)),
      ...options.env,
      ...strings(plain(job.env, { ...all, env: { ...strings(plain(template.env, all)), ...options.env } })),
    }
    if (!truth(job.if.expression, { ...all, env }, false)) continue
    const plans = job.steps.map((step, index) => ({ ...step, raw: item(child(raw, 'steps'), index) }))
    steps.push(...(await runSteps(plans, { ...options, workspace }, all, env)))
  }
  return { steps }
}

/** What GitHub's parser has against a workflow; nothing for a good one. */
export function parseWorkflowErrors(text: string): string[] {
  const { context } = parseWorkflow({ name: 'workflow.yml', content: text }, new NoOperationTraceWriter())
  return context.errors.getErrors().map(({ message }) => message)
}

/** Every `uses` in a workflow or in a fragment of one, with the names of its inputs. */
export function usesInputs(text: string): { uses: string; with: string[] }[] {
  const found: { uses: string; with: string[] }[] = []
  const visit = (node: unknown) => {
    if (node === null || typeof node !== 'object') return
    if ('uses' in node && typeof node.uses === 'string') {
      found.push({ uses: node.uses, with: 'with' in node && node.with ? Object.keys(node.with) : [] })
    }
    for (const value of Object.values(node)) visit(value)
  }
  visit(parseYaml(text))
  return found
}

/** Whether `uses` names this repository's action. */
export function isOurs(uses: string): boolean {
  return uses === './' || /^(?:https:\/\/github\.com\/)?[^/.]+\/dotcloud-push@/.test(uses)
}

const TOKEN = 'ghs_0123456789'

type Contexts = Readonly<Record<string, unknown>>
type Token = NonNullable<ReturnType<typeof parseWorkflow>['value']>
type Plan = {
  readonly id?: string
  readonly if?: { readonly expression: string }
  /** The step as written: the converted one lacks `with`. */
  readonly raw: Token | undefined
}

async function runSteps(
  plans: readonly Plan[],
  options: WorkflowOptions & { workspace: string },
  contexts: Contexts,
  jobEnv: Readonly<Record<string, string>>,
): Promise<StepResult[]> {
  const shared = { temp: temporaryDirectory('temp'), home: temporaryDirectory('home') }
  const results: StepResult[] = []
  let env = jobEnv
  for (const plan of plans) {
    const done = Object.fromEntries(results.flatMap((result) => (result.id ? [[result.id, result]] : [])))
    const steps = Object.fromEntries(
      Object.entries(done).map(([id, { outputs, outcome, conclusion }]) => [id, { outputs, outcome, conclusion }]),
    )
    const failed = results.some(({ conclusion }) => conclusion === 'failure')
    const runner = { os: 'Linux', arch: 'X64', temp: shared.temp }
    const before = { ...contexts, steps, runner, job: { status: failed ? 'failure' : 'success' } }
    const stepEnv = { ...env, ...strings(plain(child(plan.raw, 'env'), { ...before, env })) }
    const all = { ...before, env: stepEnv }
    const result = await runStep(plan, { ...options, ...shared }, all, stepEnv, failed)
    results.push(result)
    env = { ...env, ...result.step?.environment }
  }
  for (const [index, result] of [...results.entries()].reverse()) {
    if (!result.step || child(plans[index]?.raw, 'run')) continue
    results[index] = { ...result, step: await result.step.post() }
  }
  return results
}

async function runStep(
  plan: Plan,
  options: WorkflowOptions & Pick<ActionOptions, 'temp' | 'home'>,
  contexts: Contexts,
  env: Readonly<Record<string, string>>,
  failed: boolean,
): Promise<StepResult> {
  const written = (key: string) => plain(child(plan.raw, key), contexts)
  const id = written('id')
  const name = written('name')
  const known = {
    ...(typeof id === 'string' ? { id } : {}),
    ...(name === undefined ? {} : { name: String(name) }),
    ...(contexts['matrix'] === undefined ? {} : { matrix: contexts['matrix'] as Record<string, unknown> }),
  }
  if (!truth(plan.if?.expression ?? 'success()', contexts, failed)) {
    return { ...known, outcome: 'skipped', conclusion: 'skipped', outputs: {} }
  }
  const step = await runBody(written, actionOptions(options, contexts, env))
  const outcome = step === undefined || step.code === 0 ? 'success' : 'failure'
  const conclusion = isTrue(written('continue-on-error')) ? 'success' : outcome
  return { ...known, outcome, conclusion, outputs: step?.outputs ?? {}, ...(step ? { step } : {}) }
}

/** Runs a script or our action; anybody else's action does nothing (the workspace is checked out already). */
async function runBody(written: (key: string) => unknown, options: ActionOptions): Promise<Step | undefined> {
  const run = written('run')
  if (run !== undefined) {
    const shell = written('shell') === 'bash' ? ['bash', '--noprofile', '--norc', '-eo', 'pipefail'] : undefined
    const directory = written('working-directory')
    const script = directory === undefined ? String(run) : `cd '${directory}'\n${run}`
    return runScript(script, options, shell)
  }
  return isOurs(String(written('uses'))) ? runAction(strings(written('with')), { ...options, post: false }) : undefined
}

function actionOptions(
  options: WorkflowOptions & Pick<ActionOptions, 'temp' | 'home'>,
  contexts: Contexts,
  env: Readonly<Record<string, string>>,
): ActionOptions {
  const { event, ...github } = contexts['github'] as Record<string, unknown>
  const { token: _, ...variables } = strings(github)
  const { dist, node, limit, workspace, temp, home } = options
  return {
    ...defined({ dist, node, limit, workspace, temp, home }),
    event,
    secrets: Object.values(strings(contexts['secrets'])),
    env: { ...upperCased(variables), ...env },
  }
}

/** The default `github` context, which follows the overrides of what other values derive from. */
function plainContext(workspace: string, overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { ref, sha, event_name: eventName } = strings(overrides)
  return { ...githubContext(workspace, defined({ ref, sha, eventName })), event: {}, token: TOKEN }
}

/** The matrix's combinations after GitHub's rules for `include` and `exclude`; one `undefined` without a matrix. */
function combinations(matrix: unknown): (Record<string, unknown> | undefined)[] {
  if (matrix === undefined) return [undefined]
  const { include = [], exclude = [], ...axes } = matrix as Record<string, unknown[]>
  const matches = (combination: object, part: object) =>
    Object.entries(part).every(([key, value]) => JSON.stringify(value) === JSON.stringify(Object(combination)[key]))
  const product = Object.entries(axes).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    Object.keys(axes).length > 0 ? [{}] : [],
  )
  const kept = product.filter((one) => !exclude.some((part) => matches(one, Object(part))))
  const result = kept.map((one) => ({ ...one }))
  for (const part of include as Record<string, unknown>[]) {
    const onAxes = Object.fromEntries(Object.entries(part).filter(([key]) => key in axes))
    const fitting = result.filter((_, index) => index < kept.length && matches(kept[index] ?? {}, onAxes))
    for (const one of fitting) Object.assign(one, part)
    if (fitting.length === 0) result.push({ ...part })
  }
  return result
}

/** Evaluates a token with all that it contains into plain data. */
function plain(token: Token | undefined, contexts: Contexts): unknown {
  if (token === undefined) return undefined
  if (isBasicExpression(token)) return fromData(evaluate(token.expression, contexts, false))
  if (isSequence(token)) return Array.from({ length: token.count }, (_, index) => plain(token.get(index), contexts))
  if (isMapping(token)) {
    return Object.fromEntries([...token].map(({ key, value }) => [key.toString(), plain(value, contexts)]))
  }
  if (isLiteral(token)) return JSON.parse(JSON.stringify(token) ?? 'null')
  throw new Error(`cannot evaluate ${token.typeName()}`)
}

function evaluate(expression: string, contexts: Contexts, failed: boolean): data.ExpressionData {
  const status = (name: string, value: boolean) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  })
  const functions = [
    status('success', !failed),
    status('failure', failed),
    status('always', true),
    status('cancelled', false),
    { name: 'hashfiles', minArgs: 1, maxArgs: 255, call: () => new data.StringData('0'.repeat(64)) },
  ]
  const all = { needs: {}, inputs: {}, strategy: {}, job: {}, steps: {}, matrix: {}, env: {}, runner: {}, ...contexts }
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(all), functions).parse()
  const known = JSON.parse(JSON.stringify(all), data.reviver) as data.Dictionary
  return new Evaluator(tree, known, new Map(functions.map((one) => [one.name, one]))).evaluate()
}

function truth(expression: string, contexts: Contexts, failed: boolean): boolean {
  return isTrue(fromData(evaluate(`!!(${expression})`, contexts, failed)))
}

const isTrue = (value: unknown) => value === true || value === 'true'
const fromData = (value: data.ExpressionData): unknown => JSON.parse(JSON.stringify(value, data.replacer))

/** A mapping's values as environment variables and inputs have them. */
function strings(values: unknown): Record<string, string> {
  const entries = Object.entries(Object(values ?? {}))
  const text = (value: unknown) =>
    value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
  return Object.fromEntries(entries.map(([name, value]) => [name, text(value)]))
}

function upperCased(github: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(github).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]))
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}

function child(token: Token | undefined, key: string): Token | undefined {
  return token !== undefined && isMapping(token) ? token.find(key) : undefined
}

function item(token: Token | undefined, index: number): Token | undefined {
  return token !== undefined && isSequence(token) ? token.get(index) : undefined
}
