import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { type Examination, examinationPage } from '../../src/core/doctor.ts'
import { PushError } from '../../src/core/errors.ts'
import { checks, type Finding, fault, ok, skipped, warning } from '../../src/core/finding.ts'
import { guardDeletions } from '../../src/core/guards.ts'
import { literal, prose } from '../../src/core/html.ts'
import type { Change, Report } from '../../src/core/model.ts'
import { formatSize, summarize } from '../../src/core/summary.ts'
import { failureOf, fingerprint, report, runs } from './samples.ts'

const repository = 'https://github.com/octo/shop'
const id = (letter: string) => letter.repeat(40)

const nothing = {
  changes: [],
  bytesSent: undefined,
  deployExitCode: undefined,
  tail: [],
} satisfies Partial<Report>

const early = {
  ...nothing,
  result: 'failed',
  uploaded: false,
  revision: '',
  previousRevision: '',
} satisfies Partial<Report>

const byGit = {
  app: 'shop',
  method: 'git',
  reason: '.git is there',
  destination: 'ssh://dokku@dokku.example.com/shop',
  targetRef: 'master',
  repository,
  changes: [
    { kind: 'changed', path: 'src/cart.ts', lines: { added: 31, removed: 4 } },
    { kind: 'added', path: 'src/voucher.ts', lines: { added: 120, removed: 0 } },
    { kind: 'added', path: 'public/voucher.png' },
    { kind: 'deleted', path: 'src/coupon.ts', lines: { added: 0, removed: 88 } },
  ],
  commits: [
    { id: id('a'), subject: 'Let a voucher be used once only' },
    { id: id('c'), subject: 'Add vouchers (#41), thanks @octocat' },
    { id: id('d'), subject: 'Remove coupons' },
  ],
  commitCount: 3,
} satisfies Partial<Report>

const hostile =
  '<img src=x onerror=alert(1)> [link](http://evil) **bold** @octocat `code` | cell | ![i](x) <!-- & \\ #1 ~~s~~ _e_ http://evil www.evil.com me@evil.com octo/shop#1 :boom: $x$ &lt;'

const failures = {
  settings: new PushError(
    'input',
    'Input destination is "example.com/hello", which is not a destination.',
    'Write ssh://user@host:port/path, or user@host:path.',
  ),
  connect: new PushError(
    'auth',
    'dotcloud@uploader.example.com:21122 does not accept the key SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB.',
    "Add its public half to the server's authorized_keys, or check the user name.",
    { evidence: 'dotcloud@uploader.example.com: Permission denied (publickey).' },
  ),
  push: new PushError(
    'transfer',
    'The server has commits that this push would lose.',
    'Pull them first, or set force: true.',
    { evidence: '[rejected] main -> master (non-fast-forward)' },
  ),
  deploy: new PushError(
    'deploy',
    'The deploy command failed with exit code 7.',
    'Its output tells why; the new content is on the server.',
    { evidence: 'make: *** [all] Error 7' },
  ),
}

/** The longest and worst that anybody could send. */
const worst = `${'<&@`*'.repeat(100)}${'\u{1f4a5}'.repeat(900)}`
const manyChanges: Change[] = Array.from({ length: 10_000 }, (_, n) => ({
  kind: n % 3 === 0 ? 'deleted' : n % 3 === 1 ? 'changed' : 'added',
  path: `${n} ${worst}`,
  size: 123_456_789_012,
}))
const overlong = {
  app: worst,
  method: 'git',
  reason: worst,
  destination: worst,
  ref: worst,
  targetRef: `${worst}!`,
  revision: worst,
  previousRevision: `${worst}!`,
  hostKeyFingerprint: worst,
  url: worst,
  changes: manyChanges,
  commits: Array.from({ length: 50 }, () => ({ id: worst, subject: worst })),
  commitCount: 10_000,
  guards: Array.from({ length: 9 }, () => worst),
  said: Array.from({ length: 40 }, () => worst),
  tail: Array.from({ length: 40 }, () => worst),
  result: 'failed',
  failedStage: 'deploy',
  failure: new PushError('deploy', worst, worst, { evidence: worst }),
} satisfies Partial<Report>

