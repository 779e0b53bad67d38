import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFileCommands } from '../support/fileCommands.ts'
import { isAlive } from '../support/processes.ts'
import { runAction, runCli, startAction } from '../support/runner.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { parseWorkflowErrors, runWorkflow, usesInputs } from '../support/workflow.ts'
import { gitWorkspace, writeFiles } from '../support/workspaces.ts'

/** An action that does whatever its scripts say. */
function fakeAction(main: string, post = ''): string {
  const directory = temporaryDirectory('action')
  const inputs = `inputs:
    app: { required: true }
    dry-run: { default: false }
    who: { default: "\${{ github.actor }}" }
  `
  const helpers = `
    const fs = require('node:fs')
    const { env } = process
    const set = (file, name, value) => fs.appendFileSync(env['GITHUB_' + file], name + '<<E\\n' + value + '\\nE\\n')
  `
  writeFiles(directory, {
    'action.yml': inputs,
    'dist/main/index.js': helpers + main,
    'dist/post/index.js': helpers + post,
    'dist/cli/index.js': `console.log(process.argv.slice(2).join()); process.stdin.pipe(process.stderr); process.exitCode = 3`,
  })
  return join(directory, 'dist')
}

describe('the runner', () => {
  it('hands over inputs, state and a GitHub-like environment', async () => {
    const dist = fakeAction(
      `set('OUTPUT', 'seen', [env.INPUT_APP, env['INPUT_DRY-RUN'], env.INPUT_WHO, process.cwd(), env.GITHUB_REF_NAME].join())
       set('STATE', 'note', 'two\\nlines'); set('ENV', 'LATER', '1'); fs.appendFileSync(env.GITHUB_STEP_SUMMARY, '# done')
       console.log('secret before'); console.log('::add-mask::secret'); console.error('x secret y'); console.log('::error title=t::a%0Ab')`,
      `console.log('post: ' + env.STATE_note + ' secret')`,
    )
    const workspace = temporaryDirectory()
    const step = await runAction({ app: 'hello' }, { dist, workspace, ref: 'refs/heads/releases/1' })
    expect(step).toMatchObject({ code: 0, postCode: 0, errors: ['a\nb'], masks: ['secret'], summary: '# done' })
    expect(step.outputs).toEqual({ seen: `hello,false,octocat,${workspace},releases/1` })
    expect(step.environment).toEqual({ LATER: '1' })
    expect(step.raw).toContain('::add-mask::secret\n')
    expect(step.log.split('\n').sort()).toEqual(['', '::error title=t::a%0Ab', 'secret before', 'x *** y'])
    expect(step.postLog).toBe('post: two\nlines ***\n')
    expect(step.leftovers()).toEqual([])
  })

  it('shows what is left, but for the report', async () => {
    const dist = fakeAction(`
      fs.mkdirSync(env.RUNNER_TEMP + '/a'); fs.writeFileSync(env.RUNNER_TEMP + '/a/r.json', '{"n":1}'); fs.writeFileSync(env.HOME + '/x', '')
      set('OUTPUT', 'report', env.RUNNER_TEMP + '/a/r.json')`)
    const step = await runAction({}, { dist, tempName: 'my temp', node: 'node20' })
    expect(step.temp).toMatch(/\/my temp$/)
    expect(step.report()).toEqual({ n: 1 })
    expect(step.leftovers()).toEqual([join(step.home, 'x')])
  })

  it('signals the entry process alone, finds orphans, and runs post later', async () => {
    const dist = fakeAction(
      `require('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }); console.log('started'); setInterval(() => {}, 1000)`,
      `console.log('post ' + env.STATE_x)`,
    )
    const running = startAction({}, { dist, post: false })
    await running.waitFor('started')
    running.kill('SIGINT')
    const step = await running.done
    expect(step.code).toBe(130)
    expect(step.orphans().map(isAlive)).toEqual([true])
    expect(step.postCode).toBeUndefined()
    expect((await step.post({ x: 'y' })).postLog).toBe('post y\n')
  })

  it('does not wait for ever', async () => {
    const dist = fakeAction(`console.log('waiting'); setInterval(() => {}, 1000)`)
    await expect(runAction({}, { dist, limit: 0.5 })).rejects.toThrow(/still running after 0.5 s:\s+waiting/)
    await expect(startAction({}, { dist: fakeAction('') }).waitFor('never')).rejects.toThrow(/ended before/)
  })

  it('runs the command line', async () => {
    const ended = await runCli(['a', '--b'], { dist: fakeAction(''), stdin: 'in' })
    expect(ended).toMatchObject({ code: 3, stdout: 'a,--b\n', stderr: 'in' })
  })

  it('reads command files as the runner does', () => {
    expect(parseFileCommands('a=1\n\nb<<E=\nx\n\ny\nE=\nc=<<\nd<<E\nE\n')).toEqual({
      a: '1',
      b: 'x\n\ny',
      c: '<<',
      d: '',
    })
    expect(() => parseFileCommands('a<<E\nx')).toThrow(/delimiter not found/)
    expect(() => parseFileCommands('nonsense')).toThrow(/Invalid format/)
  })
})

