import { realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { PushError } from '../core/errors.js'
import type { Settings, Workspace } from '../core/model.js'
import { builtInExcludes, matchesName, parseLines } from '../core/settings.js'
import { exists, readPlain } from '../core/workspace.js'

/**
 * The rules of one rsync, as a merge file. Every exclude is written as `- PATTERN`, so that none can turn into a rule of
 * another kind: `!` would clear all rules before it, `+ .env` would send a secret. The first rule that fits decides.
 */
export function filterRules(
  { includes, protect }: Pick<Settings, 'includes' | 'protect'>,
  excludes: readonly string[],
): string {
  const rules = [
    // A protected directory keeps what is in it, even where the source has the directory too.
    ...protect.flatMap((pattern) => [`P ${pattern}`, ...(pattern.endsWith('/') ? [`P ${pattern}**`] : [])]),
    ...excludes.map((pattern) => `- ${pattern}`),
    ...includes.map((name) => `+ ${name}`),
    ...builtInExcludes.map((pattern) => `- ${pattern}`),
  ]
  return rules.map((rule) => `${rule}\n`).join('')
}

/** The patterns of `.dotcloudignore`, which dotCloud's client read as rsync's exclude file. */
export async function readIgnoreFile({ root, isFile }: Workspace): Promise<string[]> {
  const path = join(root, '.dotcloudignore')
  const content = isFile ? undefined : await readPlain(path, 16 << 20)
  if (!isFile && content === undefined && (await exists(path))) {
    throw new PushError(
      'input',
      '.dotcloudignore is no plain file of at most 16 MiB, so what it would leave out is not known.',
      'Replace it by a plain file, or remove it.',
    )
  }
  return parseLines(content?.toString('utf8') ?? '')
    .filter((line) => !/^[#;]/.test(line))
    .map((line) => line.replace(/^- +/, ''))
    .filter((line) => !/[\u0000-\u001f\u007f]/.test(line))
}

/**
 * Refuses a source inside of what a mirror leaves out: its files have no names by which they would be left out.
 * @throws PushError `unsafe`
 */
export async function guardSource({ root }: Workspace, workspace: string): Promise<void> {
  const hidden = builtInExcludes.filter((pattern) => pattern.startsWith('.'))
  const way = relative(await realpath(workspace), root).split(sep)
  const name = way.find((each) => hidden.some((pattern) => matchesName(pattern, each)))
  if (name === undefined) return
  throw new PushError('unsafe', `The source lies in ${name}, which is never sent.`, 'Name another directory.')
}

/**
 * Refuses to send a git directory with a token in it, as actions/checkout leaves one there.
 * @param names of the files that would be sent
 * @throws PushError `unsafe`
 */
export async function guardTokens({ root }: Workspace, names: readonly string[]): Promise<void> {
  for (const name of names.filter((each) => /(?:^|\/)\.git\/(?:.*\/)?config$/.test(each))) {
    const config = await readPlain(join(root, name))
    if (!/extraheader|authorization:|:\/\/[^/\s]*@/i.test(config?.toString('utf8') ?? '')) continue
    throw new PushError(
      'unsafe',
      'includes has .git, and .git/config holds a token.',
      'Set persist-credentials: false at actions/checkout, or leave .git out.',
      { evidence: name },
    )
  }
}
