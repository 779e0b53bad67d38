// npm run bench: how long a push takes, against the raw tools and other packages. bench/README.md tells how to read it.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, homedir, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { casesOf, contendersFor } from './lib/contenders.mjs'
import { makeNetwork, slow, startServer } from './lib/link.mjs'
import { createMeter } from './lib/measure.mjs'
import { readResults, summarize, writeReport } from './lib/report.mjs'
import { cleanUp, sh, workFolder } from './lib/shell.mjs'
import { makeWorkspace } from './lib/workspaces.mjs'

/** @typedef {import('./lib/contenders.mjs').Case} Case */
/** @typedef {import('./lib/contenders.mjs').MethodName} MethodName */

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '..')

const usage = `npm run bench -- [options]
  --runs N         runs of each case (5)
  --sizes S,M,L    workspaces
  --links slow,loopback
  --methods rsync,git,hg,none
  --cases ${[...new Set(Object.values(casesOf).flat())].join(',')}
  --only TEXT,…    contenders whose names hold one of these
  --node 24|20     what runs the action (24)
  --quick          2 runs, S only, no slow peers; for development
  --out DIR        where results.md, .svg and .json go (bench; with --quick nowhere)
  --add            to what is there already: a long benchmark in parts
  --work DIR       where the workspaces and destinations are made (in memory, if there are 8 GB)`

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    sizes: { type: 'string' },
    links: { type: 'string', default: 'slow,loopback' },
    methods: { type: 'string', default: 'none,rsync,git,hg' },
    cases: { type: 'string' },
    only: { type: 'string' },
    node: { type: 'string', default: '24' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    add: { type: 'boolean', default: false },
    work: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const listed = (/** @type {string | undefined} */ text) => text?.split(',').filter((word) => word !== '')
const options = {
  runs: Number(values.runs ?? (values.quick ? 2 : 5)),
  sizes: listed(values.sizes) ?? (values.quick ? ['S'] : ['S', 'M', 'L']),
  links: listed(values.links) ?? [],
  methods: /** @type {MethodName[]} */ (listed(values.methods)),
  cases: listed(values.cases),
  only: listed(values.only),
  out: values.out ?? (values.quick ? undefined : here),
}

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

if (values.help) {
  console.log(usage)
} else if (process.platform !== 'linux') {
  console.error('bench: it needs network namespaces, so Linux.')
  process.exitCode = 2
} else if (process.env['BENCH_NAMESPACE'] === undefined) {
  process.exitCode = await withinNamespace()
} else {
  for (const signal of signals) {
    process.on(signal, () => {
      cleanUp()
      process.exit(130)
    })
  }
  try {
    await bench()
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.stack : error}`)
    process.exitCode = 1
  } finally {
    cleanUp()
  }
}

/** The same program again, with mounts of its own; and if it is not root, with all rights over namespaces of its own. */
async function withinNamespace() {
  const rights = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps']
  const flags = [...rights, '--mount', '--propagation', 'private']
  if (spawnSync('unshare', [...flags, 'true']).status !== 0) {
    console.error('bench: it needs root, or user namespaces (sysctl kernel.unprivileged_userns_clone, AppArmor).')
    return 2
  }
  const again = [...flags, process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const child = spawn('unshare', again, { stdio: 'inherit', env: { ...process.env, BENCH_NAMESPACE: '1' } })
  // From a terminal a signal reaches both; the other one cleans up.
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  return await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

async function bench() {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'dotcloud-push-bench')
  mkdirSync(cache, { recursive: true })
  const folder = await workFolder(values.work)
  const helper = join(folder, 'helper')
  await sh('cc', ['-O2', '-o', helper, join(here, 'native', 'helper.c')])
  const dist = join(folder, 'dist')
  cpSync(join(root, 'dist'), dist, { recursive: true })
  cpSync(join(root, 'action.yml'), join(dist, 'action.yml'))
  const node = nodeBinary(values.node)
  const wantsPeers = options.methods.includes('rsync') && options.sizes.length > 0
  const peers = wantsPeers ? await installPeers(cache) : ''

  const network = await makeNetwork(helper)
  const servers = {
    slow: await startServer({ helper, netns: network.far, link: 'slow', host: '10.77.0.2', folder }),
    loopback: await startServer({ helper, netns: network.near, link: 'loopback', host: '127.0.0.1', folder }),
  }
  const meter = createMeter({ helper, netns: network.near, folder })
  /** @type {Record<string, import('./lib/workspaces.mjs').Recipe>} */
  const recipes = JSON.parse(readFileSync(join(here, 'workspaces.json'), 'utf8'))

  const earlier = values.add && options.out !== undefined ? readResults(options.out) : { sizes: [], each: [] }
  // What sends no files was measured with whatever size came first then.
  const runs = earlier.each.filter(({ method }) => method !== 'none' || !options.methods.includes('none'))
  const sizes = new Map(earlier.sizes.map((known) => [known.size, known]))
  const started = new Date()
  for (const size of options.sizes) {
    const recipe = recipes[size]
    if (recipe === undefined) throw new Error(`workspaces.json has no size ${size}`)
    say(`workspace ${size} …`)
    const workspace = await makeWorkspace(size, recipe, cache, folder)
    sizes.set(size, { size, files: workspace.files, bytes: workspace.bytes })
    for (const link of options.links) {
      const server = servers[/** @type {keyof typeof servers} */ (link)]
      if (server === undefined) throw new Error(`there is no link ${link}`)
      const place = { workspace, server, meter, folder, node, dist, peers }
      for (const method of options.methods) {
        if (method === 'hg' && !recipe.hg) continue
        // What sends no files does not depend on their number.
        if (method === 'none' && size !== options.sizes[0]) continue
        for (const name of casesOf[method]) {
          if (options.cases !== undefined && !options.cases.includes(name)) continue
          await compete({ place, network, method, name, runs })
        }
      }
      rmSync(join(folder, 'srv'), { recursive: true, force: true })
    }
    rmSync(join(folder, `workspace-${size}`), { recursive: true, force: true })
  }
  const machine = await describeMachine(node)
  const results = {
    started: started.toISOString(),
    machine,
    link: slow,
    sizes: ['S', 'M', 'L'].flatMap((size) => sizes.get(size) ?? []),
    runs: options.runs,
    rows: summarize(runs),
  }
  if (options.out === undefined) return
  mkdirSync(options.out, { recursive: true })
  writeReport(results, runs, options.out)
  say(`written to ${join(options.out, 'results.md')}`)
}

/**
 * All contenders in turns, so that the machine's moods hit them alike.
 * @param {{
 *   place: import('./lib/contenders.mjs').Place,
 *   network: import('./lib/link.mjs').Network,
 *   method: MethodName,
 *   name: Case,
 *   runs: import('./lib/report.mjs').Run[],
 * }} race
 */
async function compete({ place, network, method, name, runs }) {
  const { workspace, server, meter } = place
  const { size } = workspace
  const all = contendersFor(method, place).filter(
    (contender) =>
      contender.cases.includes(name) &&
      (contender.sizes === undefined || contender.sizes.includes(size)) &&
      !(values.quick && contender.most !== undefined) &&
      (options.only === undefined || options.only.some((text) => contender.name.includes(text))),
  )
  say(`${size}, ${server.link}, ${method}, ${name}`)
  for (let round = 0; round < options.runs; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const contender = all[(turn + round) % all.length]
      if (contender === undefined || round >= (contender.most ?? options.runs)) continue
      await contender.prepare(name)
      meter.take()
      // Timestamps of what was just touched must be in the past, and the last server gone.
      await sleep(60)
      const before = { ...(await network.wire()), connections: server.connections() }
      await contender.run(name)
      const output = meter.output()
      const { code, ...usage } = meter.take()
      const after = { ...(await network.wire()), connections: server.connections() }
      const wrong = code === 0 ? await contender.verify(name) : failure(code, output)
      const overSlow = server.link === 'slow'
      /** @type {import('./lib/report.mjs').Run} */
      const run = {
        ...{ size, link: server.link, method, case: name, contender: contender.name, round },
        ...usage,
        memory: contender.ours ? usage.memory : undefined,
        sent: overSlow ? after.sent - before.sent : undefined,
        received: overSlow ? after.received - before.received : undefined,
        dropped: overSlow ? after.dropped - before.dropped : undefined,
        connections: after.connections - before.connections,
        wrong,
      }
      runs.push(run)
      say(
        `  ${contender.name.padEnd(40)} ${usage.seconds.toFixed(2)} s  cpu ${usage.cpu.toFixed(2)} s  ${
          run.sent === undefined ? '' : `${(run.sent / 1e6).toFixed(3)} MB  `
        }${run.connections} conn${wrong === '' ? '' : `  WRONG: ${wrong}`}`,
      )
    }
  }

  function failure(/** @type {number} */ code, /** @type {string} */ output) {
    const lines = output.trim().split('\n')
    const text = (lines.filter((line) => line.startsWith('::error')).at(-1) ?? lines.slice(-4).join(' / ')).trim()
    return `exit ${code}: ${text.replaceAll(place.folder, '…').slice(-400)}`
  }
}

function say(/** @type {string} */ text) {
  console.log(text)
}

/** The pinned Node of that version, or the one that runs this. */
function nodeBinary(/** @type {string} */ version) {
  const pinned = join(root, 'node_modules', `node${version}`, 'bin', 'node')
  return existsSync(pinned) ? pinned : process.execPath
}

/** The peers are no part of this project: they live in the cache. */
async function installPeers(/** @type {string} */ cache) {
  const lock = readFileSync(join(here, 'peers', 'package-lock.json'))
  const folder = join(cache, `peers-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`)
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return folder
  say('installing the peers …')
  mkdirSync(folder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(here, 'peers', file), join(folder, file))
  await sh('npm', ['ci', '--silent', '--no-save', '--ignore-scripts', '--prefix', folder], { cwd: folder })
  return folder
}

async function describeMachine(/** @type {string} */ node) {
  const firstLine = (/** @type {string} */ file, /** @type {string[]} */ ...args) => {
    const { stdout, stderr } = spawnSync(file, args.flat(), { encoding: 'utf8' })
    return (stdout || stderr || '').trim().split('\n')[0] ?? ''
  }
  const revision = () =>
    execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  return {
    revision: existsSync(join(root, '.git')) ? revision() : '',
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memory: totalmem(),
    kernel: release(),
    node: firstLine(node, ['--version']),
    ssh: firstLine('ssh', ['-V']),
    rsync: firstLine('rsync', ['--version']),
    git: firstLine('git', ['--version']),
    hg: firstLine('hg', ['--version']),
  }
}
