import { describe, expect, it } from 'vitest'
import { fill, type TemplateValues } from '../../src/core/template.ts'
import { failureOf } from './samples.ts'

const values: TemplateValues = { app: 'hello', deployment: 'default', branch: 'main', sha: 'abc' }

describe('a template', () => {
  it.each([
    ['deploy {app}.{deployment}', 'deploy hello.default'],
    ['{branch}/{sha}/{branch}', 'main/abc/main'],
    ['{tag} {App} {app {} }{ {{app}}', '{tag} {App} {app {} }{ {hello}'],
    ['', ''],
  ])('%s', (template, expected) => {
    expect(fill('deploy-command', template, values)).toBe(expected)
  })

  it('passes each value, and only values, through the encoding', () => {
    expect(fill('deploy-command', "x {app}'{branch}", values, (value) => `<${value}>`)).toBe("x <hello>'<main>")
  })

  it('takes a value as it is, even one that looks like a template or a replacement', () => {
    expect(fill('x', '{branch}', { ...values, branch: '{app}$&$1' })).toBe('{app}$&$1')
  })

  it.each([
    ['branch', /write the branch out/],
    ['sha', /leave \{sha\} out/],
  ] as const)('says what to do when {%s} is not known', (name, next) => {
    const failure = failureOf(() => fill('destination', `a{${name}}`, { ...values, [name]: undefined }))
    expect(failure.errorClass).toBe('input')
    expect(failure.cause).toBe(`Input destination asks for {${name}}, which is not known here.`)
    expect(failure.next).toMatch(next)
    expect(fill('destination', 'a', { ...values, [name]: undefined })).toBe('a')
  })
})
