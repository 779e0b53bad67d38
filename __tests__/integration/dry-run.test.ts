import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { root } from '../support/launch.ts'
import { type Inputs, inputsFor, runAction, type Step } from '../support/runner.ts'
import { type Server, type ServerOptions, sshd } from '../support/sshd.ts'
import { concurrent, temporaryDirectory } from '../support/temporary.ts'
import {
  commit,
  type Files,
  type GitWorkspace,
  gitWorkspace,
  type HgWorkspace,
  hgWorkspace,
  isolatedEnvironment,
  plainWorkspace,
  tree,
  writeFiles,
} from '../support/workspaces.ts'

interface Report {
  readonly result: string
  readonly 'previous-revision': string
  readonly files: readonly { kind: string; path: string; size?: number }[]
  readonly commits: readonly { id: string }[]
  readonly 'commit-count': number
  readonly 'bytes-to-send': number
  readonly 'bytes-sent': number
  readonly guards: readonly string[]
  readonly plan: unknown
  readonly summary: string
  readonly rollback: string
  readonly error: { cause: string } | null
}

interface Place {
  readonly server: Server
  readonly workspace: string
  /** Makes one more state of the workspace; `undefined` removes a file. */
  change(files: Readonly<Record<string, Files[string] | undefined>>): void
  push(more?: Inputs): Promise<{ step: Step; report: Report }>
}

/** A server, and a workspace that goes to it. */
async function place(method: 'git' | 'hg' | 'rsync', files: Files, options: ServerOptions = {}): Promise<Place> {
  const server = await sshd(options)
  const there = join(server.home, 'app')
  const env = isolatedEnvironment()
  if (method === 'git') execFileSync('git', ['init', '--quiet', '--bare', there], { env })
  if (method === 'hg') execFileSync('hg', ['init', there], { env })
  const workspace = { git: gitWorkspace, hg: hgWorkspace, rsync: plainWorkspace }[method](files)
  return {
    server,
    workspace: workspace.path,
    change(wanted) {
      for (const [name, file] of Object.entries(wanted)) {
        if (file === undefined) rmSync(join(workspace.path, name))
        else writeFiles(workspace.path, { [name]: file })
      }
      if (method !== 'rsync') commit(workspace as GitWorkspace | HgWorkspace, {})
    },
    async push(more = {}) {
      const step = await runAction(inputsFor(server, more), { workspace: workspace.path, post: false })
      return { step, report: step.report() as Report }
    },
  }
}

const sorted = (files: Report['files']) => files.toSorted((a, b) => (a.path < b.path ? -1 : 1))

/** A dry run, then the push itself: what it said of it, and that it had changed nothing. */
async function planAndPush({ server, push }: Place, more: Inputs = {}): Promise<{ plan: Report; real: Report }> {
  const before = tree(server.home, ['cache'])
  const { report: plan, step } = await push({ ...more, 'dry-run': 'true' })
  expect([step.errors, plan.result]).toEqual([[], 'planned'])
  expect(tree(server.home, ['cache'])).toEqual(before)
  expect(JSON.parse(step.outputs['plan'] ?? '')).toEqual(plan.plan)
  expect(step.summary).toBe(plan.summary)
  const { report: real } = await push(more)
  expect([real.error, plan.guards]).toEqual([null, []])
  expect(sorted(plan.files)).toEqual(sorted(real.files))
  expect(plan['previous-revision']).toBe(real['previous-revision'])
  expect([plan['commit-count'], plan.commits]).toEqual([real['commit-count'], real.commits])
  return { plan, real }
}

const content = ({ workspace }: Place) => tree(workspace, ['.git', '.hg'])

/** The workspace after the commands that a report has for going back, but for the last one, a push to its origin. */
function goBack(app: Place, { rollback }: Report): Record<string, string> {
  const command = rollback.split('\n').slice(1, -1).join('\n').replace(/ &&$/, '')
  execFileSync('sh', ['-c', command], { cwd: app.workspace, env: isolatedEnvironment(), stdio: 'pipe' })
  return content(app)
}

const noise = (bytes: number) => randomBytes(bytes)
/** What is sent besides the content: a login, and what the programs say to each other. */
const overhead = 16_000

