// docs/failures.md, which a test holds to the source, has every failure by its sentence. From it come the lists of
// messages in docs/troubleshooting.md; what surrounds them is written by hand.

/** The page with its lists made anew: each stands between the marks of its class. */
export function troubleshooting(page, failures) {
  const rows = failures
    .split('\n')
    .map((line) => line.slice(2, -2).split(' | '))
    .filter((cells) => cells.length === 5)
    .map(([cause, named, sentence]) => ({ cause, named, sentence }))
  return page.replace(
    /(<!-- ([a-z-]+):start -->)[\s\S]*?(<!-- \2:end -->)/g,
    (_, start, errorClass, end) => `${start}\n\n${messages(errorClass, rows)}\n\n${end}`,
  )
}

function messages(errorClass, rows) {
  const ours = rows.filter(({ named }) => named.startsWith(`${errorClass} (`))
  if (ours.length === 0) throw new Error(`docs/failures.md has no failure of the class ${errorClass}`)
  const [, exitCode] = /\((\d+)\)/.exec(ours[0].named)
  const sentences = [...new Set(ours.map(({ sentence }) => sentence))]
  const causesOf = (sentence) => ours.filter((each) => each.sentence === sentence).map(({ cause }) => cause)
  return [
    `Output \`error-class\`: \`${errorClass}\`. Exit code of the command line: ${exitCode}.`,
    '',
    '| It says | Because |',
    '| --- | --- |',
    ...sentences.map((sentence) => `| ${sentence} | ${causesOf(sentence).join('; ')} |`),
  ].join('\n')
}
