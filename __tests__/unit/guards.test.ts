import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guardDeletions, guardEmpty, guardForeign, guardMirror } from '../../src/core/guards.ts'
import { failureOf } from './samples.ts'

describe('A18 a mirror', () => {
  it.each([
    ['', /root of the file system/],
    ['/', /root of the file system/],
    ...[
      '/bin',
      '/boot',
      '/dev',
      '/etc',
      '/home',
      '/lib',
      '/lib64',
      '/media',
      '/mnt',
      '/opt',
      '/proc',
      '/root',
      '/run',
    ].map((path) => [path, /directory of the system/] as const),
    ...['/sbin', '/srv', '/sys', '/tmp', '/usr', '/var', '/Users', '/Library', '/System', '/Volumes', '/private'].map(
      (path) => [path, /directory of the system/] as const,
    ),
    ['/home/u', /directory of the system/],
    ['/Users/u', /directory of the system/],
    ['/usr/local', /directory of the system/],
    ['/private/etc', /directory of the system/],
    ['/var/lib', /directory of the system/],
    ['/var/log', /directory of the system/],
  ] as const)('never takes over %j', (path, cause) => {
    const failure = failureOf(() => guardMirror(path))
    expect(failure.errorClass).toBe('unsafe')
    expect(failure.cause).toMatch(cause)
    expect(failure.evidence).toBe(path)
  })

  it.each([
    '/srv/app',
    '/var/www',
    '/var/www/html',
    '/opt/app',
    '/home/u/app',
    '/usr/share/nginx/html',
    '/data',
    '/tmp/x',
    '/rootfs',
    '/homepage',
    '/var/library',
  ])('may take over %s', (path) => {
    expect(() => guardMirror(path)).not.toThrow()
    expect(() => guardMirror(path, '/home/u')).not.toThrow()
  })

  it.each([
    ['/data/people/u', '/data/people/u'],
    ['/data/people', '/data/people/u'],
    ['/data', '/data/people/u'],
  ])('never takes over %s, a home or above one', (path, home) => {
    expect(failureOf(() => guardMirror(path, home)).cause).toContain('a home directory')
    expect(() => guardMirror(path)).not.toThrow()
  })

  it('may take over what lies in a home, or beside it', () => {
    for (const path of ['/data/people/u/app', '/data/people/u2', '/data/p']) {
      expect(() => guardMirror(path, '/data/people/u')).not.toThrow()
    }
  })

  it('G6 of nothing is refused', () => {
    expect(failureOf(() => guardEmpty(0, true))).toMatchObject({ errorClass: 'unsafe' })
    expect(() => guardEmpty(0, false)).not.toThrow()
    expect(() => guardEmpty(1, true)).not.toThrow()
  })

  it('G9 does not take over what is there already, unless it is ours or adopted', () => {
    const failure = failureOf(() => guardForeign({ filled: true, ours: false }, false, '/srv/app'))
    expect(failure.errorClass).toBe('unsafe')
    expect(failure.cause).toContain('/srv/app holds files')
    expect(failure.next).toContain('adopt: true')
    expect(() => guardForeign({ filled: true, ours: false }, true, '/srv/app')).not.toThrow()
    expect(() => guardForeign({ filled: true, ours: true }, false, '/srv/app')).not.toThrow()
    expect(() => guardForeign({ filled: false, ours: false }, false, '/srv/app')).not.toThrow()
  })
})

describe('G7 deletions', () => {
  const files = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`)

  it.each<[deleted: number, kept: number, limit: { percent: number } | { count: number }, allowed: boolean]>([
    [5, 5, { percent: 50 }, true],
    [6, 5, { percent: 50 }, false],
    [1, 1, { percent: 50 }, true],
    [1, 0, { percent: 50 }, false],
    [1, 0, { percent: 100 }, true],
    [9, 0, { percent: 100 }, true],
    [1, 99, { percent: 1 }, true],
    [1, 98, { percent: 1 }, false],
    [1, 999, { percent: 0 }, false],
    [0, 0, { percent: 0 }, true],
    [0, 9, { count: 0 }, true],
    [1, 9, { count: 0 }, false],
    [3, 0, { count: 3 }, true],
    [4, 999, { count: 3 }, false],
  ])('%i of %i more by %j: %s', (deleted, kept, limit, allowed) => {
    const act = () => guardDeletions(files(deleted), kept, limit)
    if (allowed) expect(act).not.toThrow()
    else expect(failureOf(act).errorClass).toBe('unsafe')
  })

  it('tells how many, of how many, and the limit', () => {
    const failure = failureOf(() => guardDeletions(files(7), 3, { percent: 50 }))
    expect(failure.cause).toBe('The push would delete 7 of 10 files at the destination, and max-delete is 50%.')
    expect(failure.evidence).toBe('f0, f1, f2, f3, f4, …')
    expect(failureOf(() => guardDeletions(files(2), 3, { count: 1 })).evidence).toBe('f0, f1')
    expect(failureOf(() => guardDeletions(files(2), 3, { count: 1 })).cause).toContain('max-delete is 1.')
  })

  it('no limit lets more pass than it says', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(100), (deleted, kept, percent) => {
        const allowed = deleted * 100 <= (deleted + kept) * percent
        const act = () => guardDeletions(files(deleted), kept, { percent })
        if (allowed) expect(act).not.toThrow()
        else expect(act).toThrow()
      }),
    )
  })
})
