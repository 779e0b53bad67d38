import type { Readable, Writable } from 'node:stream'
import type { Login } from './destination.js'
import type { Failure, PushError } from './errors.js'
import type { Event } from './event.js'
import type { InputName } from './inputs.js'

/** The inputs as a front read them: text, defaults applied, nothing judged. */
export type RawInputs = Readonly<Record<InputName, string>>

/** The inputs that somebody set: the others come from dotcloud-push.yml, or are the defaults. */
export type Given = Partial<RawInputs>

export const methodNames = ['hg', 'git', 'rsync'] as const
export type MethodName = (typeof methodNames)[number]

/** How much of what is at the destination a mirror may delete. */
export type DeleteLimit = { readonly percent: number } | { readonly count: number }

/** Every input, judged. Times are in seconds. */
export interface Settings {
  readonly app: string
  readonly deployment: string
  /** A template; empty when the plan names the destination. */
  readonly destination: string
  readonly key: string
  readonly passphrase: string
  readonly hostKeys: HostKeys
  readonly proxyJump: Login | undefined
  readonly source: string
  readonly method: 'auto' | MethodName
  readonly excludes: readonly string[]
  readonly includes: readonly string[]
  readonly protect: readonly string[]
  readonly delete: boolean
  readonly maxDelete: DeleteLimit
  readonly adopt: boolean
  /** A template. */
  readonly targetBranch: string
  readonly force: boolean
  readonly shallow: 'auto' | 'snapshot' | 'fail'
  /** A template; empty for none. */
  readonly deployCommand: string
  /** dotCloud's JSON or the path of a file with it; empty for none. */
  readonly plan: string
  readonly dryRun: boolean
  /** The destination is to be examined and not pushed to. */
  readonly doctor: boolean
  /** `full`: compare every file, whatever the server remembers. */
  readonly verify: 'auto' | 'full'
  readonly allowUntrustedEvent: boolean
  readonly connectTimeout: number
  readonly idleTimeout: number
  readonly timeout: number
  readonly retries: number
}

/** Which host keys are trusted: lines of a known_hosts file, and fingerprints (`SHA256:…`). */
export interface HostKeys {
  readonly lines: string
  readonly fingerprints: readonly string[]
  readonly insecure: boolean
}

/** What is to be pushed, found out by one look at the disk. */
export interface Workspace {
  /** Absolute, links resolved: the directory, or the one file, to push. */
  readonly root: string
  readonly isFile: boolean
  readonly method: MethodName
  /** Why this method, as a sentence for the log. */
  readonly reason: string
  readonly git: GitFacts | undefined
  readonly hg: HgFacts | undefined
  readonly branch: string | undefined
  readonly sha: string | undefined
}

/** A git repository's whereabouts, so that nothing else need be asked of the workspace. */
export interface GitFacts {
  /** Where HEAD and the index are: `.git`, or where a `.git` file leads. */
  readonly directory: string
  /** The directory that the objects and the shallow list belong to. */
  readonly commonDirectory: string
  readonly head: string
  readonly branch: string | undefined
  readonly shallow: boolean
  /** Some objects are not here but at a promisor remote. */
  readonly partial: boolean
  readonly objectFormat: string
}

/** The checked-out changeset of a Mercurial repository. */
export interface HgFacts {
  readonly node: string
  readonly branch: string
}

/** A process to start; data, so that the log, a test and the runner see one truth. */
export interface Command {
  /** For people: what this is, such as `git push`. */
  readonly label: string
  /** A path, or the name of a program on PATH. */
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** Added to the allow-listed environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Buffer
}

/** How a process ended. `stdout` and `stderr` keep a bounded tail, and nothing of a stream that was watched. */
export interface Output {
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly stdout: string
  readonly stderr: string
}

/** What to do with a process while it runs. Lines come without their line ends, as they were sent. */
export interface Watch {
  readonly signal: AbortSignal
  /** Seconds without a byte on stdout or stderr until the process is killed with a `timeout` error. */
  readonly idle?: number
  readonly stdout?: (line: string) => void
  readonly stderr?: (line: string) => void
  /** For data instead of lines. */
  readonly bytes?: (chunk: Buffer) => void
  /** A process that lends its output and input, for good: they are descriptors 3 (to read) and 4 (to write) of this one. */
  readonly lender?: Running
}

/** A process that lives beside the others. */
export interface Running {
  /** Rejects with why it was ended: the signal's reason, or a `timeout` error. */
  readonly done: Promise<Output>
  /** Lets it be silent until its input ends. */
  pause(): void
  /** Gives it some of its standard input. */
  write(input: string | Buffer): void
  /** Gives it the last of its standard input. */
  end(input?: string | Buffer): void
  /** From now on its input comes from there, and its output goes there. */
  lend(input: Readable, output: Writable): void
  /** Ends the whole process group; resolves when it is gone. */
  stop(): Promise<void>
}

export interface Runner {
  /** The absolute path of a program. @throws PushError when it is missing, or lies inside the workspace. */
  find(tool: string): Promise<string>
  /** A plain local command over files of our own. */
  capture(command: Command): Promise<Output>
  /** A command in a process group of its own, with timers; the group is dead when this returns or throws. */
  run(command: Command, watch: Watch): Promise<Output>
  /** The same, with its standard input left open; it runs until it ends or is stopped. */
  start(command: Command, watch?: Partial<Watch>): Running
}

/** Where a front shows what happens. Every text may hold anything; the front makes it safe. */
export interface Log {
  group(title: string): void
  endGroup(): void
  info(text: string): void
  debug(text: string): void
  command(command: Command): void
  /** A line that the other side said. */
  remote(line: string): void
  warning(text: string): void
  notice(text: string): void
  /** How far a long transfer is; called often, shown seldom. */
  progress(progress: Progress): void
}

