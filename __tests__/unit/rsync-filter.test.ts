import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtInExcludes, parsePatterns } from '../../src/core/settings.ts'
import { filterRules, readIgnoreFile } from '../../src/methods/rsync-filter.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { tree, writeFiles } from '../support/workspaces.ts'
import { processRuns, workspace } from './samples.ts'

/** One file for each built-in exclude, at the top and below. */
const secrets = [
  '.git/config',
  '.hg/hgrc',
  '.svn/entries',
  '.env',
  '.env.production',
  'server.pem',
  'id_ed25519',
  '.npmrc',
  '.netrc',
  '.ssh/id',
  '.aws/credentials',
  'dotcloud-push.yml',
]
const ordinary = [
  'index.html',
  'README.md',
  'a b',
  'app.pyc',
  'env',
  'pem',
  '!',
  '# c',
  '; c',
  '- x',
  'x',
  '.',
  'src/main.js',
  '+ .env',
  'merge x',
  'P x',
  '.hidden',
]
const everything = [...secrets, ...ordinary.filter((name) => name !== '.')]

let source = ''
let target = ''
beforeAll(() => {
  source = temporaryDirectory('source')
  target = temporaryDirectory('target')
  writeFiles(
    source,
    Object.fromEntries(
      everything.flatMap((name) => [
        [name, 'x'],
        [`sub/deep/${name}`, 'x'],
      ]),
    ),
  )
  // What a merge would read: it clears all rules and includes everything.
  writeFiles(source, { evil: '!\n+ *\n', '.rsync-filter': '!\n+ *\n' })
})

/** The files that rsync sends by the generated rules into an empty directory. */
function sent(
  excludes: readonly string[],
  includes: readonly string[] = [],
  protect: readonly string[] = [],
): string[] {
  return sentBy([filterRules({ includes, protect }, excludes)])[0] ?? []
}