const refused = failureOf(() => guardDeletions(['old.html'], 1, { percent: 10 }))

const pages: Readonly<Record<string, Partial<Report>>> = {
  'deployed-git': {
    ...byGit,
    bytesSent: 8_765,
    deployExitCode: undefined,
    tail: [],
    said: [
      '-----> Building shop from herokuish...',
      '-----> Node.js app detected',
      '',
      '\u001b[1G=====> \u001b[36mApplication deployed:\u001b[0m',
      '       https://shop.dokku.example.com',
    ],
    url: 'https://shop.dokku.example.com',
    stages: [
      { name: 'settings', seconds: 0.04 },
      { name: 'connect', seconds: 0.3 },
      { name: 'push', seconds: 74.2 },
    ],
    seconds: 74.54,
  },
  'deployed-rsync': { repository },
  'deployed-hg': {
    ...byGit,
    method: 'hg',
    reason: '.hg is there',
    destination: 'ssh://hg@example.com/shop',
    ref: 'default',
    targetRef: '',
    repository: '',
    changes: byGit.changes.map(({ kind, path }) => ({ kind, path })),
  },
  unchanged: {
    ...nothing,
    bytesSent: 3_456,
    repository,
    result: 'unchanged',
    previousRevision: id('a'),
    deployExitCode: 0,
  },
  skipped: {
    ...early,
    result: 'skipped',
    app: '',
    method: '',
    reason: 'branch dev/next does not match main',
    destination: '',
    ref: '',
    hostKeyFingerprint: '',
    stages: [{ name: 'settings', seconds: 0.01 }],
  },
  'plan-rsync': {
    result: 'planned',
    stages: report().stages.slice(0, 3),
    uploaded: false,
    deployExitCode: undefined,
    tail: [],
    bytesToSend: 46,
    guards: [`${refused.cause} ${refused.next}`],
  },
  'plan-git': {
    ...byGit,
    stages: report().stages.slice(0, 3),
    result: 'planned',
    uploaded: false,
    deployExitCode: undefined,
    tail: [],
    bytesToSend: 5_120,
  },
  'plan-nothing': {
    ...nothing,
    stages: report().stages.slice(0, 3),
    result: 'planned',
    uploaded: false,
    previousRevision: id('a'),
    bytesToSend: 0,
  },
  'failed-settings': {
    ...early,
    failedStage: 'settings',
    failure: failures.settings,
    method: '',
    destination: '',
    ref: '',
    hostKeyFingerprint: '',
    stages: [{ name: 'settings', seconds: 0.02 }],
    seconds: 0.02,
  },
  'failed-connect': {
    ...early,
    failedStage: 'connect',
    failure: failures.connect,
    stages: report().stages.slice(0, 2),
    seconds: 0.54,
  },
  'failed-push': {
    ...early,
    ...byGit,
    ...nothing,
    commits: [],
    commitCount: 0,
    failedStage: 'push',
    failure: failures.push,
    said: ['Counting objects', 'error: failed to push some refs'],
    stages: report().stages.slice(0, 3),
    seconds: 1.74,
  },
  'failed-deploy': {
    result: 'failed',
    failedStage: 'deploy',
    failure: failures.deploy,
    deployExitCode: 7,
    tail: ['Building', 'cc -o app app.c', 'app.c:1: error: expected ;', 'make: *** [all] Error 7'],
  },
  many: {
    changes: Array.from({ length: 10_000 }, (_, n) => ({
      kind: n % 200 === 0 ? 'deleted' : n % 3 === 0 ? 'changed' : 'added',
      path: `assets/${String(n).padStart(5, '0')}.js`,
      size: n * n,
    })),
    commits: Array.from({ length: 50 }, (_, n) => ({ id: id((n % 10).toString()), subject: `Step ${10_000 - n}` })),
    commitCount: 10_000,
  },
  hostile: {
    app: hostile,
    destination: hostile,
    reason: hostile,
    ref: hostile,
    targetRef: `${hostile}!`,
    revision: hostile,
    previousRevision: `${hostile}!`,
    hostKeyFingerprint: hostile,
    url: hostile,
    changes: [{ kind: 'added', path: hostile }],
    commits: [{ id: hostile, subject: hostile }],
    commitCount: 1,
    guards: [hostile],
    said: [hostile, '', '# heading', '```', '- item'],
    tail: [hostile, '| a | b |', '', '    indented', '</pre></details><h1>x', '\u001b[31mred\u001b[0m \u202e \u0007'],
    result: 'failed',
    failedStage: 'push',
    failure: new PushError('transfer', hostile, hostile, { evidence: hostile }),
    repository,
  },
}

