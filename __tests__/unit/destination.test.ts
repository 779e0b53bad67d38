import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Destination,
  formatDestination,
  formatLogin,
  loginWord,
  parseDestination,
  parseJump,
  remotePath,
} from '../../src/core/destination.ts'
import { PushError } from '../../src/core/errors.ts'
import type { TemplateValues } from '../../src/core/template.ts'
import { failureOf, runs, wordsOf } from './samples.ts'

const values: TemplateValues = { app: 'hello', deployment: 'default', branch: 'feature/x', sha: 'c0ffee' }
const parse = (text: string, given = values) => parseDestination('destination', text, given)
const refusal = (text: string, given = values) => failureOf(() => parse(text, given))

const at = (user: string, host: string, port: number, base: 'root' | 'home', path: string): Destination => ({
  user,
  host,
  port,
  base,
  path,
})

describe('a destination', () => {
  it.each<[string, Destination]>([
    ['ssh://host.example.com/app', at('dotcloud', 'host.example.com', 22, 'root', 'app')],
    [
      'ssh://dotcloud@uploader.dotcloud.com:21122/{app}',
      at('dotcloud', 'uploader.dotcloud.com', 21122, 'root', 'hello'),
    ],
    ['SSH://U@HOST/App', at('U', 'host', 22, 'root', 'App')],
    ['ssh://u@host:65535/srv//www/', at('u', 'host', 65535, 'root', 'srv/www')],
    ['ssh://u@host//srv/www', at('u', 'host', 22, 'root', 'srv/www')],
    ['ssh://u@host/~/app', at('u', 'host', 22, 'home', 'app')],
    ['ssh://u@host/%7E/app', at('u', 'host', 22, 'home', 'app')],
    ['ssh://u@host/a%20b/%C3%A9', at('u', 'host', 22, 'root', 'a b/é')],
    ['ssh://u@host/a%2541', at('u', 'host', 22, 'root', 'a%41')],
    ['ssh://u@192.0.2.7/srv/x', at('u', '192.0.2.7', 22, 'root', 'srv/x')],
    ['ssh://u@[2001:DB8::1]:2222/srv/x', at('u', '2001:db8::1', 2222, 'root', 'srv/x')],
    ['ssh://[::1]/~/x', at('dotcloud', '::1', 22, 'home', 'x')],
    ['ssh://u@[::ffff:192.0.2.7]/x', at('u', '::ffff:192.0.2.7', 22, 'root', 'x')],
    ['ssh://u@host/{app}/{deployment}/{branch}/{sha}', at('u', 'host', 22, 'root', 'hello/default/feature/x/c0ffee')],
    ['ssh://{app}@{app}.example.com/x', at('hello', 'hello.example.com', 22, 'root', 'x')],
    ['host:app', at('dotcloud', 'host', 22, 'home', 'app')],
    ['u@host:app/sub/', at('u', 'host', 22, 'home', 'app/sub')],
    ['u@host:~/app', at('u', 'host', 22, 'home', 'app')],
    ['u@host:/srv/app', at('u', 'host', 22, 'root', 'srv/app')],
    ['u@[::1]:app', at('u', '::1', 22, 'home', 'app')],
    ['host:22/app', at('dotcloud', 'host', 22, 'home', '22/app')],
    ['u@host:a%20b', at('u', 'host', 22, 'home', 'a%20b')],
    // The receivers of today.
    ['ssh://dokku@dokku.example.com:22/{app}', at('dokku', 'dokku.example.com', 22, 'root', 'hello')],
    ['ssh://piku@host/{app}', at('piku', 'host', 22, 'root', 'hello')],
    ['git@ssh.osc-fr1.scalingo.com:{app}.git', at('git', 'ssh.osc-fr1.scalingo.com', 22, 'home', 'hello.git')],
    [
      'ssh://git@push.par.clever-cloud.com/app_1-2.git',
      at('git', 'push.par.clever-cloud.com', 22, 'root', 'app_1-2.git'),
    ],
    ['{app}@git.eu-5.platform.sh:{app}.git', at('hello', 'git.eu-5.platform.sh', 22, 'home', 'hello.git')],
    [
      'ssh://codeserver.dev.0a1b2c3d-0000-4000-8000-000000000000@codeserver.dev.0a1b2c3d-0000-4000-8000-000000000000.drush.in:2222/~/repository.git',
      at(
        'codeserver.dev.0a1b2c3d-0000-4000-8000-000000000000',
        'codeserver.dev.0a1b2c3d-0000-4000-8000-000000000000.drush.in',
        2222,
        'home',
        'repository.git',
      ),
    ],
    [
      'wpe-cicd+{app}@{app}.ssh.wpengine.net:sites/{app}/',
      at('wpe-cicd+hello', 'hello.ssh.wpengine.net', 22, 'home', 'sites/hello'),
    ],
    ['git@git.wpengine.com:production/{app}.git', at('git', 'git.wpengine.com', 22, 'home', 'production/hello.git')],
    ['app@svn-7.prod.hosting.acquia.com:app.git', at('app', 'svn-7.prod.hosting.acquia.com', 22, 'home', 'app.git')],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected)
  })

  it.each<[id: string, text: string, errorClass: string, cause: RegExp]>([
    ['A1 a host that begins with a dash', 'ssh://-oProxyCommand=touch$IFS/x/y', 'input', /host name "-oProxyCommand=/],
    ['A1 the same in scp form', '-oProxyCommand=x:path', 'input', /host name/],
    ['A1 the same percent-encoded', 'ssh://%2DoProxyCommand=x/y', 'input', /host name "-oProxy/],
    ['A1 a label that begins with a dash', 'ssh://a.-b/y', 'input', /host name/],
    ['A2 a user that begins with a dash', 'ssh://-oX@host/y', 'input', /user name "-oX"/],
    ['A2 the same in scp form', '-l@host:y', 'input', /user name "-l"/],
    ['A2 the same percent-encoded', 'ssh://%2DoX@host/y', 'input', /user name "-oX"/],
    ['A3 ext::', 'ext::sh -c touch%20x', 'input', /.*/],
    ['A3 git+ssh', 'git+ssh://u@host/y', 'input', /uses git\+ssh:\/\//],
    ['A4 file', 'file:///etc/passwd', 'input', /uses file:\/\//],
    ['A4 http', 'https://host/y', 'input', /uses https:\/\//],
    ['A4 rsync', 'rsync://host/y', 'input', /uses rsync:\/\//],
    ['A5 an encoded line end in the user', 'ssh://u%0a@host/y', 'input', /user name "u\\n"/],
    ['A5 an encoded line end in the host', 'ssh://u@ho%0ast/y', 'input', /host name "ho\\nst"/],
    ['A5 an encoded line end in the path', 'ssh://u@host/y%0az', 'input', /has "\\n" in its path/],
    ['A5 a bare line end', 'ssh://u@host/y\nz', 'input', /control character/],
    ['A5 NUL', 'ssh://u@host/y%00', 'input', /in its path/],
    ['A6 a semicolon in the host', 'ssh://ho;id/y', 'input', /host name "ho;id"/],
    ['A6 a substitution in the host', 'ssh://$(id)/y', 'input', /host name/],
    ['A6 a semicolon in the user', 'ssh://u;id@host/y', 'input', /user name/],
    ['A6 a space in the host', 'ssh://ho st/y', 'input', /host name/],
    ['A6 two ats', 'ssh://a@b@host/y', 'input', /user name "a@b"/],
    ['A7 port 0', 'ssh://host:0/y', 'input', /port "0"/],
    ['A7 port 99999', 'ssh://host:99999/y', 'input', /port "99999"/],
    ['A7 port 65536', 'ssh://host:65536/y', 'input', /port "65536"/],
    ['A7 no port after the colon', 'ssh://host:/y', 'input', /port ""/],
    ['A7 a port with a sign', 'ssh://host:+22/y', 'input', /port "\+22"/],
    ['A7 a port in hexadecimal', 'ssh://host:0x16/y', 'input', /port "0x16"/],
    ['A9 a query', 'ssh://host/y?x=1', 'input', /query or a fragment/],
    ['A9 a fragment', 'ssh://host/y#x', 'input', /query or a fragment/],
    ['A9 an encoded query', 'ssh://host/y%3Fx', 'input', /query or a fragment/],
    ['A18 the root', 'ssh://host/', 'unsafe', /names a root or a home/],
    ['A18 no path', 'ssh://host', 'unsafe', /names a root or a home/],
    ['A18 many slashes', 'ssh://host////', 'unsafe', /names a root or a home/],
    ['A18 the home', 'ssh://host/~', 'unsafe', /names a root or a home/],
    ['A18 the home with a slash', 'ssh://host/~/', 'unsafe', /names a root or a home/],
    ['A18 the home in scp form', 'host:', 'unsafe', /names a root or a home/],
    ['A18 the home by a tilde', 'host:~', 'unsafe', /names a root or a home/],
    ['A18 the root in scp form', 'host:/', 'unsafe', /names a root or a home/],
    ['A18 a dot', 'host:.', 'unsafe', /"\." or "\.\."/],
    ['A18 two dots', 'host:..', 'unsafe', /"\." or "\.\."/],
    ['A18 somebody’s home', 'ssh://host/~root/x', 'unsafe', /"~"/],
    ['A18 somebody’s home in scp form', 'host:~root/x', 'unsafe', /"~"/],
    ['A18 a variable', 'host:$HOME', 'input', /has "\$" in its path/],
    ['A19 two dots in the middle', 'ssh://host/a/../../etc', 'unsafe', /"\." or "\.\."/],
    ['A19 encoded dots', 'ssh://host/%2e%2e/x', 'unsafe', /"\." or "\.\."/],
    ['A19 encoded slashes', 'ssh://host/a%2F..%2F..', 'unsafe', /"\." or "\.\."/],
    ['a path segment that begins with a dash', 'ssh://host/-rf', 'input', /begins with "-"/],
    ['one deeper', 'host:a/--help', 'input', /begins with "-"/],
    ['a backslash', 'host:a\\b', 'input', /in its path/],
    ['a quote', "host:a'b", 'input', /in its path/],
    ['a star', 'host:a*', 'input', /in its path/],
    ['a direction mark', 'host:a\u202eb', 'input', /in its path/],
    ['a broken percent-encoding', 'ssh://host/%zz', 'input', /broken percent-encoding/],
    ['a broken percent-encoding of UTF-8', 'ssh://host/%ff', 'input', /broken percent-encoding/],
    ['no host', 'ssh:///y', 'input', /host name ""/],
    ['no colon, which rsync takes for a local path', 'host', 'input', /names no host and path/],
    ['a local path', '/srv/www', 'input', /names no host and path/],
    ['a relative path', './x:y', 'input', /names no host and path/],
    ['a port in scp form', '[host:22]:y', 'input', /host name/],
    ['an IPv6 address without brackets', 'ssh://::1/y', 'input', /host name|port/],
    ['a zone', 'ssh://[fe80::1%25eth0]/y', 'input', /host name/],
    ['brackets around nothing', 'ssh://[]/y', 'input', /host name/],
    ['brackets around a name', 'ssh://[host]/y', 'input', /host name/],
    ['text after the brackets', 'ssh://[::1]x/y', 'input', /host name|malformed host or port/],
    ['a host that is too long', `ssh://${'a'.repeat(64)}/y`, 'input', /host name/],
    ['a user that is too long', `${'u'.repeat(65)}@host:y`, 'input', /user name/],
    ['a template that nobody knows', 'host:{tag}', 'input', /has "\{" in its path/],
    ['nothing', '', 'input', /names no host and path/],
  ])('refuses %s', (_, text, errorClass, cause) => {
    const failure = refusal(text)
    expect(failure.errorClass).toBe(errorClass)
    expect(failure.cause).toMatch(/^Input destination /)
    expect(failure.cause).toMatch(cause)
    expect(failure.next).toContain('ssh://[user@]host[:port]/path')
  })

  it.each([
    'ssh://u:hunter2@host/y',
    'ssh://u:hunter2@host',
    'ssh://u:hun%74er2hunter2@host/y',
    'ssh://u:@hunter2@host/y',
    'ssh://u%3Ahunter2@host/y',
    'https://u:hunter2@host/y',
    'u:hunter2@host/y',
    'u:hunter2@host:y',
  ])('A8 refuses the password of %s and does not show it', (text) => {
    expect(wordsOf(refusal(text))).not.toContain('hunter2')
  })

  it('names the input that it judges', () => {
    expect(failureOf(() => parseDestination('plan', 'ssh://host/', values)).cause).toMatch(/^Input plan /)
  })

  describe('with template values', () => {
    it.each<[Partial<TemplateValues>, string]>([
      [{ branch: '../../etc' }, 'unsafe'],
      [{ branch: '..' }, 'unsafe'],
      [{ branch: '--help' }, 'input'],
      [{ branch: '$(id)' }, 'input'],
      [{ branch: 'a;id' }, 'input'],
      [{ branch: 'a\nb' }, 'input'],
      [{ branch: '' }, 'unsafe'],
      [{ branch: '~root' }, 'unsafe'],
      [{ branch: '{app}' }, 'input'],
      [{ branch: undefined }, 'input'],
    ])('judges them too: %j', (given, errorClass) => {
      expect(refusal('ssh://u@host/{branch}', { ...values, ...given }).errorClass).toBe(errorClass)
    })

    it('does not decode them', () => {
      expect(parse('ssh://u@host/{branch}', { ...values, branch: '%2e%2e' }).path).toBe('%2e%2e')
    })

    it('judges them in the host and the user', () => {
      expect(refusal('ssh://u@{branch}/x', { ...values, branch: '-oProxyCommand=x' }).cause).toContain('host name')
      expect(refusal('ssh://{branch}@host/x', { ...values, branch: '-oX' }).cause).toContain('user name')
    })
  })

  it('gives what each tool takes', () => {
    const home = parse('ssh://u@[::1]:2222/~/a b')
    expect(formatDestination(home)).toBe('ssh://u@[::1]:2222/~/a%20b')
    expect(formatLogin(home)).toBe('u@[::1]:2222')
    expect(loginWord(home)).toBe('u@::1')
    expect(loginWord(home, true)).toBe('u@[::1]')
    expect(remotePath(home)).toBe('a b')
    const root = parse('u@host:/srv/a+b,c@d:e=f')
    expect(formatDestination(root)).toBe('ssh://u@host/srv/a+b,c@d:e=f')
    expect(formatLogin(root)).toBe('u@host')
    expect(remotePath(root)).toBe('/srv/a+b,c@d:e=f')
  })

  const pieces = fc.constantFrom(
    ...[
      'ssh://',
      'host',
      'u@',
      ':22',
      ':',
      '/',
      '~',
      '/~/',
      '[::1]',
      '-',
      '--x',
      '..',
      '.',
      '%2e',
      '%2F',
      '%25',
      '%20',
    ],
    ...[
      '{app}',
      '{branch}',
      'é',
      ' ',
      '@',
      '+',
      '%',
      '=',
      ',',
      '$',
      ';',
      "'",
      '\n',
      '\u0000',
      '#',
      '?',
      '日',
      'A',
      '0',
    ],
  )
  const arbitrary = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 8 }).map((parts) => `ssh://u@host/${parts.join('')}`),
    fc.array(pieces, { maxLength: 8 }).map((parts) => `u@host:${parts.join('')}`),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 20 }).map((path) => `ssh://host/${path}`),
  )

  it('P1 any text is refused, or what it stands for can be written and read back; no word begins with a dash', () => {
    let accepted = 0
    fc.assert(
      fc.property(arbitrary, (text) => {
        let destination: Destination
        try {
          destination = parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(PushError)
          return
        }
        accepted++
        expect(parse(formatDestination(destination))).toEqual(destination)
        const path = remotePath(destination)
        const words = [
          formatLogin(destination),
          loginWord(destination),
          loginWord(destination, true),
          path,
          destination.host,
        ]
        for (const word of words) expect(word).toMatch(/^[^-]/)
        for (const segment of destination.path.split('/')) expect(segment).toMatch(/^(?!-|\.{1,2}$)[^/]+$/)
        expect(`${words.join('')}${destination.user}`).not.toMatch(
          /[\u0000-\u001f\u007f$`\\'"*?;&|<>()#!\u202a-\u202e]/,
        )
        expect(destination.path).not.toMatch(/^~/)
        expect(destination.path).not.toBe('')
      }),
      runs(2000),
    )
    expect(accepted).toBeGreaterThan(100)
  })
})

describe('a bastion', () => {
  it.each([
    ['ssh://ops@bastion.example.com:2222', { user: 'ops', host: 'bastion.example.com', port: 2222 }],
    ['ssh://bastion/', { user: 'dotcloud', host: 'bastion', port: 22 }],
    ['ssh://ops@[::1]:22', { user: 'ops', host: '::1', port: 22 }],
  ])('%s', (text, expected) => {
    expect(parseJump('proxy-jump', text, values)).toEqual(expected)
  })

  it.each([
    'bastion',
    'ops@bastion',
    'ssh://bastion/path',
    'ssh://bastion?x',
    'ssh://-oX@bastion',
    'ssh://-bastion',
    'ssh://bastion:0',
    'ssh://a,b',
    'ssh://bastion\n',
    'ssh://u:hunter2@bastion',
    'https://u:hunter2@bastion',
    'ssh://u:hunter2@bastion/path',
    '',
  ])('refuses %j without showing a password', (text) => {
    const failure = failureOf(() => parseJump('proxy-jump', text, values))
    expect(failure.errorClass).toBe('input')
    expect(failure.cause).toMatch(/^Input proxy-jump /)
    expect(wordsOf(failure)).not.toContain('hunter2')
  })
})
