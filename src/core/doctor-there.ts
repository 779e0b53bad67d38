import { methods } from '../methods/index.js'
import { type Facts, type Inquiry, inquire, plainWord } from '../methods/inquiry.js'
import { formatLogin, remotePath } from './destination.js'
import { diagnose } from './diagnose.js'
import { explain, type Failure, PushError } from './errors.js'
import { type Chart, type Finding, fault, ok, skipped, warning } from './finding.js'
import { guardForeign, guardMirror } from './guards.js'
import type { Host, Session, Settings } from './model.js'
import type { Step, UploadStep } from './plan.js'
import { countOf, formatSize } from './summary.js'

/** Less than this is told, though a push may still fit: bytes, and inodes. */
const scarce = { bytes: 64 << 20, inodes: 1_000 } as const

/** What the server side is examined with. */
interface Examined {
  readonly session: Session
  readonly settings: Settings
  readonly host: Host
  /** Why a mirror may not go to the destination as it is written. */
  readonly unsafe: Failure | undefined
}

/** Shell, tool, path, disk and deploy command, of every upload; logged in. */
export async function examineThere(steps: readonly Step[], examined: Examined, chart: Chart): Promise<void> {
  const commands = steps.flatMap((step) => (step.verb === 'call' ? [firstWord(step.command)] : []))
  const words = [...new Set(commands.filter((word) => word !== undefined))]
  const uploads = steps.filter((step) => step.verb === 'upload')
  for (const [index, step] of (uploads.length > 0 ? uploads : [undefined]).entries()) {
    const { session, settings, host } = examined
    const inquiry = await inquire(session, step, index === 0 ? words : [], settings, host)
    if (index === 0) chart.tell(judgeShell(inquiry, step, session))
    if (step !== undefined) await examineUpload(step, inquiry.facts, examined, chart)
    if (index === 0 && steps.length > 0) chart.tell(...judgeWords(commands, words, inquiry.facts, session))
  }
  chart.skipRest('no push is planned')
}

async function examineUpload(
  step: UploadStep,
  facts: Facts | undefined,
  examined: Examined,
  chart: Chart,
): Promise<void> {
  const { session, unsafe } = examined
  chart.tell(facts === undefined ? skipped('remote tool', noShell) : judgeTool(step, facts, session))
  chart.tell(unsafe === undefined ? await judgePath(step, facts, examined) : fault('path', unsafe))
  chart.tell(facts === undefined ? skipped('disk', noShell) : judgeDisk(step, facts, session))
}

const noShell = 'needs a shell there'

/** What a push would say if it met this, in its own sentence; `evidence` is what was seen instead. */
function foretold(step: UploadStep, session: Session, said: string, evidence = ''): Failure {
  const path = remotePath(step.destination)
  const met = diagnose({ method: step.workspace.method, login: session.login, path, code: 1, said, sshLog: '' })
  return { ...explain(met), evidence }
}

function judgeShell({ said, facts }: Inquiry, step: UploadStep | undefined, session: Session): Finding {
  const line = said.trim().split('\n')[0] ?? ''
  if (facts === undefined) {
    if (step !== undefined && /account is (?:currently )?not available/i.test(said)) {
      return fault('shell', foretold(step, session, said, line))
    }
    const cause = 'The server gives no shell: a command of its own answers.'
    if (step?.workspace.method !== 'rsync') return ok('shell', line === '' ? cause : `${cause} It said: ${line}`)
    const next = 'Nothing, if that is meant; guards that need to look at the directory there cannot.'
    return warning('shell', { cause, evidence: line, next })
  }
  if (said !== '' && step !== undefined) return judgeNoise(line, step, session)
  return ok('shell', `${facts.shell || 'sh'}, user ${facts.user}, home ${facts.home}`)
}

/** What start-up files print is fatal to rsync and git. */
function judgeNoise(line: string, step: UploadStep, session: Session): Finding {
  const { method } = step.workspace
  if (method === 'rsync') return fault('shell', foretold(step, session, 'is your shell clean', line))
  if (method === 'git') return fault('shell', foretold(step, session, 'bad line length character', line))
  const cause = `The login shell of ${formatLogin(session.login)} prints text; Mercurial passes over some of it.`
  const next = 'Let ~/.bashrc and the like print only in interactive shells.'
  return warning('shell', { cause, evidence: line, next })
}

function judgeTool(step: UploadStep, { tool }: Facts, session: Session): Finding {
  const { method } = step.workspace
  if (tool !== '' && !/openrsync/i.test(tool)) return ok('remote tool', tool)
  return fault('remote tool', foretold(step, session, `${method}: command not found`, tool))
}

