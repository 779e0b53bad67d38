import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { errorClasses } from '../../src/core/errors.ts'
import { inputs, outputs, version } from '../../src/core/inputs.ts'
import { root } from '../support/launch.ts'

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const action = parse(read('action.yml'))

/** The contract: names and defaults that users rely on. */
const promised: Readonly<Record<string, string>> = {
  app: '',
  deployment: 'default',
  destination: '',
  'ssh-key': '',
  'ssh-key-passphrase': '',
  'known-hosts': '',
  'host-key-fingerprint': '',
  'insecure-skip-host-key-check': 'false',
  'proxy-jump': '',
  source: '.',
  method: 'auto',
  excludes: '*.pyc',
  includes: '',
  protect: '',
  delete: 'true',
  'max-delete': '50%',
  adopt: 'false',
  'target-branch': '{branch}',
  force: 'false',
  shallow: 'auto',
  verify: 'auto',
  'deploy-command': '',
  branches: '',
  plan: '',
  'dry-run': 'false',
  doctor: 'false',
  'insecure-allow-untrusted-event': 'false',
  'connect-timeout': '15',
  'idle-timeout': '120',
  timeout: '30',
  retries: '3',
}

const promisedOutputs = [
  ...['result', 'failed-stage', 'error-class', 'uploaded', 'method', 'destination', 'revision', 'previous-revision'],
  ...[
    'changed-files',
    'deleted-files',
    'bytes-sent',
    'deploy-exit-code',
    'host-key-fingerprint',
    'seconds',
    'plan',
    'report',
  ],
]

describe('inputs and outputs', () => {
  it('are those of the contract, with its defaults', () => {
    expect(Object.fromEntries(inputs.map((input) => [input.name, input.default]))).toEqual(promised)
    expect(outputs.map(({ name }) => name)).toEqual(promisedOutputs)
  })

  it('only these are required', () => {
    expect(inputs.filter(({ required }) => required).map(({ name }) => name)).toEqual(['app', 'ssh-key'])
  })

  it('the text of action.yml is the one place that describes them', () => {
    expect(Object.keys(action.inputs)).toEqual(inputs.map(({ name }) => name))
    expect(Object.keys(action.outputs)).toEqual(promisedOutputs)
    for (const { name, description } of inputs) expect(action.inputs[name].description).toBe(description)
    for (const { name, description } of outputs) expect(action.outputs[name].description).toBe(description)
  })

  it('src/core/inputs.ts and the tables of the README are fresh', () => {
    expect(
      execFileSync(process.execPath, ['script/generate.mjs', '--check'], {
        cwd: root,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    ).toBe('')
  })

  it('the README has a row for each', () => {
    const readme = read('README.md')
    const rows = (table: string) => {
      const [, text = ''] = readme.split(new RegExp(`<!-- ${table}:(?:start|end) -->`))
      return [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)
    }
    expect(rows('inputs')).toEqual(inputs.map(({ name }) => name))
    expect(rows('outputs')).toEqual(promisedOutputs)
  })

  it('have a description, and a yes-or-no names its two values', () => {
    for (const { name, description } of [...inputs, ...outputs])
      expect([name, description.trim()]).toEqual([name, expect.stringMatching(/^\S.*\.$/s)])
    for (const input of inputs) {
      if (/^(true|false)$/.test(input.default)) expect(input.description).toMatch(/^`true` or `false`/)
    }
  })

  it('every class of error is told of', () => {
    const { description = '' } = outputs.find(({ name }) => name === 'error-class') ?? {}
    for (const name of Object.keys(errorClasses)) expect(description).toContain(`\`${name}\``)
  })

  it('the version is the package’s', () => {
    expect(version).toBe(JSON.parse(read('package.json')).version)
  })

  it('the action runs what is committed, and always cleans up', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/main/index.js',
      post: 'dist/post/index.js',
      'post-if': 'always()',
    })
  })
})

it('each class of error has an exit status of its own', () => {
  expect(errorClasses).toEqual({
    input: 2,
    unsafe: 3,
    key: 10,
    'host-key': 11,
    auth: 12,
    connect: 13,
    timeout: 14,
    transfer: 15,
    space: 16,
    'remote-setup': 17,
    deploy: 18,
    'unknown-state': 20,
    bug: 70,
    cancelled: 130,
  })
})
