// action.yml is the one place that describes inputs and outputs, script/inputs.mjs has what action.yml has no place for.
// From them come src/core/inputs.ts, dotcloud-push.schema.json and the tables of the README and of docs/cli.md;
// from docs/failures.md come the lists in docs/troubleshooting.md.
// `--check` writes nothing and fails when one of them is stale.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { choices, configurable, groups, lists } from './inputs.mjs'
import { sourceTexts, troubleshooting } from './troubleshooting.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const action = parse(readFileSync('action.yml', 'utf8'))
const inputs = Object.entries(action.inputs).map(([name, { description, default: value = '', required = false }]) => ({
  name,
  description,
  default: String(value),
  required,
  group: groupOf(name),
  list: lists.includes(name),
  choices: /^(true|false)$/.test(value) ? ['true', 'false'] : (choices[name] ?? []),
  configurable: configurable.includes(name),
}))
for (const name of [...Object.values(groups).flat(), ...lists, ...Object.keys(choices), ...configurable])
  if (action.inputs[name] === undefined) throw new Error(`script/inputs.mjs names ${name}, which is no input`)
const outputs = Object.entries(action.outputs).map(([name, { description }]) => ({ name, description }))

const typescript = format(
  'src/core/inputs.ts',
  `/** Generated from action.yml and package.json by script/generate.mjs; do not edit. */
export const version = ${JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version)}

export const inputs = ${JSON.stringify(inputs)} as const

export type InputName = (typeof inputs)[number]['name']

export const outputs = ${JSON.stringify(outputs)} as const

export type OutputName = (typeof outputs)[number]['name']
`,
)

const tables = {
  inputs: table(
    ['Input', 'Default', 'Meaning'],
    inputs.map((input) => [code(input.name), input.required ? '**required**' : code(input.default), input.description]),
  ),
  outputs: table(
    ['Output', 'Meaning'],
    outputs.map((output) => [code(output.name), output.description]),
  ),
  options: table(
    ['Group', 'Options'],
    Object.entries(groups).map(([group, names]) => [group, names.map((name) => code(`--${name}`)).join(' ')]),
  ),
  keys: configurable.map(code).join(' '),
  refused: Object.keys(action.inputs)
    .filter((name) => !configurable.includes(name))
    .map(code)
    .join(' '),
}

const wanted = {
  'src/core/inputs.ts': typescript,
  'dotcloud-push.schema.json': format('dotcloud-push.schema.json', JSON.stringify(schema())),
}
for (const page of ['README.md', 'docs/cli.md', 'docs/configuration.md'])
  wanted[page] = fill(readFileSync(page, 'utf8'))
wanted['docs/troubleshooting.md'] = troubleshooting(
  readFileSync('docs/troubleshooting.md', 'utf8'),
  readFileSync('docs/failures.md', 'utf8'),
  sourceTexts(),
)

for (const [file, text] of Object.entries(wanted)) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (process.argv.includes('--check')) {
    console.error(`${file} is stale: run npm run generate`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    console.log(`wrote ${file}`)
  }
}

function groupOf(name) {
  const found = Object.keys(groups).filter((group) => groups[group].includes(name))
  if (found.length !== 1) throw new Error(`script/inputs.mjs has input ${name} in ${found.length} groups`)
  return found[0]
}

/** What an editor should know of dotcloud-push.yml. */
function schema() {
  const properties = inputs
    .filter(({ configurable: may }) => may)
    .map((input) => [input.name, { description: input.description, ...typeOf(input) }])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://raw.githubusercontent.com/org/dotcloud-push/v1/dotcloud-push.schema.json',
    title: 'dotcloud-push.yml',
    description: 'What dotcloud-push pushes, and where to. Inputs, options and variables win over it.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  }
}

function typeOf({ default: value, list, choices: values }) {
  if (values.includes('true')) return { type: 'boolean', default: value === 'true' }
  if (values.length > 0) return { enum: values, default: value }
  if (list) return { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], default: value }
  if (/^\d+$/.test(value)) return { type: 'integer', minimum: 1, default: Number(value) }
  return value === '' ? { type: 'string' } : { type: 'string', default: value }
}

function format(path, source) {
  const manifest = createRequire(import.meta.url).resolve('@biomejs/biome/package.json')
  const biome = join(dirname(manifest), 'bin/biome')
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    input: source,
    encoding: 'utf8',
  })
}

function code(text) {
  return text === '' ? '' : `\`${text}\``
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.trim().replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function fill(page) {
  return Object.entries(tables).reduce(
    (text, [name, rows]) =>
      text.replace(
        new RegExp(`(<!-- ${name}:start -->)[^]*?(<!-- ${name}:end -->)`),
        (_, start, end) => `${start}\n\n${rows}\n\n${end}`,
      ),
    page,
  )
}
