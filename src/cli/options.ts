import { Command, Option } from 'commander'
import { errorClasses, PushError } from '../core/errors.js'
import { type InputName, inputs, version } from '../core/inputs.js'
import type { Given } from '../core/model.js'

/** The inputs that a shell user rather keeps in a file: `--ssh-key-file`, and so on. */
const fromFile: readonly InputName[] = ['ssh-key', 'ssh-key-passphrase', 'known-hosts']

/** The inputs of several lines: an option that is given twice makes two. */
const lists: readonly InputName[] = [
  'known-hosts',
  'host-key-fingerprint',
  'excludes',
  'includes',
  'protect',
  'branches',
]

const variable = (name: string) => `DOTCLOUD_PUSH_${name.toUpperCase().replaceAll('-', '_')}`

const isFlag = (standard: string) => standard === 'true' || standard === 'false'

export interface Options {
  readonly given: Given
  readonly json: boolean
}

/**
 * The command line: an option for every input, by the input's name; without one, DOTCLOUD_PUSH_… is asked, and then
 * the default holds.
 */
export function readOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
): Options {
  const program = new Command('dotcloud-push')
    .description('Push a directory over SSH by git, hg or rsync, and run the deploy command.')
    .argument('[source]', 'directory, or one file, to push')
    .version(version)
    .option('--json', 'print the report as JSON on standard output', false)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `\nEvery option can be set by a variable, such as ${variable('ssh-key')}.\nhttps://github.com/org/dotcloud-push#command-line`,
    )
  for (const { name, description, default: standard } of inputs) {
    const argument = isFlag(standard) ? '[boolean]' : '<value>'
    const option = new Option(`--${name} ${argument}`, description.replaceAll('`', ''))
    if (lists.includes(name)) {
      option.argParser((value: string, earlier?: string) => (earlier === undefined ? value : `${earlier}\n${value}`))
    }
    program.addOption(option)
    if (fromFile.includes(name)) program.option(`--${name}-file <path>`, `read ${name} from a file`)
  }
  parse(program, withFlagValues(argv))
  const given: Record<string, unknown> = program.opts()
  const value = (name: InputName): string | undefined => {
    const file = given[attribute(`${name}-file`)]
    if (typeof file === 'string') return readInput(name, file, readFile)
    const option = given[attribute(name)]
    return typeof option === 'string' ? option : env[variable(name)]
  }
  const set = inputs.flatMap(({ name }) => {
    const text = name === 'source' ? (program.args[0] ?? value(name)) : value(name)
    return text === undefined ? [] : [[name, text] as const]
  })
  return { given: Object.fromEntries(set), json: given['json'] === true }
}

/** A flag takes a value only where it is one, so that `--dry-run site` leaves `site` alone. */
function withFlagValues(argv: readonly string[]): string[] {
  const flags = inputs.filter(({ default: standard }) => isFlag(standard)).map(({ name }) => `--${name}`)
  return argv.map((word, index) => (flags.includes(word) && !isFlag(argv[index + 1] ?? '') ? `${word}=true` : word))
}

/** Ends the process as its own exit codes say: 0 after help, 2 for what cannot be accepted. */
function parse(program: Command, argv: readonly string[]): void {
  program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : errorClasses.input))
  program.parse([...argv])
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
