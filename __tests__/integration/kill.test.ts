import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { type MethodName, makeRig, methods, type Rig } from '../support/faults.ts'
import { descendants } from '../support/processes.ts'
import { random } from '../support/random.ts'
import { sshd } from '../support/sshd.ts'
import { concurrent } from '../support/temporary.ts'
import { type Files, tree } from '../support/workspaces.ts'

/**
 * G2, P7: whenever a push is killed, its destination is old or new, the runner is clean, and the next push repairs what
 * there is to repair. With SOAK, many more times, from another seed each night; SEED repeats one.
 */
const soak = Boolean(process.env['SOAK'])
const kills = soak ? 70 : 3
const seed = Number(process.env['SEED'] || (soak ? Date.now() % 1_000_000 : 1))

vi.setConfig({ maxConcurrency: 3 })

/** The files of one version: some always change, some never, one is large enough to be caught on its way. */
const version = (number: number): Files => ({
  ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`sub/${index}.txt`, `${number} ${index}\n`])),
  'always.txt': 'the same\n',
  'big.bin': randomBytes(400_000),
})

/** What may be at the destination beside the names of either version: rsync's own way to put all in place at once. */
const partial = /(^|\/)(\.~tmp~(\/|$)|\.[^/]+\.[A-Za-z0-9]{6}$)/

/** Fails when something at the destination is neither old nor new. */
function expectOldOrNew(rig: Rig, old: string, story: string): void {
  rig.verify()
  if (rig.method !== 'rsync') {
    expect([old, rig.wanted()], story).toContain(rig.arrived())
    return
  }
  const before: Record<string, string> = JSON.parse(old)
  const after = tree(rig.workspace)
  for (const [path, state] of Object.entries(tree(rig.there)).filter(([path]) => !partial.test(path)))
    expect([before[path], after[path]], `${story}\n${path}`).toContain(state)
  for (const path of Object.keys(before)) expect(Object.keys(tree(rig.there)), story).toContain(path)
}

async function killAgainAndAgain(method: MethodName): Promise<void> {
  const next = random(seed + methods.indexOf(method))
  const rig = makeRig(method, await sshd(), version(0))
  const first = await rig.push()
  expect(first.errors).toEqual([])
  // Most kills fall into the time that a push takes here; some come before, some too late.
  let usual = first.seconds
  for (let number = 1; number <= kills; number += 1) {
    const old = rig.arrived()
    rig.change(version(number))
    const signal = next() < 0.6 ? 'SIGKILL' : 'SIGINT'
    const delay = (0.1 + next()) * usual * 1000
    const story = `seed ${seed}, ${method}, kill ${number}: ${signal} after ${delay.toFixed(0)} ms`
    const running = rig.start()
    await Promise.race([sleep(delay), running.done])
    const began = performance.now()
    running.kill(signal)
    const killed = await running.done
    const seconds = (performance.now() - began) / 1000
    // The other end notices by itself.
    await vi.waitFor(() => expect(descendants(rig.server.pid), story).toEqual([]), 10_000)
    await vi.waitFor(() => expect(killed.orphans(), story).toEqual([]), 3000)
    if (signal === 'SIGINT' && killed.outputs['error-class'] === 'cancelled') {
      // Here three pushes and their checks share a process and its time; hygiene.test.ts holds it to 5 s.
      expect(seconds, story).toBeLessThan(10)
      expect(killed.leftovers(), story).toEqual([])
    }
    const posted = await killed.post()
    expect([posted.postCode, posted.leftovers(), posted.orphans()], story).toEqual([0, [], []])
    expectOldOrNew(rig, old, story)
    if (killed.outputs['uploaded'] === 'true') expect(rig.arrived(), story).toBe(rig.wanted())

    const repair = await rig.push()
    expect(repair.errors, story).toEqual([])
    expect(rig.arrived(), story).toBe(rig.wanted())
    rig.verify()
    usual = (usual + repair.seconds) / 2
  }
}

for (const method of methods) {
  concurrent(
    `a push by ${method}, killed at a random moment, leaves the old or the new, a clean runner, and is repaired by the next`,
    () => killAgainAndAgain(method),
    { seconds: soak ? 1200 : 90 },
  )
}
