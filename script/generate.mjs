// action.yml is the one place that describes inputs and outputs. From it come src/core/inputs.ts and the README's tables;
// from docs/failures.md come the lists in docs/troubleshooting.md.
// `--check` writes nothing and fails when one of them is stale.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { sourceTexts, troubleshooting } from './troubleshooting.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const action = parse(readFileSync('action.yml', 'utf8'))
const inputs = Object.entries(action.inputs).map(([name, { description, default: value = '', required = false }]) => ({
  name,
  description,
  default: String(value),
  required,
}))
const outputs = Object.entries(action.outputs).map(([name, { description }]) => ({ name, description }))

const typescript = format(`/** Generated from action.yml and package.json by script/generate.mjs; do not edit. */
export const version = ${JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version)}

export const inputs = ${JSON.stringify(inputs)} as const

export type InputName = (typeof inputs)[number]['name']

export const outputs = ${JSON.stringify(outputs)} as const

export type OutputName = (typeof outputs)[number]['name']
`)

const tables = {
  inputs: table(
    ['Input', 'Default', 'Meaning'],
    inputs.map((input) => [code(input.name), input.required ? '**required**' : code(input.default), input.description]),
  ),
  outputs: table(
    ['Output', 'Meaning'],
    outputs.map((output) => [code(output.name), output.description]),
  ),
}

const wanted = { 'src/core/inputs.ts': typescript }
if (existsSync('README.md')) wanted['README.md'] = fill(readFileSync('README.md', 'utf8'))
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

function format(source) {
  const manifest = createRequire(import.meta.url).resolve('@biomejs/biome/package.json')
  const biome = join(dirname(manifest), 'bin/biome')
  return execFileSync(process.execPath, [biome, 'format', '--stdin-file-path=src/core/inputs.ts'], {
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

function fill(readme) {
  return Object.entries(tables).reduce(
    (text, [name, rows]) =>
      text.replace(
        new RegExp(`(<!-- ${name}:start -->)[^]*?(<!-- ${name}:end -->)`),
        (_, start, end) => `${start}\n\n${rows}\n\n${end}`,
      ),
    readme,
  )
}
