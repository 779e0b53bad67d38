import { describe, expect, it } from 'vitest'
import { type Inputs, runAction, runCli } from '../support/runner.ts'
import { type Server, sshd } from '../support/sshd.ts'
import { type Files, plainWorkspace, tree } from '../support/workspaces.ts'

/** What is not for the file. */
const trust = (server: Server): Inputs => ({ 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts })

const workspaceWith = (config: string, files: Files = {}) =>
  plainWorkspace({ 'site/index.html': 'x\n', 'site/a.map': 'x\n', ...files, 'dotcloud-push.yml': config }).path

const names = (server: Server, path: string) => Object.keys(tree(server.home)).filter((name) => name.startsWith(path))

describe('dotcloud-push.yml', () => {
  it('tells the Action and the command line what to push; what is given wins, but for a default', async () => {
    const server = await sshd()
    const config = `app: from-file
destination: ${server.destination('{app}')}
source: site
method: rsync
excludes: ['*.map']
deploy-command: echo {app} is live
`
    const workspace = workspaceWith(config)
    const [step, won] = await Promise.all([
      runAction(trust(server), { workspace }),
      runAction({ ...trust(server), app: 'given', method: 'auto', excludes: '*.html' }, { workspace }),
    ])
    expect(step, step?.log).toMatchObject({ code: 0, outputs: { result: 'deployed', method: 'rsync' } })
    expect(step?.log).toContain('from-file is live')
    expect(step?.log).toContain('dotcloud-push.yml sets app, destination, source, method, excludes, deploy-command.')
    expect(names(server, 'from-file')).toEqual(['from-file/index.html'])
    expect(won, won?.log).toMatchObject({ code: 0, outputs: { result: 'deployed' } })
    expect(names(server, 'given')).toEqual(['given/a.map'])

    const options = ['--app', 'by-option', '--excludes', '*.pyc', '--ssh-key-file', server.privateKeyPath]
    const cli = await runCli(['--dry-run', '--json', ...options, '--known-hosts', server.knownHosts], {
      cwd: workspace,
    })
    expect(cli.code, cli.stderr).toBe(0)
    expect(JSON.parse(cli.stdout)).toMatchObject({ result: 'planned', app: 'by-option', 'changed-files': 2 })
  })

  it('has a say in the gate, and is not sent itself', async () => {
    const server = await sshd()
    const workspace = workspaceWith(`branches: [main]\ndestination: ${server.destination('app')}\n`)
    const inputs = { ...trust(server), app: 'hello' }
    const [other, main] = await Promise.all([
      runAction({}, { workspace, ref: 'refs/heads/other' }),
      runAction(inputs, { workspace, ref: 'refs/heads/main' }),
    ])
    expect(other).toMatchObject({ code: 0, outputs: { result: 'skipped' } })
    expect(main?.outputs).toMatchObject({ result: 'deployed', 'changed-files': '2' })
    expect(names(server, 'app')).toEqual(['app/site/a.map', 'app/site/index.html'])
  })

  it('of a stranger is refused by name and line, with nothing connected to', async () => {
    const [server, theirs] = await Promise.all([sshd(), sshd({ identity: 'impostor' })])
    const inputs = { ...trust(server), app: 'hello', destination: server.destination('app') }
    const move = `destination: ${theirs.destination('app')}\n`
    const attacks = [
      `${move}known-hosts: '${theirs.knownHosts.split('\n')[0]}'\n`,
      `${move}host-key-fingerprint: ${theirs.fingerprints.ed25519}\n`,
      `${move}insecure-skip-host-key-check: true\n`,
      `${move}proxy-jump: ssh://${theirs.host}:${theirs.port}\n`,
    ]
    const steps = await Promise.all(attacks.map((config) => runAction(inputs, { workspace: workspaceWith(config) })))
    for (const step of steps) {
      expect(step).toMatchObject({ code: 1, outputs: { 'error-class': 'input', 'failed-stage': 'settings' } })
      expect(step.errors).toEqual([
        expect.stringMatching(/^dotcloud-push\.yml sets [a-z-]+ in line 2, which is not for/),
      ])
      expect(step.leftovers()).toEqual([])
    }
    // With a destination alone he leads the push to a host that nobody pinned.
    const bare = { ...trust(server), app: 'hello' }
    const [led, visited] = await Promise.all([
      runAction(bare, { workspace: workspaceWith(move) }),
      runAction({ ...inputs, doctor: 'true' }, { workspace: workspaceWith('adopt: true\n') }),
    ])
    expect(led?.outputs).toMatchObject({ 'error-class': 'host-key' })
    expect(visited?.outputs).toMatchObject({ 'error-class': 'input' })
    expect(visited?.log).toContain('fault    inputs          dotcloud-push.yml sets adopt in line 1')
    expect([server.connections(), theirs.logins()]).toEqual([0, 0])
  })
})
