import { describe, expect, it } from 'vitest'
import { type ActionOptions, type Inputs, inputsFor, runAction, type Step } from '../support/runner.ts'
import { sshd } from '../support/sshd.ts'
import { plainWorkspace, tree } from '../support/workspaces.ts'

const all = (branches: string, refs: readonly string[], inputs: Inputs, options: ActionOptions = {}): Promise<Step[]> =>
  Promise.all(refs.map((ref) => runAction({ ...inputs, branches }, { post: false, ...options, ref })))

describe('branches', () => {
  it('another branch, a tag and a pull request are skipped: green, with a notice, nothing connected to or run', async () => {
    const server = await sshd()
    const refs = ['refs/heads/feature/x', 'refs/heads/mainly', 'refs/tags/main', 'refs/tags/v1', 'refs/pull/1/merge']
    const inputs = { ...inputsFor(server), 'deploy-command': 'touch DEPLOYED' }
    const workspace = plainWorkspace().path
    for (const step of await all('main\nreleases/**\n', refs, inputs, { workspace, post: true })) {
      expect(step).toMatchObject({ code: 0, errors: [], warnings: [], postCode: 0 })
      expect(step.outputs).toMatchObject({
        result: 'skipped',
        'failed-stage': '',
        'error-class': '',
        uploaded: 'false',
        'deploy-exit-code': '',
        'changed-files': '0',
      })
      expect(step.notices).toHaveLength(1)
      expect(step.notices[0]).toMatch(/Nothing was pushed: .*(feature\/x|mainly|tags\/main|tags\/v1|pull\/1\/merge)/)
      expect(step.summary).toContain('Skipped')
      expect(step.leftovers()).toEqual([])
    }
    expect(server.connections()).toBe(0)
    expect(tree(server.home)).toEqual({})
  })

  it('with "**", tags and pull requests are still skipped', async () => {
    const server = await sshd()
    const steps = await all('**', ['refs/tags/v1', 'refs/pull/2/merge'], inputsFor(server))
    expect(steps.map(({ outputs }) => outputs['result'])).toEqual(['skipped', 'skipped'])
    expect(server.connections()).toBe(0)
  })

  it('a run that is skipped needs no key and no other input that could be wrong', async () => {
    const wrong = {
      destination: 'http://example.com/x',
      'max-delete': 'lots',
      'known-hosts': 'nonsense',
      timeout: '-1',
    }
    const bare = { app: '', 'ssh-key': '' }
    const [step, worse] = await Promise.all([
      runAction({ ...bare, branches: 'main' }, { ref: 'refs/heads/other' }),
      runAction({ ...bare, ...wrong, branches: 'main' }, { ref: 'refs/heads/other' }),
    ])
    for (const each of [step, worse])
      expect(each).toMatchObject({ code: 0, outputs: { result: 'skipped' }, errors: [] })
  })

  it('a matching branch is pushed', async () => {
    const server = await sshd()
    const workspace = plainWorkspace().path
    const inputs = { ...inputsFor(server), branches: 'main\nreleases/**', destination: server.destination('{branch}') }
    const step = await runAction(inputs, { workspace, ref: 'refs/heads/releases/1.0/hot' })
    expect(step).toMatchObject({ code: 0, outputs: { result: 'deployed' }, notices: [] })
    expect(tree(`${server.home}/releases/1.0/hot`)).toEqual(tree(workspace))
  })

  it('without branches, tags are pushed too', async () => {
    const server = await sshd()
    const step = await runAction(inputsFor(server), { workspace: plainWorkspace().path, ref: 'refs/tags/v1' })
    expect(step.outputs['result']).toBe('deployed')
  })

  it("GitHub's patterns, in their order; the last match wins", async () => {
    // Without a key, an open gate is a red step, and a shut one a green step.
    const cases: [branches: string, branch: string, open: boolean][] = [
      ['main', 'main', true],
      ['*', 'a/b', false],
      ['**', 'a/b', true],
      ['releases/**\n!releases/**-alpha', 'releases/10-alpha', false],
      ['releases/**\n!releases/**-alpha\nreleases/1*', 'releases/10-alpha', true],
      ['v[12].[0-9]+', 'v2.14', true],
      ['v[12].[0-9]+', 'v3.1', false],
      ['\n  main  \n\n', 'main', true],
      ['ma.n', 'main', false],
    ]
    const steps = cases.map(([branches, branch]) =>
      runAction({ app: 'hello', branches }, { ref: `refs/heads/${branch}`, post: false }),
    )
    const seen = (await Promise.all(steps)).map(({ outputs }, index) => [
      ...(cases[index]?.slice(0, 2) ?? []),
      outputs['result'] === 'failed' && outputs['error-class'] === 'input',
    ])
    expect(seen).toEqual(cases)
  })

  it('a pattern that cannot be read is red, and says which', async () => {
    const server = await sshd()
    const bad = ['[', '[z-a]', '!main', 'main\n[b!]']
    const steps = await Promise.all(
      bad.map((branches) => runAction({ ...inputsFor(server), branches }, { ref: 'refs/heads/main', post: false })),
    )
    const seen = steps.map(({ code, outputs, errors }) => [
      code,
      outputs['error-class'],
      /branches/.test(errors[0] ?? ''),
    ])
    // "[" alone is a character like another: GitHub's documentation does not say otherwise, so either is fine there.
    expect(seen.slice(1)).toEqual(bad.slice(1).map(() => [1, 'input', true]))
    expect(['skipped', 'failed']).toContain(steps[0]?.outputs['result'])
    expect(server.connections()).toBe(0)
  })
})
