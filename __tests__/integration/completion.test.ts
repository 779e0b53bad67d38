import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { inputs } from '../../src/core/inputs.ts'
import { runCli } from '../support/runner.ts'
import { isInstalled } from '../support/sandbox.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const everyCommand = ['completion', 'demo', 'doctor', 'plan', 'push']
const directory = temporaryDirectory('completion')
const script = (shell: string) => join(directory, shell)

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await runCli(['completion', shell])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    writeFileSync(script(shell), stdout)
  }
})

/** What bash offers for the last of the words; it cuts them at `=`. */
function bash(...words: string[]): string[] {
  const code = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dotcloud_push; IFS=' '; echo "\${COMPREPLY[*]}"`
  return execFileSync('bash', ['--norc', '-c', code, 'bash', script('bash'), 'dotcloud-push', ...words], {
    encoding: 'utf8',
  })
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .sort()
}

/** What fish offers for a line, without the descriptions and the names of files. */
function fish(line: string): string[] {
  const home = temporaryDirectory('fish')
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home }
  const code = `source ${script('fish')}; complete -C ${JSON.stringify(`dotcloud-push ${line}`)}`
  return execFileSync('fish', ['--no-config', '-c', code], { cwd: temporaryDirectory('here'), env, encoding: 'utf8' })
    .split('\n')
    .map((offer) => offer.split('\t')[0] ?? '')
    .filter((offer) => offer !== '')
    .sort()
}

describe('completion for bash', () => {
  it.each<[string[], string[]]>([
    [[''], everyCommand],
    [['pl'], ['plan']],
    [['plan', ''], []],
    [['plan', '--max'], ['--max-delete']],
    [['--ssh-key'], ['--ssh-key', '--ssh-key-file', '--ssh-key-passphrase', '--ssh-key-passphrase-file']],
    [
      ['--method', ''],
      ['auto', 'git', 'hg', 'rsync'],
    ],
    [['--method', '=', 'r'], ['rsync']],
    [
      ['--method', '='],
      ['auto', 'git', 'hg', 'rsync'],
    ],
    [
      ['--delete', '=', ''],
      ['false', 'true'],
    ],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
  ])('of %j', (words, offers) => {
    expect(bash(...words)).toEqual(offers)
  })

  it('offers every option', () => {
    expect(bash('--')).toEqual(expect.arrayContaining(inputs.map(({ name }) => `--${name}`)))
  })
})

describe.runIf(isInstalled('fish'))('completion for fish', () => {
  it.each<[string, string[]]>([
    ['', everyCommand],
    ['pl', ['plan']],
    ['plan --max', ['--max-delete']],
    ['--method ', ['auto', 'git', 'hg', 'rsync']],
    ['--method=r', ['--method=rsync']],
    ['completion ', ['bash', 'fish', 'zsh']],
  ])('of "%s"', (line, offers) => {
    expect(fish(line)).toEqual(offers)
  })

  it('offers every option', () => {
    expect(fish('--')).toEqual(expect.arrayContaining(inputs.map(({ name }) => `--${name}`)))
  })
})

it.runIf(isInstalled('zsh'))('completion for zsh is a script that zsh takes, and defines the function', () => {
  const code = 'autoload -U compinit; compinit -u -D; source $1; print $_comps[dotcloud-push]'
  expect(execFileSync('zsh', ['-f', '-c', code, 'zsh', script('zsh')], { encoding: 'utf8' })).toBe('_dotcloud_push\n')
})
