import type { ErrorClass, Failure } from './errors.js'
import type { Log, Report, StageName } from './model.js'

/** Every check of the doctor, in its order, with the stage of a push that would meet what it finds. */
const stages = {
  inputs: 'settings',
  workspace: 'settings',
  tools: 'settings',
  key: 'settings',
  name: 'connect',
  port: 'connect',
  'host key': 'connect',
  login: 'connect',
  shell: 'push',
  'remote tool': 'push',
  path: 'push',
  disk: 'push',
  'deploy command': 'deploy',
} as const satisfies Record<string, StageName>

export type Check = keyof typeof stages
export const checks = Object.keys(stages) as readonly Check[]

export type Verdict = 'ok' | 'warning' | 'fault' | 'skipped'

/** What one check found; every text may hold foreign words. */
export interface Finding {
  readonly check: Check
  readonly verdict: Verdict
  /** What was found, or why nothing was looked for. */
  readonly detail: string
  /** The line that proves it; empty for none. */
  readonly evidence: string
  /** What to do; empty for nothing. */
  readonly next: string
  /** Of a fault: the class with which a push would fail. */
  readonly errorClass: ErrorClass | ''
}

/** All that there is to say of a destination. */
export interface Examination {
  /** At least one for each check, in the order of the checks. */
  readonly findings: readonly Finding[]
  /** Lines that would pin what a server with an unknown key offered: candidates, to be verified out of band. */
  readonly knownHosts: readonly string[]
  /** As a run: `planned`, or `failed` with the first fault. */
  readonly report: Report
}

export const stageOf = (check: Check): StageName => stages[check]

/** Those that ask for something. */
export function asking(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === 'fault' || verdict === 'warning')
}

export function ok(check: Check, detail: string): Finding {
  return { check, verdict: 'ok', detail, evidence: '', next: '', errorClass: '' }
}

export function skipped(check: Check, detail: string): Finding {
  return { check, verdict: 'skipped', detail, evidence: '', next: '', errorClass: '' }
}

export function warning(check: Check, { cause, evidence, next }: Omit<Failure, 'errorClass'>): Finding {
  return { check, verdict: 'warning', detail: cause, evidence, next, errorClass: '' }
}

export function fault(check: Check, { cause, evidence, next, errorClass }: Failure): Finding {
  return { check, verdict: 'fault', detail: cause, evidence, next, errorClass }
}

/** The findings as they come in, each told at once; in the end every check has one. */
export class Chart {
  readonly #log: Pick<Log, 'info'>
  readonly #findings: Finding[] = []

  constructor(log: Pick<Log, 'info'>) {
    this.#log = log
  }

  get findings(): readonly Finding[] {
    return this.#findings.toSorted((a, b) => checks.indexOf(a.check) - checks.indexOf(b.check))
  }

  /** The first check that has no finding yet. */
  get current(): Check | undefined {
    return checks.find((check) => !this.#findings.some((finding) => finding.check === check))
  }

  tell(...findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.#findings.push(finding)
      for (const line of formatFinding(finding)) this.#log.info(line)
    }
  }

  /** Gives up on every check that has no finding yet. */
  skipRest(reason: string): void {
    for (let check = this.current; check !== undefined; check = this.current) this.tell(skipped(check, reason))
  }
}

/** A finding in one line for each of: what, evidence, next step. */
export function formatFinding({ check, verdict, detail, evidence, next }: Finding): string[] {
  const margin = ' '.repeat(25)
  return [
    `${verdict.padEnd(8)} ${check.padEnd(15)} ${detail}`,
    ...(evidence === '' ? [] : [`${margin}Evidence: ${evidence}`]),
    ...(next === '' ? [] : [`${margin}Next: ${next}`]),
  ]
}
