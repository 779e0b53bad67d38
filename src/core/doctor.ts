import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { complete } from './config.js'
import type { Login } from './destination.js'
import { judgeInputs, lookHere, type Outlook } from './doctor-here.js'
import { judgeLine, type Line, pinLines, untoldLine } from './doctor-line.js'
import { examineThere } from './doctor-there.js'
import { explain, type Failure, PushError } from './errors.js'
import { Chart, type Examination, type Finding, fault, ok, skipped, stageOf } from './finding.js'
import type { Given, Host, HostKeys, Report, Session, Settings } from './model.js'
import { warnInsecure, withDeadline } from './push.js'
import { Ledger } from './report.js'
import { withSession } from './session.js'
import { fileNames } from './ssh-files.js'
import { parseOffered } from './ssh-log.js'

export { concludeExamination, examinationJson, examinationPage, formatExamination } from './examination.js'
export type { Examination, Finding, Verdict } from './finding.js'

/** What the parts of an examination share. */
interface Visit {
  readonly settings: Settings
  readonly host: Host
  readonly chart: Chart
  readonly ledger: Ledger
  /** Filled with what an unknown server offers. */
  readonly knownHosts: string[]
}

/**
 * Checks a destination step by step, by the session that a push would use, and changes nothing there. It never throws:
 * whatever goes wrong is a finding.
 */
export async function examine(given: Given, host: Host): Promise<Examination> {
  const chart = new Chart(host.log)
  const ledger = new Ledger(host)
  const knownHosts: string[] = []
  try {
    const { settings, findings, badKey } = await judgeInputs(await complete(given, host), host)
    chart.tell(...findings)
    ledger.note({ app: settings.app })
    if (findings.some(({ errorClass }) => errorClass === 'unsafe')) chart.skipRest('a push would not begin')
    const visit = (limited: Host): Visit => ({ settings, host: limited, chart, ledger, knownHosts })
    await withDeadline(settings.timeout, host, (limited) => examineWith(visit(limited), badKey))
  } catch (error) {
    const check = chart.current
    if (check !== undefined) chart.tell(fault(check, explain(host.signal.aborted ? host.signal.reason : error)))
  }
  chart.skipRest('it was not reached')
  return { findings: chart.findings, knownHosts, report: conclude(chart.findings, ledger) }
}

function conclude(findings: readonly Finding[], ledger: Ledger): Report {
  const first = findings.find(({ verdict }) => verdict === 'fault')
  if (first === undefined) return ledger.close(true)
  const { check, detail, evidence, next, errorClass } = first
  const failure = { errorClass: errorClass || 'bug', cause: detail, evidence, next } as const
  return { ...ledger.fail(undefined), failedStage: stageOf(check), failure }
}

async function examineWith(visit: Visit, badKey: Failure | undefined): Promise<void> {
  const { settings, host, chart, ledger } = visit
  if (chart.current === undefined) return
  warnInsecure(settings, host)
  const outlook = await lookHere(settings, host)
  chart.tell(...outlook.findings)
  const { steps, login } = outlook
  if (steps.length > 0 && login !== undefined) ledger.plan(steps, login)
  ledger.enter('connect')
  if (settings.key === '') chart.tell(badKey === undefined ? skipped('key', 'there is none') : fault('key', badKey))
  if (login === undefined) return chart.skipRest('no destination is known')
  try {
    if (settings.key === '') await lookFromOutside(login, asStranger(visit), isPinned(settings))
    else if (isPinned(settings)) await examineInside(login, outlook, visit)
    else await lookFromOutside(login, visit, false)
  } catch (error) {
    if (!(error instanceof PushError) || error.errorClass !== 'key' || chart.current !== 'key') throw error
    chart.tell(fault('key', error))
    await lookFromOutside(login, asStranger(visit), isPinned(settings))
  }
  chart.skipRest('needs a login there')
}

