import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Runs `action` when the current test ends; outside a test (in a hook), when the process does. */
export function atEnd(action: () => void | Promise<void>): void {
  try {
    onTestFinished(action)
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
