import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { quote, sh } from './shell.mjs'
import { compareTree, describeTree, freshen } from './tree.mjs'

/** @typedef {import('./workspaces.mjs').Workspace} Workspace */
/** @typedef {import('./workspaces.mjs').State} State */
/** @typedef {import('./link.mjs').Server} Server */
/** @typedef {'first' | 'no-change' | 'ten-files' | 'renamed' | 'dirty' | 'drift' | 'depth-1' | 'deploy-only' | 'skipped'} Case */
/** @typedef {'rsync' | 'git' | 'hg' | 'none'} MethodName */

/**
 * @typedef {object} Place where and with what a contender works
 * @property {Workspace} workspace
 * @property {Server} server
 * @property {import('./measure.mjs').Meter} meter
 * @property {string} folder
 * @property {string} node
 * @property {string} dist
 * @property {string} peers
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {boolean} [ours]
 * @property {number} [most] runs at most, for what takes minutes
 * @property {readonly Case[]} cases
 * @property {readonly string[]} [sizes]
 * @property {(name: Case) => Promise<void>} prepare
 * @property {(name: Case) => Promise<void>} run
 * @property {(name: Case) => Promise<string>} verify what is wrong; empty when nothing is
 */

/** @type {Readonly<Record<MethodName, readonly Case[]>>} */
export const casesOf = {
  rsync: ['first', 'no-change', 'ten-files', 'renamed', 'dirty', 'drift'],
  git: ['first', 'no-change', 'ten-files', 'renamed', 'depth-1'],
  hg: ['first', 'no-change', 'ten-files'],
  none: ['deploy-only', 'skipped'],
}

/** @type {Readonly<Record<Case, State>>} */
const source = {
  first: 'base',
  'no-change': 'base',
  'ten-files': 'ten',
  renamed: 'renamed',
  dirty: 'dirty',
  drift: 'base',
  'depth-1': 'ten',
  'deploy-only': 'base',
  skipped: 'base',
}

/** Everything that takes part in a method's cases. */
export function contendersFor(/** @type {MethodName} */ method, /** @type {Place} */ place) {
  if (method === 'rsync') return [...limits(place, casesOf.rsync), ...rsyncContenders(place)]
  if (method === 'git') return [...limits(place, casesOf.git), ...gitContenders(place)]
  if (method === 'hg') return [...limits(place, casesOf.hg), ...hgContenders(place)]
  return [...limits(place, ['deploy-only']), ...bareContenders(place)]
}

const good = async () => ''
const nothing = async () => {}

function clientEnv(/** @type {Place} */ { server, folder }) {
  const home = join(folder, 'client-home')
  mkdirSync(home, { recursive: true })
  return {
    PATH: process.env['PATH'],
    HOME: home,
    USER: server.user,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    HGRCPATH: '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_SSH_COMMAND: `ssh -F ${server.config}`,
  }
}

/** @returns {Contender[]} */
function limits(/** @type {Place} */ place, /** @type {readonly Case[]} */ cases) {
  const { meter, server, workspace } = place
  const env = clientEnv(place)
  const ssh = ['ssh', '-F', server.config, 'bench']
  /** @type {Contender} */
  const login = {
    name: 'ssh host true',
    cases,
    prepare: nothing,
    run: async () => void (await meter.run([...ssh, 'true'], { env })),
    verify: good,
  }
  /** @type {Contender} */
  const cat = {
    name: 'cat of the compressed bytes through ssh',
    cases: cases.filter((name) => name === 'first' || name === 'ten-files'),
    prepare: nothing,
    async run(name) {
      const file = name === 'first' ? workspace.archive : workspace.pack
      const line = `cat ${quote(file)} | ${ssh.map(quote).join(' ')} 'cat >/dev/null'`
      await meter.run(['sh', '-c', line], { env })
    },
    verify: good,
  }
  return [login, cat]
}

/* ---- ours ---- */

