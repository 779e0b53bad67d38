import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose, type Evidence, signs } from '../../src/core/diagnose.ts'
import { errorClasses, PushError } from '../../src/core/errors.ts'
import { type MethodName, methodNames } from '../../src/core/model.ts'
import { runs } from './samples.ts'

const evidence = (method: MethodName, said: string, more: Partial<Evidence> = {}): Evidence => ({
  method,
  login: { user: 'u', host: 'host.example.com', port: 22 },
  path: '/srv/app',
  code: 1,
  said,
  sshLog: '',
  ...more,
})

/** Messages as the tools print them, mostly pasted from real runs. */
const messages: readonly [MethodName, errorClass: string, cause: RegExp, said: string][] = [
  [
    'rsync',
    'space',
    /disk of u@host.example.com is full/,
    'rsync: [receiver] write failed on "/srv/app/big": No space left on device (28)\nrsync error: error in file IO (code 11) at receiver.c(393) [receiver=3.2.7]',
  ],
  [
    'git',
    'space',
    /is full/,
    'remote: error: file write error: No space left on device\nremote: fatal: unable to write loose object file',
  ],
  ['hg', 'space', /is full/, 'remote: abort: No space left on device: /srv/app/.hg/store'],
  ['rsync', 'space', /is full/, 'rsync: [receiver] close failed on "/srv/app/.x": Disk quota exceeded (122)'],
  [
    'rsync',
    'remote-setup',
    /rsync is not installed/,
    'bash: line 1: rsync: command not found\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]',
  ],
  [
    'rsync',
    'remote-setup',
    /rsync is not installed/,
    'sh: 1: rsync: not found\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]',
  ],
  [
    'rsync',
    'remote-setup',
    /rsync is not installed/,
    'fish: Unknown command: rsync\nrsync: connection unexpectedly closed',
  ],
  [
    'rsync',
    'remote-setup',
    /rsync is not installed/,
    'rsync: Command not found.\nrsync: connection unexpectedly closed',
  ],
  [
    'rsync',
    'remote-setup',
    /rsync is not installed/,
    'zsh:1: command not found: rsync\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]',
  ],
  [
    'git',
    'remote-setup',
    /git is not installed/,
    'bash: line 1: git-receive-pack: command not found\nfatal: Could not read from remote repository.',
  ],
  [
    'git',
    'remote-setup',
    /git is not installed/,
    'sh: 1: git-receive-pack: not found\nfatal: Could not read from remote repository.',
  ],
  [
    'git',
    'remote-setup',
    /git is not installed/,
    'zsh:1: command not found: git-receive-pack\nfatal: Could not read from remote repository.',
  ],
  [
    'hg',
    'remote-setup',
    /Mercurial is not installed/,
    'remote: sh: 1: hg: not found\nabort: no suitable response from remote hg',
  ],
  [
    'hg',
    'remote-setup',
    /Mercurial is not installed/,
    'remote: bash: line 1: hg: command not found\nabort: no suitable response from remote hg',
  ],
  [
    'hg',
    'remote-setup',
    /Mercurial is not installed/,
    'remote: zsh:1: command not found: hg\nabort: no suitable response from remote hg',
  ],
  ['rsync', 'remote-setup', /read-only/, 'rsync: [generator] mkdir "/srv/app/x" failed: Read-only file system (30)'],
  [
    'git',
    'remote-setup',
    /read-only/,
    'remote: fatal: unable to create temporary object directory: Read-only file system',
  ],
  [
    'rsync',
    'remote-setup',
    /prints text/,
    'protocol version mismatch -- is your shell clean?\n(see the rsync manpage for an explanation)',
  ],
  ['git', 'remote-setup', /prints text/, 'fatal: protocol error: bad line length character: hell'],
  [
    'git',
    'remote-setup',
    /no git repository at \/srv\/app/,
    "fatal: '/srv/app' does not appear to be a git repository\nfatal: Could not read from remote repository.",
  ],
  ['git', 'remote-setup', /no git repository/, 'remote: ERROR: Repository not found.'],
  [
    'hg',
    'remote-setup',
    /no Mercurial repository at \/srv\/app/,
    'remote: abort: repository /srv/app not found\nabort: no suitable response from remote hg',
  ],
  [
    'hg',
    'remote-setup',
    /no Mercurial repository at \/srv\/app/,
    'remote: abort: there is no Mercurial repository here (.hg not found)\nabort: no suitable response from remote hg',
  ],
  ['git', 'transfer', /shallow checkout/, ' ! [remote rejected] main -> main (shallow update not allowed)'],
  [
    'git',
    'transfer',
    /hook .* declined/,
    'remote: Permission denied by policy\n ! [remote rejected] main -> main (pre-receive hook declined)',
  ],
  ['hg', 'input', /has subrepositories/, 'abort: subrepos not enabled'],
  [
    'hg',
    'input',
    /needs Mercurial extensions/,
    'abort: repository requires features unknown to this Mercurial: largefiles\n(see https://mercurial-scm.org/wiki/MissingRequirement for more information)',
  ],
  [
    'hg',
    'remote-setup',
    /does not answer as Mercurial/,
    'remote: abort: repository requires features unknown to this Mercurial: x\nabort: no suitable response from remote hg',
  ],
  [
    'hg',
    'transfer',
    /Another Mercurial is at work/,
    "waiting for lock on repository /srv/checkout held by process '1234' on host 'other'\nabort: repository /srv/checkout: timed out waiting for lock held by 'other:1234'",
  ],
  [
    'git',
    'input',
    /missing or damaged here/,
    'fatal: loose object 78981922613b2afb6025042ff6bd878ac1994e85 (stored in /srv/checkout/.git/objects/78/98) is corrupt\nerror: remote unpack failed: eof before pack header was fully read',
  ],
  [
    'git',
    'input',
    /missing or damaged here/,
    "[remote rejected] (unpacker error)\nerror: remote unpack failed: eof before pack header was fully read\nerror: failed to push some refs to 'host:app'",
  ],
  ['git', 'input', /missing or damaged here/, 'fatal: bad tree object 6be660545b31f61a82a87d2b1915f0b88bb9f16f'],
  [
    'git',
    'remote-setup',
    /another object format/,
    "fatal: the receiving end does not support this repository's hash algorithm\nfatal: the remote end hung up unexpectedly",
  ],
  [
    'git',
    'remote-setup',
    /another object format/,
    'fatal: protocol error: unexpected capabilities^{}\nfatal: the remote end hung up unexpectedly',
  ],
  ['git', 'remote-setup', /may not log in/, 'fatal: protocol error: bad line length character: This'],
  ['hg', 'remote-setup', /may not log in/, 'remote: This account is currently not available.'],
  ['rsync', 'remote-setup', /may only use git/, "fatal: unrecognized command 'rsync --server . app/'"],
  [
    'git',
    'remote-setup',
    /belongs to another user/,
    "fatal: detected dubious ownership in repository at '/srv/app.git'",
  ],
  [
    'hg',
    'remote-setup',
    /was interrupted/,
    "remote: abort: abandoned transaction found\nremote: (run 'hg recover' to clean up transaction)",
  ],
  [
    'hg',
    'remote-setup',
    /does not answer as Mercurial does\./,
    'remote: Welcome!\nabort: no suitable response from remote hg',
  ],
  ['git', 'transfer', /hook .* declined/, ' ! [remote rejected] main -> main (hook declined)'],
  ['git', 'transfer', /Somebody else pushed/, ' ! [rejected]        main -> main (stale info)'],
  [
    'git',
    'transfer',
    /commits that this revision does not contain/,
    ' ! [rejected]        main -> main (non-fast-forward)',
  ],
  ['git', 'transfer', /commits that this revision does not contain/, ' ! [rejected]        main -> main (fetch first)'],
  [
    'git',
    'remote-setup',
    /checked out and refuses/,
    'remote: error: refusing to update checked out branch: refs/heads/main\n ! [remote rejected] main -> main (branch is currently checked out)',
  ],
  [
    'git',
    'remote-setup',
    /checked out and refuses/,
    ' ! [remote rejected] main -> main (Working directory has unstaged changes)',
  ],
  [
    'git',
    'remote-setup',
    /does not let this key push/,
    'FATAL: W any app u DENIED by fallthru\n(or you mis-spelled the reponame)',
  ],
  ['hg', 'transfer', /hook .* declined/, 'remote: abort: pretxnchangegroup.check hook failed'],
  [
    'hg',
    'transfer',
    /hook .* declined/,
    'remote: transaction abort!\nremote: rollback completed\nremote: abort: pretxnchangegroup hook exited with status 1',
  ],
  [
    'rsync',
    'remote-setup',
    /may not change times or modes/,
    'rsync: [generator] failed to set times on "/srv/app/.": Operation not permitted (1)',
  ],
  [
    'rsync',
    'remote-setup',
    /may not write to \/srv\/app/,
    'rsync: [receiver] mkstemp "/srv/app/.index.html.x" failed: Permission denied (13)',
  ],
  [
    'git',
    'remote-setup',
    /may not write/,
    'remote: error: insufficient permission for adding an object to repository database ./objects',
  ],
  ['hg', 'remote-setup', /may not write/, 'remote: abort: could not lock repository /srv/app: Permission denied'],
  [
    'rsync',
    'transfer',
    /Files vanished/,
    'file has vanished: "/work/x"\nrsync warning: some files vanished before they could be transferred (code 24)',
  ],
  [
    'rsync',
    'remote-setup',
    /is a file, or lies below one/,
    'mkdir: cannot create directory \u2018/srv/app\u2019: File exists',
  ],
  [
    'rsync',
    'remote-setup',
    /is a file, or lies below one/,
    'rsync: [Receiver] mkdir "/srv/app" failed: Not a directory (20)',
  ],
  [
    'rsync',
    'remote-setup',
    /restricted rsync/,
    '/usr/bin/rrsync: option --delete-delay has been disabled on this server.\nrsync: connection unexpectedly closed',
  ],
  [
    'rsync',
    'remote-setup',
    /directory above \/srv\/app does not exist/,
    'rsync: [Receiver] mkdir "/srv/app" failed: No such file or directory (2)',
  ],
]

