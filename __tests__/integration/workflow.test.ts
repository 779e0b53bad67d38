import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { root } from '../support/launch.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { isOurs, parseWorkflowErrors, runWorkflow, usesInputs } from '../support/workflow.ts'
import { gitWorkspace, plainWorkspace, tree } from '../support/workspaces.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const action = parseYaml(read('action.yml')) as { inputs: Record<string, { required?: boolean }>; outputs: object }

interface Block {
  readonly name: string
  readonly text: string
}

/** The YAML blocks of a page, each named by its page and line. */
function blocksOf(page: string): Block[] {
  const text = read(page)
  return [...text.matchAll(/^( *)```ya?ml\n(.*?)^ *```$/gms)].map(({ 1: indent = '', 2: block = '', index }) => ({
    name: `${page}:${text.slice(0, index).split('\n').length}`,
    text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

const listed = (directory: string, pattern: RegExp): string[] =>
  readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => `${directory}/${name}`)
    .sort()

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...listed('docs', /\.md$/)].filter((page) =>
  existsSync(join(root, page)),
)
const blocks: Block[] = [
  ...pages.flatMap(blocksOf),
  ...listed('.github/workflows', /\.ya?ml$/).map((name) => ({ name, text: read(name) })),
]
/** A whole workflow has both; what has less is a fragment, or belongs to another CI. */
const workflows = blocks.filter(({ text }) => /^on:/m.test(text) && /^jobs:/m.test(text))

/** The uploader in miniature, as the forced command of a server. */
async function receiver(): Promise<{ server: Server; place: string }> {
  const place = temporaryDirectory('receiver')
  const gate = join(temporaryDirectory('gate'), 'gate')
  writeFileSync(gate, `#!/bin/sh\nexec '${join(root, 'script/receiver/gate')}' '${place}'\n`, { mode: 0o755 })
  return { server: await sshd({ gate }), place }
}

const authority = ({ user, host, port }: Server) => `${user}@${host}:${port}`

describe('a workflow', () => {
  const text = `
    name: Deploy
    on: push
    jobs:
      deploy:
        runs-on: ubuntu-latest
        strategy:
          matrix:
            app: [shop, blog]
            include: [{ app: blog, deployment: staging }]
        steps:
          - uses: actions/checkout@v5
          - run: mkdir -p public && echo "built for \${{ matrix.app }}" > public/index.html
          - id: push
            uses: ./
            with:
              app: \${{ matrix.app }}
              deployment: \${{ matrix.deployment || 'default' }}
              ssh-key: \${{ secrets.KEY }}
              known-hosts: \${{ vars.KNOWN_HOSTS }}
              destination: ssh://\${{ vars.AT }}/{app}
              source: public
              deploy-command: deploy {app}.{deployment}
              branches: |
                main
                releases/**
          - if: steps.push.outputs.result == 'deployed'
            run: echo "deployed \${{ steps.push.outputs.changed-files }} file(s), \${{ steps.push.outputs.deploy-exit-code }}"
          - if: steps.push.outputs.result == 'skipped'
            run: echo "nothing to do on \${{ github.ref_name }}"
          - if: failure()
            run: echo "it was \${{ steps.push.outputs.error-class }} at \${{ steps.push.outputs.failed-stage }}"
  `

  const run = (server: Server, ref: string, secrets: Record<string, string> = { KEY: server.privateKey }) =>
    runWorkflow(text, {
      secrets,
      vars: { KNOWN_HOSTS: server.knownHosts, AT: authority(server) },
      github: { ref },
      workspace: plainWorkspace().path,
    })

  it('runs with secrets, vars, a matrix and conditions on our outputs', async () => {
    const { server, place } = await receiver()
    const { steps } = await run(server, 'refs/heads/main')
    expect(steps.map(({ outcome }) => outcome)).toEqual(
      [...Array(4).fill('success'), 'skipped', 'skipped', ...Array(4).fill('success'), 'skipped', 'skipped'].map(
        String,
      ),
    )
    const pushes = steps.filter(({ id }) => id === 'push')
    expect(pushes.map(({ outputs }) => outputs['result'])).toEqual(['deployed', 'deployed'])
    for (const { step } of pushes) {
      expect(step?.postCode).toBe(0)
      expect(step?.log).not.toContain(server.privateKey.split('\n')[2])
    }
    expect(steps[3]?.step?.log).toBe('deployed 1 file(s), 0\n')
    expect(readFileSync(join(place, 'shop/code/index.html'), 'utf8')).toBe('built for shop\n')
    expect(readFileSync(join(place, 'blog/deployed'), 'utf8')).toContain(' blog.staging rsync=1 exit=0')
  })

  it('on another branch, without secrets: green; on the branch, without: red, and the reason can be asked for', async () => {
    const { server, place } = await receiver()
    const skipped = await run(server, 'refs/heads/feature', {})
    expect(skipped.steps.map(({ conclusion }) => conclusion)).not.toContain('failure')
    expect(skipped.steps[4]?.step?.log).toBe('nothing to do on feature\n')
    const failed = await run(server, 'refs/heads/releases/1', {})
    expect(failed.steps.slice(2, 6).map(({ outcome }) => outcome)).toEqual(['failure', 'skipped', 'skipped', 'success'])
    expect(failed.steps[5]?.step?.log).toBe('it was input at settings\n')
    expect(server.connections()).toBe(0)
    expect(tree(place)).toEqual({})
  })
})

describe('the documentation', () => {
  const [first] = blocksOf('README.md')

  it("README's first workflow runs as it stands, with another host", async () => {
    const { server, place } = await receiver()
    const original = 'dotcloud@uploader.example.com:21122'
    expect(first?.text).toContain(original)
    const options = {
      secrets: { DOTCLOUD_SSH_KEY: server.privateKey },
      vars: { DOTCLOUD_KNOWN_HOSTS: server.knownHosts },
    }
    const text = first?.text.replace(original, authority(server)) ?? ''
    const workspace = gitWorkspace()
    const github = { ref: 'refs/heads/main', sha: workspace.sha() }
    const { steps } = await runWorkflow(text, { ...options, github, workspace: workspace.path })
    const step = steps.find(({ outputs }) => 'result' in outputs)
    expect(step?.outputs).toMatchObject({ result: 'deployed', method: 'git', 'deploy-exit-code': '0' })
    expect(readFileSync(join(place, 'helloworldapp/deployed'), 'utf8')).toContain(`git=${workspace.sha()} exit=0`)
    expect(step?.step?.leftovers()).toEqual([])
    const other = await runWorkflow(text, { ...options, github: { ref: 'refs/heads/x' }, workspace: workspace.path })
    expect(other.steps.map(({ outputs }) => outputs['result'])).toContain('skipped')
  })

  it('has whole workflows', () => {
    expect(workflows.length).toBeGreaterThan(3)
    expect(workflows.map(({ name }) => name)).toContain('README.md:6')
  })

  it.each(workflows.map(({ name, text }) => [name, text]))('%s parses', (_, text) => {
    expect(parseWorkflowErrors(text)).toEqual([])
  })

  const uses = blocks.flatMap(({ name, text }) =>
    (/uses:/.test(text) ? usesInputs(text) : []).filter((use) => isOurs(use.uses)).map((use) => ({ name, ...use })),
  )

  it('names only inputs of action.yml, and the required ones in whole workflows', () => {
    expect(uses.length).toBeGreaterThan(3)
    for (const { name, with: given } of uses) {
      expect(
        given.filter((input) => !(input in action.inputs)),
        name,
      ).toEqual([])
    }
    const required = Object.keys(action.inputs).filter((name) => action.inputs[name]?.required)
    for (const { name, text } of workflows) {
      for (const { with: given } of usesInputs(text).filter((use) => isOurs(use.uses))) {
        expect(
          required.filter((input) => !given.includes(input)),
          name,
        ).toEqual([])
        expect(
          given.some((input) => ['destination', 'plan'].includes(input)),
          name,
        ).toBe(true)
        const pins = ['known-hosts', 'host-key-fingerprint', 'insecure-skip-host-key-check']
        expect(
          given.some((input) => pins.includes(input)),
          name,
        ).toBe(true)
      }
    }
  })

  it('names only outputs of action.yml', () => {
    for (const { name, text } of blocks) {
      const ids = [...text.matchAll(/- (?:id: (\w+)\n *uses|uses: (?:\.\/|[\w-]+\/dotcloud-push@\S+)\n *id: (\w+))/g)]
      const known = ids.flatMap(([, before, after]) => before ?? after ?? [])
      for (const [, id = '', output = ''] of text.matchAll(/steps\.(\w+)\.outputs\.([\w-]+)/g)) {
        if (known.includes(id)) expect(Object.keys(action.outputs), `${name} ${output}`).toContain(output)
      }
    }
  })
})
