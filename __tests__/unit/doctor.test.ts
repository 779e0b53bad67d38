import { describe, expect, it } from 'vitest'
import { examinationJson, examinationPage, formatExamination } from '../../src/core/doctor.ts'
import { judgeLine, type Line, pinLines, untoldLine } from '../../src/core/doctor-line.ts'
import { firstWord } from '../../src/core/doctor-there.ts'
import { PushError } from '../../src/core/errors.ts'
import { trustedEvent } from '../../src/core/event.ts'
import { Chart, checks, type Examination, fault, ok, skipped, stageOf, warning } from '../../src/core/finding.ts'
import type { Host, Log } from '../../src/core/model.ts'
import { push } from '../../src/core/push.ts'
import { connectFailure } from '../../src/core/ssh-log.ts'
import { parseDisk } from '../../src/methods/inquiry.ts'
import { fingerprint, rawInputs, report } from './samples.ts'

describe('the name of a command', () => {
  it.each([
    ['deploy app.default', 'deploy'],
    ['  ./bin/deploy --now', './bin/deploy'],
    ['~/deploy', '~/deploy'],
    ['RAILS_ENV=production PORT=80 rake deploy', 'rake'],
    ['cd site && make', 'cd'],
    ['true; false', 'true'],
    ['g++ -v', 'g++'],
    ['(cd site; make)', undefined],
    ['"my command"', undefined],
    ['$HOME/deploy', undefined],
    ['-v', undefined],
    ['X=$(date) deploy', undefined],
    ['a;reboot', undefined],
    ['`reboot`', undefined],
    ['A=1', undefined],
  ])('%s → %s', (command, word) => {
    expect(firstWord(command)).toBe(word)
  })
})

describe('the disk, by df -P', () => {
  const head = 'Filesystem      Inodes  IUsed   IFree IUse% Mounted on'
  it.each([
    [
      'GNU',
      '/dev/sda1 102400 51200 51200 50% /srv/my data',
      head,
      '/dev/sda1 6553600 100 6553500 1% /srv',
      'rw,relatime',
      { bytes: 51200 * 1024, inodes: 6553500, mountPoint: '/srv/my data', readOnly: false },
    ],
    [
      'btrfs, which counts no inodes',
      '/dev/sdb 100 0 0 100% /',
      head,
      '/dev/sdb 0 0 0 - /',
      'ro,noatime',
      { bytes: 0, inodes: undefined, mountPoint: '/', readOnly: true },
    ],
    [
      'macOS, whose -Pi is about blocks',
      '/dev/disk3s5 482797652 300 400 43% /System/Volumes/Data',
      'Filesystem 512-blocks Used Available Capacity iused ifree %iused  Mounted on',
      '/dev/disk3s5 965595304 600 800 43% 1 2 0% /System/Volumes/Data',
      '',
      { bytes: 400 * 1024, inodes: undefined, mountPoint: '/System/Volumes/Data', readOnly: false },
    ],
    ['no df', '', '', '', '', { bytes: undefined, inodes: undefined, mountPoint: '', readOnly: false }],
    [
      'no sense',
      'hello',
      head,
      'world',
      'rows',
      { bytes: undefined, inodes: undefined, mountPoint: '', readOnly: false },
    ],
  ])('%s', (_, blocks, inodeHead, inodes, options, expected) => {
    expect(parseDisk(blocks, inodeHead, inodes, options)).toEqual(expected)
  })
})

const login = { user: 'web', host: 'www.example.com', port: 2222 }
const jump = { user: 'jump', host: 'bastion.example.com', port: 22 }
const key = { host: '[www.example.com]:2222', type: 'ssh-ed25519', key: 'AAAAC3Nz', fingerprint }
const greeting = `debug1: Connecting to www.example.com [192.0.2.1] port 2222.
debug1: Connecting to www.example.com [192.0.2.2] port 2222.
debug1: Connection established.
debug1: Remote protocol version 2.0, remote software version dropbear_2022.83
`

function line({ log = greeting, ...more }: Partial<Line> & { log?: string } = {}): Line {
  const hostKeys = { lines: '', fingerprints: [fingerprint], insecure: false }
  const known = { login, jump: undefined, hostKeys, keyFingerprint: 'SHA256:ours', offered: [key], ...more }
  return { ...known, log, failure: more.failure }
}

