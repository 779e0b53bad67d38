import { join } from 'node:path'
import { combine, PushError } from './errors.js'
import type { Entry } from './flat-yaml.js'
import { type InputName, inputs } from './inputs.js'
import type { Given, Host, RawInputs } from './model.js'
import { configFile, defaults, judgeSettings, parseBranches } from './settings.js'
import { exists, readPlain } from './workspace.js'

const most = 64 << 10
const mostTold = 10

/** Every input: as it is given, else as dotcloud-push.yml has it, else its default. */
export async function complete(given: Given, host: Host): Promise<RawInputs> {
  const config = await findConfig(host)
  const counting = Object.keys(config).filter((name) => !Object.hasOwn(given, name))
  if (counting.length > 0) host.log.info(`${configFile} sets ${counting.join(', ')}.`)
  return { ...defaults, ...config, ...given }
}

async function findConfig({ context, log }: Host): Promise<Given> {
  const path = join(context.workspace, configFile)
  if (!(await exists(path))) return {}
  if (context.event.outside) {
    log.warning(
      `${configFile} is not read: the event ${context.event.name} may run over code of somebody who cannot push to this repository.`,
    )
    return {}
  }
  const content = await readPlain(path, most)
  if (content !== undefined) return await parseConfig(content)
  throw new PushError(
    'input',
    `${configFile} is no plain file of at most ${most >> 10} KiB.`,
    'Replace it by a plain file, or remove it.',
  )
}

/**
 * Inputs from the text of dotcloud-push.yml, which anybody may have written: only names that the file may set, and only
 * values that the input accepts.
 * @throws PushError with every mistake and its line; `input`, or what the input's own value is refused with
 */
export async function parseConfig(content: Uint8Array): Promise<Given> {
  // A parser of YAML is as large as all the rest of us.
  const { readFlat } = await import('./flat-yaml.js')
  const read = readFlat(content)
  if ('problem' in read) {
    throw new PushError(
      'input',
      `${configFile} cannot be read.`,
      'Write YAML: a line with a name and a value for each input.',
      { evidence: read.problem },
    )
  }
  const given = new Map<InputName, string>()
  const mistakes = read.entries.flatMap((entry) => {
    try {
      const [name, value] = readEntry(entry)
      if (given.has(name)) throw twice(name, entry)
      given.set(name, value)
      return judge(name, value, entry)
    } catch (error) {
      if (error instanceof PushError) return [error]
      throw error
    }
  })
  const problem = combine(mistakes.slice(0, mostTold))
  if (problem !== undefined) throw problem
  return Object.fromEntries(given)
}

function readEntry({ key, value, line }: Entry): readonly [InputName, string] {
  const input = inputs.find(({ name }) => name === key)
  if (input === undefined) {
    throw new PushError(
      'input',
      `${configFile} has ${JSON.stringify(key ?? '…')} in line ${line}, which is no input.`,
      `The file accepts ${accepted()}.`,
    )
  }
  const { name, list } = input
  if (!input.configurable) {
    throw new PushError(
      'input',
      `${configFile} sets ${name} in line ${line}, which is not for a file that comes with the code.`,
      `Set ${name} in the workflow, as an option or as a variable. The file accepts ${accepted()}.`,
    )
  }
  if (typeof value === 'string') return [name, value]
  if (list && value?.every((each) => each !== undefined)) return [name, value.join('\n')]
  throw new PushError(
    'input',
    `${configFile} has something else than a value for ${name} in line ${line}.`,
    `${name} accepts ${list ? 'a list of texts, or one text with a line for each' : 'one value'}; for the default, leave it out.`,
  )
}

const accepted = () => inputs.flatMap(({ name, configurable }) => (configurable ? [name] : [])).join(', ')

function twice(name: InputName, { line }: Entry): PushError {
  return new PushError('input', `${configFile} sets ${name} again in line ${line}.`, 'Keep one of them.')
}

/** What is wrong with the value alone, told with its line. */
function judge(name: InputName, value: string, { line }: Entry): PushError[] {
  const usual = mistakesOf({}).map(({ cause }) => cause)
  const place = `${configFile}, line ${line}`
  return mistakesOf({ [name]: value })
    .filter(({ cause }) => !usual.includes(cause))
    .map(
      ({ errorClass, cause, next, evidence }) =>
        new PushError(errorClass, cause, next, { evidence: evidence === '' ? place : `${place}: ${evidence}` }),
    )
}

function mistakesOf(given: Given): readonly PushError[] {
  const raw = { ...defaults, ...given }
  const { mistakes } = judgeSettings(raw)
  try {
    parseBranches(raw)
    return mistakes
  } catch (error) {
    if (error instanceof PushError) return [...mistakes, error]
    throw error
  }
}
