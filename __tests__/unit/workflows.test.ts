import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { root } from '../support/launch.ts'

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: Record<string, unknown> }[]
}
interface Workflow {
  readonly on: string | readonly string[] | Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = join(root, '.github/workflows')
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  return { name, text, workflow: parseYaml(text) as Workflow }
})
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps)
const runsOf = (name: string) =>
  workflows
    .filter((each) => each.name === name)
    .flatMap(({ workflow }) => stepsOf(workflow).map(({ run = '' }) => run))
    .join('\n')

/** `uses:` as it is written, with its comment. */
const pinned = /^\s*(?:- )?uses: (?:\.\/|[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+(?:\.\d+){2})$/

it('there are workflows, and a foreign action by its tag would be seen', () => {
  expect(workflows.map(({ name }) => name)).toEqual(expect.arrayContaining(['check-dist.yml', 'ci.yml', 'release.yml']))
  for (const bad of ['a/b@v1', `a/b@${'0'.repeat(40)}`, `a/b@${'0'.repeat(39)} # v1.0.0`, './../x', 'docker://x'])
    expect(`      - uses: ${bad}`).not.toMatch(pinned)
  expect(`      - uses: a/b@${'0'.repeat(40)} # v1.0.0`).toMatch(pinned)
})

describe.each(workflows)('$name', ({ text, workflow }) => {
  it('takes actions by their full commit, with the version beside it, or from here', () => {
    const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    expect(uses).toHaveLength(stepsOf(workflow).filter((step) => step.uses !== undefined).length)
    expect(uses.filter((line) => !pinned.test(line))).toEqual([])
  })

  it('may do nothing but what each job asks for', () => {
    expect(workflow.permissions).toEqual({})
    for (const [name, { permissions }] of Object.entries(workflow.jobs)) {
      // Only the job that makes the release writes, and it runs no code of ours or of a dependency.
      if (name === 'release')
        expect(permissions).toEqual({ contents: 'write', 'id-token': 'write', attestations: 'write' })
      else expect([name, permissions]).toEqual([name, { contents: 'read' }])
    }
  })

  it('runs on no event that hands secrets to the code of strangers', () => {
    const events = typeof workflow.on === 'string' ? [workflow.on] : Object.values(workflow.on)
    const names = typeof workflow.on === 'object' ? Object.keys(workflow.on) : events
    for (const event of ['pull_request_target', 'workflow_run', 'issue_comment']) {
      expect([...names, ...events]).not.toContain(event)
    }
    if (names.includes('pull_request')) expect(text).not.toMatch(/secrets\./)
  })

  it('leaves no token in the checkout, and puts no foreign text into a script', () => {
    for (const { uses = '', with: given, run = '' } of stepsOf(workflow)) {
      if (uses.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false })
      expect(run).not.toMatch(/\$\{\{/)
    }
  })

  it('installs what the lock file says, and runs no script of it', () => {
    for (const { run = '' } of stepsOf(workflow)) {
      for (const [install] of run.matchAll(/\bnpm (?:ci|i|install)\b.*/g))
        expect(install).toBe('npm ci --ignore-scripts')
      expect(run).not.toMatch(/\bnpx (?!--no-install )|\b(?:curl|wget)\b/)
    }
  })
})

describe('a release', () => {
  const release = workflows.find(({ name }) => name === 'release.yml')?.workflow

  it('has a bill of materials and an attestation of every file, and waits for an approval', () => {
    expect(runsOf('release.yml')).toMatch(/npm sbom .*--sbom-format cyclonedx/)
    const attest = stepsOf(release ?? { on: '', jobs: {} }).find(({ uses }) => uses?.startsWith('actions/attest@'))
    expect(attest?.with).toEqual({ 'subject-path': 'out/*' })
    expect(release?.jobs['release']).toMatchObject({ needs: 'verify', environment: 'release' })
  })

  it('is a draft until it is complete, and is tested before', () => {
    expect(runsOf('release.yml')).toMatch(/gh release create .*--draft[\s\S]*gh release edit .*--draft=false/)
    expect(runsOf('release.yml')).toMatch(/npm run check:dist[\s\S]*\.\/script\/test/)
  })
})

it('J4 dist/ is rebuilt from src/ and compared, in every pull request', () => {
  const check = workflows.find(({ name }) => name === 'check-dist.yml')
  expect(check?.workflow.on).toHaveProperty('pull_request')
  expect(runsOf('check-dist.yml')).toMatch(/npm run check:dist/)
})

it('the job summaries are looked at in a browser, and their pictures kept', () => {
  const ci = workflows.find(({ name }) => name === 'ci.yml')?.workflow
  const steps = ci?.jobs['pages']?.steps ?? []
  expect(steps.map(({ run = '' }) => run)).toContainEqual(
    expect.stringMatching(/^node script\/screenshots\.mjs build\/screenshots/),
  )
  expect(steps.at(-1)?.uses).toMatch(/^actions\/upload-artifact@/)
  expect(steps.at(-1)?.with).toMatchObject({ path: 'build/screenshots/*.png', 'if-no-files-found': 'error' })
})

it('J6 the workflows are linted with every test', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { lint: string } }
  expect(scripts.lint).toMatch(/actionlint '\.github\/workflows\/\*\.yml'/)
  expect(readFileSync(join(root, 'script/test'), 'utf8')).toMatch(/step lint npm run -s lint/)
})

it('what npm installs for us runs no script, and what we ship has its licences', () => {
  for (const script of ['test', 'soak']) {
    const text = readFileSync(join(root, 'script', script), 'utf8')
    for (const [install] of text.matchAll(/\bnpm (?:ci|i|install)\b[^\n};]*/g))
      expect(install).toMatch(/^npm ci --ignore-scripts/)
  }
  for (const half of ['main', 'post', 'cli']) {
    const file = (name: string) => join(root, 'dist', half, name)
    const bundled = readFileSync(file('index.js'), 'utf8').matchAll(
      /MODULE: \.\/node_modules\/((?:@[\w-]+\/)?[\w-]+)\//g,
    )
    const licences = existsSync(file('licenses.txt')) ? readFileSync(file('licenses.txt'), 'utf8') : ''
    // The stub of an HTTP client is ours.
    const packages = new Set([...bundled].flatMap(([, name = '']) => (name === '@actions/http-client' ? [] : [name])))
    for (const name of packages) expect([half, licences.split('\n')]).toEqual([half, expect.arrayContaining([name])])
    if (half === 'main') expect([...packages]).toContain('@actions/core')
  }
})
