import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { parseDestination } from '../../src/core/destination.ts'
import type { InputName } from '../../src/core/inputs.ts'
import { memoryFor } from '../../src/methods/memory.ts'
import { filterRules } from '../../src/methods/rsync-filter.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { writeFiles } from '../support/workspaces.ts'
import { settings, workspace } from './samples.ts'

/** What `find` looks at, by the expression that leaves out what is no business of ours. */
function seen(names: readonly string[], inputs: Partial<Record<InputName, string>> = {}): string[] {
  const given = settings(inputs)
  const values = { app: 'app', deployment: 'default', branch: 'main', sha: 'a'.repeat(40) }
  const step = {
    verb: 'upload',
    directory: '.',
    destination: parseDestination('destination', 'ssh://u@host.example.com/~/app', values),
    workspace: workspace(),
    check: true,
    excludes: [],
    targetBranch: '',
  } as const
  const { prune } = memoryFor(step, given, filterRules(given, given.excludes), 'rsync', new Map())
  const place = temporaryDirectory('prune')
  writeFiles(place, Object.fromEntries(names.map((name) => [name, ''])))
  const found = execFileSync('sh', ['-c', `find . ${prune} ! -type d -print`], { cwd: place, encoding: 'utf8' })
    .trim()
    .split('\n')
  return found.map((path) => path.slice(2)).sort()
}

const secrets = ['.git/x', 'a/.git', '.hg/x', '.env', 'a/.env.local', 'b/k.pem', 'id_rsa', '.ssh/key']

describe('the look for drift', () => {
  it('leaves out what is never sent, and nothing else', () => {
    const ours = ['.dotted', '.envoy/x', '.gitignore', 'a/env', 'd.git/x', 'git', 'x.py']
    expect(seen([...ours, ...secrets, 'x.pyc'])).toEqual(ours.filter((name) => !name.startsWith('.envoy')))
  })

  it('leaves out what is excluded: names, paths from the top, directories', () => {
    const excludes = 'cache\n/top/x\nlogs/\n*.tmp\n.state'
    const ours = ['a/top/x', 'other/logs', 'y']
    const out = ['a/cache/x', 'cache', 'top/x', 'logs/today', 'b.tmp', 'a/.state']
    expect(seen([...ours, ...out, ...secrets], { excludes })).toEqual(ours)
  })
})
