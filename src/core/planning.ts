import { readFile, stat } from 'node:fs/promises'
import { type Login, parseDestination } from './destination.js'
import { PushError } from './errors.js'
import type { Host, Settings } from './model.js'
import {
  type DraftStep,
  draftFromInputs,
  loginOf,
  parsePlan,
  resolveCall,
  resolveUpload,
  type Step,
  type UploadStep,
} from './plan.js'
import type { TemplateValues } from './template.js'
import { branchOf, inspect, resolveInside } from './workspace.js'

/** From settings to steps that can be carried out: the workspace is looked at, and every template filled in. */
export async function planSteps(settings: Settings, host: Host): Promise<{ steps: readonly Step[]; login: Login }> {
  const steps = await resolveAll(settings, host)
  return { steps, login: loginOf(steps, namedDestination(settings, steps, host)) }
}

async function resolveAll(settings: Settings, host: Host): Promise<Step[]> {
  const drafts =
    settings.plan === '' ? draftFromInputs(settings) : parsePlan(await planText(settings.plan, host), settings)
  const steps: Step[] = []
  for (const draft of drafts) steps.push(await resolve(draft, steps, settings, host))
  return steps
}

async function resolve(draft: DraftStep, earlier: readonly Step[], settings: Settings, host: Host): Promise<Step> {
  if (draft.verb === 'call') return resolveCall(draft, valuesFor(lastUpload(earlier), settings, host))
  const workspace = await inspect({ source: draft.directory, method: draft.method, check: draft.check }, host)
  return resolveUpload(draft, workspace, { ...settings, branch: workspace.branch, sha: workspace.sha })
}

function lastUpload(steps: readonly Step[]): UploadStep | undefined {
  return steps.findLast((step) => step.verb === 'upload')
}

function valuesFor(upload: UploadStep | undefined, { app, deployment }: Settings, { context }: Host): TemplateValues {
  const { branch, sha } = upload?.workspace ?? { branch: branchOf(context.ref), sha: context.sha }
  return { app, deployment, branch, sha }
}

function namedDestination(settings: Settings, steps: readonly Step[], host: Host) {
  if (settings.destination === '') return undefined
  return parseDestination('destination', settings.destination, valuesFor(lastUpload(steps), settings, host))
}

/** Input `plan`: the JSON itself, or a file in the workspace. */
async function planText(plan: string, host: Host): Promise<string> {
  if (plan.startsWith('{')) return plan
  const path = await resolveInside(host.context.workspace, plan, 'plan')
  const found = await stat(path)
  if (!found.isFile() || found.size > 1 << 20) {
    throw new PushError('input', 'Input plan names something that is no plan.', 'Name a JSON file in the workspace.', {
      evidence: plan,
    })
  }
  return await readFile(path, 'utf8')
}
