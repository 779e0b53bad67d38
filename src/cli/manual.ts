import type { ErrorClass } from '../core/errors.js'
import { errorClasses } from '../core/errors.js'
import { configFile } from '../core/settings.js'
import { commands, type OptionRow, options } from './options.js'

const meanings: Readonly<Record<ErrorClass, string>> = {
  input: 'a value that cannot be accepted, a missing file or program here',
  unsafe: 'refused for safety',
  key: 'the key cannot be used',
  'host-key': 'the host key is not pinned, or another one than pinned',
  auth: 'the server does not accept our key',
  connect: 'no connection',
  timeout: 'it took too long to connect, to answer, or in all',
  transfer: 'the transfer was cut or rejected',
  space: 'the disk of the server is full',
  'remote-setup': 'a program, a repository or a permission is missing there',
  deploy: 'the deploy command failed',
  'unknown-state': 'the connection was lost while the deploy command ran',
  bug: 'a bug of dotcloud-push',
  cancelled: 'SIGINT, SIGTERM or SIGHUP',
}

const environment: readonly (readonly [string, string])[] = [
  [
    'DOTCLOUD_PUSH_…',
    'An input that no option sets: its name in capitals, with _ for -, such as DOTCLOUD_PUSH_SSH_KEY.',
  ],
  ['GITHUB_REF, CI_COMMIT_BRANCH, BRANCH_NAME', 'The branch; without them, the one that is checked out.'],
  ['GITHUB_SHA, CI_COMMIT_SHA', 'The commit, where no repository tells it.'],
  ['RUNNER_TEMP, TMPDIR', 'Where the private folder of a run is made; it is removed at the end.'],
  ['RUNNER_DEBUG', 'With 1, the same as --debug.'],
  ['NO_COLOR', 'Not empty: the same as --no-color.'],
]

const files: readonly (readonly [string, string])[] = [
  [
    configFile,
    'Inputs, in the current directory, or in the source when that lies elsewhere. Options and variables win over it. It may only say what to push and where to.',
  ],
  ['.dotcloudignore', 'In the source: patterns that rsync leaves out.'],
]

const examples: readonly (readonly [string, string])[] = [
  [
    'dotcloud-push plan ./site --app site --destination web@example.com:www/site --ssh-key-file ~/.ssh/deploy --known-hosts-file ~/.ssh/known_hosts',
    'Shows what a push of ./site would change there.',
  ],
  ['dotcloud-push', `Pushes the current directory, as ${configFile} and variables say.`],
  ['dotcloud-push doctor --json | jq .doctor', 'Has the findings as JSON.'],
  ['source <(dotcloud-push completion bash)', 'Completes commands and options in this shell.'],
]

/** The page of --help, made for so many columns. */
export function formatManual(columns: number): string {
  const width = Math.min(Math.max(columns, 40), 100)
  const entry = (head: string, text: string, margin = 4) =>
    [' '.repeat(margin) + head, ...wrap(text, width, margin + 4)].join('\n')
  const groups = [...new Set(options.map(({ group }) => group))]
  const inGroup = (group: string) =>
    options.filter((row) => row.group === group).map((row) => entry(...optionEntry(row), 6))
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'NAME',
      wrap('dotcloud-push - push a directory over SSH by git, hg or rsync, and run the deploy command', width, 4),
    ],
    ['SYNOPSIS', Object.entries(commands).map(([name, { operand }]) => `    ${synopsis(name, operand)}`)],
    [
      'DESCRIPTION',
      wrap(
        'Pushes SOURCE, the current directory by default, to an SSH destination whose host key is pinned. The log goes to standard error, reports to standard output. A SOURCE that is called like a command is written ./plan.',
        width,
        4,
      ),
    ],
    ['COMMANDS', Object.entries(commands).map(([name, { summary }]) => entry(name, `${capital(summary)}.`))],
    ['OPTIONS', groups.map((group) => `    ${group}\n${inGroup(group).join('\n')}`)],
    ['ENVIRONMENT', environment.map(([name, text]) => entry(name, text))],
    ['FILES', files.map(([name, text]) => entry(name, text))],
    [
      'EXIT STATUS',
      ['    0    done, or nothing to do', ...Object.keys(errorClasses).map((name) => status(name as ErrorClass))],
    ],
    ['EXAMPLES', examples.map(([line, text]) => entry(line, text))],
  ]
  const pages = sections.map(([title, lines]) => `${title}\n${lines.join(title === 'OPTIONS' ? '\n\n' : '\n')}`)
  return `${pages.join('\n\n')}\n\nhttps://github.com/org/dotcloud-push/blob/main/docs/cli.md\n`
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

function synopsis(name: string, operand: string): string {
  const takesOptions = operand === '[SOURCE]' ? '[OPTION]...' : ''
  return ['dotcloud-push', name === 'push' ? '[push]' : name, takesOptions, operand]
    .filter((part) => part !== '')
    .join(' ')
}

function status(name: ErrorClass): string {
  return `    ${String(errorClasses[name]).padEnd(4)} ${name}: ${meanings[name]}`
}

function optionEntry({ name, short, takes, description, default: standard, list }: OptionRow): [string, string] {
  const value = { nothing: '', value: ' VALUE', path: ' PATH', flag: ' [true|false]' }[takes]
  const more = list ? ' Given twice, it makes two lines.' : ''
  const usual = standard === '' ? '' : ` Default: ${standard}`
  return [
    `${short === undefined ? '' : `-${short}, `}--${name}${value}`,
    `${description.replace(/^true or false\. /, '')}${more}${usual}`,
  ]
}

/** Text in lines that fit, each after a margin; a word is never cut. */
export function wrap(text: string, width: number, margin: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && margin + last.length + 1 + word.length <= width) lines.splice(-1, 1, `${last} ${word}`)
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(margin) + line)
}
