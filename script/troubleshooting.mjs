// docs/failures.md, which a test holds to the source, has every failure by its sentence, but for what is wrong with single
// inputs: those sentences stand in the source alone. From both come the lists of messages in docs/troubleshooting.md.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The texts of all source files. */
export function sourceTexts() {
  const folder = fileURLToPath(new URL('../src/', import.meta.url))
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return names.sort().map((name) => readFileSync(folder + name, 'utf8'))
}

/** The page with its lists made anew, each between the marks of its class; `sources` are the texts of the source files. */
export function troubleshooting(page, failures, sources) {
  const rows = failures
    .split('\n')
    .map((line) => line.slice(2, -2).split(' | '))
    .filter((cells) => cells.length === 5)
    .map(([cause, named, sentence]) => ({ cause, named, sentence }))
  const refusals = sources.flatMap((source) => refusalsIn(filled(source)))
  return page.replace(
    /(<!-- ([a-z-]+):start -->)[\s\S]*?(<!-- \2:end -->)/g,
    (_, start, errorClass, end) => `${start}\n\n${messages(errorClass, rows, refusals)}\n\n${end}`,
  )
}

function messages(errorClass, rows, refusals) {
  const ours = rows.filter(({ named }) => named.startsWith(`${errorClass} (`))
  if (ours.length === 0) throw new Error(`docs/failures.md has no failure of the class ${errorClass}`)
  const [, exitCode] = /\((\d+)\)/.exec(ours[0].named)
  const sentences = [...new Set(ours.map(({ sentence }) => sentence))]
  const causesOf = (sentence) => ours.filter((each) => each.sentence === sentence).map(({ cause }) => cause)
  const ofInputs = refusals.filter((each) => each.errorClass === errorClass).map(({ sentence }) => sentence)
  const others = [...new Set(ofInputs)].filter((sentence) => !sentences.includes(sentence)).sort()
  return [
    `Output \`error-class\`: \`${errorClass}\`. Exit code of the command line: ${exitCode}.`,
    '',
    '| It says | Because |',
    '| --- | --- |',
    ...sentences.map((sentence) => `| ${sentence} | ${causesOf(sentence).join('; ')} |`),
    ...(others.length === 0 ? [] : ['', 'And these, of single inputs and files:', '']),
    ...others.map((sentence) => `- ${sentence}`),
  ].join('\n')
}

/** A source with `…` for all that its sentences fill in. */
function filled(source) {
  const less = source.replace(/\$\{[^{}]*\}/g, '…')
  return less === source ? source.replace(/…+/g, '…') : filled(less)
}

/** What a source says of inputs: by a PushError of that class, or by `refuse`, which puts the input's name before. */
function refusalsIn(source) {
  const literal = /(?:'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`)/.source
  const all = (start, more) =>
    [...source.matchAll(new RegExp(`${start}${literal}([^)]*)`, 'g'))]
      .map(([, single, double, template, rest]) => ({
        errorClass: /'unsafe'/.test(rest) ? 'unsafe' : 'input',
        sentence: more + (single ?? double ?? template),
      }))
      .filter(({ sentence }) => sentence.endsWith('.'))
  return [
    ...all(String.raw`new PushError\(\s*'input',\s*`, ''),
    ...all(String.raw`\brefuse\(\s*input,\s*`, 'Input … '),
    ...all(String.raw`\brefuse\(\s*(?=['"\x60])`, 'Input plan is refused as a whole: '),
  ]
}
