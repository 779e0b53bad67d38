import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launch, root } from '../support/launch.ts'
import { processesWith } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary.ts'

it('the demo pushes three ways within a minute and leaves nothing behind', { timeout: 90_000 }, async () => {
  const temporary = temporaryDirectory('demo')
  const home = temporaryDirectory('home')
  const mark = randomUUID()
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8', DEMO_MARK: mark }
  const demo = await launch(join(root, 'script/demo'), [], { cwd: root, env, limit: 80 }).done
  expect(demo.stderr + demo.stdout).toContain('All as expected')
  expect(demo.code).toBe(0)
  expect(demo.seconds).toBeLessThan(60)
  for (const method of ['git', 'hg', 'rsync']) {
    expect(demo.stdout).toMatch(new RegExp(`^${method} +deployed `, 'm'))
    expect(demo.stdout).toMatch(new RegExp(`^${method} +unchanged `, 'm'))
  }
  expect(demo.stdout).toMatch(/^git +failed .* 3 +18 /m)
  expect(readdirSync(temporary)).toEqual([])
  expect(readdirSync(home)).toEqual([])
  expect(processesWith('DEMO_MARK', mark)).toEqual([])
})
