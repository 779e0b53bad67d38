import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PushError } from '../../src/core/errors.ts'
import { literal, summarize } from '../../src/core/summary.ts'
import { report, runs } from './samples.ts'

/** The text as a browser shows it: without our own tags, with entities read. */
const read = (markdown: string) =>
  markdown.replaceAll(/<[^>]*>/g, '').replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))

const hostile =
  '<img src=x onerror=alert(1)> [link](http://evil) **bold** @octocat `code` | cell | ![i](x) <!-- & \\ #1 ~~s~~ _e_ http://evil www.evil.com &lt;'

describe('the job summary', () => {
  it('of a push that deployed', () => {
    expect(summarize(report())).toMatchInlineSnapshot(`
      "### ✅ deployed: hello → <code>ssh&#58;//dotcloud&#64;uploader&#46;example&#46;com&#58;21122/hello</code> in 2.3 s

      | | |
      |---|---|
      | Method | <code>rsync</code>: neither &#46;hg nor &#46;git is there |
      | Revision | <code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code> |
      | Previous revision | <code>bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</code> |
      | Files | 2 changed, 1 deleted |
      | Sent | 4321 bytes |
      | Deploy command | exit code 0 |
      | Host key | <code>SHA256&#58;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</code> |
      | Time | settings 0.0 s · connect 0.5 s · push 1.2 s · deploy 0.6 s |

      <details><summary>What changed</summary>

      <pre>- old&#46;html
      ~ index&#46;html
      + new&#46;html
      + assets/</pre>

      </details>

      <details><summary>Output of the deploy command</summary>

      <pre>Building
      live</pre>

      </details>
      "
    `)
  })

  it('of one that changed nothing', () => {
    expect(
      summarize(
        report({
          result: 'unchanged',
          changes: [],
          previousRevision: 'a'.repeat(40),
          deployExitCode: undefined,
          tail: [],
          bytesSent: undefined,
        }),
      ),
    ).toMatchInlineSnapshot(`
      "### ✅ unchanged: hello → <code>ssh&#58;//dotcloud&#64;uploader&#46;example&#46;com&#58;21122/hello</code> in 2.3 s

      | | |
      |---|---|
      | Method | <code>rsync</code>: neither &#46;hg nor &#46;git is there |
      | Revision | <code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code> |
      | Previous revision | <code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code> |
      | Files | 0 changed, 0 deleted |
      | Host key | <code>SHA256&#58;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</code> |
      | Time | settings 0.0 s · connect 0.5 s · push 1.2 s · deploy 0.6 s |
      "
    `)
  })

  it('of one that was skipped', () => {
    const skipped = report({
      result: 'skipped',
      uploaded: false,
      app: '',
      method: '',
      reason: 'branch dev does not match main',
      destination: '',
      revision: '',
      previousRevision: '',
      changes: [],
      bytesSent: undefined,
      deployExitCode: undefined,
      hostKeyFingerprint: '',
      stages: [{ name: 'settings', seconds: 0.01 }],
      tail: [],
    })
    expect(summarize(skipped)).toMatchInlineSnapshot(`
      "### ⏭️ skipped: dotcloud push in 2.3 s

      | | |
      |---|---|
      | Reason | branch dev does not match main |
      | Time | settings 0.0 s |
      "
    `)
  })

  it('of a plan', () => {
    expect(
      summarize(report({ result: 'planned', uploaded: false, deployExitCode: undefined, tail: [] })),
    ).toMatchInlineSnapshot(`
      "### 📋 planned: hello → <code>ssh&#58;//dotcloud&#64;uploader&#46;example&#46;com&#58;21122/hello</code> in 2.3 s

      | | |
      |---|---|
      | Method | <code>rsync</code>: neither &#46;hg nor &#46;git is there |
      | Revision | <code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code> |
      | Previous revision | <code>bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</code> |
      | Files | 2 changed, 1 deleted |
      | Sent | 4321 bytes |
      | Host key | <code>SHA256&#58;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</code> |
      | Time | settings 0.0 s · connect 0.5 s · push 1.2 s · deploy 0.6 s |

      <details><summary>What changed</summary>

      <pre>- old&#46;html
      ~ index&#46;html
      + new&#46;html
      + assets/</pre>

      </details>
      "
    `)
  })

  it('of one that failed', () => {
    const failure = new PushError('deploy', 'The deploy command failed with exit code 7.', 'Read its output above.', {
      evidence: 'make: *** [all] Error 7',
    })
    expect(
      summarize(report({ result: 'failed', failedStage: 'deploy', failure, deployExitCode: 7 })),
    ).toMatchInlineSnapshot(`
      "### ❌ failed: hello → <code>ssh&#58;//dotcloud&#64;uploader&#46;example&#46;com&#58;21122/hello</code> in 2.3 s

      > **The deploy command failed with exit code 7&#46;**<br><code>make&#58; &#42;&#42;&#42; &#91;all&#93; Error 7</code><br>Read its output above&#46; (stage deploy, class <code>deploy</code>)

      | | |
      |---|---|
      | Method | <code>rsync</code>: neither &#46;hg nor &#46;git is there |
      | Revision | <code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code> |
      | Previous revision | <code>bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</code> |
      | Files | 2 changed, 1 deleted |
      | Sent | 4321 bytes |
      | Deploy command | exit code 7 |
      | Host key | <code>SHA256&#58;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</code> |
      | Time | settings 0.0 s · connect 0.5 s · push 1.2 s · deploy 0.6 s |

      <details><summary>What changed</summary>

      <pre>- old&#46;html
      ~ index&#46;html
      + new&#46;html
      + assets/</pre>

      </details>

      <details><summary>Output of the deploy command</summary>

      <pre>Building
      live</pre>

      </details>
      "
    `)
  })

  it('lists deletions first, and fifty at most', () => {
    const changes = [
      ...Array.from({ length: 60 }, (_, n) => ({ kind: 'added' as const, path: `new${n}` })),
      { kind: 'changed' as const, path: 'changed' },
      { kind: 'deleted' as const, path: 'gone' },
    ]
    const shown = /<pre>([\s\S]*?)<\/pre>/.exec(summarize(report({ changes })))?.[1]?.split('\n') ?? []
    expect(shown).toHaveLength(51)
    expect(shown.slice(0, 3)).toEqual(['- gone', '~ changed', '+ new0'])
    expect(shown.at(-1)).toBe('… and 12 more')
    expect(summarize(report({ changes }))).toContain('| Files | 61 changed, 1 deleted |')
  })

  describe('with hostile names', () => {
    const failure = new PushError('transfer', hostile, hostile, { evidence: hostile })
    const text = summarize(
      report({
        app: hostile,
        destination: hostile,
        reason: hostile,
        revision: hostile,
        previousRevision: hostile,
        hostKeyFingerprint: hostile,
        changes: [{ kind: 'added', path: hostile }],
        tail: [hostile, '| a | b |', '```', '- item', '    indented', '</pre></details><h1>x'],
        result: 'failed',
        failedStage: 'push',
        failure,
      }),
    )

    it('has no tags but ours', () => {
      expect(new Set(text.match(/<[^>]*>/g))).toEqual(
        new Set(['<code>', '</code>', '<br>', '<details>', '</details>', '<summary>', '</summary>', '<pre>', '</pre>']),
      )
      expect(text.match(/<pre>/g)).toHaveLength(2)
      expect(text.match(/<\/pre>/g)).toHaveLength(2)
    })

    it('has no link, mention, image, emphasis or code of theirs', () => {
      for (const sign of ['](', '![', '@octocat', '`', '_e_', '~~', 'http:', 'www.', '<!--', '\\', '&lt;']) {
        expect([sign, text.includes(sign)]).toEqual([sign, false])
      }
      expect(text.match(/\*\*/g)).toHaveLength(2)
    })

    it('has two columns in each row of the table', () => {
      for (const row of text.split('\n').filter((line) => line.startsWith('| ')))
        expect(row.match(/\|/g)).toHaveLength(3)
    })

    it('shows them as they are', () => {
      expect(read(text).split(hostile).length - 1).toBeGreaterThanOrEqual(9)
    })
  })

  it('an empty line in the output does not end the block that shows it', () => {
    // A <details> block of HTML ends at the first empty line; a <pre> block that starts a line ends at </pre> alone.
    const text = summarize(report({ tail: ['Step 1', '', '- item', '    indented'] }))
    const blocks = text.split('\n\n')
    const torn = blocks.filter(
      (block) => block.startsWith('<details>') && block.includes('<pre>') && !block.includes('</pre>'),
    )
    expect(torn).toEqual([])
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
