import { type InputName, inputs } from '../core/inputs.js'

export const commands = {
  push: { operand: '[SOURCE]', summary: 'push, then run the deploy command; meant when no command is named' },
  plan: { operand: '[SOURCE]', summary: 'connect and compare, change nothing; show what a push would do' },
  doctor: { operand: '[SOURCE]', summary: 'check the destination step by step, push nothing' },
  demo: { operand: '', summary: 'push three ways to a server of its own on this machine' },
  completion: { operand: 'SHELL', summary: 'print a completion script for bash, zsh or fish' },
} as const

export type CommandName = keyof typeof commands

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** An option, as the parser, the manual and the completion scripts know it. */
export interface OptionRow {
  /** Without the dashes. */
  readonly name: string
  readonly short?: string
  readonly group: string
  /** What follows it: nothing, a value, a path, or perhaps true or false. */
  readonly takes: 'nothing' | 'value' | 'path' | 'flag'
  readonly choices: readonly string[]
  readonly description: string
  readonly default: string
  readonly list: boolean
}

/** The inputs that a shell user rather keeps in a file: `--ssh-key-file`, and so on. */
export const fromFile: readonly InputName[] = ['ssh-key', 'ssh-key-passphrase', 'known-hosts']

export const variable = (name: InputName) => `DOTCLOUD_PUSH_${name.toUpperCase().replaceAll('-', '_')}`

const plain = { choices: [], default: '', list: false } as const

/** Of the command line alone. */
const own: readonly OptionRow[] = [
  ['json', 'Print the report as JSON on standard output.'],
  ['quiet', 'Show warnings, errors and the result alone.', 'q'],
  ['debug', 'Show also what helps to find a fault, such as what ssh logs.'],
  ['no-color', 'Never use colours; without it, they are used on a terminal.'],
  ['help', 'Show this page.', 'h'],
  ['version', 'Show the version.', 'V'],
].map(([name = '', description = '', short]) => ({
  ...plain,
  name,
  description,
  group: 'Output',
  takes: 'nothing',
  ...(short === undefined ? {} : { short }),
}))

/** An option for every input, by the input's name, in the order of their groups; and our own. */
export const options: readonly OptionRow[] = [
  ...inputs.flatMap((input): OptionRow[] => {
    const { name, group } = input
    const takes = (input.choices as readonly string[]).includes('true') ? 'flag' : 'value'
    const description = input.description.replaceAll('`', '')
    const row: OptionRow = { ...input, takes, description }
    if (!fromFile.includes(name)) return [row]
    return [row, { ...plain, name: `${name}-file`, group, takes: 'path', description: `File to read ${name} from.` }]
  }),
  ...own,
]