/** Both halves of the step, as the runner starts them: only their own time counts. */
async function ours(
  /** @type {Place} */ place,
  /** @type {string} */ workspace,
  /** @type {Record<string, string>} */ inputs,
) {
  const { dist, folder, meter, node, server } = place
  const temp = join(folder, 'runner-temp')
  rmSync(temp, { recursive: true, force: true })
  mkdirSync(temp)
  const files = join(folder, 'runner-files')
  mkdirSync(files, { recursive: true })
  const names = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH']
  for (const name of names) writeFileSync(join(files, name), '')
  writeFileSync(join(files, 'event.json'), '{}')
  const given = {
    ...inputDefaults(dist),
    app: 'bench',
    destination: `ssh://${server.user}@${server.host}:${server.port}/srv/bench`,
    'ssh-key': readFileSync(server.key, 'utf8'),
    'known-hosts': server.knownHosts,
    ...inputs,
  }
  const { PATH, HOME, USER, LANG, SHELL } = clientEnv(place)
  const env = {
    ...{ PATH, HOME, USER, LANG, SHELL },
    ...Object.fromEntries(names.map((name) => [name, join(files, name)])),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: join(files, 'event.json'),
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: 'octocat/hello',
    GITHUB_SHA: 'f'.repeat(40),
    RUNNER_TEMP: temp,
  }
  await meter.run([node, join(dist, 'main', 'index.js')], { env, cwd: workspace })
  const state = commandFile(readFileSync(join(files, 'GITHUB_STATE'), 'utf8'), 'STATE_')
  await meter.run([node, join(dist, 'post', 'index.js')], { env: { ...env, ...state }, cwd: workspace })
}

/** @type {Record<string, string> | undefined} */
let defaults

/** What the runner would fill in from action.yml. */
function inputDefaults(/** @type {string} */ dist) {
  defaults ??= Object.fromEntries(
    Object.entries(parse(readFileSync(join(dist, 'action.yml'), 'utf8')).inputs).map(([name, input]) => [
      name,
      String(input.default ?? ''),
    ]),
  )
  return defaults
}

