import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../../src', import.meta.url))

interface Module {
  /** From `src`: `core/push.ts`. */
  readonly name: string
  readonly room: string
  /** Without comments. */
  readonly text: string
  /** Modules of ours, by name. */
  readonly imports: readonly string[]
  readonly packages: readonly string[]
}

const modules: readonly Module[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(join(source, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    const paths = [
      ...text.matchAll(/(?:^(?:import|export)\b[^'"]*?\bfrom\s*|^import\s*|\bimport\s*\()['"]([^'"]+)['"]/gm),
    ].map(([, path = '']) => path)
    const own = paths.filter((path) => path.startsWith('.'))
    return {
      name,
      room: name.split('/')[0] ?? '',
      text,
      imports: own.map((path) => relative(source, join(source, dirname(name), path)).replace(/\.js$/, '.ts')),
      packages: paths.filter((path) => !path.startsWith('.')),
    }
  })

const names = modules.map(({ name }) => name)

/** Below each room, the rooms that it may import from. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  action: ['action', 'core', 'system'],
  cli: ['cli', 'core', 'system'],
  core: ['core', 'methods'],
  methods: ['methods', 'core'],
  system: ['system', 'core'],
}
const fronts = ['action', 'cli']

describe('the house', () => {
  it('is seen by this test', () => {
    expect(names.length).toBeGreaterThan(30)
    expect(names).toEqual(
      expect.arrayContaining(['action/main.ts', 'cli/main.ts', 'core/push.ts', 'methods/git.ts', 'system/sink.ts']),
    )
    expect(modules.find(({ name }) => name === 'core/push.ts')?.imports).toContain('methods/index.ts')
    for (const { name, imports } of modules) {
      for (const one of imports) expect(names, `${name} imports ${one}`).toContain(one)
    }
  })

  it('has these rooms and no other', () => {
    expect([...new Set(modules.map(({ room }) => room))].sort()).toEqual(Object.keys(arrows).sort())
  })

  it('every room has the size of a subject: no helper, utils, manager, common', () => {
    expect(names.filter((name) => /helper|util|manager|common|misc|shared/i.test(name))).toEqual([])
  })

  it.each(modules)('arrows go down: $name', ({ name, room, imports }) => {
    for (const one of imports) {
      const to = one.split('/')[0] ?? ''
      expect(arrows[room], `${name} imports ${one}`).toContain(to)
    }
  })

  it('only the line itself and the doctor, who walks along it, call the methods', () => {
    const callers = modules.filter(
      ({ room, imports }) => room === 'core' && imports.some((one) => one.startsWith('methods/')),
    )
    expect(callers.map(({ name }) => name).sort()).toEqual([
      'core/doctor-here.ts',
      'core/doctor-there.ts',
      'core/push.ts',
    ])
  })

  it('system knows only nouns and errors of the core', () => {
    const known = modules
      .filter(({ room }) => room === 'system')
      .flatMap(({ imports }) => imports.filter((one) => one.startsWith('core/')))
    expect([...new Set(known)].sort()).toEqual(['core/errors.ts', 'core/model.ts'])
  })

  it('only the front for GitHub imports @actions/core', () => {
    const importers = modules.filter(({ packages }) => packages.includes('@actions/core'))
    expect(importers.length).toBeGreaterThan(0)
    expect(importers.filter(({ room }) => room !== 'action')).toEqual([])
  })

  it('only the front for a shell imports commander, and only the runner starts programs', () => {
    const importers = (wanted: string) =>
      modules.filter(({ packages }) => packages.includes(wanted)).map(({ name }) => name)
    expect(importers('commander').every((name) => name.startsWith('cli/'))).toBe(true)
    expect(
      [...importers('node:child_process'), ...importers('@actions/exec')].filter((name) => name !== 'system/runner.ts'),
    ).toEqual([])
    expect(importers('child_process')).toEqual([])
    for (const network of ['node:http', 'node:https', 'node:net', 'node:tls', 'node:dns', '@actions/http-client']) {
      expect([network, importers(network)]).toEqual([network, []])
    }
  })

  it('the parser of YAML is loaded when it is wanted, by one file that takes nothing else along', () => {
    const importers = modules.filter(({ packages }) => packages.includes('yaml'))
    expect(importers.map(({ name, imports }) => [name, imports])).toEqual([['core/flat-yaml.ts', []]])
    const users = modules.filter(({ imports }) => imports.includes('core/flat-yaml.ts'))
    expect(users.map(({ name }) => name)).toEqual(['core/config.ts'])
    expect(users[0]?.text).toMatch(/import type [^\n]*flat-yaml/)
    expect(users[0]?.text.match(/flat-yaml/g)).toHaveLength(2)
    expect(users[0]?.text).toContain("await import('./flat-yaml.js')")
  })

  it.each([
    ['process.env', /\bprocess\.env\b|\benv\b[^:]*\}\s*=\s*process\b/, [...fronts, 'system']],
    ['process.exit', /\bprocess\.exit/, fronts],
    ['process.stdout', /\bprocess\.std(?:out|err)\b|\bconsole\./, fronts],
    ['process.on', /\bprocess\.(?:on|once|kill|argv|cwd|chdir)\b/, [...fronts, 'system']],
    [
      'the clock',
      /\bDate\.now\b|\bnew Date\b|\bperformance\.now\b|\bset(?:Timeout|Interval|Immediate)\b/,
      [...fronts, 'system'],
    ],
    ['fetch', /\bfetch\(/, []],
  ] as const)('%s is used only where the world is', (_, sign, rooms) => {
    const users = modules.filter(({ text, room }) => sign.test(text) && !(rooms as readonly string[]).includes(room))
    expect(users.map(({ name }) => name)).toEqual([])
  })

  it('no shell is asked to run a text of ours here', () => {
    expect(
      modules
        .filter(({ text }) => /\bshell:\s*true|\bexecSync\b|\beval\(|new Function\(/.test(text))
        .map(({ name }) => name),
    ).toEqual([])
  })

  it('no file is in a cycle of imports', () => {
    const imports = new Map(modules.map((module) => [module.name, module.imports]))
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (name: string, path: readonly string[]) => {
      if (path.includes(name)) cycles.push([...path.slice(path.indexOf(name)), name].join(' → '))
      else if (!done.has(name)) {
        for (const next of imports.get(name) ?? []) visit(next, [...path, name])
        done.add(name)
      }
    }
    for (const name of names) visit(name, [])
    expect(cycles).toEqual([])
  })

  it('no file is without use', () => {
    const used = new Set(modules.flatMap(({ imports }) => imports))
    const entries = ['action/main.ts', 'action/post.ts', 'cli/main.ts']
    expect(names.filter((name) => !used.has(name) && !entries.includes(name))).toEqual([])
  })
})