describe('a dry run', () => {
  for (const method of ['git', 'hg', 'rsync'] as const)
    concurrent(
      `by ${method} says what the push then does: the first time, with a deletion, and with nothing to do`,
      async () => {
        const app = await place(method, { 'a.txt': 'a\n', 'b.bin': noise(40_000), 'sub/c d.txt': 'c\n' })
        const first = await planAndPush(app)
        expect(first.plan.files.map(({ kind }) => kind)).not.toContain('deleted')
        const state = content(app)

        app.change({ 'a.txt': 'A\n', 'b.bin': undefined, 'new/d.bin': noise(60_000) })
        app.change({ 'é.txt': 'e\n' })
        const second = await planAndPush(app)
        const files = sorted(second.plan.files).filter(({ path }) => !path.endsWith('/'))
        expect(files.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
          'changed a.txt',
          'deleted b.bin',
          'added new/d.bin',
          'added é.txt',
        ])
        expect(second.plan['commit-count']).toBe(method === 'rsync' ? 0 : 2)
        for (const { plan, real } of [first, second]) {
          expect(plan['bytes-to-send']).toBeGreaterThan(plan === first.plan ? 40_000 : 60_000)
          expect(plan['bytes-to-send']).toBeLessThan(real['bytes-sent'])
          expect(plan['bytes-to-send']).toBeGreaterThan(real['bytes-sent'] - overhead)
        }

        const third = await planAndPush(app)
        expect([third.plan.files, third.real.result]).toEqual([[], 'unchanged'])

        // And the way back that the second push told leads back.
        if (method !== 'rsync') expect(goBack(app, second.real)).toEqual(state)
      },
    )

  concurrent('by rsync is as exact without a shell there, and where the server has forgotten', async () => {
    const gate = join(temporaryDirectory('gate'), 'gate')
    const apps = temporaryDirectory('apps')
    writeFileSync(gate, `#!/bin/sh\nexec '${join(root, 'script/receiver/gate')}' '${apps}'\n`, { mode: 0o755 })
    for (const options of [{ gate }, {}]) {
      const app = await place('rsync', { a: 'a\n', b: 'b\n', c: 'c\n' }, options)
      const more = 'gate' in options ? { destination: app.server.destination('/app') } : {}
      await app.push(more)
      app.change({ a: 'A\n', b: undefined, d: 'd\n' })
      const { plan } = await planAndPush(app, { ...more, ...('gate' in options ? {} : { verify: 'full' }) })
      expect(plan.files.filter(({ path }) => !path.endsWith('/'))).toHaveLength(3)
    }
  })

  concurrent('by rsync names the guard that then stops the push, in its words', async () => {
    const app = await place('rsync', { a: 'a\n', b: 'b\n', c: 'c\n' })
    writeFiles(join(app.server.home, 'app'), { theirs: 'x\n', b: 'other\n' })
    const guarded = async (more: Inputs = {}) => {
      const { step, report } = await app.push({ ...more, 'dry-run': 'true' })
      const real = await app.push(more)
      expect([report.result, real.report.result]).toEqual(['planned', 'failed'])
      expect(report.guards).toEqual([expect.stringContaining(real.report.error?.cause ?? '?')])
      expect(step.warnings).toEqual([expect.stringContaining(report.guards[0] ?? '?')])
      return report.files.filter(({ kind }) => kind === 'deleted').map(({ path }) => path)
    }
    expect(await guarded()).toEqual(['theirs'])
    expect(await guarded({ adopt: 'true', 'max-delete': '0' })).toEqual(['theirs'])
    const { plan } = await planAndPush(app, { adopt: 'true' })
    expect(plan.files.filter(({ kind }) => kind === 'deleted')).toHaveLength(1)
  })

  concurrent(
    'by git fails as the push would: a branch that went another way, and one that may be overwritten',
    async () => {
      const app = await place('git', { a: 'a\n' })
      await app.push()
      execFileSync('git', ['commit', '--quiet', '--amend', '--message', 'another'], {
        cwd: app.workspace,
        env: isolatedEnvironment(),
      })
      const [dry, real] = [await app.push({ 'dry-run': 'true' }), await app.push()]
      expect(dry.report.error).toMatchObject({ errorClass: 'transfer' })
      expect(dry.report.error?.cause).toBe(real.report.error?.cause)
      await planAndPush(app, { force: 'true' })
    },
  )
})
