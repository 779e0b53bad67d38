import { formatLogin, type Login } from './destination.js'
import { type ErrorClass, PushError } from './errors.js'
import type { MethodName } from './model.js'
import { commandEnd } from './ssh-log.js'

/** What is known of an upload's command that did not end well. */
export interface Evidence {
  readonly method: MethodName
  readonly login: Login
  /** The directory or repository at the destination. */
  readonly path: string
  readonly code: number | undefined
  /** What the command and the server said; may hold anything. */
  readonly said: string
  /** What ssh logged while it ran. */
  readonly sshLog: string
}

interface Sign {
  readonly of: readonly MethodName[]
  readonly sign: RegExp
  readonly errorClass: ErrorClass
  readonly cause: (evidence: Evidence) => string
  readonly next: (evidence: Evidence) => string
  readonly retry?: boolean
}

const every: readonly MethodName[] = ['hg', 'git', 'rsync']
const host = ({ login }: Evidence) => formatLogin(login)

const hungUp =
  /remote end hung up|unexpectedly closed|unexpected disconnect|early EOF|error in rsync protocol data stream/i

const lineLost =
  /^(?:client_loop: .*|.*Broken pipe|Connection (?:to .* )?(?:closed|reset).*|Timeout, server .* not responding.*|packet_write_.*|ssh_packet_.*|mux_client_.*: (?:read|write).*|Control master terminated unexpectedly.*|kex_exchange_identification.*|ssh: connect to .*|Connection timed out.*)$/m

/** What nologin and its like print instead of running a command. */
export const turnsAway = /account is (?:currently )?not available/i

