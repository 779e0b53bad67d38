import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, vi } from 'vitest'
import {
  asRoot,
  count,
  expectDeployed,
  expectFailure,
  gate,
  type MethodName,
  makeRig,
  methods,
  onTransfer,
  privilege,
  question,
  type Rig,
  ran,
  rootGate,
  run,
  script,
  watched,
} from '../support/faults.ts'
import { dropbear, isInstalled, pathWithout, sshd } from '../support/sshd.ts'
import { atEnd, concurrent, temporaryDirectory } from '../support/temporary.ts'
import { tree, writeFiles } from '../support/workspaces.ts'

vi.setConfig({ maxConcurrency: 3 })

const rights = { runIf: privilege !== undefined }
const noise = (bytes: number) => randomBytes(bytes)
const shells = (['fish', 'tcsh'] as const).filter(isInstalled)

/** What is visible at the destination: rsync keeps what came in vain in a directory of its own, until the next push. */
function withoutPartial({ method, there, arrived }: Rig): string {
  return method === 'rsync' ? JSON.stringify(tree(there, ['.~tmp~'])) : arrived()
}

describe('the disk there', () => {
  for (const method of methods) {
    concurrent(
      `F1 is full in a push by ${method}: what was there stays, and room is all that the next push needs`,
      async () => {
        const server = await sshd({
          gate: rootGate(`
mount -t tmpfs -o size="$(cat "$HOME/size")" none "$HOME/disk" && cp -a "$HOME/state/." "$HOME/disk/" || exit 1
sh -c "$COMMAND"; code=$?
# The session for the conclusion has a disk of its own here, so it notes nothing that counts.
case $COMMAND in gzip*) ;; *) rsync -a --checksum --delete "$HOME/disk/" "$HOME/state/" ;; esac
exit $code`),
        })
        writeFiles(server.home, { 'disk/.keep': '', size: '700k' })
        const place = { path: 'disk/app', there: join(server.home, 'state/app') }
        const rig = makeRig(method, server, { 'a.txt': 'old\n', 'z.txt': 'old\n' }, place)
        mkdirSync(rig.there, { recursive: true })
        expect((await server.ssh('head -c 1000000 /dev/zero > disk/zero')).stderr).toContain('No space left on device')
        await server.ssh('rm disk/zero')
        expectDeployed(`F1 ${method}, before`, await rig.push(), rig)
        const old = rig.arrived()
        rig.change({ 'a.txt': 'new\n', 'big.bin': noise(1_500_000), 'z.txt': 'new\n' })
        const step = await rig.push({ 'deploy-command': count })
        expectFailure(`F1 ${method}, disk full`, step, { class: 'space', stage: 'push', says: 'is full.' })
        expect(step.errors[0]).toMatch(/No space left on device/)
        expect(ran(server)).toBe(0)
        expect(withoutPartial(rig)).toBe(old)
        writeFiles(server.home, { size: '9m' })
        if (method === 'hg') {
          // Mercurial needs room to take back what it has begun, and then a word from its owner.
          const says = /hg recover/
          const abandoned = await rig.push()
          expectFailure('F1 hg, after the disk was full', abandoned, { class: 'remote-setup', stage: 'push', says })
          run(rig.there, 'hg', 'recover')
        } else expectDeployed(`F1 ${method}, room again`, await rig.push(), rig)
        rig.verify()
      },
      rights,
    )

    concurrent(
      `F2 is mounted read-only in a push by ${method}`,
      async () => {
        const server = await sshd({
          gate: rootGate(
            'mount --bind "$HOME/app" "$HOME/app" && mount -o remount,ro,bind "$HOME/app" && exec sh -c "$COMMAND"',
          ),
        })
        const rig = makeRig(method, server)
        mkdirSync(rig.there, { recursive: true })
        const old = rig.arrived()
        expect((await server.ssh('touch app/x')).stderr).toContain('Read-only file system')
        const step = await rig.push({ 'deploy-command': count })
        // git's other end does not say why it cannot write.
        const says = method === 'git' ? 'may not write to app' : 'is on a read-only file system.'
        expectFailure(`F2 ${method}, read-only`, step, { class: 'remote-setup', stage: 'push', says })
        expect(ran(server)).toBe(0)
        expect(rig.arrived()).toBe(old)
      },
      rights,
    )
  }
})