/** @returns {Record<string, string>} */
function commandFile(/** @type {string} */ text, /** @type {string} */ prefix) {
  const entries = text.matchAll(/^([^\n<=]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)
  return Object.fromEntries([...entries].map(([, name, , value = '']) => [`${prefix}${name}`, value]))
}

/* ---- rsync ---- */

/** @returns {Contender[]} */
function rsyncContenders(/** @type {Place} */ place) {
  const { workspace, server, meter, folder, node, peers } = place
  const env = clientEnv(place)
  const all = casesOf.rsync
  /** @type {Map<State, ReturnType<typeof describeTree>>} */
  const trees = new Map()
  const wanted = (/** @type {State} */ state) => {
    const tree = trees.get(state) ?? describeTree(workspace.git(state))
    trees.set(state, tree)
    return tree
  }

  /**
   * @param {string} name
   * @param {{ cases?: readonly Case[], sizes?: readonly string[], most?: number, ours?: boolean }} options
   * @param {(directory: string, destination: string, name: Case) => Promise<void>} act
   */
  const contender = (name, options, act) => {
    const destination = join(folder, 'srv', server.link, workspace.size, name.replaceAll(/\W+/g, '-'))
    /** @type {State | undefined} what is at the destination, as far as we know */
    let there
    const empty = () => {
      rmSync(destination, { recursive: true, force: true })
      if (options.ours) rmSync(join(server.home, '.dotcloud-push'), { recursive: true, force: true })
      mkdirSync(destination, { recursive: true })
    }
    const fill = async () => {
      if (there === 'base') return
      if (there === undefined) empty()
      const from = workspace.git('base')
      if (options.ours) {
        await act(from, destination, 'no-change')
        const said = meter.output()
        const { code } = meter.take()
        if (code !== 0) throw new Error(`${name} cannot make the destination:\n${said.slice(-2000)}`)
      } else {
        const flags = ['-a', '--checksum', '--delete', '--exclude=/.git']
        await sh('rsync', [...flags, `${from}/`, `${destination}/`])
      }
      there = 'base'
    }
    /** @type {Contender} */
    const made = {
      name,
      cases: options.cases ?? all,
      ...(options.sizes === undefined ? {} : { sizes: options.sizes }),
      ...(options.most === undefined ? {} : { most: options.most }),
      ...(options.ours === undefined ? {} : { ours: options.ours }),
      async prepare(name) {
        if (name === 'first') {
          empty()
          there = undefined
        } else await fill()
        if (name === 'drift') meddle(destination, wanted('base'))
        await refresh(workspace.git(source[name]))
      },
      async run(name) {
        there = undefined
        await act(workspace.git(source[name]), destination, name)
      },
      async verify(name) {
        const wrong = compareTree(wanted(source[name]), destination)
        if (wrong === '') there = source[name]
        return wrong
      },
    }
    return made
  }

  const raw = (/** @type {string} */ name, /** @type {(name: Case) => string[]} */ flags) =>
    contender(name, {}, async (directory, destination, which) => {
      const rest = ['--exclude=/.git', '-e', `ssh -F ${server.config}`, `${directory}/`, `bench:${destination}/`]
      await meter.run(['rsync', ...flags(which), ...rest], { env })
    })
  const peer = (
    /** @type {string} */ name,
    /** @type {{ cases?: readonly Case[], sizes?: readonly string[], most?: number }} */ options,
  ) =>
    contender(name, options, async (directory, destination) => {
      const { user, host, port, key } = server
      const task = JSON.stringify({ directory, destination, user, host, port, key, hosts: join(folder, 'known_hosts') })
      const script = join(import.meta.dirname ?? '', '..', 'peers', `${name.split(' ')[0]}.mjs`)
      await meter.run([node, script, peers, task], { env })
    })

  return [
    contender('dotcloud-push', { ours: true }, async (directory, path) => {
      const destination = `ssh://${server.user}@${server.host}:${server.port}${path}`
      await ours(place, directory, { destination, method: 'rsync' })
    }),
    raw('rsync, best flags', (name) => [name === 'first' ? '-rlptz' : '-rlptzc', '--delete']),
    raw('rsync, original flags', () => ['-lpthrvz', '--delete', '--safe-links']),
    raw('rsync, original flags, zlib and md5', () => ['-lpthrvz', '--delete', '--safe-links', '--zc=zlib', '--cc=md5']),
    peer('rsyncwrapper', { cases: ['first', 'no-change', 'ten-files', 'renamed'] }),
    peer('node-ssh', { cases: ['first', 'ten-files'], sizes: ['S'], most: 5 }),
    peer('ssh2-sftp-client', { cases: ['first'], sizes: ['S'], most: 3 }),
  ]
}

/** Fresh times, and an index that knows them: as right after a checkout. */
async function refresh(/** @type {string} */ checkout) {
  freshen(checkout)
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' }
  await sh('git', ['update-index', '-q', '--refresh'], { cwd: checkout, env, codes: [0, 1] })
}

/** Somebody edits a file at the server, and its size and time do not show it. */
function meddle(/** @type {string} */ destination, /** @type {ReturnType<typeof describeTree>} */ tree) {
  const [path] = [...tree].findLast(([, { type }]) => type === 'file') ?? []
  const file = join(destination, path ?? '')
  const content = readFileSync(file)
  content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1
  writeFileSync(file, content)
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}

/* ---- git ---- */

/** @returns {Contender[]} */
function gitContenders(/** @type {Place} */ place) {
  const { workspace, server, meter, folder } = place
  const env = clientEnv(place)
  const git = (/** @type {string} */ cwd, /** @type {string[]} */ args) =>
    sh('git', args, { cwd, env: { ...env, GIT_SSH_COMMAND: 'false' } })

  /**
   * @param {string} name
   * @param {{ cases?: readonly Case[], ours?: boolean }} options
   * @param {(directory: string, destination: string, deploy: string, name: Case) => Promise<void>} act
   */
  const contender = (name, { cases = casesOf.git, ours }, act) => {
    const destination = join(folder, 'srv', server.link, workspace.size, `${name.replaceAll(/\W+/g, '-')}.git`)
    const note = `${destination}.deployed`
    const checkout = (/** @type {Case} */ name) =>
      name === 'depth-1' ? workspace.shallow : workspace.git(source[name])
    /** @type {Contender} */
    const made = {
      name,
      cases,
      ...(ours === undefined ? {} : { ours }),
      async prepare(name) {
        rmSync(note, { force: true })
        rmSync(destination, { recursive: true, force: true })
        mkdirSync(join(destination, '..'), { recursive: true })
        if (name === 'first') await git(folder, ['init', '--quiet', '--bare', '--initial-branch', 'main', destination])
        else cpSync(workspace.bareGit, destination, { recursive: true })
        // Without it, the server refuses the raw push; with it, its history is cut off as well.
        if (name === 'depth-1' && !ours) await git(destination, ['config', 'receive.shallowUpdate', 'true'])
        await refresh(checkout(name))
      },
      run: async (name) => await act(checkout(name), destination, `echo deployed >>${quote(note)}`, name),
      async verify(name) {
        // A snapshot is a commit of its own; everything else arrives as it is.
        const what = name === 'depth-1' ? 'main^{tree}' : 'main'
        const [here, there] = await Promise.all([
          git(checkout(name), ['rev-parse', what]),
          git(destination, ['rev-parse', what]).catch(() => 'nothing'),
        ])
        if (here !== there) return `the branch is at ${there.trim()}`
        await git(destination, ['fsck', '--connectivity-only', '--no-dangling'])
        const deployed = existsSync(note) ? readFileSync(note, 'utf8') : ''
        return deployed === 'deployed\n' ? '' : `deployed ${deployed.split('\n').length - 1} times`
      },
    }
    return made
  }
  const own = (/** @type {Record<string, string>} */ inputs) => {
    return async (/** @type {string} */ directory, /** @type {string} */ path, /** @type {string} */ deploy) => {
      const destination = `ssh://${server.user}@${server.host}:${server.port}${path}`
      await ours(place, directory, { destination, method: 'git', 'deploy-command': deploy, ...inputs })
    }
  }
  const full = casesOf.git.filter((name) => name !== 'depth-1')
  return [
    contender('dotcloud-push', { ours: true, cases: full }, own({})),
    contender('dotcloud-push, shallow: auto', { ours: true, cases: ['depth-1'] }, own({ shallow: 'auto' })),
    contender('dotcloud-push, shallow: snapshot', { ours: true, cases: ['depth-1'] }, own({ shallow: 'snapshot' })),
    contender('git push, then ssh', {}, async (directory, destination, deploy, name) => {
      const force = name === 'depth-1' ? ['--force'] : []
      const pushed = await meter.run(['git', 'push', ...force, `ssh://bench${destination}`, 'HEAD:refs/heads/main'], {
        env,
        cwd: directory,
      })
      if (pushed === 0) await meter.run(['ssh', '-F', server.config, 'bench', deploy], { env })
    }),
  ]
}

/* ---- hg ---- */

/** @returns {Contender[]} */
function hgContenders(/** @type {Place} */ place) {
  const { workspace, server, meter, folder } = place
  const env = clientEnv(place)
  const hg = (/** @type {string} */ cwd, /** @type {string[]} */ args) => sh('hg', args, { cwd, env })
  /**
   * @param {string} name
   * @param {boolean} ours
   * @param {(directory: string, destination: string) => Promise<void>} act
   */
  const contender = (name, ours, act) => {
    const destination = join(folder, 'srv', server.link, workspace.size, `${name.replaceAll(/\W+/g, '-')}.hg`)
    /** @type {Contender} */
    const made = {
      name,
      ours,
      cases: casesOf.hg,
      async prepare(name) {
        rmSync(destination, { recursive: true, force: true })
        mkdirSync(join(destination, '..'), { recursive: true })
        if (name === 'first') await hg(folder, ['init', destination])
        else cpSync(workspace.bareHg, destination, { recursive: true })
        freshen(workspace.hg(source[name]))
        await hg(workspace.hg(source[name]), ['status'])
      },
      run: async (name) => await act(workspace.hg(source[name]), destination),
      async verify(name) {
        const here = workspace.hg(source[name])
        const node = await hg(here, ['log', '-r', '.', '-T', '{node}'])
        const manifest = ['manifest', '--debug', '-r', node]
        const [wanted, found] = await Promise.all([
          hg(here, manifest),
          hg(destination, manifest).catch(() => 'nothing there'),
        ])
        return wanted === found ? '' : 'another manifest'
      },
    }
    return made
  }
  return [
    contender('dotcloud-push', true, async (directory, path) => {
      const destination = `ssh://${server.user}@${server.host}:${server.port}${path}`
      await ours(place, directory, { destination, method: 'hg' })
    }),
    contender('hg push', false, async (directory, destination) => {
      const args = ['push', '--force', '--ssh', `ssh -F ${server.config}`, '--rev', '.', `ssh://bench/${destination}`]
      const code = await meter.run(['hg', ...args], { env, cwd: directory })
      // 1: there was nothing to push.
      if (code === 1) meter.forgive()
    }),
  ]
}

/* ---- no upload ---- */

/** @returns {Contender[]} */
function bareContenders(/** @type {Place} */ place) {
  const { workspace, server, meter, folder, node } = place
  const env = clientEnv(place)
  const note = join(folder, 'srv', 'deployed')
  const deploy = `echo deployed >>${quote(note)}`
  const prepare = async () => {
    mkdirSync(join(folder, 'srv'), { recursive: true })
    rmSync(note, { force: true })
  }
  const once = async () => (existsSync(note) && readFileSync(note, 'utf8') === 'deployed\n' ? '' : 'not deployed once')
  const never = async () => (existsSync(note) ? 'deployed' : '')
  return [
    {
      name: 'dotcloud-push',
      ours: true,
      cases: casesOf.none,
      prepare,
      async run(name) {
        const plan = JSON.stringify({ type: 'cmd', data: [['call', deploy]] })
        await ours(place, workspace.git('base'), { plan, ...(name === 'skipped' ? { branches: 'release/**' } : {}) })
      },
      verify: async (name) => await (name === 'skipped' ? never() : once()),
    },
    {
      name: 'ssh host COMMAND',
      cases: ['deploy-only'],
      prepare,
      run: async () => void (await meter.run(['ssh', '-F', server.config, 'bench', deploy], { env })),
      verify: once,
    },
    {
      name: 'node -e 0, twice',
      cases: ['skipped'],
      prepare,
      async run() {
        for (let half = 0; half < 2; half++) await meter.run([node, '-e', '0'], { env })
      },
      verify: never,
    },
  ]
}
