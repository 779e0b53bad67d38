import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { errorClasses } from '../../src/core/errors.ts'
import { root } from '../support/launch.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = [
  ...readdirSync(root),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'))
const withoutCode = (text: string) => text.replaceAll(/^( *)```.*?^\1```$/gms, '')

/** GitHub's anchors for a page's headings; a repeated one gets a number. */
function anchors(text: string): string[] {
  const seen = new Map<string, number>()
  return [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
}

/** What a page links to, but the web: files from the root, each with its anchor. */
function linksOf(page: string): { target: string; anchor: string | undefined }[] {
  return [...withoutCode(read(page)).matchAll(/\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(
    ([, path = '', anchor]) => ({
      target: path === '' ? page : relative(root, join(root, dirname(page), path)),
      anchor,
    }),
  )
}

describe('links', () => {
  it('are found, with GitHub’s anchors', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/README.md']))
    expect(linksOf('README.md').length).toBeGreaterThan(10)
    expect(anchors("# What can't\n```\n# no\n```\n## a, `b`\n## a b")).toEqual(['what-cant', 'a-b', 'a-b-1'])
  })

  it.each(pages)('of %s lead to what exists', (page) => {
    for (const { target, anchor } of linksOf(page)) {
      expect([target, existsSync(join(root, target))]).toEqual([target, true])
      if (anchor !== undefined)
        expect([target, anchors(read(target))]).toEqual([target, expect.arrayContaining([anchor])])
    }
  })

  it('of the index lead to every page', () => {
    const listed = linksOf('docs/README.md').map(({ target }) => target)
    const all = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
    expect(all.filter((page) => !listed.includes(page))).toEqual([])
  })
})

describe('the pages for contributors', () => {
  it.each(['CONTRIBUTING.md', 'docs/design.md'])('%s names only paths that exist', (page) => {
    const paths = [...read(page).matchAll(/(?<=[`\s])(?:src|script|docs|__tests__|\.github|dist)\/[\w./-]*/g)].map(
      ([path]) => path,
    )
    expect(paths.length).toBeGreaterThan(3)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('docs/design.md has one line for each source file', () => {
    const rooms = read('docs/design.md').split(/^## (?=src\/)/m)
    const described = rooms.slice(1).flatMap((room) => {
      const folder = room.split('\n')[0]?.replace(/^src\//, '') ?? ''
      return [...room.matchAll(/^\*\*([\w-]+\.ts)\*\*/gm)].map(([, name]) => `${folder}${name}`)
    })
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    expect(described.sort()).toEqual(sources.filter((name) => name.endsWith('.ts')).sort())
  })
})

interface Generator {
  sourceTexts(): string[]
  troubleshooting(page: string, failures: string, sources: readonly string[]): string
}

describe('docs/troubleshooting.md', async () => {
  const { sourceTexts, troubleshooting }: Generator = await import(join(root, 'script/troubleshooting.mjs'))
  const page = read('docs/troubleshooting.md')
  const sections = page
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n')[0] ?? '', text }))

  it('has a section for each class, in order, each with its meaning before and advice after the messages', () => {
    expect(sections.map(({ title }) => title)).toEqual(Object.keys(errorClasses))
    for (const { title, text } of sections) {
      const parts = new RegExp(
        `^${title}\n\n(.+)<!-- ${title}:start -->.+<!-- ${title}:end -->\n\nWhat to do(.+)$`,
        's',
      )
      const [, meaning = '', advice = ''] = parts.exec(text) ?? []
      expect([title, meaning.length > 20, advice.length > 20]).toEqual([title, true, true])
    }
  })

  const failures = read('docs/failures.md')

  it('has the messages of docs/failures.md and of the source', () => {
    expect(troubleshooting(page, failures, sourceTexts())).toBe(page)
    expect(page).toContain('- Input … has a malformed host or port.\n')
    expect(page).toContain('- Input method is …, but there is no .… in ….\n')
    expect(sections.find(({ title }) => title === 'unsafe')?.text).toContain('- Input … has a "~" where only')
  })

  it.each([
    ['a row', '| The moon is full | auth (12) | … sleeps. | no | none |', '', '| … sleeps. | The moon is full |'],
    ['an error', '', "throw new PushError('input', 'The moon is new.', 'Sleep.')", '- The moon is new.\n'],
    ['a refusal', '', "refuse(input, 'sleeps.', path, 'unsafe')", '- Input … sleeps.\n'],
  ])('takes up %s', (_, row, source, shown) => {
    expect(troubleshooting(page, `${failures}\n${row}\n`, [source])).toContain(shown)
  })

  it('refuses a class that never fails', () => {
    expect(() => troubleshooting('<!-- moon:start -->\n<!-- moon:end -->', failures, [])).toThrow('moon')
  })
})

describe('issue forms', () => {
  interface Field {
    readonly type: string
    readonly id?: string
    readonly attributes: { readonly label?: string; readonly value?: string; readonly options?: readonly unknown[] }
    readonly validations?: { readonly required?: boolean }
  }
  interface Form {
    readonly name: string
    readonly description: string
    readonly body: readonly Field[]
  }
  const folder = '.github/ISSUE_TEMPLATE'
  const forms = readdirSync(join(root, folder))
    .filter((name) => name !== 'config.yml')
    .map((name) => ({ name, form: parseYaml(read(`${folder}/${name}`)) as Form }))
  const types = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']

  it.each(forms)('$name is what GitHub accepts', ({ form }) => {
    const known = ['name', 'description', 'title', 'labels', 'assignees', 'projects', 'type', 'body']
    expect(Object.keys(form).filter((key) => !known.includes(key))).toEqual([])
    expect([form.name.length > 3, form.description.length > 0]).toEqual([true, true])
    const fields = form.body.filter(({ type }) => type !== 'markdown')
    expect(fields.length).toBeGreaterThan(0)
    for (const values of [fields.map(({ id }) => id), fields.map(({ attributes }) => attributes.label)]) {
      expect(values).not.toContain(undefined)
      expect(new Set(values).size).toBe(values.length)
    }
    for (const { type, id = 'markdown', attributes } of form.body) {
      expect(types).toContain(type)
      expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
      if (type === 'markdown') expect(attributes.value).toMatch(/\S/)
      if (type === 'dropdown') expect(new Set(attributes.options).size).toBe(attributes.options?.length)
      if (type === 'checkboxes')
        expect(attributes.options?.[0]).toMatchObject({ label: expect.stringMatching(/\S/), required: true })
    }
  })

  it.each(forms)('$name says what not to paste, and its links lead to pages of ours', ({ name, form }) => {
    expect(form.body[0]?.attributes.value).toMatch(/\*\*Don't paste\*\* private keys/)
    const links = [...read(`${folder}/${name}`).matchAll(/blob\/main\/([\w./-]+)/g)].map(([, path = '']) => path)
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('a bug asks for what finds it', () => {
    const bug = forms.find(({ name }) => name === 'bug.yml')?.form.body ?? []
    const asked = ['annotation', 'version', 'method', 'receiver', 'log', 'clean']
    expect(bug.map(({ id }) => id)).toEqual(expect.arrayContaining(asked))
  })

  it('a hole is not reported by an issue', () => {
    const config = parseYaml(read(`${folder}/config.yml`)) as { contact_links: Record<string, string>[] }
    expect(config).toMatchObject({ blank_issues_enabled: false })
    for (const link of config.contact_links) expect(Object.keys(link).sort()).toEqual(['about', 'name', 'url'])
    expect(config.contact_links.map(({ url }) => url)).toContainEqual(
      expect.stringMatching(/security\/advisories\/new$/),
    )
  })
})