const isPinned = ({ hostKeys }: Settings) =>
  hostKeys.insecure || /^[^#\n]/m.test(hostKeys.lines) || hostKeys.fingerprints.length > 0

/** No key has this fingerprint: whoever pins it hears every key that the server has, and trusts and logs in to none. */
const nobody = `SHA256:${'A'.repeat(43)}`

/** Without a usable key of the user's: a fresh one, which is never shown to a server, as no server is trusted. */
function asStranger(visit: Visit): Visit {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ format: 'pem', type: 'sec1' }).toString()
  const hostKeys: HostKeys = { lines: '', fingerprints: [], insecure: false }
  return { ...visit, settings: { ...visit.settings, key, passphrase: '', hostKeys } }
}

/** One attempt with a session as a push has it, and what is to be done in it. */
async function visitOnce(
  login: Login,
  { settings, host, chart, ledger }: Visit,
  use: (line: Line, session: Session) => Promise<void>,
): Promise<void> {
  const once = { ...settings, retries: 1 }
  // What the session tells of its key and its login is in the findings.
  const quiet = { ...host, log: { ...host.log, info: (text: string) => host.log.debug(text) } }
  await withSession(once, Promise.resolve(login), quiet, ledger.note, async (session) => {
    if (chart.current === 'key') chart.tell(ok('key', `${session.keyFingerprint} can be used`))
    const failure = await session.connection.ready().then(() => undefined, explain)
    if (host.signal.aborted) throw host.signal.reason
    const offered = parseOffered(await readFile(join(session.folder, fileNames.offered), 'utf8').catch(() => ''))
    const { hostKeys, proxyJump: jump } = settings
    const { keyFingerprint } = session
    const log = await session.connection.log()
    await use({ login, jump, hostKeys, keyFingerprint, log, offered, failure }, session)
  })
}

async function examineInside(login: Login, outlook: Outlook, visit: Visit): Promise<void> {
  const { settings, host, chart, knownHosts } = visit
  let unknown: Line | undefined
  await visitOnce(login, visit, async (line, session) => {
    if (line.failure?.errorClass === 'host-key') unknown = line
    else chart.tell(...(line.failure !== undefined || session.connection.shared() ? judgeLine(line) : untoldLine))
    if (settings.hostKeys.insecure) knownHosts.push(...pinLines(line.offered))
    if (line.failure === undefined) {
      await examineThere(outlook.steps, { session, settings, host, unsafe: outlook.unsafe }, chart)
    }
  })
  if (unknown === undefined) return
  const { failure } = unknown
  await hearOffers(login, visit, (line) => judgeLine({ ...line, failure }))
}

/** What can be seen of a server without trusting it: name, port, and which host keys it offers. */
async function lookFromOutside(login: Login, visit: Visit, pinned: boolean): Promise<void> {
  await hearOffers(login, visit, (line) =>
    judgeLine(line).map((finding) => {
      if (finding.check !== 'host key' || finding.verdict !== 'fault') return finding
      const offers = line.offered.map(({ fingerprint, type }) => `${fingerprint} (${type})`).join(', ')
      const reason = `offered: ${offers}; which of them a push would meet shows only with a usable key`
      return pinned ? skipped('host key', reason) : { ...finding, evidence: `offered ${offers}; nothing is pinned` }
    }),
  )
}

async function hearOffers(login: Login, visit: Visit, judge: (line: Line) => Finding[]): Promise<void> {
  const { settings, chart, knownHosts } = visit
  const { lines, fingerprints } = settings.hostKeys
  const hostKeys: HostKeys = { lines, fingerprints: [...fingerprints, nobody], insecure: false }
  await visitOnce(login, { ...visit, settings: { ...settings, hostKeys } }, async (line) => {
    const findings = judge(line)
    chart.tell(...findings)
    if (findings.some(({ check, verdict }) => check === 'host key' && verdict === 'fault')) {
      knownHosts.push(...pinLines(line.offered))
    }
  })
}
