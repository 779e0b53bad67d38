import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { PushError } from '../core/errors.js'
import type { Runner } from '../core/model.js'

/** Runs the repository's demo, which in a checkout lies beside dist/, where `program` is; resolves with its exit code. */
export async function runDemo(program: string, runner: Runner, signal: AbortSignal, home = '/'): Promise<number> {
  const script = resolve(realpathSync(program), '../../../script/demo')
  if (!existsSync(script)) {
    throw new PushError(
      'input',
      'The demo is not here: it is a script of the repository.',
      'Get it: git clone --depth 1 https://github.com/org/dotcloud-push && dotcloud-push/script/demo',
    )
  }
  const show = (line: string) => void process.stdout.write(`${line}\n`)
  const command = { label: 'demo', file: script, args: [], env: { HOME: home } }
  const { code } = await runner.run(command, { signal, stdout: show, stderr: show })
  return code ?? 1
}
