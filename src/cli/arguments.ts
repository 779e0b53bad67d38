import { Argument, Command, Option } from 'commander'
import { errorClasses, PushError } from '../core/errors.js'
import { type InputName, inputs, version } from '../core/inputs.js'
import type { Given } from '../core/model.js'
import { type CommandName, commands, fromFile, options, type Shell, shells, variable } from './options.js'

/** What the command line asks for. */
export interface Invocation {
  readonly command: CommandName
  readonly given: Given
  readonly json: boolean
  readonly quiet: boolean
  readonly debug: boolean
  /** Of `completion` only. */
  readonly shell: Shell | undefined
}

/** Reads the command line; of what it does not say, DOTCLOUD_PUSH_… variables are asked. */
export function readArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
  manual: () => string,
): Invocation {
  let found: { command: CommandName; operand: string | undefined; values: Record<string, unknown> } | undefined
  const program = new Command('dotcloud-push')
    .version(version)
    .showSuggestionAfterError()
    .configureHelp({ formatHelp: manual })
    // Its own exit codes: 0 after help, 2 for what cannot be accepted.
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : errorClasses.input))
  for (const name of Object.keys(commands) as CommandName[]) {
    const command = program.command(name, { isDefault: name === 'push' })
    if (name === 'completion') command.addArgument(new Argument('<shell>').choices(shells))
    else if (name !== 'demo') addOptions(command.argument('[source]'))
    command.action(() => {
      found = { command: name, operand: command.args[0], values: command.opts() }
    })
  }
  program.parse(withFlagValues(argv))
  const { command, operand, values } = found ?? { command: 'push', operand: undefined, values: {} }
  const settings = {
    json: values['json'] === true,
    quiet: values['quiet'] === true,
    debug: values['debug'] === true || env['RUNNER_DEBUG'] === '1',
  }
  if (command === 'completion') return { command, given: {}, ...settings, shell: operand as Shell }
  if (command === 'demo') return { command, given: {}, ...settings, shell: undefined }
  refuseCommand(operand)
  const given = readGiven(values, operand, env, readFile)
  // As the input does in a workflow.
  const visit = /^(true|True|TRUE)$/.test(given.doctor ?? '')
  return { command: visit ? 'doctor' : command, given, ...settings, shell: undefined }
}

function addOptions(command: Command): void {
  for (const { name, short, takes, list } of options) {
    if (name === 'help' || name === 'version') continue
    const dashes = `${short === undefined ? '' : `-${short}, `}--${name}`
    const option = new Option(
      `${dashes}${{ nothing: '', flag: ' [value]', value: ' <value>', path: ' <path>' }[takes]}`,
    )
    // Given twice, it makes two lines.
    if (list)
      option.argParser((value: string, earlier?: string) => (earlier === undefined ? value : `${earlier}\n${value}`))
    command.addOption(option)
  }
}

/** `dotcloud-push --app hello plan` would push a directory called plan. */
function refuseCommand(source: string | undefined): void {
  if (source === undefined || !Object.hasOwn(commands, source)) return
  throw new PushError(
    'input',
    `The command ${source} does not come first.`,
    `Write dotcloud-push ${source}, and the options after it; a directory of that name is ./${source}.`,
  )
}

function readGiven(
  values: Readonly<Record<string, unknown>>,
  source: string | undefined,
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
): Given {
  const value = (name: InputName): string | undefined => {
    if (name === 'source' && source !== undefined) return source
    const file = fromFile.includes(name) ? values[attribute(`${name}-file`)] : undefined
    if (typeof file === 'string') return readInput(name, file, readFile)
    const option = values[attribute(name)]
    return typeof option === 'string' ? option : env[variable(name)]
  }
  const set = inputs.flatMap(({ name }) => {
    const text = value(name)
    return text === undefined ? [] : [[name, text] as const]
  })
  return Object.fromEntries(set)
}

/** A flag takes a value only where it is one, so that `--dry-run site` leaves `site` alone. */
function withFlagValues(argv: readonly string[]): string[] {
  const flags = options.filter(({ takes }) => takes === 'flag').map(({ name }) => `--${name}`)
  const isValue = (word: string | undefined) => word === 'true' || word === 'false'
  return argv.map((word, index) => (flags.includes(word) && !isValue(argv[index + 1]) ? `${word}=true` : word))
}

function readInput(name: InputName, path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path)
  } catch (error) {
    const evidence = error instanceof Error ? error.message : ''
    throw new PushError('input', `Option --${name}-file names a file that cannot be read.`, 'Check the path.', {
      evidence,
    })
  }
}

/** How commander names an option's value. */
function attribute(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