async function judgePath(step: UploadStep, facts: Facts | undefined, examined: Examined): Promise<Finding> {
  const { session, settings, host } = examined
  const { question } = methods[step.workspace.method]
  if (question === undefined) {
    return facts === undefined ? skipped('path', noShell) : judgeDirectory(step, facts, examined)
  }
  try {
    const answer = await question({ step, settings, host }, session)
    if (facts === undefined) return ok('path', `${remotePath(step.destination)} is ${answer}`)
    const problem = refusal(step, facts, session)
    return problem === undefined ? ok('path', `${answer}, at ${facts.real}`) : fault('path', problem)
  } catch (error) {
    if (host.signal.aborted) throw error
    return fault('path', explain(error))
  }
}

/** Why a push could not write there. That nobody can write to the file system is the disk's finding. */
function refusal(step: UploadStep, facts: Facts, session: Session): Failure | undefined {
  if (facts.kind === 'blocked') return foretold(step, session, 'mkdir failed: File exists', facts.real)
  if (!facts.writable && !facts.disk.readOnly) return foretold(step, session, 'Permission denied', facts.real)
  if (facts.held === '' || facts.held !== step.targetBranch) return undefined
  return foretold(step, session, 'branch is currently checked out', facts.held)
}

function judgeDirectory(step: UploadStep, facts: Facts, { session, settings }: Examined): Finding {
  const problem = refusal(step, facts, session)
  if (problem !== undefined) return fault('path', problem)
  const path = remotePath(step.destination)
  if (facts.kind === 'missing') return ok('path', `${path} does not exist yet; a push makes it below ${facts.real}`)
  try {
    if (settings.delete && !step.workspace.isFile) {
      guardMirror(facts.real, facts.home)
      guardForeign(facts, settings.adopt, path)
    }
  } catch (error) {
    return fault('path', { ...explain(error), evidence: facts.real })
  }
  const content = facts.ours
    ? 'a directory that dotcloud-push filled'
    : facts.filled
      ? 'a directory with files'
      : 'an empty directory'
  return ok('path', `${path} is ${content}, at ${facts.real}`)
}

function judgeDisk(step: UploadStep, { disk }: Facts, session: Session): Finding {
  const { bytes, inodes, mountPoint, readOnly } = disk
  if (readOnly) return fault('disk', foretold(step, session, 'Read-only file system', mountPoint))
  if (bytes === undefined) return skipped('disk', 'df there does not tell')
  const free = `${formatSize(bytes)}${inodes === undefined ? '' : ` and ${countOf(inodes, 'inode')}`} free at ${mountPoint}`
  if (bytes === 0 || inodes === 0) return fault('disk', foretold(step, session, 'No space left on device', free))
  if (bytes >= scarce.bytes && (inodes === undefined || inodes >= scarce.inodes)) return ok('disk', free)
  const next = 'Make room there, or check that the push fits.'
  return warning('disk', { cause: `The disk of ${formatLogin(session.login)} is almost full.`, evidence: free, next })
}

/** The command's name, behind assignments; undefined where only a shell could tell. */
export function firstWord(command: string): string | undefined {
  const word = command
    .trim()
    .split(/\s+/)
    .find((each) => !/^[A-Za-z_]\w*=[\w./:@%+,-]*$/.test(each))
    ?.replace(/;$/, '')
  return word !== undefined && plainWord.test(word) ? word : undefined
}

function judgeWords(
  commands: readonly (string | undefined)[],
  words: readonly string[],
  facts: Facts | undefined,
  session: Session,
): Finding[] {
  if (commands.length === 0) return [skipped('deploy command', 'none is set')]
  if (facts === undefined) return [skipped('deploy command', `${noShell}; it was not run`)]
  const plain = words.map((word, index) => judgeWord(word, facts.words[index] ?? '', facts.shell, session))
  return plain.length > 0 ? plain : [skipped('deploy command', 'its first word is not a plain name')]
}

function judgeWord(word: string, found: string, shell: string, session: Session): Finding {
  if (found !== '') return ok('deploy command', `${word} is ${found === word ? 'there' : found}; it was not run`)
  const cause = `${word} is not there on ${formatLogin(session.login)}.`
  // A path may lead to what the push itself brings.
  if (word.includes('/'))
    return warning('deploy command', { cause, evidence: '', next: 'Nothing, if the push brings it.' })
  if (!/(?:^|\/)(?:ba|z|k|da|a)?sh$/.test(shell)) {
    const next = `Nothing, if it is a word of ${shell} itself.`
    return warning('deploy command', { cause, evidence: '', next })
  }
  const next = 'Install it there, or write its full path in deploy-command.'
  return fault('deploy command', explain(new PushError('deploy', cause, next)))
}
