import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchMatches, checkPatterns, gate } from '../../src/core/branches.ts'
import { PushError } from '../../src/core/errors.ts'
import { failureOf, runs } from './samples.ts'

/** The examples of GitHub's filter pattern cheat sheet, and names next to them that must not match. */
const examples: readonly [patterns: string[], matches: string[], others: string[]][] = [
  [['Octo*'], ['Octocat'], ['Octo/cat', 'octocat']],
  [['[CB]at'], ['Cat', 'Bat'], ['Rat', 'CBat', 'at']],
  [['[1-2]00'], ['100', '200'], ['300', '00', '1-200']],
  [['[0-9a-z]'], ['5', 'q'], ['Q', '55', '-']],
  [['feature/*'], ['feature/my-branch', 'feature/your-branch'], ['feature', 'feature/a/b', 'xfeature/a']],
  [
    ['feature/**'],
    ['feature/beta-a/my-branch', 'feature/your-branch', 'feature/mona/the/octocat'],
    ['feature', 'my/feature/x'],
  ],
  [
    ['main', 'releases/mona-the-octocat'],
    ['main', 'releases/mona-the-octocat'],
    ['mainline', 'releases', 'my/main'],
  ],
  [['*'], ['main', 'releases'], ['releases/1']],
  [['**'], ['all/the/branches', 'every/tag', 'main'], []],
  [['*feature'], ['mona-feature', 'feature', 'ver-10-feature'], ['features', 'a/feature']],
  [['v2*'], ['v2', 'v2.0', 'v2.9'], ['v1', 'v2/0', 'av2']],
  [['v[12].[0-9]+.[0-9]+'], ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1.a.1', 'v1.10', 'v1x10x1', 'v1.1.1-rc']],
  [['*.jsx?'], ['page.js', 'page.jsx'], ['page.jsxx', 'page.jsy', 'a/page.js']],
  [['*.js'], ['app.js', 'index.js'], ['src/app.js', 'appxjs']],
  [['**.js'], ['index.js', 'js/index.js', 'src/js/app.js'], ['index.jsx']],
  [['docs/*'], ['docs/README.md', 'docs/file.txt'], ['docs/a/b', 'docs']],
  [['docs/**'], ['docs/README.md', 'docs/mona/octocat.txt'], ['mydocs/a']],
  [
    ['docs/**/*.md'],
    ['docs/README.md', 'docs/mona/hello-world.md', 'docs/a/markdown/file.md'],
    ['docs/x.txt', 'README.md'],
  ],
  [['**/docs/**'], ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'], ['mydocs/a', 'docs']],
  [['**/README.md'], ['README.md', 'js/README.md'], ['xREADME.md', 'README.md/x']],
  [['**/*src/**'], ['a/src/app.js', 'my-src/code/js/app.js'], ['a/srcs/app.js']],
  [['**/*-post.md'], ['my-post.md', 'path/their-post.md'], ['my-posts.md']],
  [['**/migrate-*.sql'], ['migrate-10909.sql', 'db/migrate-v1.0.sql', 'db/sept/migrate-v1.sql'], ['migrate.sql']],
  [['*.md', '!README.md'], ['hello.md'], ['README.md', 'docs/hello.md']],
  [['*.md', '!README.md', 'README*'], ['hello.md', 'README.md', 'README.doc'], ['docs/hello.md']],
  [
    ['releases/**', '!releases/**-alpha'],
    ['releases/10', 'releases/beta/mona'],
    ['releases/10-alpha', 'releases/beta/3-alpha'],
  ],
]

describe('GitHub’s filter patterns', () => {
  it.each(examples)('%j', (patterns, matches, others) => {
    expect(() => checkPatterns(patterns)).not.toThrow()
    for (const branch of matches) expect([branch, branchMatches(patterns, branch)]).toEqual([branch, true])
    for (const branch of others) expect([branch, branchMatches(patterns, branch)]).toEqual([branch, false])
  })

  it.each<[string[], string, boolean]>([
    [['main', '!main'], 'main', false],
    [['!main', 'main'], 'main', true],
    [['**', '!main', 'ma*', '!mai?n'], 'main', false],
    [['**', '!main', '!dev', 'ma*'], 'main', true],
    [['a!b'], 'a!b', true],
    [['**', '!!x'], '!x', false],
    [['**', '!!x'], 'x', true],
    [[], 'main', false],
  ])('of %j, the last that matches decides on %s', (patterns, branch, expected) => {
    expect(branchMatches(patterns, branch)).toBe(expected)
  })

  it.each<[string, string, boolean]>([
    ['a.b', 'axb', false],
    ['a(b)', 'a(b)', true],
    ['a|b', 'a', false],
    ['a{1}', 'a{1}', true],
    ['^a$', '^a$', true],
    ['^a$', 'a', false],
    ['feat\\*', 'feat*', true],
    ['feat\\*', 'feature', false],
    ['a\\+b', 'a+b', true],
    ['a\\+b', 'aab', false],
    ['+a', '+a', true],
    ['?a', '?a', true],
    ['**?', 'x?', true],
    ['ab+', 'abbb', true],
    ['ab+', 'a', false],
    ['ab?c', 'ac', true],
    ['ab?c', 'abbc', false],
    ['[a-c]+', 'abcabc', true],
    ['[a_.]', '_', true],
    ['a[', 'a[', true],
    ['größe/*', 'größe/ü', true],
    ['😀+', '😀😀', true],
    ['MAIN', 'main', false],
    ['main', 'main\n', false],
    ['a*b', 'a\nb', true],
  ])('%s on %j: %s', (pattern, branch, expected) => {
    expect(branchMatches([pattern], branch)).toBe(expected)
  })

  it.each(['[]', '[z-a]', '[a-]', '[!a]', '[^a]', 'x[a b]', '[é]', '[a-c-e]', '[a-Z]'])('refuse %s', (pattern) => {
    const { errorClass, cause, next } = failureOf(() => checkPatterns(['main', `!${pattern}`]))
    expect(errorClass).toBe('input')
    expect(cause).toContain(`Input branches has the pattern "${pattern}"`)
    expect(next).toContain('[a-z0-9]')
  })

  it('refuse a list that can match nothing', () => {
    expect(failureOf(() => checkPatterns(['!main', '!dev']))).toMatchObject({
      errorClass: 'input',
      cause: expect.stringContaining('only "!" patterns'),
    })
    expect(() => checkPatterns([])).not.toThrow()
  })

  it('any pattern is refused, or judges any branch', () => {
    const pattern = fc.string({
      unit: fc.constantFrom(...'*?+[]!\\-./az09(){}|^$é\u{1f600}\n'),
      minLength: 1,
      maxLength: 12,
    })
    const branch = fc.string({ unit: fc.constantFrom(...'az09/-.*+é'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, branch, (one, name) => {
        try {
          checkPatterns(['**', one])
        } catch (error) {
          expect(error).toBeInstanceOf(PushError)
          return
        }
        expect(typeof branchMatches([one], name)).toBe('boolean')
      }),
      runs(2000),
    )
  })

  it('a name without special characters matches itself alone', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abz019/-_.@#,;= é'), minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(branchMatches([one], one)).toBe(true)
        expect(branchMatches([one], other)).toBe(one === other)
      }),
    )
  })
})

describe('the gate', () => {
  it.each<[string[], string | undefined, boolean, RegExp]>([
    [[], 'refs/tags/v1', true, /no branch filter/],
    [[], undefined, true, /no branch filter/],
    [['main'], 'refs/heads/main', true, /^branch main matches main$/],
    [['main', 'v*'], 'refs/heads/dev', false, /^branch dev does not match main, v\*$/],
    [['releases/**'], 'refs/heads/releases/1/x', true, /branch releases\/1\/x matches/],
    [['**'], 'refs/tags/main', false, /refs\/tags\/main is not a branch/],
    [['**'], 'refs/pull/7/merge', false, /refs\/pull\/7\/merge is not a branch/],
    [['**'], 'refs/heads/', false, /not a branch/],
    [['**'], 'main', false, /not a branch/],
    [['**'], '', false, /no branch is checked out/],
    [['**'], undefined, false, /no branch is checked out/],
  ])('%j on %s: %s', (patterns, ref, open, reason) => {
    const found = gate(patterns, ref)
    expect(found.open).toBe(open)
    expect(found.reason).toMatch(reason)
  })
})