/** What a comment may have, less the mark by which a workflow finds it again. */
const mostOfComment = 65_536 - 200

/** The page as a browser gets it, by each renderer that is here; cmark-gfm is the one that GitHub's is made of. */
const renderers: Readonly<Record<string, (markdown: string) => string>> = {
  marked: (markdown) => marked.parse(markdown, { gfm: true, async: false }),
  ...(spawnSync('cmark-gfm', ['--version']).status === 0
    ? {
        'cmark-gfm': (markdown: string) =>
          spawnSync(
            'cmark-gfm',
            ['--unsafe', ...['table', 'autolink', 'strikethrough', 'tagfilter'].flatMap((name) => ['-e', name])],
            { input: markdown, encoding: 'utf8', maxBuffer: 1 << 24 },
          ).stdout,
      }
    : {}),
}

const elements =
  /<(?:\/?(?:h3|p|b|br|code|pre|blockquote|details|summary|table|thead|tbody|tr|td)(?: \/)?|details open(?:="")?|a href="https:\/\/github\.com\/octo\/shop\/(?:commit\/[0-9a-f]{40}|compare\/[0-9a-f]{40}\.\.\.[0-9a-f]{40})"|\/a)>/g

/** What is not text after all elements of ours are gone: nothing, if nobody planted one. */
const foreignElements = (html: string) => html.replaceAll(elements, '').match(/<.{0,60}/g) ?? []

/** Text as a browser shows it. */
const read = (html: string) =>
  html.replaceAll(/<[^>]*>/g, '').replaceAll(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)))

/** A visit in which every check but those given went well, up to the first fault. */
function visit(found: readonly Finding[], overrides: Partial<Report> = {}, knownHosts: string[] = []): string {
  const end = found.findIndex(({ verdict }) => verdict === 'fault')
  const last = end < 0 ? checks.length : checks.indexOf(found[end]?.check ?? 'inputs')
  const findings = checks.map(
    (check, index) =>
      found.find((finding) => finding.check === check) ??
      (index < last ? ok(check, `${check} is as it should be`) : skipped(check, 'needs a login there')),
  )
  const planned = { ...nothing, result: 'planned', uploaded: false, seconds: 0.31 } satisfies Partial<Report>
  const examination: Examination = { findings, knownHosts, report: report({ ...planned, ...overrides }) }
  return examinationPage(examination)
}