/** The first sign that fits names the failure; the more telling stand before the more general. */
export const signs: readonly Sign[] = [
  {
    of: every,
    sign: /No space left on device|Disk quota exceeded|disk full|not enough space/i,
    errorClass: 'space',
    cause: (evidence) => `The disk of ${host(evidence)} is full.`,
    next: ({ path }) => `Make room there (df -h ${path}), then run this again.`,
  },
  {
    of: ['rsync'],
    sign: /\brsync: (?:command )?not found|command not found: rsync|rsync: No such file or directory|Unknown command:? .?rsync|exec.*rsync.*No such file/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `rsync is not installed on ${host(evidence)}.`,
    next: () => 'Install rsync there.',
  },
  {
    of: ['git'],
    sign: /\bgit(?:-receive-pack)?: (?:command )?not found|command not found: git|Unknown command:? .?git/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `git is not installed on ${host(evidence)}.`,
    next: () => 'Install git there.',
  },
  {
    of: ['hg'],
    sign: /(?<![\w./-])hg: (?:command )?not found|command not found: hg|Unknown command:? .?hg/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `Mercurial is not installed on ${host(evidence)}.`,
    next: () => 'Install mercurial there.',
  },
  {
    of: ['rsync'],
    sign: /disabled on this server|rrsync error/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `The restricted rsync on ${host(evidence)} does not allow an option that this push needs.`,
    next: () => 'Set delete: false where deletions are forbidden (-no-del), or loosen rrsync in authorized_keys.',
  },
  {
    of: ['rsync'],
    sign: /mkdir: .*(?:File exists|Not a directory)|mkdir .*failed: (?:File exists|Not a directory)/,
    errorClass: 'remote-setup',
    cause: (evidence) => `${evidence.path} on ${host(evidence)} is a file, or lies below one.`,
    next: () => 'Remove the file, or choose another destination.',
  },
  {
    of: ['rsync'],
    sign: /mkdir .*failed: No such file or directory/,
    errorClass: 'remote-setup',
    cause: (evidence) =>
      `The directory above ${evidence.path} does not exist on ${host(evidence)}, which gives no shell to make it.`,
    next: ({ path }) => `Make it there: mkdir -p ${path}`,
  },
  {
    of: every,
    // Of what nologin prints, git shows the first word.
    sign: new RegExp(`${turnsAway.source}|bad line length character: This$`, 'im'),
    errorClass: 'remote-setup',
    cause: (evidence) => `The account ${evidence.login.user} may not log in: its shell turns everybody away.`,
    next: ({ login }) => `Give it a shell, for example: chsh -s /bin/sh ${login.user}`,
  },
  {
    of: ['rsync'],
    sign: /unrecognized command|Interactive git shell/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `The account ${evidence.login.user} may only use git.`,
    next: () => 'Push by git, or use an account with a shell.',
  },
  {
    of: ['git'],
    // Without an object, git sends no pack at all, and only the other side says so.
    sign: /^fatal: (?:loose object .* is corrupt|bad (?:tree )?object|unable to read) |eof before pack header/m,
    errorClass: 'input',
    cause: () => 'Objects of the git repository are missing or damaged here.',
    next: () => 'Check it out anew, with fetch-depth: 0.',
  },
  {
    of: ['git'],
    sign: /hash algorithm|unexpected capabilities\^\{\}/,
    errorClass: 'remote-setup',
    cause: (evidence) =>
      `The repository at ${evidence.path} on ${host(evidence)} has another object format than this one.`,
    next: () => 'Make it anew there with the --object-format of this one: sha1 or sha256.',
  },
  {
    of: ['git'],
    sign: /dubious ownership/,
    errorClass: 'remote-setup',
    cause: (evidence) => `The repository at ${evidence.path} belongs to another user than ${evidence.login.user}.`,
    next: ({ login, path }) => `Give it to the one who pushes: chown -R ${login.user} ${path}`,
  },
  {
    of: ['hg'],
    sign: /abandoned transaction|run 'hg recover'/,
    errorClass: 'remote-setup',
    cause: (evidence) => `An earlier push to ${evidence.path} was interrupted on ${host(evidence)}.`,
    next: ({ path }) => `Clean up there: hg recover -R ${path}`,
  },
  {
    of: ['hg'],
    sign: /^abort: repository requires features unknown(?![\s\S]*no suitable response)/m,
    errorClass: 'input',
    cause: () => 'The repository needs Mercurial extensions, and dotcloud-push loads none.',
    next: () => 'Set method: rsync, which sends the files.',
  },
  {
    of: ['hg'],
    sign: /timed out waiting for lock/,
    errorClass: 'transfer',
    cause: () => 'Another Mercurial is at work on the repository.',
    next: () => 'Wait until it has ended. If there is none any more, remove its lock: hg debuglocks.',
  },
  {
    of: ['hg'],
    sign: /subrepos not enabled/,
    errorClass: 'input',
    cause: () => 'The repository has subrepositories, which dotcloud-push does not push.',
    next: () => 'Set method: rsync, which sends their files.',
  },
  {
    of: every,
    sign: /Read-only file system/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `The destination on ${host(evidence)} is on a read-only file system.`,
    next: () => 'Mount it writable, or choose another destination.',
  },
  {
    of: ['rsync'],
    sign: /is your shell clean|protocol version mismatch/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `The login shell of ${host(evidence)} prints text, which rsync cannot tell from data.`,
    next: () => 'Let ~/.bashrc and the like print only in interactive shells.',
  },
  {
    of: ['git'],
    sign: /bad line length character|protocol error: bad/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `The login shell of ${host(evidence)} prints text, which git cannot tell from data.`,
    next: () => 'Let ~/.bashrc and the like print only in interactive shells.',
  },
  {
    of: ['git'],
    sign: /does not appear to be a git repository|[Nn]ot a git repository|no such repository|repository .*not found/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `There is no git repository at ${evidence.path} on ${host(evidence)}.`,
    next: ({ path }) => `Check destination, or make it there: git init --bare ${path}`,
  },
  {
    of: ['hg'],
    sign: /repository .* not found|no repository found/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `There is no Mercurial repository at ${evidence.path} on ${host(evidence)}.`,
    next: ({ path }) => `Check destination, or make it there: hg init ${path}`,
  },
  {
    of: ['git'],
    sign: /shallow update not allowed/,
    errorClass: 'transfer',
    cause: (evidence) => `${host(evidence)} refuses pushes from a shallow checkout.`,
    next: () => 'Set fetch-depth: 0 at actions/checkout, or shallow: snapshot here.',
  },
  {
    of: ['git'],
    sign: /hook declined/,
    errorClass: 'transfer',
    cause: (evidence) => `A hook on ${host(evidence)} declined the push.`,
    next: () => 'Read what the server said above.',
  },
  {
    of: ['git'],
    sign: /stale info/,
    errorClass: 'transfer',
    cause: () => 'Somebody else pushed to this branch a moment ago, so the forced push was held back.',
    next: () => 'Look at what is there now, then run this again.',
  },
  {
    of: ['git'],
    sign: /non-fast-forward|fetch first/,
    errorClass: 'transfer',
    cause: () => 'The destination has commits that this revision does not contain.',
    next: () => 'Push the branch that contains them. Where the destination may lose them, set force: true.',
  },
  {
    of: ['git'],
    sign: /branch is currently checked out|unstaged changes|Working directory has|denyCurrentBranch/,
    errorClass: 'remote-setup',
    cause: (evidence) => `The repository on ${host(evidence)} has this branch checked out and refuses to move it.`,
    next: () =>
      'Push to a bare repository, or set receive.denyCurrentBranch=updateInstead there and keep its files clean.',
  },
  {
    of: ['hg'],
    sign: /hook (?:failed|exited|returned)|hook .*returned/,
    errorClass: 'transfer',
    cause: (evidence) => `A hook on ${host(evidence)} declined the push.`,
    next: () => 'Read what the server said above.',
  },
  {
    of: ['git', 'hg'],
    sign: /DENIED by|[Aa]ccess denied|not authori[sz]ed|not allowed/,
    errorClass: 'remote-setup',
    cause: (evidence) => `${host(evidence)} does not let this key push there.`,
    next: () => 'Give the key write access to the repository, and check its name and the branch.',
  },
  {
    of: every,
    sign: /Operation not permitted|failed to set (?:times|permissions)|chgrp|chown/i,
    errorClass: 'remote-setup',
    cause: (evidence) =>
      `${evidence.login.user} may not change times or modes of files at ${evidence.path} on ${host(evidence)}.`,
    next: ({ login, path }) => `They belong to another user: chown -R ${login.user} ${path}`,
  },
  {
    of: every,
    sign: /Permission denied|insufficient permission|unable to create temporary/i,
    errorClass: 'remote-setup',
    cause: (evidence) => `${evidence.login.user} may not write to ${evidence.path} on ${host(evidence)}.`,
    next: ({ login, path }) => `Give it write access, for example: chown -R ${login.user} ${path}`,
  },
]

