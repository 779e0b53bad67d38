import { delimiter } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { childEnvironment, cleanPath, isInside, proxyVariables } from '../../src/system/environment.ts'
import { runs } from './samples.ts'

describe('a path inside a directory', () => {
  it.each([
    ['/work', '/work', true],
    ['/work', '/work/a/b', true],
    ['/work', '/work/..a', true],
    ['/work', '/work/...', true],
    ['/', '/anything', true],
    ['/work', '/workshop', false],
    ['/work', '/', false],
    ['/work/a', '/work', false],
    ['/work', '/other', false],
    ['/work', '/work/../etc', false],
  ])('%s %s: %s', (directory, path, inside) => {
    expect(isInside(directory, path)).toBe(inside)
  })
})

describe('PATH', () => {
  it.each([
    ['/usr/bin:/bin', '/usr/bin:/bin'],
    ['/work/bin:/usr/bin', '/usr/bin'],
    ['/usr/bin:/work', '/usr/bin'],
    ['/work/node_modules/.bin:/workshop/bin', '/workshop/bin'],
    ['.:/usr/bin', '/usr/bin'],
    ['bin:/usr/bin:', '/usr/bin'],
    ['::', ''],
    ['', ''],
    ['/usr/../work/bin:/usr/bin', '/usr/bin'],
    ['~/bin:/usr/bin', '/usr/bin'],
  ])('B22 %s is cleaned to %s', (path, expected) => {
    expect(cleanPath(path, '/work')).toBe(expected)
  })
})

const allowed = ['PATH', 'HOME', 'LC_ALL', 'TMPDIR', 'RUNNER_TRACKING_ID', 'SystemRoot', 'ComSpec', 'PATHEXT', 'WINDIR']
const poison = {
  INPUT_APP: 'x',
  'INPUT_SSH-KEY': 'secret',
  GITHUB_TOKEN: 'secret',
  ACTIONS_RUNTIME_TOKEN: 'secret',
  GIT_SSH_COMMAND: 'x',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'core.sshCommand',
  GIT_DIR: '/x',
  RSYNC_RSH: 'x',
  RSYNC_OLD_ARGS: '1',
  HGRCPATH: '/x',
  LD_PRELOAD: '/x.so',
  DYLD_INSERT_LIBRARIES: '/x',
  BASH_ENV: '/x',
  ENV: '/x',
  SSH_AUTH_SOCK: '/x',
  SSH_ASKPASS: '/x',
  NODE_OPTIONS: '--require /x',
  PYTHONPATH: '/x',
  PERL5LIB: '/x',
  HTTPS_PROXY: 'http://proxy',
  LANG: 'tr_TR.UTF-8',
  HOME: '/home/me',
  path: '/evil',
}

describe('a child process', () => {
  it('C5 T16 B18 B19 sees only what is allowed', () => {
    const given = {
      ...poison,
      PATH: '/work/bin:/usr/bin',
      TMPDIR: '/tmp',
      RUNNER_TRACKING_ID: 'github_1',
      SystemRoot: 'C:\\Windows',
    }
    expect(childEnvironment(given, '/work')).toEqual({
      PATH: '/usr/bin',
      HOME: '/nonexistent',
      LC_ALL: 'C',
      TMPDIR: '/tmp',
      RUNNER_TRACKING_ID: 'github_1',
      SystemRoot: 'C:\\Windows',
    })
  })

  it('has these even when we have nothing', () => {
    expect(childEnvironment({}, '/work')).toEqual({ PATH: '', HOME: '/nonexistent', LC_ALL: 'C' })
    expect(childEnvironment({ TMPDIR: undefined }, '/work')).not.toHaveProperty('TMPDIR')
  })

  it('P10 whatever our environment is, sees a part of the allow-list, and no PATH into the workspace', () => {
    const name = fc.oneof(fc.constantFrom(...allowed, ...Object.keys(poison), '__proto__', 'constructor'), fc.string())
    const value = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('/work', '/work/bin', '/usr/bin', '.', '', 'bin', '/usr/../work'), { maxLength: 4 })
        .map((parts) => parts.join(delimiter)),
    )
    fc.assert(
      fc.property(fc.dictionary(name, value), (environment) => {
        const child = childEnvironment(environment, '/work')
        expect(allowed).toEqual(expect.arrayContaining(Object.keys(child)))
        expect(child).toMatchObject({ HOME: '/nonexistent', LC_ALL: 'C' })
        for (const entry of child['PATH']?.split(delimiter) ?? []) {
          if (entry !== '') expect(entry.startsWith('/') && !isInside('/work', entry)).toBe(true)
        }
      }),
      runs(100),
    )
  })
})

it('only the proxy settings are handed on for completing a checkout', () => {
  const proxies = { https_proxy: 'a', HTTP_PROXY: 'b', No_Proxy: 'c', ALL_PROXY: 'd' }
  expect(
    proxyVariables({ ...proxies, PROXY: 'x', ftp_proxy: 'y', GIT_PROXY_COMMAND: 'z', http_proxy: undefined }),
  ).toEqual(proxies)
})