const offered = `[uploader.example.com]:21122 ssh-ed25519 ${'A'.repeat(68)}`
const visits: Readonly<Record<string, string>> = {
  doctor: visit([
    ok('login', `dotcloud@uploader.example.com:21122 takes our key ${fingerprint}`),
    warning(
      'disk',
      new PushError('space', 'Only 3% of the disk is free.', 'Make room there.', { evidence: '97% /srv' }),
    ),
  ]),
  'doctor-host-key': visit(
    [
      fault(
        'host key',
        new PushError(
          'host-key',
          'dotcloud@uploader.example.com:21122 shows a host key that is not pinned.',
          `Compare ${fingerprint} with \`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub\` at the server's console, not over this network; only if it is the same, set known-hosts to: ${offered}`,
          { evidence: `offered ${fingerprint} (ssh-ed25519); nothing is pinned` },
        ),
      ),
    ],
    { result: 'failed' },
    [offered],
  ),
  'doctor-hostile': visit(
    [
      ok('shell', hostile),
      skipped('tools', hostile),
      warning('disk', new PushError('space', hostile, hostile, { evidence: hostile })),
      fault('path', new PushError('remote-setup', hostile, hostile, { evidence: hostile })),
    ],
    { result: 'failed', app: hostile, destination: hostile },
    [hostile],
  ),
}

const all: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(pages).map(([name, overrides]) => [name, summarize(report(overrides))])),
  ...visits,
}

describe.each(Object.entries(all))('the page %s', (name, page) => {
  it('is as it was looked at', async () => {
    await expect(page).toMatchFileSnapshot(`./summaries/${name}.md`)
  })

  it.each(Object.entries(renderers))('has no element but ours, and no link but to our commits (%s)', (_, render) => {
    const html = render(page)
    expect(foreignElements(html)).toEqual([])
    // A list, a heading or code of Markdown's own would mean that foreign text was read as Markdown.
    expect(html.match(/<(?:ul|ol|h[12]|em|strong|del|img|input)\b/g)).toBeNull()
    for (const [open, close] of ['pre', 'details', 'table', 'blockquote'].map((tag) => [`<${tag}`, `</${tag}>`]))
      expect(html.split(open ?? '')).toHaveLength(html.split(close ?? '').length)
    expect(html.length).toBeLessThan(1.2 * page.length + 200)
  })

  it('fits into a comment', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(mostOfComment)
  })
})

it('what looks for foreign elements finds them', () => {
  const planted = [
    'me@evil.com',
    'www.evil.com',
    'http://evil.com',
    '[a](https://evil)',
    '![i](https://evil)',
    '<b id=x>',
  ]
  for (const text of planted) {
    for (const [name, render] of Object.entries(renderers))
      expect([name, text, foreignElements(render(text)).length]).not.toEqual([name, text, 0])
  }
  expect(foreignElements('<a href="https://github.com/octo/other/commit/1">')).toHaveLength(1)
})