/** The account as an ordinary user, to whom another's files are another's: root too, when it is without its powers. */
const ordinary =
  process.getuid?.() === 0
    ? 'exec setpriv --bounding-set=-dac_override,-dac_read_search,-fowner,-chown sh -c "$COMMAND"'
    : 'exec sh -c "$COMMAND"'

/** Gives a directory, with what is in it, to another user. */
function give(path: string, mode: string): void {
  asRoot('chown', '-R', '65534:65534', path)
  asRoot('chmod', '-R', mode, path)
  atEnd(() => asRoot('chown', '-R', `${process.getuid?.()}`, path))
}

describe('the account there', () => {
  const account = async (method: MethodName) => {
    const rig = makeRig(method, await sshd({ gate: gate(ordinary) }))
    mkdirSync(rig.there, { recursive: true })
    return rig
  }

  for (const method of methods) {
    concurrent(
      `may not write at the destination: ${method}`,
      async () => {
        const rig = await account(method)
        give(rig.there, 'u=rwX,go=rX')
        expect((await rig.server.ssh('touch app/x')).stderr).toContain('Permission denied')
        const step = await rig.push({ 'deploy-command': count })
        expectFailure(`${method}, destination of another user`, step, {
          class: 'remote-setup',
          stage: 'push',
          says:
            method === 'git'
              ? /chown|safe\.directory|another user/
              : /may not (write to|change times or modes of files at) app .*chown -R/s,
        })
        expect(ran(rig.server)).toBe(0)
      },
      rights,
    )
  }

  concurrent(
    'may write, but not set times and modes (rsync code 23)',
    async () => {
      const rig = await account('rsync')
      give(rig.there, 'a=rwX')
      const step = await rig.push({ 'deploy-command': count })
      const says = /may not change times or modes of files at app .*chown -R/s
      expectFailure('rsync, times of another user', step, { class: 'remote-setup', stage: 'push', says })
      expect(step.errors[0]).toContain('Operation not permitted')
      expect(ran(rig.server)).toBe(0)
    },
    rights,
  )

  concurrent('may not remove what the source no longer has: not a success', async () => {
    const rig = await account('rsync')
    rig.change({ 'sub/gone.txt': 'x\n', 'sub/stays.txt': 'x\n', 'other.txt': 'x\n' })
    expect((await rig.push()).errors).toEqual([])
    chmodSync(join(rig.workspace, 'sub'), 0o555)
    atEnd(() => {
      for (const path of [rig.workspace, rig.there]) chmodSync(join(path, 'sub'), 0o755)
    })
    expect((await rig.push()).errors).toEqual([])
    chmodSync(join(rig.workspace, 'sub'), 0o755)
    rmSync(join(rig.workspace, 'sub/gone.txt'))
    chmodSync(join(rig.workspace, 'sub'), 0o555)
    expect((await rig.server.ssh('rm app/sub/gone.txt')).stderr).toContain('Permission denied')
    const step = await rig.push({ 'deploy-command': count })
    expect(existsSync(join(rig.there, 'sub/gone.txt'))).toBe(true)
    const says = 'the old ones could not be removed'
    expectFailure('rsync, old files stay', step, { class: 'transfer', stage: 'push', says })
    expect(ran(rig.server)).toBe(0)
  })

  concurrent(
    'has a home that cannot be written to: the error names it, as the destination is not at fault',
    async () => {
      const rig = await account('rsync')
      give(rig.server.home, 'u=rwX,go=rX')
      asRoot('chown', `${process.getuid?.()}`, rig.there)
      const step = await rig.push()
      if (step.outputs['result'] === 'deployed') expectDeployed('rsync, home not writable', step, rig)
      else
        expectFailure('rsync, home not writable', step, {
          class: 'remote-setup',
          stage: 'push',
          says: '.dotcloud-push',
        })
    },
    rights,
  )
})