const rsyncCodes: Readonly<Record<number, string>> = {
  23: 'Some files were not transferred',
  24: 'Files vanished from the workspace while they were read',
  25: 'The limit of deletions was reached',
}

/** What each program says when it was not its counterpart that answered; then nothing was done yet. */
const strangers: Readonly<Record<MethodName, { readonly name: string; readonly sign: RegExp }>> = {
  git: { name: 'git', sign: /Could not read from remote repository/ },
  hg: { name: 'Mercurial', sign: /no suitable response/ },
  rsync: { name: 'rsync', sign: /\(0 bytes received so far\)/ },
}

/** What an upload's failure means. Total: every code and every text has exactly one class. */
export function diagnose(evidence: Evidence): PushError {
  const { method, code, said, sshLog } = evidence
  const found = signs.find(({ of, sign }) => of.includes(method) && sign.test(said))
  if (found !== undefined) {
    const line = said.split('\n').find((each) => found.sign.test(each)) ?? ''
    return new PushError(found.errorClass, found.cause(evidence), found.next(evidence), { evidence: line.trim() })
  }
  const lost = lineLost.exec(sshLog)?.[0]
  const end = commandEnd(sshLog)
  // A program that ended by itself over there was heard to the end, however its partner here words it.
  if (lost !== undefined || (end === 'lost' && hungUp.test(said))) {
    return new PushError(
      'transfer',
      `The connection to ${host(evidence)} was lost during the push.`,
      'Run this again; what has arrived is not sent twice.',
      { evidence: lost ?? tellingLine(said), retry: true },
    )
  }
  const { name, sign } = strangers[method]
  if (end === 'signal') {
    return new PushError(
      'transfer',
      `${name} was killed by a signal on ${host(evidence)}.`,
      "Look into the server's log: when memory runs out, the kernel kills.",
      { evidence: tellingLine(said) },
    )
  }
  if (sign.test(said)) {
    return new PushError(
      'remote-setup',
      `${host(evidence)} does not answer as ${name} does.`,
      `A forced command, or start-up files that print text, may be in the way of ${name} there: look at what it says.`,
      { evidence: tellingLine(said) },
    )
  }
  const cause = (method === 'rsync' && rsyncCodes[code ?? -1]) || `${method} failed`
  return new PushError('transfer', `${cause} (exit code ${code ?? 'none'}).`, 'Read what it said above.', {
    evidence: tellingLine(said),
  })
}

/** What a program adds to every failure: that there is one, and what to do in general. */
const hollow =
  /^(?:To |hint: |\(see |Please make sure|and the repository exists|error: failed to push|fatal: (?:Could not read from remote|the remote end hung up)|abort: no suitable response|rsync(?: error)?: .*(?:unexpectedly closed|\(code \d+\)))/i

/** The line that tells most: the first that speaks of an error, or the last. */
function tellingLine(text: string): string {
  const lines = text.split('\n').flatMap((line) => line.trim() || [])
  const telling = lines.filter((line) => !hollow.test(line))
  return (
    telling.find((line) => /\b(?:abort|denied|error|failed|fatal|rejected)\b/i.test(line)) ??
    telling.at(-1) ??
    lines.at(-1) ??
    ''
  )
}
