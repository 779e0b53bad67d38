import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectDeployed, makeRig, watched } from '../support/faults.ts'
import { sshd } from '../support/sshd.ts'

// With SOAK, the sizes that are promised; else enough to fill every pipe on the way.
const soak = Boolean(process.env['SOAK'])
const files = soak ? 100_000 : 15_000
const bytes = soak ? 3 * 2 ** 30 : 300 * 2 ** 20

/** In MB, of our own process. */
const most = 150

it(
  `K2 ${files} files: first, unchanged, ten changed, in bounded memory`,
  async () => {
    const rig = makeRig('rsync', await sshd())
    const path = (index: number) => join(`d${index % 500}`, `${index}.txt`)
    for (let index = 0; index < 500; index++) mkdirSync(join(rig.workspace, `d${index}`))
    for (let index = 0; index < files; index++) writeFileSync(join(rig.workspace, path(index)), `${index}\n`)
    const first = await watched(rig.start())
    expectDeployed(`K2 ${files} files, first`, first.step, rig)
    const same = await watched(rig.start())
    expect(same.step.outputs).toMatchObject({ result: 'unchanged' })
    for (let index = 0; index < 10; index++) writeFileSync(join(rig.workspace, path(index * 7)), 'changed\n')
    const changed = await watched(rig.start())
    expectDeployed(`K2 ${files} files, ten changed`, changed.step, rig)
    expect(changed.step.outputs).toMatchObject({ 'changed-files': '10' })
    expect(Math.max(first.peak, same.peak, changed.peak)).toBeLessThan(most)
  },
  soak ? 600_000 : 60_000,
)

it(
  `K1 a sparse file of ${bytes / 2 ** 20} MiB arrives, in bounded memory`,
  async () => {
    const rig = makeRig('rsync', await sshd(), { 'disk.img': 'start\n' })
    truncateSync(join(rig.workspace, 'disk.img'), bytes)
    const { step, peak } = await watched(rig.start())
    expect(step.outputs, step.log).toMatchObject({ result: 'deployed' })
    expect(statSync(join(rig.there, 'disk.img')).size).toBe(bytes)
    expect(peak).toBeLessThan(most)
  },
  soak ? 600_000 : 60_000,
)