/** The same for several sets of rules, side by side: rsync mostly sleeps. */
function sentBy(rules: readonly string[]): string[][] {
  const folder = temporaryDirectory('filter')
  for (const [index, text] of rules.entries()) writeFileSync(join(folder, `${index}`), text)
  const rsync = `rsync -rlpt --dry-run --out-format=%n "--filter=merge $index" -- ${source}/ ${target}/`
  const script = `for index in *; do { ${rsync} || echo failed; } >$index.sent 2>&1 & done; wait`
  execFileSync('sh', ['-c', script], { env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' }, cwd: folder })
  const isFile = (name: string) => name !== '' && !name.endsWith('/')
  return rules.map((_, index) =>
    readFileSync(join(folder, `${index}.sent`), 'utf8')
      .split('\n')
      .filter(isFile),
  )
}

/** What no user's exclude may ever bring back. */
const isSecret = (path: string) =>
  path
    .split('/')
    .some((name) =>
      /^(\.git|\.hg|\.svn|\.env.*|.*\.pem|id_.*|\.npmrc|\.netrc|\.ssh|\.aws|dotcloud-push\.yml)$/.test(name),
    )

describe('the rules of rsync', () => {
  it('the naive way sends secrets, which shows that these excludes are attacks', () => {
    const naive = (...flags: string[]) =>
      execFileSync('rsync', ['-r', '--dry-run', '--out-format=%n', ...flags, `${source}/`, `${target}/`], {
        encoding: 'utf8',
      }).split('\n')
    expect(naive('--exclude=.env')).not.toContain('.env')
    expect(naive('--exclude=.env', '--exclude=!')).toContain('.env')
    expect(naive('--exclude=+ .env', '--exclude=.env')).toContain('.env')
  })

  it('A15 A16 B16 without excludes, all but the built-in ones are sent', () => {
    const files = sent([])
    expect(files.filter(isSecret)).toEqual([])
    expect(files).toEqual(expect.arrayContaining(everything.filter((name) => !isSecret(name))))
    expect(files).toEqual(
      expect.arrayContaining(everything.filter((name) => !isSecret(name)).map((name) => `sub/deep/${name}`)),
    )
  })

  it.each([
    '!',
    '+ .env',
    '+ *',
    '- x',
    '; c',
    '# c',
    'merge x',
    '. evil',
    'merge evil',
    'dir-merge .rsync-filter',
    ': .rsync-filter',
    'P x',
    'S .env',
    'show .env',
    'R .env',
    'clear',
    'include .env',
    'merge,e- evil',
    '-! .env',
    '*/',
    '.',
    '/',
    '**',
    '[',
    '\\',
    '_',
  ])('A15 A16 the exclude %j brings nothing back', (pattern) => {
    expect(sent([pattern]).filter(isSecret)).toEqual([])
    expect(sent(['*.pyc', pattern]).filter((name) => name.endsWith('.pyc'))).toEqual([])
  })

  it.each([
    ['index.html', ['index.html', 'sub/deep/index.html']],
    ['/index.html', ['index.html']],
    ['*.pyc', ['app.pyc', 'sub/deep/app.pyc']],
    ['src/', ['src/main.js', 'sub/deep/src/main.js']],
    ['sub/**', everything.filter((name) => !isSecret(name)).map((name) => `sub/deep/${name}`)],
    ['!', ['!', 'sub/deep/!']],
    ['# c', ['# c', 'sub/deep/# c']],
    ['; c', ['; c', 'sub/deep/; c']],
    ['+ .env', ['+ .env', 'sub/deep/+ .env']],
    ['a b', ['a b', 'sub/deep/a b']],
  ])('%j is a pattern and nothing else', (pattern, missing) => {
    const left = sent([pattern])
    const absent = sent([]).filter((name) => !left.includes(name))
    expect(absent.sort()).toEqual([...missing].sort())
  })

  it('P3 whatever the list of excludes is, no built-in exclude is sent', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '!',
        '+ .env',
        '+ *',
        '- x',
        '; c',
        '# c',
        'merge evil',
        '. evil',
        ':',
        'P x',
        'dir-merge .rsync-filter',
        'S *',
        'clear',
        'R *',
      ),
      fc.string({ unit: fc.constantFrom(...'!+-.:;#/*?[]\\ PSRH,_enmv'), maxLength: 6 }),
      fc
        .tuple(
          fc.constantFrom('+', '-', '!', '.', ':', 'S', 'R', '+!', '-,'),
          fc.constantFrom(...builtInExcludes, '*', '/'),
        )
        .map(([rule, pattern]) => `${rule} ${pattern}`),
    )
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 8 }), { minLength: 20, maxLength: 20 }), (lists) => {
        const excludes = lists.map((lines) => parsePatterns('excludes', lines.join('\n')))
        const answers = sentBy(excludes.map((patterns) => filterRules({ includes: [], protect: [] }, patterns)))
        for (const [index, names] of answers.entries())
          expect([excludes[index], names.includes('failed'), names.filter(isSecret)]).toEqual([
            excludes[index],
            false,
            [],
          ])
      }),
      processRuns(3),
    )
  })

  it('an include lifts its own name alone', () => {
    expect(sent([], ['.env']).filter(isSecret).sort()).toEqual(['.env', 'sub/deep/.env'])
    expect(sent([], ['*.pem']).filter(isSecret).sort()).toEqual(['server.pem', 'sub/deep/server.pem'])
    expect(sent([], ['.git']).filter(isSecret).sort()).toEqual(['.git/config', 'sub/deep/.git/config'])
    expect(sent(['.env'], ['.env']).filter(isSecret)).toEqual([])
  })

  it('a protected path is sent all the same, and never deleted', () => {
    const destination = temporaryDirectory('destination')
    const protect = ['uploads/', 'keep.db', '/data']
    writeFiles(destination, {
      'uploads/a/b': '1',
      'keep.db': '2',
      'sub/keep.db': '3',
      'data/x': '4',
      gone: '5',
      'old/uploads/x': '6',
    })
    const filter = join(temporaryDirectory('filter'), 'filter')
    writeFileSync(filter, filterRules({ includes: [], protect }, ['*.pyc']))
    writeFiles(destination, { 'there.pyc': '7', '.env': '8', id_rsa: '9' })
    execFileSync('rsync', ['-rlpt', '--delete', `--filter=merge ${filter}`, '--', `${source}/`, `${destination}/`], {
      stdio: 'pipe',
    })
    const left = Object.keys(tree(destination))
    expect(left).toEqual(
      expect.arrayContaining(['uploads/a/b', 'keep.db', 'sub/keep.db', 'there.pyc', '.env', 'id_rsa', 'index.html']),
    )
    expect(left).not.toContain('gone')
    expect(left).toContain('data/x')
  })
})

describe('.dotcloudignore', () => {
  it('is read as rsync’s exclude file, but only for excludes', async () => {
    const root = temporaryDirectory('workspace')
    writeFiles(root, {
      '.dotcloudignore': '# comment\r\n; comment\n\n*.log\n- tmp/\n -   spaced \n!\n+ .env\na\tb\n  node_modules  \n',
    })
    expect(await readIgnoreFile(workspace({ root }))).toEqual([
      '*.log',
      'tmp/',
      'spaced',
      '!',
      '+ .env',
      'node_modules',
    ])
  })

  it('may be missing, and a single file has none', async () => {
    const root = temporaryDirectory('workspace')
    expect(await readIgnoreFile(workspace({ root }))).toEqual([])
    writeFiles(root, { '.dotcloudignore': 'x', file: '' })
    expect(await readIgnoreFile(workspace({ root: join(root, 'file'), isFile: true }))).toEqual([])
  })
})