/** A transfer under way, in the words of the tool that does it. */
export interface Progress {
  readonly percent: number
  /** Bytes, rate, time left; whatever the tool tells. */
  readonly detail: string
}

export interface Clock {
  /** Milliseconds, for differences only. */
  now(): number
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** What the CI, or the shell, says of this run. */
export interface Context {
  /** Absolute. Nothing outside of it is ever pushed. */
  readonly workspace: string
  /** Absolute. The session's folder is made in it. */
  readonly temp: string
  readonly ref: string | undefined
  /** The branch that a pull request comes from. */
  readonly headBranch: string | undefined
  readonly sha: string | undefined
  readonly event: Event
  readonly platform: NodeJS.Platform
  /** PATH for child processes, without directories of the workspace. */
  readonly path: string
  /** Proxy variables, for completing a shallow checkout from its origin. */
  readonly proxies: Readonly<Record<string, string>>
  /** The repository's page on the web, judged to be a plain address. */
  readonly repository?: string | undefined
}

/** Everything that the line needs of the world. */
export interface Host {
  readonly context: Context
  readonly runner: Runner
  readonly log: Log
  readonly clock: Clock
  /** Aborted with a PushError as its reason: cancelled, or out of time. */
  readonly signal: AbortSignal
  /** Records the session's folder for the clean-up, before a secret is in it. */
  remember(folder: string): void
}

/** A private folder with the key and all that leads to ssh, and the one connection of the run. */
export interface Session {
  readonly folder: string
  readonly login: Login
  /** Of our public key. */
  readonly keyFingerprint: string
  /** For every child process: the wrapper first in PATH, a private HOME, and git told to use the wrapper. */
  readonly env: Readonly<Record<string, string>>
  readonly connection: Connection
  /** Writes a private file and returns its path. */
  file(name: string, content: string | Buffer): Promise<string>
}

/** The one SSH connection of a run. Where ssh cannot share it (Windows), each command opens its own. */
export interface Connection {
  /** Opens the connection, or opens it again when it was lost; waits for an attempt that is under way. */
  ready(): Promise<void>
  /** Whether commands share a connection that is up. */
  shared(): boolean
  /** A command line for the other side. */
  remote(label: string, commandLine: string, stdin?: string | Buffer): Command
  /** The same, but it fails rather than log in by itself when there is no connection to share. */
  sharing(label: string, commandLine: string): Command
  /** ssh's own log, from a position in it. */
  log(from?: number): Promise<string>
}

/** One entry of what a push changed at the destination. */
export interface Change {
  readonly kind: 'added' | 'changed' | 'deleted'
  readonly path: string
  /** Size in bytes, where known. */
  readonly size?: number
  /** Lines of text, where counted. */
  readonly lines?: { readonly added: number; readonly removed: number }
}

/** How far commits are counted. */
export const mostCounted = 10_000
/** How many commits a report lists, and how many files its summary. */
export const mostListed = 50
/** How many lines of the server's output a report keeps. */
export const mostKept = 40

/** A commit, or a changeset, that a push brought. */
export interface Commit {
  readonly id: string
  readonly subject: string
}

/** What a method says of its upload. */
export interface Upload {
  readonly result: 'deployed' | 'unchanged' | 'planned'
  readonly revision: string
  readonly previousRevision: string
  readonly changes: readonly Change[]
  /** The newest of them, newest first; none when the earlier revision is not known here. */
  readonly commits?: readonly Commit[]
  /** How many there are, up to `mostCounted`. */
  readonly commitCount?: number
  /** In a dry run, what a push would send. */
  readonly bytesToSend?: number
  /** The last lines that the server said to the push. */
  readonly said?: readonly string[]
  /** In a dry run, what would stop the push, in sentences. */
  readonly guards?: readonly string[]
  /** The content has arrived, and the server said that its own deployment of it failed. */
  readonly failure?: PushError
}

export const stageNames = ['settings', 'connect', 'push', 'deploy'] as const
export type StageName = (typeof stageNames)[number]

/** All that there is to say of a run; what the outputs, the summary and the JSON report are made of. */
export interface Report {
  readonly result: 'deployed' | 'unchanged' | 'skipped' | 'planned' | 'failed'
  readonly failedStage: StageName | ''
  readonly failure: Failure | undefined
  readonly uploaded: boolean
  readonly app: string
  readonly method: MethodName | ''
  /** Why this method, or why the run was skipped. */
  readonly reason: string
  readonly destination: string
  /** The branch that is checked out. */
  readonly ref: string
  /** The branch at the destination (git). */
  readonly targetRef: string
  readonly revision: string
  readonly previousRevision: string
  /** The page of the repository that `revision` is a commit of; empty when that is not certain. */
  readonly repository: string
  /** Where the application is, as the platform said. */
  readonly url: string
  readonly changes: readonly Change[]
  /** The newest of the commits that the push brought, newest first. */
  readonly commits: readonly Commit[]
  readonly commitCount: number
  /** In a dry run, what would stop the push, in sentences. */
  readonly guards: readonly string[]
  /** In a dry run, what a push would send at most; undefined where that is not known. */
  readonly bytesToSend: number | undefined
  readonly bytesSent: number | undefined
  readonly deployExitCode: number | undefined
  readonly hostKeyFingerprint: string
  readonly seconds: number
  readonly stages: readonly { readonly name: StageName; readonly seconds: number }[]
  /** dotCloud's JSON of the plan that ran. */
  readonly plan: string
  /** The last lines that the server said to the push. */
  readonly said: readonly string[]
  /** The last lines that the deploy command said. */
  readonly tail: readonly string[]
}
