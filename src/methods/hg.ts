import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { loginWord, remotePath } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import {
  type Change,
  type Command,
  type HgFacts,
  mostKept,
  mostListed,
  type Output,
  type Session,
  type Upload,
} from '../core/model.js'
import { attempt, createTail, listNames, type Method, type Task } from './method.js'

export const hg: Method = { name: 'hg', preflight, upload, question }

/** The first version that we know to honour HGRCSKIPREPO; without it, a workspace's hgrc could run its hooks here. */
export const oldest = [5, 6] as const

/** No configuration of anybody's: not the user's, not the system's, not the repository's. */
export const isolation = { HGRCPATH: '', HGRCSKIPREPO: '1', HGPLAIN: '1', HGENCODING: 'utf-8' } as const

async function preflight({ step, host }: Task): Promise<void> {
  await host.runner.find('hg')
  const { root } = step.workspace
  if (await isFilled(join(root, '.hgsubstate'))) throw subrepositories()
  if (await isFilled(join(root, '.hglf'))) {
    host.log.warning('Files of the largefiles extension are pushed as stand-ins only; set method: rsync to send them.')
  }
}

function subrepositories(): PushError {
  return new PushError(
    'input',
    'The repository has subrepositories, which dotcloud-push does not push.',
    'Set method: rsync, which sends their files.',
  )
}

async function isFilled(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ size }) => size > 0,
    () => false,
  )
}

async function upload(task: Task, session: Session): Promise<Upload> {
  const facts = factsOf(task.step.workspace.hg)
  await Promise.all([refuseOldVersion(task, session), tellLeftBehind(task, session), session.connection.ready()])
  return task.settings.dryRun ? await compare(task, session, facts) : await push(task, session, facts)
}

function factsOf(facts: HgFacts | undefined): HgFacts {
  if (facts === undefined) throw new Error('The hg method needs a Mercurial workspace.')
  return facts
}

async function refuseOldVersion({ host }: Task, session: Session): Promise<void> {
  const { stdout } = await host.runner.capture({
    label: 'hg version',
    file: 'hg',
    args: ['version', '--quiet'],
    cwd: session.folder,
    env: { ...session.env, ...isolation },
  })
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout) ?? []
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])) return
  throw new PushError(
    'input',
    `Mercurial on this machine is ${major}.${minor}, which cannot keep a repository's hooks from running.`,
    `Install Mercurial ${oldest.join('.')} or newer.`,
  )
}

/** Warns of what is in the workspace and would silently not arrive, since hg pushes changesets only. */
async function tellLeftBehind(task: Task, session: Session): Promise<void> {
  const changed: string[] = []
  await local(task, session, ['status'], (line) => changed.push(line.slice(2)))
  if (changed.length === 0) return
  task.host.log.warning(
    `hg pushes changesets only; not committed, so not pushed: ${listNames(changed)}. Commit them, or set method: rsync.`,
  )
}

/** `hg push -f` as dotCloud did, of what is checked out. It exits with 1 when there is nothing to push. */
async function push(task: Task, session: Session, { node }: HgFacts): Promise<Upload> {
  const said = createTail()
  const sent: string[] = []
  let listing = false
  let nothing = ''
  const { output, failure } = await attempt(
    task,
    session,
    // With --debug it lists the changesets that it sends; nothing else tells what the server did not have.
    command(task, session, 'hg push', [
      'push',
      '--force',
      '--debug',
      '--config',
      'subrepos.allowed=no',
      // Seconds to wait for another hg in the workspace; by default it would outlast every idle-timeout.
      '--config',
      'ui.timeout=15',
      '--ssh',
      'dotcloud-ssh',
      '--rev',
      node,
      '--',
      url(task),
    ]),
    {
      stdout(line) {
        if (listing && /^[0-9a-f]{40}$/.test(line)) sent.push(line)
        else listing = line === 'list of changesets:'
        if (line.startsWith(nothingFound)) nothing = line
        const remote = /^remote: (.*)$/.exec(line)?.[1]
        if (remote === undefined || /^(\d+|capabilities: .*)$/.test(remote)) return
        said.push(remote)
        task.host.log.remote(remote)
      },
      stderr(line) {
        said.push(line)
        const remote = /^remote: (.*)$/.exec(line)?.[1]
        if (remote !== undefined) task.host.log.remote(remote)
      },
    },
  )
  if (output.code === 1 && isThere(nothing)) {
    return { result: 'unchanged', revision: node, previousRevision: node, changes: [] }
  }
  if (output.code !== 0) throw await failure(said.text())
  const brought = await changesSince(task, session, sent, node)
  return { result: 'deployed', revision: node, said: said.lines().slice(-mostKept), ...brought }
}

/** What hg says when it has nothing to send, and behind it what it held back. */
const nothingFound = 'no changes found'

