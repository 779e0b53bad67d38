import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings, Workspace } from '../core/model.js'
import { builtInExcludes, parseLines } from '../core/settings.js'

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
  if (isFile) return []
  const text = await readFile(join(root, '.dotcloudignore'), 'utf8').catch(() => '')
  return parseLines(text)
    .filter((line) => !/^[#;]/.test(line))
    .map((line) => line.replace(/^- +/, ''))
    .filter((line) => !/[\u0000-\u001f\u007f]/.test(line))
}