describe('the tools there', () => {
  // rsync: see "rsync is missing there" in rsync.test.ts.
  for (const [method, name] of [
    ['git', 'git is not installed'],
    ['hg', 'Mercurial is not installed'],
  ] as const) {
    concurrent(`F3 have no ${method}`, async () => {
      const server = await sshd({ path: pathWithout('git', 'git-receive-pack', 'hg') })
      const step = await makeRig(method, server).push({ 'deploy-command': count })
      expectFailure(`F3 no ${method}`, step, { class: 'remote-setup', stage: 'push', says: name })
      expect(ran(server)).toBe(0)
    })
  }

  concurrent('F3 are few: a push by rsync does without dirname, ls and find', async () => {
    const path = pathWithout('dirname', 'ls', 'find', 'gzip', 'ps')
    const rig = makeRig('rsync', await sshd({ path }), { 'a.txt': 'a\n' }, { path: 'deep/app' })
    expectDeployed('F3 few tools', await rig.push({}, { limit: 20 }), rig)
  })

  for (const [tool, remembers] of [
    ['gzip', false],
    ['awk', true],
  ] as const) {
    concurrent(`F3 are without ${tool}: a push by rsync compares more, and misses nothing`, async () => {
      const server = await sshd({ path: pathWithout(...(tool === 'gzip' ? [tool] : [tool, 'mawk', 'gawk', 'nawk'])) })
      const rig = makeRig('rsync', server, { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' })
      expectDeployed(`F3 no ${tool}, first`, await rig.push(), rig)
      expect(run(server.home, 'sh', '-c', 'ls .dotcloud-push/*/state 2>/dev/null || :') !== '').toBe(remembers)
      const same = await rig.push()
      expect(same.outputs, same.log).toMatchObject({ result: 'unchanged' })
      rig.change({ 'a.txt': 'changed\n' })
      rmSync(join(rig.workspace, 'b.txt'))
      const changed = await rig.push()
      expectDeployed(`F3 no ${tool}, changed`, changed, rig)
      expect(changed.outputs).toMatchObject({ 'changed-files': '1', 'deleted-files': '1' })
    })
  }

  for (const version of [30, 31]) {
    concurrent(`F17 have an rsync of protocol ${version}`, async () => {
      const bin = temporaryDirectory('bin')
      const said = version === 30 ? '3.0.9' : '3.1.0'
      const real = (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(join(folder, 'rsync')))
      writeFiles(bin, {
        rsync: script(`[ "$1" = --version ] && exec echo 'rsync  version ${said}  protocol version ${version}'
exec '${real}/rsync' --protocol=${version} "$@"`),
      })
      const server = await sshd({ path: `${bin}:${process.env['PATH']}` })
      const rig = makeRig('rsync', server, { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' })
      expectDeployed(`F17 rsync ${said}`, await rig.push(), rig)
      rig.change({ 'a.txt': 'two\n', 'c.txt': 'c\n' })
      expectDeployed(`F17 rsync ${said}, again`, await rig.push({ verify: 'full' }), rig)
    })
  }

  for (const shell of shells) {
    for (const method of methods) {
      concurrent(`F16 run below ${shell}: a push by ${method}`, async () => {
        const server = await sshd({ shell })
        const rig = makeRig(method, server, { 'a.txt': 'a\n', "it's $HOME.txt": 'b\n', gone: 'x\n' })
        expectDeployed(`F16 ${method} below ${shell}`, await rig.push({ 'deploy-command': count }), rig)
        expect(readFileSync(join(server.home, 'runs'), 'utf8')).toBe('run\n')
        if (method !== 'rsync') return
        rig.change({ 'a.txt': 'two\n' })
        expectDeployed(`F16 ${method} below ${shell}, again`, await rig.push(), rig)
      })
    }
  }
})

describe('the start files there', () => {
  // rsync: see "a login shell that prints text" in rsync.test.ts.
  concurrent('F4 print text, which git cannot tell from data', async () => {
    const server = await sshd({ noise: 'Welcome to the jungle!\n' })
    const step = await makeRig('git', server).push({ 'deploy-command': count })
    const says = /login shell of .* prints text.*Let ~\/\.bashrc/s
    expectFailure('F4 git, noisy shell', step, { class: 'remote-setup', stage: 'push', says })
    expect(ran(server)).toBe(0)
  })

  concurrent('F4 print text, which hg passes over', async () => {
    const server = await sshd({ noise: 'Welcome to the jungle!\n' })
    const rig = makeRig('hg', server)
    expectDeployed('F4 hg, noisy shell', await rig.push(), rig)
  })

  concurrent('F4 and more of it than Mercurial passes over', async () => {
    const server = await sshd({ noise: 'Welcome to the jungle!\n'.repeat(2000) })
    const step = await makeRig('hg', server).push({ 'deploy-command': count })
    const says = /does not answer as Mercurial does.*Welcome.*print text/s
    expectFailure('F4 hg, very noisy shell', step, { class: 'remote-setup', stage: 'push', says })
    expect(ran(server)).toBe(0)
  })
})

describe('a command there that never answers', () => {
  for (const method of methods) {
    concurrent(`F9 in a push by ${method}: idle-timeout`, async () => {
      const server = await sshd({ gate: onTransfer(method, 'exec sleep 61') })
      const step = await makeRig(method, server).push({ 'idle-timeout': '2', 'deploy-command': count })
      const says = /without a byte.*idle-timeout/s
      expectFailure(`F9 ${method}, silent`, step, { class: 'timeout', stage: 'push', says })
      expect(ran(server)).toBe(0)
    })
  }

  concurrent('F9 since a git hook left a program behind: the branch has moved, and that is told', async () => {
    const rig = makeRig('git', await sshd())
    writeFiles(rig.there, { 'hooks/post-receive': script('sleep 61 &') })
    const step = await rig.push({ 'idle-timeout': '1', 'deploy-command': count })
    expectFailure('F9 git, a hook leaves a program behind', step, {
      class: 'timeout',
      stage: 'push',
      says: /after 1 s without a byte.*moved all the same.*nohup/s,
      uploaded: true,
    })
    expect(step.outputs['revision']).toBe(rig.arrived())
    expect(ran(rig.server)).toBe(0)
  })

  concurrent('F9 since the deploy command left a program behind: it has ended, and that is told', async () => {
    const rig = makeRig('rsync', await sshd())
    const step = await rig.push({ 'idle-timeout': '1', 'deploy-command': 'sleep 61 &' })
    expectFailure('F9 deploy, leaves a program behind', step, {
      class: 'timeout',
      stage: 'deploy',
      says: /has ended, but a program that it started holds its output open.*nohup/s,
      uploaded: true,
    })
  })

  concurrent('F9 when all is said: idle-timeout', async () => {
    // What rsync leaves running holds the line, and rsync here has ended.
    const server = await sshd({ gate: onTransfer('rsync', '"$real" "$@"; exec sleep 61') })
    const step = await makeRig('rsync', server).push({ 'idle-timeout': '2' })
    expectFailure('F9 silent at the end', step, {
      class: 'timeout',
      stage: 'push',
      says: /without a byte.*idle-timeout/s,
    })
  })

  concurrent('F9 not even to the first question: idle-timeout', async () => {
    const server = await sshd({ gate: gate('exec sleep 61') })
    const step = await makeRig('rsync', server).push({ 'idle-timeout': '2' })
    expectFailure('F9 silent shell', step, { class: 'timeout', stage: 'push', says: /without a byte.*idle-timeout/s })
  })
})

describe('a flood of output', () => {
  const flood = `yes ${'x'.repeat(99)} | head -c 100000000`

  concurrent('F8 from a git hook: shown to its limit, in bounded memory', async () => {
    const rig = makeRig('git', await sshd())
    writeFiles(rig.there, { 'hooks/post-receive': script(`${flood} >&2`) })
    const { step, peak } = await watched(rig.start())
    expectDeployed('F8 flood of a git hook', step, rig)
    expect(step.raw.length).toBeLessThan(10_000_000)
    expect(peak).toBeLessThan(250)
  })

  concurrent('F8 from the start files, in front of the first answer: in bounded memory', async () => {
    const server = await sshd({
      gate: gate(`case $COMMAND in *'${question}'*) ${flood} ;; esac\nexec sh -c "$COMMAND"`),
    })
    const { step, peak } = await watched(makeRig('rsync', server).start())
    const says = /answered the survey with more than .* MiB/
    expectFailure('F8 flood of a login shell', step, { class: 'remote-setup', stage: 'push', says, within: 30 })
    expect(peak).toBeLessThan(250)
  })

  concurrent('F8 from the start files, on the other stream: in bounded memory', async () => {
    const server = await sshd({
      gate: gate(
        `case $COMMAND in *'${question}'*) ${flood.replace('100000000', '30000000')} >&2 ;; esac\nexec sh -c "$COMMAND"`,
      ),
    })
    const rig = makeRig('rsync', server)
    const { step, peak } = await watched(rig.start())
    expectDeployed('F8 flood of stderr', step, rig)
    expect(step.raw.length).toBeLessThan(10_000_000)
    expect(peak).toBeLessThan(250)
  })
})

describe('a receiver', () => {
  for (const said of [
    ' !     deploy did not complete',
    'E: Error building project',
    'Environment redeployment failed',
    'Error deploying the application',
  ]) {
    concurrent(`F10 whose hook returns 0 and says "${said.trim()}": the deployment failed`, async () => {
      const rig = makeRig('git', await sshd())
      writeFiles(rig.there, { 'hooks/post-receive': script(`echo building; echo '${said}' >&2; exit 1`) })
      const step = await rig.push({ 'deploy-command': count })
      const says = /git pushed the commit, but .* says that its deployment failed/
      expectFailure('F10 post-receive says that it failed', step, {
        class: 'deploy',
        stage: 'push',
        says,
        uploaded: true,
      })
      expect(step.errors[0]).toContain(said.trim())
      expect(rig.arrived()).toBe(rig.wanted())
      expect(ran(rig.server)).toBe(0)
    })
  }

  for (const method of ['git', 'hg'] as const) {
    concurrent(
      `F15 that took a push by ${method} before the line was cut: it is asked again, and it is a success`,
      async () => {
        const server = await sshd()
        const rig = makeRig(method, server)
        // Ends the server's end of the connection, which carries the word that all went well.
        const cut = `p=$$
while read -r _ name _ parent _ < /proc/$p/stat; do
  [ "$name" = '(sshd)' ] && kill -9 $p && exit
  p=$parent
done`
        writeFiles(server.home, { cut: script(cut) })
        if (method === 'git') writeFiles(rig.there, { 'hooks/post-receive': script('exec "$HOME/cut"') })
        else writeFiles(rig.there, { '.hg/hgrc': '[hooks]\nchangegroup = "$HOME/cut"\n' })
        const step = await rig.push({ retries: '2', 'deploy-command': count })
        expectDeployed(`F15 ${method}, cut after it was accepted`, step, rig)
        expect(server.logins()).toBe(2)
        expect(ran(server)).toBe(1)
        rig.verify()
      },
    )
  }

  concurrent('that denies this key (gitolite)', async () => {
    const denied = 'FATAL: W any app git DENIED by fallthru\n(or you mis-spelled the reponame)'
    const server = await sshd({ gate: gate(`echo '${denied}' >&2; exit 1`) })
    const step = await makeRig('git', server).push({ 'deploy-command': count })
    const says = /does not let this key push there\..*DENIED by fallthru/s
    expectFailure('gitolite: DENIED', step, { class: 'remote-setup', stage: 'push', says })
    expect(ran(server)).toBe(0)
  })

  concurrent('that is something else: its words are the evidence', async () => {
    const server = await sshd({ gate: gate('echo "Only backups here." >&2; exit 42') })
    for (const method of methods) {
      const rig = makeRig(method, server, undefined, { path: method })
      expect((await server.ssh('true')).code).toBe(42)
      const step = await rig.push({ 'deploy-command': count })
      const says = /does not answer as \w+ does\..*Evidence: .*Only backups here\./s
      expectFailure(`another program: ${method}`, step, { class: 'remote-setup', stage: 'push', says })
    }
    expect(ran(server)).toBe(0)
  })

  // With its login shell, which may stand above it.
  concurrent('whose program is killed by a signal', async () => {
    for (const method of methods) {
      const rig = makeRig(method, await sshd({ gate: onTransfer(method, 'kill -9 0') }))
      const step = await rig.push({ 'deploy-command': count })
      const says = /was killed by a signal on /
      expectFailure(`killed there: ${method}`, step, { class: 'transfer', stage: 'push', says })
      expect(ran(rig.server)).toBe(0)
    }
  })

  concurrent('that is git-shell: a push by git arrives, a deploy command and rsync are refused', async () => {
    const server = await sshd({ gate: gate('exec git-shell -c "$COMMAND"') })
    const rig = makeRig('git', server)
    expectDeployed('git-shell: git', await rig.push(), rig)
    const deploy = await rig.push({ 'deploy-command': count })
    expectFailure('git-shell: deploy command', deploy, {
      class: 'deploy',
      stage: 'deploy',
      says: /exit code 128.*unrecognized command/s,
      uploaded: true,
    })
    const step = await makeRig('rsync', server, undefined, { path: 'other' }).push()
    const says = /git-shell|unrecognized command|does not let|not installed/
    expectFailure('git-shell: rsync', step, { class: 'remote-setup', stage: 'push', says })
  })

  concurrent('that lets nobody run commands (nologin)', async () => {
    const server = await sshd({ gate: gate('echo "This account is currently not available."; exit 1') })
    for (const method of methods) {
      const rig = makeRig(method, server, undefined, { path: method })
      const step = await rig.push({ 'deploy-command': count })
      const says = /may not log in: its shell turns everybody away\..*chsh -s/s
      expectFailure(`nologin: ${method}`, step, { class: 'remote-setup', stage: 'push', says })
    }
    expect(ran(server)).toBe(0)
  })

  for (const method of ['git', 'rsync'] as const) {
    concurrent(
      `that is Dropbear: a push by ${method}, the next one, and the ends of a deploy command`,
      async () => {
        const server = await dropbear()
        const rig = makeRig(method, server)
        expectDeployed(`Dropbear: ${method}`, await rig.push({ 'deploy-command': count }), rig)
        expect(ran(server)).toBe(1)
        const again = await rig.push({ 'deploy-command': 'exit 7' })
        const failed = { class: 'deploy', stage: 'deploy', uploaded: true } as const
        expectFailure(`Dropbear: ${method}, exit 7`, again, { ...failed, says: 'exit code 7' })
        expect(again.outputs['deploy-exit-code']).toBe('7')
        const killed = await rig.push({ 'deploy-command': 'kill -9 $$' })
        expectFailure(`Dropbear: ${method}, killed`, killed, { ...failed, says: /killed by (a )?signal/ })
      },
      { runIf: privilege !== undefined && isInstalled('dropbear') },
    )
  }
})