/** Whether there is nothing to send since all of it is there. @throws PushError when it was held back as a secret */
function isThere(nothing: string): boolean {
  if (!nothing.includes('secret')) return nothing !== ''
  throw new PushError(
    'input',
    'The changeset that is checked out is secret, and Mercurial sends no secrets.',
    'Make it a draft: hg phase --draft --rev .',
    { evidence: nothing },
  )
}

/** What a push would send, asked by `hg outgoing`: exit 1 when nothing. */
async function compare(task: Task, session: Session, { node }: HgFacts): Promise<Upload> {
  const args = [
    'outgoing',
    '--force',
    '--ssh',
    'dotcloud-ssh',
    '--rev',
    node,
    '--template',
    '{node}\\n',
    '--',
    url(task),
  ]
  const { output, failure } = await attempt(task, session, command(task, session, 'hg outgoing', args))
  const lines = output.stdout.split('\n')
  if (output.code === 1 && isThere(lines.find((line) => line.startsWith(nothingFound)) ?? '')) {
    return { result: 'planned', revision: node, previousRevision: node, changes: [] }
  }
  if (output.code !== 0) throw await failure(`${output.stdout}\n${output.stderr}`)
  const outgoing = lines.filter((line) => /^[0-9a-f]{40}$/.test(line))
  const brought = await changesSince(task, session, outgoing, node)
  const bytesToSend = await bundleSize(task, session, brought.previousRevision, node)
  return { result: 'planned', revision: node, ...brought, ...(bytesToSend === undefined ? {} : { bytesToSend }) }
}

/** The size of the bundle that a push would send. What the server has beside the earlier revision is counted too. */
async function bundleSize(task: Task, session: Session, previous: string, node: string): Promise<number | undefined> {
  const file = join(session.folder, 'bundle')
  const args = ['bundle', '--quiet', '--type', 'none-v2', '--base', previous || 'null', '--rev', node, file]
  const { code } = await local(task, session, args)
  if (code !== 0) return undefined
  const { size } = await stat(file)
  await rm(file)
  return size
}

/** `hg identify` of the other side, over its own protocol. */
async function question(task: Task, session: Session): Promise<string> {
  const args = ['identify', '--id', '--ssh', 'dotcloud-ssh', '--', url(task)]
  const { output, failure } = await attempt(task, session, command(task, session, 'hg identify', args))
  if (output.code !== 0) throw await failure(`${output.stdout}\n${output.stderr}`)
  const tip = /^[0-9a-f]{12}/m.exec(output.stdout)?.[0] ?? ''
  return /^0*$/.test(tip) ? 'an empty Mercurial repository' : `a Mercurial repository, whose tip is ${tip}`
}

/** The revision before the first changeset that was sent, and what the files differ in since. */
async function changesSince(
  task: Task,
  session: Session,
  sent: readonly string[],
  node: string,
): Promise<Pick<Upload, 'previousRevision' | 'changes' | 'commits' | 'commitCount'>> {
  const [first] = sent
  if (first === undefined || !/^[0-9a-f]{40}$/.test(first)) return { previousRevision: '', changes: [] }
  const changes: Change[] = []
  const [{ stdout }] = await Promise.all([
    local(task, session, [
      'log',
      '--rev',
      `${first} + last(only(${node}, p1(${first})), ${mostListed})`,
      '--template',
      '{node} {p1node} {desc|firstline}\\n',
    ]),
    local(task, session, ['status', '--rev', `last(null + p1(${first}))`, '--rev', node], (line) => {
      const [, status = '', path] = /^([MAR]) (.*)$/s.exec(line) ?? []
      if (path) changes.push({ kind: status === 'A' ? 'added' : status === 'R' ? 'deleted' : 'changed', path })
    }),
  ])
  const logged = stdout.split('\n').flatMap((line) => {
    const [, id, parent = '', subject = ''] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.*)$/.exec(line) ?? []
    return id === undefined ? [] : [{ id, parent: parent.replace(/^0+$/, ''), subject }]
  })
  const arrived = new Set(sent)
  const commits = logged.flatMap(({ id, subject }) => (arrived.has(id) ? [{ id, subject }] : [])).reverse()
  return {
    previousRevision: logged[0]?.parent ?? '',
    changes,
    commits: commits.slice(0, mostListed),
    commitCount: arrived.size,
  }
}

function command(task: Task, session: Session, label: string, args: readonly string[]): Command {
  return { label, file: 'hg', args, cwd: task.step.workspace.root, env: { ...session.env, ...isolation } }
}

async function local(
  task: Task,
  session: Session,
  args: readonly string[],
  stdout?: (line: string) => void,
): Promise<Output> {
  const { host } = task
  const watch = { signal: host.signal, ...(stdout === undefined ? {} : { stdout }) }
  return await host.runner.run(command(task, session, `hg ${args[0]}`, args), watch)
}

/** Mercurial's URL: one slash leads into the remote home, two to the root. */
function url({ step: { destination } }: Task): string {
  const path = remotePath(destination).split('/').map(encodeURIComponent).join('/')
  return `ssh://${loginWord(destination, true)}/${path}`
}
