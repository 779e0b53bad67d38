import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { pinScript, type SshOptions, sshConfig } from '../../src/core/ssh-files.ts'
import { parseOffered } from '../../src/core/ssh-log.ts'
import { makeKey } from '../support/keys.ts'
import { sshd } from '../support/sshd.ts'
import { sshFolder, sshOptions } from './ssh-folder.ts'

/** What ssh makes of a generated configuration, for one host: the first value of each keyword. */
function understood(options: Partial<SshOptions>, host = 'host.example.com'): Record<string, string> {
  const folder = sshFolder(options)
  const text = execFileSync('ssh', ['-G', '-F', 'ssh_config', '--', host], { cwd: folder.path, encoding: 'utf8' })
  const entries = text
    .trim()
    .split('\n')
    .map((line) => {
      const space = line.indexOf(' ')
      return [line.slice(0, space), line.slice(space + 1).replace(folder.path, 'FOLDER')] as const
    })
  return Object.fromEntries(entries.toReversed())
}

const hardened = {
  hostname: 'host.example.com',
  user: 'u',
  port: '22',
  identityfile: 'key',
  identitiesonly: 'yes',
  identityagent: 'none',
  addkeystoagent: 'false',
  preferredauthentications: 'publickey',
  passwordauthentication: 'no',
  kbdinteractiveauthentication: 'no',
  numberofpasswordprompts: '1',
  batchmode: 'yes',
  stricthostkeychecking: 'true',
  userknownhostsfile: 'known_hosts',
  globalknownhostsfile: '/dev/null',
  knownhostscommand: '"FOLDER/pinned-host-key" %I %H %t %f %K',
  updatehostkeys: 'false',
  verifyhostkeydns: 'false',
  checkhostip: 'no',
  canonicalizehostname: 'false',
  forwardagent: 'no',
  forwardx11: 'no',
  clearallforwardings: 'yes',
  permitlocalcommand: 'no',
  requesttty: 'false',
  escapechar: 'none',
  compression: 'no',
  tcpkeepalive: 'yes',
  serveraliveinterval: '15',
  serveralivecountmax: '8',
  connecttimeout: '15',
}

describe('ssh’s configuration', () => {
  it('T6 is hardened, as ssh itself reads it', () => {
    const found = understood({})
    expect(found).toMatchObject(hardened)
    for (const name of [
      'proxycommand',
      'proxyjump',
      'localforward',
      'remoteforward',
      'localcommand',
      'remotecommand',
      'controlpath',
    ]) {
      expect([name, found[name] ?? 'none']).toEqual([name, 'none'])
    }
    expect(found['controlmaster']).toBe('false')
  })

  it('follows the settings', () => {
    const login = { user: 'wpe-cicd+x', host: '192.0.2.7', port: 2222 }
    expect(
      understood({ login, connectTimeout: 3, idleTimeout: 31, multiplex: true, encryptedKey: true }, 'x'),
    ).toMatchObject({
      ...hardened,
      hostname: '192.0.2.7',
      user: 'wpe-cicd+x',
      port: '2222',
      connecttimeout: '3',
      serveralivecountmax: '3',
      controlpath: 'c',
      // Batch mode would forbid to ask our own askpass; one prompt and no password keep it from hanging.
      batchmode: 'no',
    })
    expect(understood({ idleTimeout: 1 })['serveralivecountmax']).toBe('1')
  })

  it('takes an IPv6 address', () => {
    const login = { user: 'u', host: '2001:db8::1', port: 22 }
    expect(understood({ login }, '2001:db8::1')).toMatchObject({ hostname: '2001:db8::1' })
  })

  it('only the input with the ugly name trusts any host', () => {
    const hostKeys = { lines: 'host ssh-rsa AAAA\n', fingerprints: [], insecure: true }
    expect(understood({ hostKeys })).toMatchObject({ stricthostkeychecking: 'false', userknownhostsfile: '/dev/null' })
  })

  describe('with a bastion', () => {
    const jump = { user: 'ops', host: 'bastion.example.com', port: 2200 }

    it('goes through it, both ends hardened', () => {
      const outer = understood({ jump, multiplex: true })
      expect(outer).toMatchObject({ ...hardened, controlpath: 'c' })
      const inner = understood({ jump, multiplex: true }, outer['proxyjump'])
      expect(inner).toMatchObject({ ...hardened, hostname: 'bastion.example.com', user: 'ops', port: '2200' })
      expect(inner['proxyjump'] ?? 'none').toBe('none')
      expect(inner['controlpath'] ?? 'none').toBe('none')
    })

    it.each(['bastion', 'bastion.example.com', 'host'])('reaches a destination of the name %s by it', (host) => {
      const found = understood({ jump, login: { user: 'u', host, port: 22 } }, host)
      expect([found['hostname'], found['port'], found['proxyjump'] ?? 'none']).not.toEqual([
        'bastion.example.com',
        '2200',
        'none',
      ])
      expect(found).toMatchObject({ hostname: host, port: '22' })
    })
  })

  it('holds one block for each host, and nothing of the user’s but host, user, port and folder', () => {
    const text = sshConfig({ ...sshOptions, jump: { user: 'ops', host: 'b', port: 22 } })
    expect(text.match(/^Host .*$/gm)).toEqual([expect.stringMatching(/^Host \S+$/), 'Host *', 'Host *'])
    expect(text.match(/^ {2}Match|Include/gm)).toBeNull()
  })
})

