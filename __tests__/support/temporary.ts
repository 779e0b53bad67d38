import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, onTestFinished, type TestContext } from 'vitest'

/** The test that runs here, where several run side by side and Vitest cannot tell by itself. */
const current = new AsyncLocalStorage<Pick<TestContext, 'onTestFinished'>>()

/** A test that runs side by side with others, while what it starts still ends with it. */
export function concurrent(title: string, test: () => Promise<void>, { seconds = 60, runIf = true } = {}): void {
  it.runIf(runIf).concurrent(title, (context: TestContext) => current.run(context, test), seconds * 1000)
}

/** Runs `action` when the current test ends; outside a test (in a hook), when the process does. */
export function atEnd(action: () => void | Promise<void>): void {
  try {
    const test = current.getStore()
    if (test === undefined) onTestFinished(action)
    else test.onTestFinished(action)
  } catch {
    process.once('exit', () => void action())
  }
}

/** A fresh private directory, its path free of links, removed at the end. */
export function temporaryDirectory(name = 'test'): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)))
  atEnd(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return directory
}
