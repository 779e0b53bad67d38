import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { root } from '../support/launch.ts'
import { isInstalled } from '../support/sandbox.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { concurrent, temporaryDirectory } from '../support/temporary.ts'
import { isOurs, parseWorkflowErrors, runWorkflow, usesInputs } from '../support/workflow.ts'
import { type Files, gitWorkspace, hgWorkspace, plainWorkspace, tree, type Workspace } from '../support/workspaces.ts'

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
  return { server: await forced(join(root, 'script/receiver/gate'), place), place }
}

/** A server with a forced command. */
function forced(...command: string[]): Promise<Server> {
  const gate = join(temporaryDirectory('gate'), 'gate')
  writeFileSync(gate, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')}\n`, { mode: 0o755 })
  return sshd({ gate })
}

/** The first workflow below a heading. */
function workflowBelow(page: string, heading: string): string {
  const [, rest = ''] = `\n${read(page)}`.split(`\n${heading}\n`)
  const [, text = ''] = /```yaml\n(.*?)^```$/ms.exec(rest) ?? []
  return text
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

  concurrent("README's first workflow runs as it stands, with another host", async () => {
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

  /** A recipe's workflow as it stands, but for what is another host, another path or another repository. */
  async function follow(
    server: Server,
    text: string,
    workspace: Workspace & { sha?(): string },
    other: object,
    result = 'deployed',
  ) {
    const changed = Object.entries(other).reduce((all, [from, to]) => {
      expect(all).toContain(from)
      return all.replaceAll(from, to)
    }, text)
    const { steps } = await runWorkflow(changed, {
      secrets: Object.fromEntries(secrets.map((name) => [name, server.privateKey])),
      vars: {
        KNOWN_HOSTS: server.knownHosts,
        DOKKU_KNOWN_HOSTS: server.knownHosts,
        FINGERPRINT: server.fingerprints.ed25519 ?? '',
      },
      github: { ref: 'refs/heads/main', ...(workspace.sha && { sha: workspace.sha() }) },
      workspace: workspace.path,
    })
    const { outputs, step } = steps.find((each) => 'result' in each.outputs) ?? {}
    expect([outputs?.['result'], step?.errors]).toEqual([result, []])
    return outputs
  }
  const site = () => gitWorkspace({ 'public/index.html': 'hello\n' })

  concurrent("getting started's workflow puts the files where the page says", async () => {
    const server = await sshd()
    const text = workflowBelow('docs/getting-started.md', '## 6. The workflow')
    const other = { 'deploy@example.com/srv/www': `${authority(server)}${server.home}/www` }
    const outputs = await follow(server, text, site(), other)
    expect(readFileSync(join(server.home, 'www/site/index.html'), 'utf8')).toBe('hello\n')
    expect(readFileSync(join(server.home, 'deployed.log'), 'utf8')).toBe(`deployed ${outputs?.['revision']}\n`)
  })

  for (const [page, heading, says] of [
    ['docs/getting-started.md', '## 8. A restricted key', 'rsync=1'],
    ['docs/receivers.md', '## One restricted key for git, hg, rsync and deploy (gate)', 'git='],
  ] as const) {
    concurrent(`${page} ${heading} deploys by the gate`, async () => {
      const { server, place } = await receiver()
      await follow(server, workflowBelow(page, heading), site(), { 'deploy@example.com': authority(server) })
      expect(readFileSync(join(place, 'site/deployed'), 'utf8')).toContain(` site.default ${says}`)
    })
  }

  concurrent('the recipe for a directory mirrors into it', async () => {
    const server = await sshd()
    const other = { 'web@example.com/srv/www': `${authority(server)}${server.home}` }
    await follow(server, workflowBelow('docs/receivers.md', '## A plain server with rsync'), site(), other)
    expect(tree(join(server.home, 'site'))).toMatchObject({ 'public/index.html': expect.anything() })
  })

  concurrent('the recipe for a bare repository pushes and runs the command', async () => {
    const server = await sshd()
    execFileSync('git', ['init', '--quiet', '--bare', join(server.home, 'shop.git')])
    mkdirSync(join(server.home, 'shop'))
    const text = workflowBelow('docs/receivers.md', '## A plain server with a bare repository')
    const other = {
      'deploy@example.com:': `ssh://${authority(server)}/~/`,
      '/srv/apps/{app}': `${server.home}/{app}`,
      'systemctl --user restart {app}': 'true',
    }
    await follow(server, text, site(), other)
    expect(readFileSync(join(server.home, 'shop/public/index.html'), 'utf8')).toBe('hello\n')
  })

  concurrent("a plan's calls run before and after the upload", async () => {
    const server = await sshd()
    const other = { 'web@example.com/srv/www': `${authority(server)}${server.home}/www` }
    await follow(server, workflowBelow('docs/plan.md', '## A command before the upload'), site(), other)
    expect(server.commands().filter((command) => command.includes('maintenance'))).toEqual([
      'touch maintenance',
      'rm maintenance',
    ])
  })

  const shop = (server: Server) => {
    execFileSync('git', ['init', '--quiet', '--bare', join(server.home, 'shop.git')])
  }
  const www = (server: Server) => `${authority(server)}${server.home}/www`
  /** Under each of these names the pages keep the key. */
  const secrets = ['DEPLOY_KEY', 'DOKKU_KEY', 'SSH_PRIVATE_KEY', 'REMOTE_KEY', 'KEY']

  interface Scenario {
    readonly at: readonly [page: string, heading: string]
    /** What stands for another host, path or program. */
    readonly other: (server: Server) => Readonly<Record<string, string>>
    readonly files?: Files
    readonly gate?: true
    readonly prepare?: (server: Server) => void
    /** What is there afterwards, below the home or the receiver's directory; nothing for a visit of the doctor. */
    readonly arrives?: string
  }
  const scenarios: readonly Scenario[] = [
    {
      at: ['README.md', '### git to a bare repository'],
      prepare: shop,
      other: (server) => ({ 'git@example.com:': `ssh://${authority(server)}/~/`, './deploy {app} {sha}': 'true' }),
      arrives: 'shop.git/refs/heads/main',
    },
    {
      at: ['README.md', '### git to a PaaS (Dokku)'],
      gate: true,
      other: (server) => ({ 'dokku@dokku.example.com': authority(server) }),
      arrives: 'shop/code.git/refs/heads/master',
    },
    {
      at: ['README.md', '### rsync to a web root'],
      other: (server) => ({
        'web@example.com/srv/www': www(server),
        'npm ci && npm run build': 'mkdir dist && touch dist/a',
      }),
      arrives: 'www/site/a',
    },
    {
      at: ['README.md', '### A sub-directory of a monorepo'],
      files: { 'services/api/main.js': 'x\n', 'README.md': 'x\n' },
      other: (server) => ({ 'deploy@example.com/srv/apps': www(server), 'systemctl --user restart {app}': 'true' }),
      arrives: 'www/api/main.js',
    },
    {
      at: ['README.md', '### Several servers'],
      other: (server) => ({ 'web@${{ matrix.host }}/srv/www': www(server), '[a.example.com, b.example.com]': '[a]' }),
      arrives: 'www/site/index.html',
    },
    {
      at: ['README.md', '### Through a bastion'],
      prepare: shop,
      other: (server) => ({
        'jump@bastion.example.com:2222': authority(server),
        'git@10.0.0.5:': `ssh://${authority(server)}/~/`,
      }),
      arrives: 'shop.git/refs/heads/main',
    },
    {
      at: ['README.md', '### Mercurial'],
      prepare: (server) => void execFileSync('hg', ['init', join(server.home, 'site')]),
      other: (server) => ({
        'sudo apt-get update && sudo apt-get install -y mercurial': 'true',
        'https://hg.example.org/site': hgWorkspace().path,
        'hg@example.com:{app}': `ssh://${authority(server)}/~/{app}`,
      }),
      arrives: 'site/index.html',
    },
    {
      at: ['docs/doctor.md', '# The doctor'],
      other: (server) => ({ 'web@example.com:2222': authority(server), 'restart {app}': 'true' }),
    },
    {
      at: ['docs/migration.md', '## easingthemes/ssh-deploy'],
      files: { 'dist/index.html': 'x\n' },
      other: (server) => ({
        '${{ secrets.REMOTE_USER }}@${{ secrets.REMOTE_HOST }}/srv/www': www(server),
        'sudo systemctl reload nginx': 'true',
      }),
      arrives: 'www/site/index.html',
    },
    {
      at: ['docs/migration.md', '## Burnett01/rsync-deployments'],
      files: { 'src/index.html': 'x\n' },
      other: (server) => ({ 'web@example.com:5555/srv/www': www(server) }),
      arrives: 'www/site/index.html',
    },
    {
      at: ['docs/migration.md', '## appleboy/scp-action'],
      files: { 'build/index.html': 'x\n' },
      other: (server) => ({ 'web@example.com/srv/www': www(server) }),
      arrives: 'www/site/index.html',
    },
    {
      at: ['docs/migration.md', '## dokku/github-action'],
      gate: true,
      other: (server) => ({ 'dokku@dokku.example.com:22': authority(server) }),
      arrives: 'shop/code.git/refs/heads/master',
    },
    {
      at: ['docs/other-ci.md', '## Forgejo, Gitea'],
      prepare: shop,
      other: (server) => ({ 'git@example.com:': `ssh://${authority(server)}/~/` }),
      arrives: 'shop.git/refs/heads/main',
    },
  ]

  for (const { at, other, files, gate, prepare, arrives } of scenarios) {
    concurrent(`${at.join(' ')} does what it says`, async () => {
      const { server, place } = gate ? await receiver() : { server: await sshd(), place: undefined }
      prepare?.(server)
      const workspace = gitWorkspace(files)
      await follow(server, workflowBelow(...at), workspace, other(server), arrives ? 'deployed' : 'planned')
      expect(existsSync(join(place ?? server.home, arrives ?? ''))).toBe(true)
    })
  }

  /** A `gh` that keeps what it was asked and given, outside of the workspace; it knows one comment of ours. */
  function fakeGh(known = '') {
    const place = temporaryDirectory('gh')
    const script = `#!/bin/bash
printf '%s\\n' "$*" >> '${place}/asked'
for word; do case $word in *.md | *.json) cat "$word" > "${place}/body.$(wc -l < '${place}/asked')" ;; esac; done
case " $* " in *' --jq '*) printf '%s' '${known}' ;; esac\n`
    writeFileSync(join(place, 'gh'), script, { mode: 0o755 })
    return {
      env: { PATH: `${place}:${process.env['PATH']}` },
      asked: () => readFileSync(join(place, 'asked'), 'utf8').trim().split('\n'),
      body: (number: number) => readFileSync(join(place, `body.${number}`), 'utf8'),
    }
  }

  /** A pull request of octocat/hello, or of a fork of it. */
  const pullRequest = (sha: string, from = 'octocat/hello') => ({
    ref: 'refs/pull/12/merge',
    sha,
    event_name: 'pull_request',
    event: {
      number: 12,
      pull_request: { head: { repo: { full_name: from } } },
      repository: { full_name: 'octocat/hello' },
    },
  })

  it.runIf(isInstalled('jq'))(
    "README's dry run becomes a comment, and nothing is pushed; a fork's is not run",
    async () => {
      const server = await sshd()
      execFileSync('git', ['init', '--quiet', '--bare', join(server.home, 'shop.git')])
      const before = tree(server.home)
      const text = workflowBelow('README.md', '### A dry run in a pull request')
      expect(text).toContain('git@example.com:{app}.git')
      const workspace = gitWorkspace({ 'a <img src=x>.txt': 'a\n' }, { detached: true })
      const gh = fakeGh()
      const options = {
        secrets: { DEPLOY_KEY: server.privateKey },
        vars: { KNOWN_HOSTS: server.knownHosts },
        github: pullRequest(workspace.sha()),
        workspace: workspace.path,
        env: gh.env,
      }
      const changed = text.replace('git@example.com:{app}.git', `ssh://${authority(server)}/~/{app}.git`)
      const { steps } = await runWorkflow(changed, options)
      expect(steps.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'success'])
      expect(steps[1]?.outputs).toMatchObject({ result: 'planned', 'changed-files': '1' })
      expect(gh.asked()).toEqual([
        expect.stringMatching(/^pr comment 12 --edit-last --create-if-none --body-file \/\S+\/plan\.md$/),
      ])
      expect(gh.body(1).trim()).toBe(steps[1]?.step?.summary.trim())
      expect(gh.body(1)).toContain('<pre>+   a &#60;img src&#61;x&#62;&#46;txt</pre>')
      expect(tree(server.home)).toEqual(before)

      const fork = await runWorkflow(changed, { ...options, github: pullRequest(workspace.sha(), 'mallory/hello') })
      expect(fork.steps).toEqual([])
      // Without its secret the step is red, and the comment says so.
      const failed = await runWorkflow(changed, { ...options, secrets: {} })
      expect(failed.steps.map(({ outcome }) => outcome)).toEqual(['success', 'failure', 'success'])
      expect(gh.body(2)).toContain('Failed at settings')
    },
  )

  it.runIf(isInstalled('jq')).each([
    ['made', '', 'POST', 'issues/12/comments'],
    ['updated', '4711', 'PATCH', 'issues/comments/4711'],
  ])('a comment with a mark is %s', async (_, known, method, path) => {
    const server = await sshd()
    const at = 'web@example.com/srv/www'
    const text = workflowBelow('docs/pull-requests.md', '## One comment for each application')
    expect(text).toContain(at)
    const gh = fakeGh(known)
    const { steps } = await runWorkflow(
      text.replace(at, `${authority(server)}${server.home}`).replace('[shop, blog]', '[shop]'),
      {
        secrets: { DEPLOY_KEY: server.privateKey },
        vars: { KNOWN_HOSTS: server.knownHosts },
        github: pullRequest('f'.repeat(40)),
        workspace: plainWorkspace({ 'apps/shop/index.html': 'hello\n' }).path,
        env: gh.env,
      },
    )
    expect(steps.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'success'])
    const [question = '', change = ''] = gh.asked()
    const mark = '<!-- plan of shop -->'
    expect(question).toBe(
      `api --paginate repos/octocat/hello/issues/12/comments --jq .[] | select(.user.login == "github-actions[bot]" and (.body | startswith("${mark}"))) | .id`,
    )
    expect(change).toMatch(
      new RegExp(`^api --silent --method ${method} repos/octocat/hello/${path} --input /\\S+/comment.json$`),
    )
    expect(JSON.parse(gh.body(2))).toEqual({ body: `${mark}\n\n${steps[1]?.step?.summary}` })
    expect(tree(server.home)).toEqual({})
  })

  it('gives a job the right to comment only where it comments, and never to strangers', () => {
    for (const { name, text } of workflows) {
      const { on, permissions, jobs } = parseYaml(text) as {
        on: object | string
        permissions?: object
        jobs: Record<string, { if?: string; permissions?: object; steps?: { run?: string }[] }>
      }
      if (/pull_request/.test(JSON.stringify(on)) && /dotcloud-push@/.test(text)) {
        expect([name, permissions]).toEqual([name, {}])
        expect(on).toBe('pull_request')
      }
      for (const job of Object.values(jobs)) {
        if (!JSON.stringify(job.permissions ?? permissions ?? {}).includes('pull-requests')) continue
        expect(job.if).toMatch(/^github\.event\.pull_request\.head\.repo\.full_name == github\.repository/)
        expect(job.steps?.at(-1)?.run).toMatch(/^ *gh /m)
      }
    }
  })

  concurrent(
    'the recipe for rrsync sends below its directory',
    async () => {
      const place = temporaryDirectory('www')
      const server = await forced('rrsync', '-wo', place)
      const text = workflowBelow('docs/receivers.md', '## rsync with a restricted key (rrsync)')
      await follow(server, text, site(), { 'web@example.com': authority(server) })
      expect(readFileSync(join(place, 'site/public/index.html'), 'utf8')).toBe('hello\n')
    },
    { runIf: isInstalled('rrsync') },
  )

  concurrent(
    'the recipe for hg-ssh pushes to its repository',
    async () => {
      const place = join(temporaryDirectory('hg'), 'site')
      execFileSync('hg', ['init', place])
      const server = await forced('hg-ssh', place)
      const origin = hgWorkspace()
      const other = {
        'sudo apt-get update && sudo apt-get install -y mercurial': 'true',
        'https://hg.example.org/site': origin.path,
        'hg@example.com/srv/hg/{app}': `${authority(server)}${place}`,
      }
      await follow(server, workflowBelow('docs/receivers.md', '## hg-ssh'), plainWorkspace({}), other)
      expect(execFileSync('hg', ['log', '-R', place, '-r', 'tip', '-T', '{node}'], { encoding: 'utf8' })).toBe(
        origin.node(),
      )
    },
    { runIf: isInstalled('hg-ssh') },
  )

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