describe('the wrapper', () => {
  it.each([
    'session',
    "it's $HOME `id` #;&",
    '50% %h',
    '"quoted"',
    'back\\slash',
  ])('works in a folder named %j', async (name) => {
    const server = await sshd()
    const login = { user: server.user, host: server.host, port: server.port }
    const ed25519 = server.fingerprints.ed25519 ?? ''
    const pinned = sshFolder({
      name,
      login,
      key: server.privateKey,
      hostKeys: { lines: '', fingerprints: [ed25519], insecure: false },
    })
    const ran = await pinned.ssh(
      '-o',
      'HostKeyAlgorithms=ssh-ed25519',
      '--',
      `${server.user}@${server.host}`,
      'echo "$0"; exit 7',
    )
    expect({ ...ran, log: ran.code === 7 ? '' : pinned.log() }).toMatchObject({ code: 7, stderr: '', log: '' })
    expect(pinned.log()).toContain('Authenticated to')
    expect(parseOffered(pinned.offered()).map((key) => key.fingerprint)).toEqual([ed25519])
  })

  it('D7 C9 opens an encrypted key by its passphrase, which is in no argument', async () => {
    const passphrase = 'it\'s $(a) "phrase" %h \\'
    const key = makeKey('ed25519', passphrase)
    const server = await sshd({ authorizedKeys: [key.publicKey] })
    const folder = sshFolder({
      login: { user: server.user, host: server.host, port: server.port },
      key: key.privateKey,
      passphrase,
      encryptedKey: true,
      hostKeys: { lines: server.knownHosts, fingerprints: [], insecure: false },
    })
    expect(await folder.ssh('--', `${server.user}@${server.host}`, 'echo in')).toMatchObject({
      code: 0,
      stdout: 'in\n',
    })
  })

  it('D8 does not hang on a wrong one', async () => {
    const server = await sshd()
    const folder = sshFolder({
      login: { user: server.user, host: server.host, port: server.port },
      key: makeKey('ed25519', 'right').privateKey,
      passphrase: 'wrong',
      encryptedKey: true,
      hostKeys: { lines: server.knownHosts, fingerprints: [], insecure: false },
    })
    expect(await folder.ssh('--', `${server.user}@${server.host}`, 'echo in')).toMatchObject({ code: 255, stdout: '' })
    expect(server.logins()).toBe(0)
  })
})

describe('the script that vouches for host keys', () => {
  const ours = `SHA256:${'a'.repeat(43)}`
  const asked = (fingerprints: string[], offered: string, why = 'HOSTNAME') => {
    const folder = sshFolder()
    const args = ['-s', why, '[host]:2222', 'ssh-rsa', offered, 'AAAAKEY']
    const said = execFileSync('sh', args, { cwd: folder.path, input: pinScript(fingerprints), encoding: 'utf8' })
    return { said, noted: folder.offered() }
  }

  it('vouches for a pinned key alone, and notes every key', () => {
    const noted = `[host]:2222 ssh-rsa AAAAKEY ${ours}\n`
    expect(asked([ours], ours)).toEqual({ said: '[host]:2222 ssh-rsa AAAAKEY\n', noted })
    expect(asked(['SHA256:other', ours], ours)).toEqual({ said: '[host]:2222 ssh-rsa AAAAKEY\n', noted })
    expect(asked([], ours)).toEqual({ said: '', noted })
    expect(asked(['SHA256:other'], ours)).toEqual({ said: '', noted })
    expect(asked([`${ours}x`], ours)).toEqual({ said: '', noted })
    expect(asked([ours], '').said).toBe('')
    expect(asked([], '').said).toBe('')
    expect(asked([ours], '*').said).toBe('')
  })

  it('is silent when ssh asks for another reason', () => {
    expect(asked([ours], ours, 'ADDRESS')).toEqual({ said: '', noted: '' })
    expect(asked([ours], ours, 'ORDER')).toEqual({ said: '', noted: '' })
  })
})