const codes: Record<string, number> = { 'Files vanished': 24 }

describe('an upload that failed', () => {
  it.each(messages)('%s %s: %s', (method, errorClass, cause, said) => {
    const code = Object.entries(codes).find(([sign]) => cause.source.includes(sign))?.[1] ?? 1
    const failure = diagnose(evidence(method, said, { code }))
    expect(failure.errorClass).toBe(errorClass)
    expect(failure.cause).toMatch(cause)
    expect(failure.next).not.toBe('')
    expect(failure.evidence).not.toBe('')
    expect(said).toContain(failure.evidence)
    expect(failure.retry).toBe(false)
  })

  it('every sign is shown by one of these messages', () => {
    const silent = signs.filter(
      ({ of, sign }) => !messages.some(([method, , , said]) => of.includes(method) && sign.test(said)),
    )
    expect(silent.map(({ sign }) => sign.source)).toEqual([])
  })

  it('shows the line that proves it', () => {
    const said = 'Enumerating objects: 3\n  remote: hook declined this  \nmore'
    expect(diagnose(evidence('git', said)).evidence).toBe('remote: hook declined this')
  })

  it('shows the line that tells most, where nothing is proved', () => {
    const said =
      'rsync: [sender] read errors mapping "x": Input/output error (5)\nrsync error: some files could not be transferred (code 23) at main.c(1338)'
    expect(diagnose(evidence('rsync', said, { code: 23 })).evidence).toMatch(/Input\/output error/)
    const only = "error: failed to push some refs to 'host:app'"
    expect(diagnose(evidence('git', only)).evidence).toBe(only)
  })

  it('a sign of one method says nothing about another', () => {
    expect(diagnose(evidence('rsync', 'non-fast-forward')).cause).toBe('rsync failed (exit code 1).')
    expect(diagnose(evidence('git', 'is your shell clean?')).cause).toBe('git failed (exit code 1).')
  })

  it.each<[MethodName, number, string, string]>([
    ['rsync', 12, 'rsync: connection unexpectedly closed (1234 bytes received so far) [sender]', ''],
    [
      'rsync',
      255,
      'rsync: connection unexpectedly closed (0 bytes received so far) [sender]\nrsync error: unexplained error (code 255) at io.c(231) [sender=3.2.7]',
      '',
    ],
    ['git', 128, 'fatal: the remote end hung up unexpectedly', ''],
    ['git', 128, 'fatal: early EOF', ''],
    ['git', 128, 'send-pack: unexpected disconnect while reading sideband packet', ''],
    ['hg', 255, 'abort: stream ended unexpectedly', 'client_loop: send disconnect: Broken pipe'],
    ['hg', 255, '', 'Connection to 192.0.2.1 closed by remote host.'],
    ['hg', 255, '', 'Connection reset by 192.0.2.1 port 22'],
    ['git', 128, '', 'Timeout, server 192.0.2.1 not responding.'],
    ['git', 128, '', 'mux_client_request_session: read from master failed: Broken pipe'],
    ['git', 128, '', 'debug1: x\nControl master terminated unexpectedly\ndebug1: y'],
  ])('E7 F15 a line that was cut may be tried again: %s %i %j %j', (method, code, said, sshLog) => {
    const failure = diagnose(evidence(method, said, { code, sshLog }))
    expect(failure).toMatchObject({ errorClass: 'transfer', retry: true })
    expect(failure.cause).toBe('The connection to u@host.example.com was lost during the push.')
  })

  const ended = (how: string) => `debug1: client_input_channel_req: channel 0 rtype exit-${how} reply 0\n`

  it('a program that ended over there was heard to the end: nothing was cut', () => {
    const said = 'fatal: the remote end hung up unexpectedly'
    expect(diagnose(evidence('git', said, { code: 128, sshLog: ended('status') }))).toMatchObject({
      errorClass: 'transfer',
      cause: 'git failed (exit code 128).',
      retry: false,
    })
    expect(diagnose(evidence('git', said, { code: 128, sshLog: ended('signal') }))).toMatchObject({
      errorClass: 'transfer',
      cause: 'git was killed by a signal on u@host.example.com.',
      retry: false,
    })
  })

  it.each<[MethodName, string, string]>([
    [
      'git',
      'denied: ask Alice\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.',
      'denied: ask Alice',
    ],
    ['hg', 'remote: Only rsync here\nabort: no suitable response from remote hg', 'remote: Only rsync here'],
    [
      'rsync',
      'Please run menu\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]\nrsync error: error in rsync protocol data stream (code 12) at io.c(232) [sender=3.2.7]',
      'Please run menu',
    ],
  ])('something else that answers in place of %s is told, with what it says', (method, said, shown) => {
    const failure = diagnose(evidence(method, said, { sshLog: ended('status') }))
    expect(failure).toMatchObject({ errorClass: 'remote-setup', evidence: shown, retry: false })
    expect(failure.cause).toMatch(/does not answer as/)
  })

  it('a cause that has a name is not taken for a line that was cut', () => {
    const said = 'rsync: write failed: No space left on device (28)\nrsync: connection unexpectedly closed'
    expect(
      diagnose(evidence('rsync', said, { code: 12, sshLog: 'client_loop: send disconnect: Broken pipe' })),
    ).toMatchObject({
      errorClass: 'space',
      retry: false,
    })
  })

  it.each([
    [23, /^Some files were not transferred \(exit code 23\)\.$/],
    [24, /^Files vanished from the workspace/],
    [25, /^The limit of deletions was reached/],
    [2, /^rsync failed \(exit code 2\)\.$/],
    [undefined, /^rsync failed \(exit code none\)\.$/],
  ])('rsync’s exit code %s', (code, cause) => {
    const failure = diagnose(evidence('rsync', 'one\n\n two \n', { code }))
    expect(failure).toMatchObject({ errorClass: 'transfer', evidence: 'two', retry: false })
    expect(failure.cause).toMatch(cause)
  })

  it('P9 whatever happened, there is one class, a cause and a next step', () => {
    const fragments = messages.flatMap(([, , , said]) => said.split('\n'))
    const text = fc
      .array(fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 4 })
      .map((lines) => lines.join('\n'))
    const known = Object.keys(errorClasses).filter((name) => name !== 'bug')
    fc.assert(
      fc.property(
        fc.constantFrom(...methodNames),
        fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }),
        text,
        text,
        (method, code, said, sshLog) => {
          const failure = diagnose(evidence(method, said, { code, sshLog }))
          expect(failure).toBeInstanceOf(PushError)
          expect(known).toContain(failure.errorClass)
          expect(failure.cause).toMatch(/\S/)
          expect(failure.next).toMatch(/\S/)
        },
      ),
      runs(400),
    )
  })
})
