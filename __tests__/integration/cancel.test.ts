import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, vi } from 'vitest'
import { gate, type MethodName, makeRig, onTransfer, type Rig, script } from '../support/faults.ts'
import { isAlive } from '../support/processes.ts'
import { behind, proxy } from '../support/proxy.ts'
import type { RunningStep } from '../support/runner.ts'
import { sshd } from '../support/sshd.ts'
import { concurrent } from '../support/temporary.ts'
import { writeFiles } from '../support/workspaces.ts'

/** hygiene.test.ts cancels a deploy command and a login; here is every other place in which a step can wait. */

vi.setConfig({ maxConcurrency: 3 })

/** A process at the server that notes its number and then does nothing; its session ends only with it. */
const stuck = 'echo $$ >"$HOME/pid"; exec sleep 61'
const stuckOnce = `mkdir "$HOME/once" 2>/dev/null && { ${stuck}; }\nexec sh -c "$COMMAND"`
const pidFile = (rig: Rig) => join(rig.server.home, 'pid')
const isStuck = (rig: Rig) => vi.waitFor(() => expect(readFileSync(pidFile(rig), 'utf8')).toMatch(/\n/), 8000)

async function expectCancelled(step: RunningStep, signal: NodeJS.Signals, stage: string): Promise<void> {
  const began = performance.now()
  step.kill(signal)
  const done = await step.done
  expect(performance.now() - began).toBeLessThan(5000)
  expect(done.outputs, done.log).toMatchObject({
    result: 'failed',
    'error-class': 'cancelled',
    'failed-stage': stage,
    uploaded: 'false',
  })
  expect(done.errors).toEqual([expect.stringContaining(`cancelled (${signal})`)])
  expect(done.leftovers()).toEqual([])
  expect(done.orphans()).toEqual([])
}

async function expectStopped(rig: Rig): Promise<void> {
  await vi.waitFor(() => expect(isAlive(Number(readFileSync(pidFile(rig), 'utf8')))).toBe(false), 2000)
}

/** A rig whose push gets stuck at the server. */
async function stuckRig(method: MethodName): Promise<Rig> {
  if (method === 'rsync') return makeRig(method, await sshd({ gate: onTransfer(method, stuck) }))
  const rig = makeRig(method, await sshd())
  writeFiles(rig.server.home, { hook: script(stuck) })
  if (method === 'git') writeFiles(rig.there, { 'hooks/pre-receive': script(stuck) })
  else writeFiles(rig.there, { '.hg/hgrc': `[hooks]\npretxnchangegroup = ${rig.server.home}/hook\n` })
  return rig
}

describe('G11 a cancelled step', () => {
  concurrent('while it looks at the workspace', async () => {
    const rig = makeRig('git', await sshd())
    rmSync(join(rig.workspace, '.git/HEAD'))
    execFileSync('mkfifo', [join(rig.workspace, '.git/HEAD')])
    const step = rig.start()
    await step.waitFor('group::Settings')
    await expectCancelled(step, 'SIGINT', 'settings')
    expect(rig.server.connections()).toBe(0)
  })

  concurrent('while it waits for the next attempt', async () => {
    const there = await sshd()
    const way = await proxy(there, 'reset')
    const step = makeRig('rsync', behind(there, way)).start({ retries: '3' })
    await step.waitFor('Attempt 1 of 3')
    await expectCancelled(step, 'SIGTERM', 'connect')
    expect(way.connections()).toBe(1)
  })

  concurrent('while the server does not answer the first question', async () => {
    const rig = makeRig('rsync', await sshd({ gate: gate(stuckOnce) }))
    const step = rig.start()
    await isStuck(rig)
    await expectCancelled(step, 'SIGINT', 'push')
    await expectStopped(rig)
  })

  for (const [method, signal] of [
    ['git', 'SIGTERM'],
    ['hg', 'SIGINT'],
    ['rsync', 'SIGTERM'],
  ] as const) {
    concurrent(`in a push by ${method}: nothing has changed, nothing goes on there`, async () => {
      const rig = await stuckRig(method)
      const step = rig.start()
      await isStuck(rig)
      await expectCancelled(step, signal, 'push')
      await expectStopped(rig)
      if (method === 'rsync') expect(readdirSync(rig.there)).toEqual([])
      else expect(rig.arrived()).not.toBe(rig.wanted())
    })
  }

  concurrent('while the doctor asks', async () => {
    const rig = makeRig('rsync', await sshd({ gate: gate(stuckOnce) }))
    mkdirSync(rig.there)
    const step = rig.start({ doctor: 'true' })
    await isStuck(rig)
    await expectCancelled(step, 'SIGINT', 'push')
    await expectStopped(rig)
  })
})