/** The line after an attempt that failed with this log, as a push would explain it. */
function failed(log: string, more: Partial<Line> = {}): Line {
  const without = line({ log, offered: [], ...more })
  return { ...without, failure: connectFailure(log, without) }
}

const shape = (given: Line) =>
  judgeLine(given)
    .map(({ verdict }) => verdict[0])
    .join('')

describe('the way there, out of ssh’s log', () => {
  it('is well with a login', () => {
    const found = judgeLine(line())
    expect(found.map(({ check, verdict }) => [check, verdict])).toEqual(
      ['name', 'port', 'host key', 'login'].map((check) => [check, 'ok']),
    )
    expect(found[0]?.detail).toBe('www.example.com is 192.0.2.1, www.example.com is 192.0.2.2')
    expect(found[1]?.detail).toBe('2222 answers as dropbear_2022.83')
    expect(found[2]?.detail).toBe(`${fingerprint} (ssh-ed25519) is pinned`)
    expect(found[3]?.detail).toBe('web@www.example.com:2222 takes our key SHA256:ours')
  })

  it('warns where nobody checks the host key', () => {
    const hostKeys = { lines: '', fingerprints: [], insecure: true }
    expect(shape(line({ hostKeys }))).toBe('oowo')
  })

  it.each([
    ['a name', 'ssh: Could not resolve hostname www.example.com: Name or service not known', {}, 'fsss', 'connect'],
    ['a port', 'ssh: connect to host www.example.com port 2222: Connection refused', {}, 'ofss', 'connect'],
    ['a filter', 'ssh: connect to host www.example.com port 2222: Connection timed out', {}, 'ofss', 'timeout'],
    ['algorithms', `${greeting}Unable to negotiate with 192.0.2.1 port 2222: no matching`, {}, 'ofss', 'remote-setup'],
    [
      'a full server',
      'debug1: kex_exchange_identification: banner line 0: Exceeded MaxStartups\nConnection reset',
      {},
      'ofss',
      'connect',
    ],
    ['the host key', `${greeting}Host key verification failed.`, { offered: [key] }, 'oofs', 'host-key'],
    ['the login', `${greeting}web@www.example.com: Permission denied (publickey).`, { offered: [key] }, 'ooof', 'auth'],
    [
      'a cut during the login',
      `${greeting}Connection closed by 192.0.2.1 port 2222`,
      { offered: [key] },
      'ooof',
      'connect',
    ],
    [
      'a bastion’s login',
      `${greeting}jump@bastion.example.com: Permission denied (publickey).`,
      { jump },
      'ooof',
      'auth',
    ],
  ] as const)('breaks at %s', (_, log, more, verdicts, errorClass) => {
    const given = failed(log, more)
    expect(shape(given)).toBe(verdicts)
    expect(judgeLine(given).find(({ verdict }) => verdict === 'fault')?.errorClass).toBe(errorClass)
  })

  it.each([
    ['220 ftp.example.com ready', 'timed out', /not an SSH server/],
    ['HTTP/1.1 400 Bad Request', 'Connection closed by 192.0.2.1 port 80', /not an SSH server/],
    ['Exceeded MaxStartups', 'Connection closed by 192.0.2.1 port 22', /MaxStartups may have/],
    ['Not allowed at this time', 'Connection closed by 192.0.2.1 port 22', /MaxStartups may have/],
  ])('%s', (banner, end, says) => {
    const found = judgeLine(failed(`debug1: kex_exchange_identification: banner line 0: ${banner}\n${end}`))[1]
    expect(`${found?.detail} ${found?.next}`).toMatch(says)
  })

  it('tells silence from a filter', () => {
    const failure = new PushError('timeout', 'It took too long.', 'Wait.')
    const found = judgeLine(line({ log: 'debug1: Connection established.\n', offered: [], failure }))[1]
    expect(found?.evidence).toMatch(/no greeting/)
  })

  it('names a bastion that forwards nothing', () => {
    const log = `${greeting}channel 0: open failed: administratively prohibited: open failed\nConnection closed by UNKNOWN port 65535`
    const found = judgeLine(failed(log, { jump, offered: [{ ...key, host: 'bastion.example.com' }] }))[1]
    expect(found).toMatchObject({ verdict: 'fault', evidence: 'administratively prohibited: open failed' })
    expect(found?.detail).toContain('jump@bastion.example.com')
  })

  it('is left open where each command logs in anew', () => {
    expect(untoldLine.map(({ verdict }) => verdict)).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
  })
})