describe('the job summary', () => {
  it('at its worst still fits into a comment, whole', () => {
    const page = summarize(report(overlong))
    expect(Buffer.byteLength(page)).toBeLessThan(mostOfComment)
    for (const render of Object.values(renderers)) expect(foreignElements(render(page))).toEqual([])
    expect(page).toMatch(/… and 9,9\d\d more<\/pre>/)
  })

  it('of a doctor at his worst too', () => {
    const failure = new PushError('remote-setup', worst, worst, { evidence: worst })
    const page = visit(
      checks.map((check) => warning(check, failure)),
      { app: worst, destination: worst },
      Array.from({ length: 9 }, () => worst),
    )
    expect(Buffer.byteLength(page)).toBeLessThan(mostOfComment)
    for (const render of Object.values(renderers)) expect(foreignElements(render(page))).toEqual([])
  })

  it('lists deletions first, and fifty at most', () => {
    const changes = [
      ...Array.from({ length: 60 }, (_, n) => ({ kind: 'added' as const, path: `new${n}` })),
      { kind: 'changed' as const, path: 'changed' },
      { kind: 'deleted' as const, path: 'gone' },
    ]
    const page = summarize(report({ changes }))
    const shown = /1 deleted, 1 changed, 60 added[\s\S]*?<pre>([\s\S]*?)<\/pre>/.exec(page)?.[1]?.split('\n') ?? []
    expect(shown).toHaveLength(51)
    expect(shown.slice(0, 3).map((line) => line.replace(/ +/, ' '))).toEqual(['- gone', '~ changed', '+ new0'])
    expect(shown.at(-1)).toBe('… and 12 more')
    expect(page).toContain('61 files changed or added · <b>1 deleted</b>')
  })

  it('shows hostile text as it is', () => {
    const text = read(summarize(report(pages['hostile'])))
    expect(text.split(hostile.slice(0, 120)).length - 1).toBeGreaterThanOrEqual(13)
    expect(text).toContain(hostile)
  })

  it('has what may become a mention, a reference or an emoji only where GitHub leaves it alone', () => {
    const bare = summarize(report(pages['hostile'])).replaceAll(/<(code|pre)>[\s\S]*?<\/\1>/g, '')
    expect(read(bare)).not.toMatch(/[@#`]|:\w+:|[A-Za-z]\.[A-Za-z]|[0-9a-f]{7}/)
  })

  it('links to commits only where the repository is known to have them', () => {
    const links = (overrides: Partial<Report>) => summarize(report(overrides)).match(/href="[^"]*"/g) ?? []
    expect(links({ repository: '' })).toEqual([])
    expect(links({ repository })).toEqual([
      `href="${repository}/commit/${id('a')}"`,
      `href="${repository}/commit/${id('b')}"`,
      `href="${repository}/compare/${id('b')}...${id('a')}"`,
    ])
    expect(links({ repository, previousRevision: `${id('b')}"><b>` })).toEqual([
      `href="${repository}/commit/${id('a')}"`,
    ])
    expect(links({ repository, previousRevision: '' })).toHaveLength(1)
    expect(links({ repository, previousRevision: id('a') })).toHaveLength(1)
  })

  it('an empty line in the output does not end the block that shows it', () => {
    const html = renderers['marked']?.(summarize(report({ tail: ['Step 1', '', '- item', '    indented'] }))) ?? ''
    expect(html).toContain('<pre>Step 1\n\n- item\n    indented</pre>')
  })
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9_960_000, '10.0 MB'],
  [76_600_000_000, '77 GB'],
  [10 ** 18, '1000000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
})

describe('prose', () => {
  it.each([
    ['The deploy command failed with exit code 7.', 'The deploy command failed with exit code 7&#46;'],
    ['Ask @me at me@example.com now.', 'Ask <code>&#64;me</code> at <code>me&#64;example&#46;com</code> now&#46;'],
    ['in a/b c.d e', 'in <code>a/b c&#46;d</code> e'],
    ['set (50%), or x_y.', 'set &#40;50&#37;&#41;, or <code>x&#95;y</code>&#46;'],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(prose(text)).toBe(expected)
  })

  it('any text reads as it was, and is plain words outside of code', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), (text) => {
        const html = prose(text)
        expect(read(html)).toBe(text)
        expect(read(html.replaceAll(/<code>.*?<\/code>/g, ''))).toMatch(/^[A-Za-z0-9 "'(),.;:!?%-]*$/)
      }),
      runs(50),
    )
  })
})

describe('foreign text in Markdown', () => {
  it.each([
    ['plain text, 1+1; a-b/c', 'plain text, 1+1; a-b/c'],
    ['größe 日本 😀', 'größe 日本 😀'],
    ['<b>', '&#60;b&#62;'],
    ['a&b', 'a&#38;b'],
    ['@me', '&#64;me'],
    ['a\nb\u0000c\u202ed', 'a�b�c�d'],
    ['x.y', 'x&#46;y'],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(literal(text)).toBe(expected)
  })

  it('any text is one line without a sign of HTML or Markdown, and reads as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const shown = literal(text)
        expect(shown.replaceAll(/&#\d+;/g, '')).toMatch(/^[A-Za-z0-9 ,;/+\-\u00a1-\u{10ffff}]*$/u)
        expect(shown).not.toMatch(/[\n\r\u0000\u202e]/)
        if (!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text)) expect(read(shown)).toBe(text)
      }),
      runs(50),
    )
  })
})
