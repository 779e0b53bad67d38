import { appendFile, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loginWord, remotePath } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import { type Command, type GitFacts, mostKept, type Output, type Session, type Watch } from '../core/model.js'
import { gitIsolation, readPlain } from '../core/workspace.js'
import { originKeys, parseOrigin } from './git-origin.js'
import { attempt, createTail, type Task } from './method.js'

/** What git knows of one push, from `git push --porcelain`. */
interface Pushed {
  readonly flag: string
  readonly previous: string
  /** What the server's deployment said of its failure; empty for none. */
  readonly complaint: string
  /** Whether the branch was read back already. */
  readonly verified?: boolean
  /** Why the push was ended, although the commit has arrived. */
  readonly failure?: PushError
  /** The last lines that the server said. */
  readonly said: readonly string[]
}

/** Milliseconds that a server which was silent for long may take to name its branch. */
const mostAsked = 2_000

/**
 * What receivers print when their own deployment failed although git's push succeeded: Dokku (dokku/github-action#49),
 * Platform.sh and Upsun (platformsh/legacy-cli#1315), Scalingo, Piku.
 */
const complaints =
  /deploy did not complete|Error building project|Environment redeployment failed|Error deploying the application|Exiting due to (?:release|preflight)/

export function shallowRefusal(evidence: string): PushError {
  return new PushError(
    'transfer',
    'The checkout is shallow: it lacks the history that a push needs.',
    'Set fetch-depth: 0 at actions/checkout, or shallow: snapshot to push one commit of these files.',
    { evidence },
  )
}

/**
 * A bare repository of our own that borrows the workspace's objects. Nothing that the workspace configures (hooks,
 * url rewriting, fsmonitor, receivepack, …) is read or run, and the workspace is not changed.
 */
export class Repository {
  readonly #task: Task
  readonly #session: Session
  readonly #facts: GitFacts
  #directory = ''
  readonly #env: Readonly<Record<string, string>>

  constructor(task: Task, session: Session, facts: GitFacts) {
    this.#task = task
    this.#session = session
    this.#facts = facts
    this.#env = { ...session.env, ...gitIsolation, GIT_ALLOW_PROTOCOL: 'ssh' }
  }

  get directory(): string {
    return this.#directory
  }

