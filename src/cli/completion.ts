import { commands, type OptionRow, options, type Shell, shells } from './options.js'

/** A script that completes commands, options and their values, made of the same table that is parsed. */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]()
}

const names = Object.keys(commands)
const dashed = ({ name, short }: OptionRow) => (short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`])
const chosen = options.filter(({ choices }) => choices.length > 0)

/** One word for a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The first sentence of a description, short enough for a list. */
function brief({ description }: OptionRow): string {
  const [sentence = ''] = description.replace(/^true or false\. /, '').split(/(?<=[a-z0-9)])[.:;] /)
  return sentence.replace(/\.$/, '').slice(0, 100)
}

function bash(): string {
  const cases = chosen.map(({ name, choices }) => `    --${name}) words='${choices.join(' ')}' ;;`)
  return `# Completion of dotcloud-push for bash. In ~/.bashrc: source <(dotcloud-push completion bash)
_dotcloud_push() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=''
  # bash takes --method=git for three words.
  [ "$before" != = ] || before=\${COMP_WORDS[COMP_CWORD - 2]}
  [ "$word" != = ] || word=''
  case $before in
${cases.join('\n')}
    completion) words='${shells.join(' ')}' ;;
  esac
  if [ -z "$words" ]; then
    case $word in
      -*) words='${options.flatMap(dashed).join(' ')}' ;;
      *) [ "$COMP_CWORD" -ne 1 ] || words='${names.join(' ')}' ;;
    esac
  fi
  # Where nothing of it fits, -o default completes names of files.
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _dotcloud_push dotcloud-push
`
}

function zsh(): string {
  const text = (row: OptionRow) => brief(row).replaceAll(/[[\]:\\]/g, '\\$&')
  const value = ({ takes, choices }: OptionRow) => {
    if (takes === 'nothing') return ''
    const action = choices.length > 0 ? `(${choices.join(' ')})` : takes === 'path' ? '_files' : ''
    return `${takes === 'flag' ? '::' : ':'}value:${action}`
  }
  const specs = options.flatMap((row) =>
    dashed(row).map((option) => {
      const many = row.list ? '*' : ''
      const sign = row.takes === 'nothing' || option.length === 2 ? '' : row.takes === 'flag' ? '=-' : '='
      return quoted(`${many}${option}${sign}[${text(row)}]${value(row)}`)
    }),
  )
  const described = Object.entries(commands).map(([name, { summary }]) => quoted(`${name}:${summary}`))
  return `#compdef dotcloud-push
# Completion of dotcloud-push for zsh: save it as _dotcloud-push in a directory of $fpath.
_dotcloud_push_first() {
  local -a commands=(
    ${described.join('\n    ')}
  )
  _alternative 'commands:command:{_describe command commands}' 'files:source:_files'
}
_dotcloud_push_second() {
  if [[ $words[2] == completion ]]; then _values shell ${shells.join(' ')}; else _files; fi
}
_dotcloud_push() {
  _arguments \\
    ${[...specs, `'1:command or source:_dotcloud_push_first'`, `'2:source:_dotcloud_push_second'`].join(' \\\n    ')}
}
if [[ $funcstack[1] == _dotcloud-push ]]; then _dotcloud_push "$@"; else compdef _dotcloud_push dotcloud-push; fi
`
}

function fish(): string {
  const option = (row: OptionRow) => {
    const value = { nothing: '', flag: '', value: ' -x', path: ' -r' }[row.takes]
    const choices = row.takes === 'value' && row.choices.length > 0 ? ` -a ${quoted(row.choices.join(' '))}` : ''
    const short = row.short === undefined ? '' : ` -s ${row.short}`
    return `complete -c dotcloud-push -l ${row.name}${short}${value}${choices} -d ${quoted(brief(row))}`
  }
  const command = ([name, { summary }]: readonly [string, { readonly summary: string }]) =>
    `complete -c dotcloud-push -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`
  return `# Completion of dotcloud-push for fish: save it as ~/.config/fish/completions/dotcloud-push.fish
${Object.entries(commands).map(command).join('\n')}
complete -c dotcloud-push -n '__fish_seen_subcommand_from completion' -f -a ${quoted(shells.join(' '))}
${options.map(option).join('\n')}
`
}
