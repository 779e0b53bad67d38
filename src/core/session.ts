import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { rmRF } from '@actions/io'
import { createConnection, type OwnedConnection } from './connection.js'
import type { Login } from './destination.js'
import { unusableKey } from './key.js'
import type { Host, Session, Settings } from './model.js'
import {
  askpassScript,
  fileNames,
  keeperScript,
  pinScript,
  relayScript,
  sshConfig,
  wrapperScript,
} from './ssh-files.js'
import { fingerprintOf } from './ssh-log.js'

/** How a session's folder is named, so that the clean-up can tell it from everything else. */
export const folderPrefix = 'dotcloud-push-'

/** How much of ssh's log a bug report needs, in characters. */
const longestLog = 20_000

interface OwnedSession extends Session {
  readonly connection: OwnedConnection
}

/** What only the end of a connection shows. */
export interface SessionFacts {
  readonly hostKeyFingerprint: string
  readonly bytesSent: number | undefined
}

/**
 * Runs `use` with a session that is connecting; whatever happens, the connection is closed and the folder is gone
 * afterwards. The key is judged while the login is still being planned, and nothing is connected to before both are well.
 * @throws PushError `key`, or why there is no plan
 */
export async function withSession<Result>(
  settings: Settings,
  planned: Promise<Login>,
  host: Host,
  ended: (facts: SessionFacts) => void,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const folder = join(host.context.temp, `${folderPrefix}${randomBytes(6).toString('hex')}`)
  // The clean-up knows of it before it is there, and a umask can only take rights away.
  host.remember(folder)
  await mkdir(folder, { mode: 0o700 })
  try {
    const session = await openSession(folder, settings, planned, host)
    try {
      return await use(session)
    } finally {
      const bytesSent = await session.connection.close()
      const offered = await session.connection.offered()
      host.log.debug(`What ssh logged:\n${(await session.connection.log()).slice(-longestLog)}`)
      ended({ bytesSent, hostKeyFingerprint: offered.at(-1)?.fingerprint ?? '' })
    }
  } finally {
    await rmRF(folder)
  }
}

async function openSession(
  folder: string,
  settings: Settings,
  planned: Promise<Login>,
  host: Host,
): Promise<OwnedSession> {
  const multiplex = host.context.platform !== 'win32'
  const encryptedKey = settings.passphrase !== ''
  const write = (name: string, text: string | Buffer, mode: number) =>
    writeFile(join(folder, name), text, { flag: 'wx', mode })
  const env = {
    PATH: `${folder}${delimiter}${host.context.path}`,
    HOME: join(folder, 'home'),
    // GIT_SSH_COMMAND wins over core.sshCommand, which actions/checkout sets; GIT_SSH alone would not.
    GIT_SSH_COMMAND: fileNames.wrapper,
    GIT_SSH: join(folder, fileNames.wrapper),
    GIT_SSH_VARIANT: 'ssh',
  }
  await Promise.all([
    write(fileNames.key, settings.key, 0o600),
    mkdir(env.HOME, { mode: 0o700 }),
    ...(encryptedKey
      ? [write(fileNames.passphrase, settings.passphrase, 0o600), write(fileNames.askpass, askpassScript, 0o700)]
      : []),
  ])
  const judged = judgeKey(folder, env, settings, host)
  judged.catch(() => undefined)
  const [ssh, login] = await Promise.all([host.runner.find('ssh'), planned])
  const keyFingerprint = await judged
  host.log.info(`Key ${keyFingerprint}`)
  const config = sshConfig({ ...settings, login, jump: settings.proxyJump, folder, encryptedKey, multiplex })
  await Promise.all([
    write(fileNames.knownHosts, settings.hostKeys.lines, 0o600),
    write(fileNames.config, config, 0o600),
    write(fileNames.wrapper, wrapperScript(ssh, folder, encryptedKey), 0o700),
    write(fileNames.pin, pinScript(settings.hostKeys.fingerprints), 0o700),
    write(fileNames.keeper, keeperScript(login), 0o700),
    write(fileNames.relay, relayScript, 0o700),
  ])
  const connection = createConnection({ folder, env, login, keyFingerprint, multiplex }, settings, host)
  // The login takes longest: it goes on while the methods prepare. Who needs it waits for it and sees its failure.
  connection.ready().catch(() => undefined)
  let files = 0
  return {
    folder,
    login,
    keyFingerprint,
    env,
    connection,
    async file(name, content) {
      const unique = `${name}-${++files}`
      await write(unique, content, 0o600)
      return join(folder, unique)
    },
  }
}

/** The fingerprint of our public key. @throws PushError `key` when ssh-keygen cannot read the private one */
async function judgeKey(
  folder: string,
  env: Readonly<Record<string, string>>,
  { passphrase }: Settings,
  host: Host,
): Promise<string> {
  const { code, stdout, stderr } = await host.runner.capture({
    label: 'ssh-keygen',
    file: 'ssh-keygen',
    args: ['-y', ...(passphrase === '' ? ['-P', ''] : []), '-f', fileNames.key],
    cwd: folder,
    env: { ...env, SSH_ASKPASS: fileNames.askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':none' },
  })
  if (code !== 0) throw unusableKey(stderr, passphrase !== '')
  return fingerprintOf(stdout.split(' ')[1] ?? '')
}