  async create(): Promise<void> {
    const { objectFormat, commonDirectory, shallow } = this.#facts
    this.#directory = await mkdtemp(join(this.#session.folder, 'git-'))
    await this.local('git init', ['init', '--bare', '--quiet', '--template=', `--object-format=${objectFormat}`])
    await writeFile(join(this.#directory, 'objects/info/alternates'), `${join(commonDirectory, 'objects')}\n`)
    if (shallow) await copyPlain(join(commonDirectory, 'shallow'), join(this.#directory, 'shallow'))
    await writeFile(join(this.#directory, 'HEAD'), `${this.#facts.head}\n`)
  }

  /** Fetches the missing history from where the checkout came from, with the credentials that it left. */
  async complete(): Promise<void> {
    const { host, settings } = this.#task
    const { stdout } = await this.run('git config', [
      `--git-dir=${this.#facts.commonDirectory}`,
      'config',
      '--includes',
      '--null',
      '--get-regexp',
      originKeys,
    ])
    const origin = parseOrigin(stdout)
    if (!origin.fetchable) throw shallowRefusal(origin.url === '' ? 'it has no origin' : `origin ${origin.url}`)
    await appendFile(join(this.#directory, 'config'), origin.config)
    host.log.info('The checkout is shallow: fetching its history from its origin.')
    const fetched = await this.run(
      'git fetch',
      [
        '--git-dir',
        this.#directory,
        'fetch',
        '--unshallow',
        '--no-tags',
        '--no-write-fetch-head',
        '--progress',
        '--',
        origin.url,
        this.#facts.head,
      ],
      { GIT_ALLOW_PROTOCOL: 'https:http:file', ...host.context.proxies },
      { idle: settings.idleTimeout },
    )
    if (fetched.code !== 0) throw shallowRefusal(fetched.stderr.trim().split('\n').at(-1) ?? '')
  }

  /** Where the branch is at the destination; empty when it does not exist. */
  async remoteTip(ref: string, task = this.#task): Promise<string> {
    const { output, failure } = await attempt(
      task,
      this.#session,
      this.command('git ls-remote', ['ls-remote', '--', this.#url(), ref]),
    )
    if (output.code !== 0) throw await failure()
    const line = output.stdout.split('\n').find((each) => each.endsWith(`\t${ref}`))
    return line?.split('\t')[0] ?? ''
  }

  /** One commit with the files of HEAD on top of what the destination has; that itself when the files are the same. */
  async snapshot(ref: string, tip: string): Promise<string> {
    const { head } = this.#facts
    if (tip !== '') {
      const fetch = ['fetch', '--depth=1', '--no-tags', '--no-write-fetch-head', '--quiet', '--', this.#url(), ref]
      const { output, failure } = await attempt(this.#task, this.#session, this.command('git fetch', fetch))
      if (output.code !== 0) throw await failure()
      const trees = await this.local('git rev-parse', ['rev-parse', `${tip}^{tree}`, `${head}^{tree}`])
      const [theirs, ours] = trees.trim().split('\n')
      if (theirs === ours) return tip
    }
    const parent = tip === '' ? [] : ['-p', tip]
    const commit = await this.local('git commit-tree', [
      'commit-tree',
      `${head}^{tree}`,
      ...parent,
      '-m',
      `Snapshot of ${head}`,
    ])
    return commit.trim()
  }

  async push(revision: string, ref: string, tip: string | undefined): Promise<Pushed> {
    const { settings, host } = this.#task
    const said = createTail()
    const remoteSaid = createTail(mostKept)
    let complaint = ''
    const lease = settings.force ? [`--force-with-lease=${ref}:${tip ?? ''}`] : []
    const dryRun = settings.dryRun ? ['--dry-run'] : []
    const { output, failure } = await attempt(
      this.#task,
      this.#session,
      // Full object names, so that the report can tell the previous revision.
      this.command('git push', [
        '-c',
        `core.abbrev=${revision.length}`,
        'push',
        '--porcelain',
        '--progress',
        ...dryRun,
        ...lease,
        '--',
        this.#url(),
        `${revision}:${ref}`,
      ]),
      {
        stderr(line) {
          const progress = /^(?:Compressing|Writing) objects: +(\d+)% (.*)$/.exec(line)
          if (progress !== null) return host.log.progress({ percent: Number(progress[1]), detail: progress[2] ?? '' })
          said.push(line)
          const remote = /^remote: ?(.*?)\s*$/.exec(line)?.[1]
          if (remote === undefined) return
          host.log.remote(remote)
          remoteSaid.push(remote)
          if (complaints.test(remote)) complaint = remote
        },
      },
    )
    const line = output.stdout.split('\n').find((each) => each.split('\t')[1]?.endsWith(`:${ref}`))
    const [flag = '', , summary = ''] = line?.split('\t') ?? []
    if (output.code === 0 && line !== undefined) {
      const previous = /^([0-9a-f]{40,64})\.{2,3}/.exec(summary)?.[1] ?? ''
      return { flag: flag.trim(), previous, complaint, said: remoteSaid.lines() }
    }
    const problem = await failure(`${summary}\n${said.text()}`)
    // The server may have accepted it before the line was cut: its ref knows.
    if (problem.retry && !settings.dryRun && (await this.#arrived(revision, ref)))
      return { flag: '*', previous: '', complaint, verified: true, said: remoteSaid.lines() }
    throw problem
  }

  /**
   * What there is to say of a push that was ended for its silence when the branch has moved all the same: a hook may
   * have left a program behind that holds the line.
   * @throws the error when the branch has not moved, or does not tell so at once
   */
  async ended(error: unknown, revision: string, ref: string): Promise<Pushed> {
    const { host, settings } = this.#task
    if (!(error instanceof PushError) || error.errorClass !== 'timeout' || host.signal.aborted || settings.dryRun)
      throw error
    const signal = AbortSignal.any([host.signal, AbortSignal.timeout(mostAsked)])
    if (!(await this.#arrived(revision, ref, { ...this.#task, host: { ...host, signal } }))) throw error
    const failure = new PushError(
      'timeout',
      `${error.cause} The branch there has moved all the same.`,
      'Look at what its hooks wait for; what they leave running must write elsewhere: nohup … >/dev/null 2>&1 &',
    )
    return { flag: '*', previous: '', complaint: '', verified: true, failure, said: [] }
  }

  async #arrived(revision: string, ref: string, task = this.#task): Promise<boolean> {
    try {
      await this.#session.connection.ready()
      return (await this.#readBack(revision, ref, task)) === revision
    } catch {
      return false
    }
  }

  /** A push that returned 0 is not yet a ref that moved: read it back. */
  async verify(revision: string, ref: string): Promise<void> {
    const tip = await this.#readBack(revision, ref, this.#task)
    if (tip === revision) return
    throw new PushError(
      'transfer',
      `git push succeeded, but ${ref} is not the revision that was pushed.`,
      'Somebody may have pushed at the same moment, or a hook moved it back: look there, then run this again.',
      {
        evidence: `${ref} is ${tip || 'missing'}, pushed was ${revision}`,
      },
    )
  }

  /** A receiver that only takes pushes answers no ls-remote; the beginning of another push tells what it has. */
  async #readBack(revision: string, ref: string, task: Task): Promise<string> {
    try {
      return await this.remoteTip(ref, task)
    } catch (error) {
      if (!(error instanceof PushError) || error.errorClass !== 'remote-setup') throw error
      if (await this.#isUpToDate(revision, ref, task)) return revision
      throw error
    }
  }

  async #isUpToDate(revision: string, ref: string, task: Task): Promise<boolean> {
    const args = ['push', '--porcelain', '--dry-run', '--', this.#url(), `${revision}:${ref}`]
    const { output } = await attempt(task, this.#session, this.command('git push --dry-run', args))
    return output.code === 0 && output.stdout.split('\n').some((line) => line.startsWith(`=\t${revision}:${ref}\t`))
  }

  /** What git prints with `-z`; nothing when it fails, as it does on a revision that is not here. */
  async fields(label: string, args: readonly string[]): Promise<string[]> {
    const chunks: Buffer[] = []
    const bytes = (chunk: Buffer) => chunks.push(chunk)
    const { code } = await this.run(label, ['--git-dir', this.#directory, ...args], {}, { bytes })
    return code === 0 ? Buffer.concat(chunks).toString('utf8').split('\0').slice(0, -1) : []
  }

  #url(): string {
    const { destination } = this.#task.step
    return `${loginWord(destination, true)}:${remotePath(destination)}`
  }

  /** A command on our own repository. */
  command(label: string, args: readonly string[]): Command {
    return { label, file: 'git', args: ['--git-dir', this.#directory, ...args], env: this.#env }
  }

  async run(
    label: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    watch: Omit<Watch, 'signal'> = {},
  ): Promise<Output> {
    const { host } = this.#task
    const command = { label, file: 'git', args, env: { ...this.#env, ...env } }
    return await host.runner.run(command, { signal: host.signal, ...watch })
  }

  /** A command on our own repository that has no reason to fail. */
  async local(label: string, args: readonly string[]): Promise<string> {
    const identity = {
      GIT_AUTHOR_NAME: 'dotcloud-push',
      GIT_AUTHOR_EMAIL: 'dotcloud-push@localhost',
      GIT_COMMITTER_NAME: 'dotcloud-push',
      GIT_COMMITTER_EMAIL: 'dotcloud-push@localhost',
    }
    const { code, stdout, stderr } = await this.run(label, ['--git-dir', this.#directory, ...args], identity)
    if (code === 0) return stdout
    throw new PushError('input', `${label} could not read the workspace's repository.`, 'Check it out anew.', {
      evidence: stderr.trim(),
    })
  }
}

/** Copies a plain file; from a pipe of that name, a copy would wait for ever. */
export async function copyPlain(from: string, to: string): Promise<boolean> {
  const content = await readPlain(from, 1 << 30)
  if (content !== undefined) await writeFile(to, content)
  return content !== undefined
}