describe('lines to pin', () => {
  it('are of the last host, of keys only, each once', () => {
    const offered = [
      { ...key, host: 'bastion' },
      key,
      key,
      { ...key, type: 'ssh-ed25519-cert-v01@openssh.com' },
      { ...key, type: 'sk-ssh-ed25519@openssh.com' },
      { ...key, type: 'ssh-$(id)' },
      { ...key, key: 'AAAA`id`' },
    ]
    expect(pinLines(offered)).toEqual([
      '[www.example.com]:2222 ssh-ed25519 AAAAC3Nz',
      '[www.example.com]:2222 sk-ssh-ed25519@openssh.com AAAAC3Nz',
    ])
    expect(pinLines([])).toEqual([])
  })
})

const hostile = '<img src=x> | [a](http://x) @octocat `rm` **b**\n::error::pwned'
const long = `host ssh-rsa AAAA${'B'.repeat(1200)}`
const examination: Examination = {
  findings: [
    ok('inputs', 'all are accepted'),
    warning('shell', { cause: 'It prints.', evidence: hostile, next: 'Let it be.' }),
    fault('path', { errorClass: 'remote-setup', cause: hostile, evidence: '', next: 'Look.' }),
    skipped('disk', 'needs a shell there'),
  ],
  knownHosts: [long],
  report: report({ result: 'failed', seconds: 1.25 }),
}

describe('an examination', () => {
  it('reads as lines, the ones to pin marked', () => {
    const lines = formatExamination(examination)
    expect(lines[0]).toBe('ok       inputs          all are accepted')
    expect(lines).toContain('                         Next: Let it be.')
    expect(lines.at(-1)).toBe('Doctor: 1 fault, 1 warning, 1 ok, 1 skipped in 1.3 s.')
    const at = lines.indexOf(long)
    expect(lines[at - 1]).toMatch(/Verify out of band before you use them/)
    expect(formatExamination({ ...examination, knownHosts: [] }).join('\n')).not.toMatch(/known-hosts/)
  })

  it('is JSON, the outputs’ names kept', () => {
    const json = examinationJson(examination)
    expect(json).toMatchObject({ result: 'failed', 'known-hosts': [long] })
    expect(json['doctor']).toContainEqual({
      check: 'path',
      verdict: 'fault',
      detail: hostile,
      evidence: '',
      next: 'Look.',
      'error-class': 'remote-setup',
    })
  })

  it('is a page on which foreign text stays text, and lines to pin stay whole', () => {
    const page = examinationPage(examination)
    expect(page).not.toMatch(/<img|\]\(|@octocat|\*\*b|`rm`|^::error/m)
    expect(page.match(/<td>.&#160;path</g)).toHaveLength(1)
    expect(page).toContain(`<pre>host ssh-rsa AAAA${'B'.repeat(1200)}</pre>`)
    expect(page).toContain('Verify out of band')
    expect(examinationPage({ ...examination, knownHosts: [] })).not.toContain('out of band')
  })
})

describe('a push', () => {
  it('that was asked to be a visit of the doctor is refused', async () => {
    const nothing = () => undefined
    const host = {
      context: { event: trustedEvent, workspace: '/nowhere' },
      log: { group: nothing, endGroup: nothing },
      clock: { now: () => 0, sleep: () => new Promise(nothing) },
      signal: new AbortController().signal,
    } as unknown as Host
    const { result, failure } = await push(rawInputs({ doctor: 'true' }), host)
    expect(result).toBe('failed')
    expect(failure).toMatchObject({ errorClass: 'input', cause: expect.stringContaining('doctor') })
  })
})

describe('the chart', () => {
  it('gives every check a finding, in order, each told once', () => {
    const said: string[] = []
    const chart = new Chart({ info: (text) => void said.push(text) } as Pick<Log, 'info'>)
    expect(chart.current).toBe('inputs')
    chart.tell(ok('disk', 'is large'), ok('inputs', 'are accepted'))
    expect(chart.current).toBe('workspace')
    chart.skipRest('it was not reached')
    expect(chart.current).toBeUndefined()
    expect(chart.findings.map(({ check }) => check)).toEqual(checks)
    expect(said).toHaveLength(checks.length)
    expect(checks.map(stageOf).filter((stage) => stage === 'deploy')).toHaveLength(1)
  })
})
