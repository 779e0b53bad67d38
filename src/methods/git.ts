import { formatLogin } from '../core/destination.js'
import { PushError } from '../core/errors.js'
import type { GitFacts, Session, Upload } from '../core/model.js'
import { gitIsolation } from '../core/workspace.js'
import { difference } from './git-difference.js'
import { tellLeftBehind } from './git-leftovers.js'
import { Repository, shallowRefusal } from './git-repository.js'
import type { Method, Task } from './method.js'

export const git: Method = { name: 'git', preflight, upload, question }

async function preflight({ step, settings, host }: Task): Promise<void> {
  const facts = factsOf(step.workspace.git)
  const branch = step.targetBranch
  const { code } = await host.runner.capture({
    label: 'git check-ref-format',
    file: 'git',
    args: ['check-ref-format', `refs/heads/${branch}`],
    env: gitIsolation,
  })
  if (code !== 0 || branch.startsWith('-')) {
    throw new PushError(
      'input',
      `Input target-branch is ${JSON.stringify(branch)}, which is not a branch name.`,
      'Write a name that `git check-ref-format --branch` accepts.',
    )
  }
  if (facts.partial) {
    throw new PushError(
      'input',
      'The checkout is a partial clone: objects that the push needs are not here.',
      'Remove `filter` from actions/checkout.',
    )
  }
  if (facts.shallow && settings.shallow === 'fail') throw shallowRefusal('')
}

async function upload(task: Task, session: Session): Promise<Upload> {
  const { step, settings } = task
  const facts = factsOf(step.workspace.git)
  const repository = new Repository(task, session, facts)
  await repository.create()
  await tellLeftBehind(repository, task, facts)
  if (facts.shallow && settings.shallow === 'auto') await repository.complete()
  await session.connection.ready()
  const ref = `refs/heads/${step.targetBranch}`
  const snapshot = facts.shallow && settings.shallow === 'snapshot'
  const tip = settings.force || snapshot ? await repository.remoteTip(ref) : undefined
  const revision = snapshot ? await repository.snapshot(ref, tip ?? '') : facts.head
  const pushed = await repository
    .push(revision, ref, tip)
    .catch((error: unknown) => repository.ended(error, revision, ref))
  const unchanged = pushed.flag === '='
  const previousRevision = unchanged ? revision : pushed.previous || tip || ''
  const bringing = unchanged ? { changes: [] } : difference(repository, task, previousRevision, revision)
  const known = unchanged || settings.dryRun || pushed.verified === true
  const verified = known ? undefined : repository.verify(revision, ref).finally(() => bringing)
  // What the push brought is found out while the branch is read back.
  const [brought] = await Promise.all([bringing, verified])
  const failure = pushed.complaint === '' ? pushed.failure : complained(pushed.complaint, session)
  return {
    result: settings.dryRun ? 'planned' : unchanged ? 'unchanged' : 'deployed',
    revision,
    previousRevision,
    said: pushed.said,
    ...brought,
    ...(failure === undefined ? {} : { failure }),
  }
}

/** `git ls-remote` of the branch. */
async function question(task: Task, session: Session): Promise<string> {
  const repository = new Repository(task, session, factsOf(task.step.workspace.git))
  await repository.create()
  const branch = task.step.targetBranch
  const tip = await repository.remoteTip(`refs/heads/${branch}`)
  return tip === '' ? `a git repository without ${branch}` : `a git repository, whose ${branch} is ${tip.slice(0, 12)}`
}

function complained(evidence: string, session: Session): PushError {
  return new PushError(
    'deploy',
    `git pushed the commit, but ${formatLogin(session.login)} says that its deployment failed.`,
    'Read what the server said above.',
    { evidence },
  )
}

function factsOf(facts: GitFacts | undefined): GitFacts {
  if (facts === undefined) throw new Error('The git method needs a git workspace.')
  return facts
}