const workflow = `
on: push
env: { TARGET: example.com }
jobs:
  deploy:
    runs-on: ubuntu-latest
    strategy: { matrix: { app: [one, two] } }
    steps:
      - uses: actions/checkout@v5
        with: { fetch-depth: 0 }
      - id: push
        name: Push \${{ matrix.app }}
        uses: octo/dotcloud-push@v1
        with:
          app: \${{ matrix.app }}-\${{ github.ref_name }}
          who: \${{ secrets.KEY }}@\${{ env.TARGET }}:\${{ vars.PORT }}
      - id: fail
        if: steps.push.outputs.seen != ''
        continue-on-error: true
        run: echo "$SEEN" | tee "$GITHUB_WORKSPACE/seen"; exit 1
        env: { SEEN: "\${{ steps.push.outputs.seen }} \${{ toJSON(steps.push.outcome) }}" }
      - run: exit 1
      - if: failure() && matrix.app == 'two'
        run: echo cleaned
      - run: echo never
`

describe('a workflow', () => {
  it('runs with GitHub’s own expressions', async () => {
    const dist = fakeAction(`set('OUTPUT', 'seen', env.INPUT_APP + ' ' + env.INPUT_WHO)`, `console.log('post')`)
    const workspace = gitWorkspace().path
    const options = {
      dist,
      workspace,
      secrets: { KEY: 'k3y' },
      vars: { PORT: '22' },
      github: { ref: 'refs/heads/dev' },
    }
    const { steps } = await runWorkflow(workflow, options)
    const two = steps.slice(6)
    expect(steps.map(({ outcome }) => outcome[0]).join('')).toBe('ssffssssffss')
    expect(two[1]).toMatchObject({
      id: 'push',
      name: 'Push two',
      matrix: { app: 'two' },
      outputs: { seen: 'two-dev k3y@example.com:22' },
    })
    expect(two[1]?.step?.postLog).toBe('post\n')
    expect(two[2]?.step?.log).toBe('two-dev ***@example.com:22 "success"\n')
    expect(two[2]?.conclusion).toBe('success')
    expect(two.map(({ outcome }) => outcome)).toEqual([
      'success',
      'success',
      'failure',
      'failure',
      'success',
      'skipped',
    ])
    expect(existsSync(join(workspace, 'seen'))).toBe(true)
  })

  it('is checked by GitHub’s own parser', () => {
    expect(parseWorkflowErrors(workflow)).toEqual([])
    expect(parseWorkflowErrors(workflow.replace('matrix.app }}', 'matrx.app }}')).join()).toContain('matrx')
    expect(usesInputs(workflow)).toEqual([
      { uses: 'actions/checkout@v5', with: ['fetch-depth'] },
      { uses: 'octo/dotcloud-push@v1', with: ['app', 'who'] },
    ])
    expect(usesInputs('- uses: ./\n')).toEqual([{ uses: './', with: [] }])
  })
})
