import { describe, expect, it } from 'vitest'
import { commit, gitWorkspace, hgWorkspace, plainWorkspace, tree } from '../support/workspaces.ts'

describe('workspaces', () => {
  it('come from git, in full', () => {
    const workspace = gitWorkspace({ a: '1' }, { commits: 3, branch: 'dev' })
    expect(workspace.git('rev-list', '--count', 'HEAD').trim()).toBe('3')
    expect(workspace.git('branch', '--show-current').trim()).toBe('dev')
    const before = workspace.sha()
    commit(workspace, { a: '2' })
    expect(workspace.git('rev-parse', 'HEAD^').trim()).toBe(before)
  })

  it.each([
    [true, ''],
    [false, 'main'],
  ])('come from git, shallow and detached: %s', (detached, branch) => {
    const workspace = gitWorkspace({ a: '1' }, { commits: 3, shallow: 1, detached })
    expect(workspace.git('rev-parse', '--is-shallow-repository').trim()).toBe('true')
    expect(workspace.git('rev-list', '--count', 'HEAD').trim()).toBe('1')
    expect(workspace.git('branch', '--show-current').trim()).toBe(branch)
    expect(Object.keys(tree(workspace.path, ['.git']))).toEqual(['a', 'history.txt'])
  })

  it('come from hg', () => {
    const workspace = hgWorkspace({ a: '1' })
    commit(workspace, { a: '2' })
    expect(workspace.node()).toMatch(/^[0-9a-f]{40}$/)
    expect(workspace.hg('log', '--template', '{rev} ')).toBe('1 0 ')
  })

  it('can be compared', () => {
    const { path } = plainWorkspace({ 'd/run': { content: 'x', mode: 0o755 }, link: { link: '/nowhere' }, 'ü.txt': '' })
    const seen = tree(path)
    expect(Object.keys(seen)).toEqual(['d/run', 'link', 'ü.txt'])
    expect(seen['d/run']).toMatch(/^755 [0-9a-f]{64}$/)
    expect(seen['link']).toBe('-> /nowhere')
  })
})
