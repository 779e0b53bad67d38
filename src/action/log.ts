import { randomBytes } from 'node:crypto'
import * as core from '@actions/core'
import type { Log } from '../core/model.js'
import { quoteAll } from '../core/quote.js'
import { clock } from '../system/clock.js'
import { seldom } from '../system/progress.js'
import { capped, safeLine, safeText } from '../system/sink.js'

/**
 * The log of a step. Inside a group, the runner is told to take no commands, with a token that nobody can guess: a
 * second wall behind safeLine, for whatever a server, a file name or a tool may print.
 */
export function createLog(): Log {
  let token = ''

  function stop(): void {
    token = randomBytes(16).toString('hex')
    process.stdout.write(`::stop-commands::${token}\n`)
  }

  function resume(): void {
    if (token !== '') process.stdout.write(`::${token}::\n`)
    token = ''
  }

  function withCommands(act: () => void): void {
    const stopped = token !== ''
    resume()
    act()
    if (stopped) stop()
  }

  return {
    group(title) {
      core.startGroup(title)
      stop()
    },
    endGroup() {
      resume()
      core.endGroup()
    },
    info: (text) => core.info(safeText(text)),
    debug(text) {
      if (core.isDebug()) withCommands(() => core.debug(safeText(text)))
    },
    command: ({ file, args }) => core.info(safeLine(`[command] ${quoteAll([file, ...args])}`)),
    remote: capped((line) => core.info(`│ ${safeLine(line)}`)),
    warning: (text) => withCommands(() => core.warning(safeText(text))),
    progress: seldom(clock, (line) => core.info(safeLine(line))),
    notice: (text) => withCommands(() => core.notice(safeText(text))),
  }
}
