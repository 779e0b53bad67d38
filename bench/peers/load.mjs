import { createRequire } from 'node:module'

/** What a peer is started with: the folder that it is installed in, and where to copy what. */
export function load() {
  const [, , folder = '', task = '{}'] = process.argv
  return { load: createRequire(`${folder}/package.json`), task: JSON.parse(task) }
}
