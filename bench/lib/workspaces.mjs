import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sh } from './shell.mjs'
import { walk } from './tree.mjs'

/** Counts up when what is made here changes, so that a cache of the old is not used. */
const edition = 2
const commits = 20

/** What ours never sends; a raw tool would, and the comparison would not be like with like. */
const unsent = /^(\.env.*|.*\.pem|id_.*|\.npmrc|\.netrc|\.ssh|\.aws|\.git|\.hg|\.svn|dotcloud-push\.yml|.*\.pyc)$/

const person = { name: 'Bench', email: 'bench@example.org' }
const git = (/** @type {string} */ cwd, /** @type {string[]} */ args, /** @type {string} */ date = '') =>
  // No gc in the background, which would meet the one that is asked for.
  sh('git', ['-c', 'gc.auto=0', ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: person.name,
      GIT_AUTHOR_EMAIL: person.email,
      GIT_COMMITTER_NAME: person.name,
      GIT_COMMITTER_EMAIL: person.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    },
  })
const hg = (/** @type {string} */ cwd, /** @type {string[]} */ args) =>
  sh('hg', args, { cwd, env: { PATH: process.env['PATH'], HOME: '/nonexistent', HGRCPATH: '', HGPLAIN: '1' } })

/** @typedef {{ packages: { name: string, version: string, integrity: string }[], hg: boolean, assetBytes: number }} Recipe */
/** @typedef {'base' | 'ten' | 'renamed' | 'dirty'} State */

/**
 * @typedef {object} Workspace
 * @property {string} size
 * @property {Recipe} recipe
 * @property {number} files
 * @property {number} bytes
 * @property {(state: State) => string} git a clone with this state checked out
 * @property {(state: State) => string} hg
 * @property {string} shallow a clone of depth 1 of state `ten`
 * @property {string} bareGit the repository at state `base`, to copy to a destination
 * @property {string} bareHg
 * @property {string} archive the files of `base`, compressed
 * @property {string} pack what `ten` adds to `base`, compressed
 */

/**
 * Makes the checkouts of a size below `folder`; the repositories that they are cloned from stay in the cache.
 * @param {string} size
 * @param {Recipe} recipe
 * @param {string} cache
 * @param {string} folder
 * @returns {Promise<Workspace>}
 */
export async function makeWorkspace(size, recipe, cache, folder) {
  const key = createHash('sha256')
    .update(JSON.stringify([edition, commits, recipe]))
    .digest('hex')
    .slice(0, 12)
  const source = join(cache, `workspace-${size}-${key}`)
  if (!existsSync(join(source, 'done'))) await makeRepositories(recipe, cache, source)
  const home = join(folder, `workspace-${size}`)
  mkdirSync(home, { recursive: true })
  const states = /** @type {const} */ (['base', 'ten', 'renamed'])
  for (const state of states) {
    const clone = join(home, `git-${state}`)
    await git(home, ['clone', '--quiet', '--single-branch', '--branch', state, join(source, 'git'), clone])
    await git(clone, ['checkout', '--quiet', '-B', 'main'])
    if (recipe.hg) {
      const node = await hg(join(source, 'hg'), ['log', '-r', `bench_${state}`, '-T', '{node}'])
      await hg(home, ['clone', '--quiet', '--pull', '-r', node, join(source, 'hg'), join(home, `hg-${state}`)])
    }
  }
  cpSync(join(home, 'git-base'), join(home, 'git-dirty'), { recursive: true, verbatimSymlinks: true })
  appendFileSync(join(home, 'git-dirty', textFiles(join(home, 'git-dirty'))[0] ?? ''), '\n// not committed\n')
  const shallow = join(home, 'git-shallow')
  const from = ['--quiet', '--depth', '1', '--branch', 'ten', `file://${join(source, 'git')}`]
  await git(home, ['clone', ...from, shallow])
  await git(shallow, ['checkout', '--quiet', '-B', 'main'])
  const bareGit = join(home, 'bare-git')
  const bareFrom = ['--quiet', '--bare', '--no-hardlinks', '--single-branch', '--branch', 'main']
  await git(home, ['clone', ...bareFrom, join(home, 'git-base'), bareGit])
  const bareHg = join(home, 'bare-hg')
  if (recipe.hg) await hg(home, ['clone', '--quiet', '--pull', '--noupdate', join(home, 'hg-base'), bareHg])
  const archive = join(home, 'archive')
  const compress = (await has('zstd')) ? 'zstd -1 -q' : 'gzip -1'
  await sh('sh', ['-c', `tar -cf - --exclude=./.git . | ${compress} >"$1"`, 'sh', archive], {
    cwd: join(home, 'git-base'),
  })
  const pack = join(home, 'pack')
  await sh('sh', ['-c', 'git pack-objects --revs --thin --stdout -q >"$1"', 'sh', pack], {
    cwd: join(source, 'git'),
    input: 'ten\n^base\n',
  })
  let files = 0
  let bytes = 0
  for (const { path, type } of walk(join(home, 'git-base'))) {
    if (type === 'directory') continue
    files++
    if (type === 'file') bytes += readFileSync(join(home, 'git-base', path)).length
  }
  return {
    size,
    recipe,
    files,
    bytes,
    git: (state) => join(home, `git-${state}`),
    hg: (state) => join(home, `hg-${state}`),
    shallow,
    bareGit,
    bareHg,
    archive,
    pack,
  }
}

function has(/** @type {string} */ tool) {
  return sh('sh', ['-c', `command -v ${tool}`]).then(
    () => true,
    () => false,
  )
}

/** One history, told to git and to hg alike. */
async function makeRepositories(
  /** @type {Recipe} */ recipe,
  /** @type {string} */ cache,
  /** @type {string} */ source,
) {
  rmSync(source, { recursive: true, force: true })
  const tree = join(source, 'git')
  mkdirSync(tree, { recursive: true })
  for (const { name, version, integrity } of recipe.packages) {
    const tarball = await fetchPackage(name, version, integrity, cache)
    const place = join(tree, 'vendor', name)
    mkdirSync(place, { recursive: true })
    await sh('tar', ['-xzf', tarball, '-C', place, '--strip-components=1', '--no-same-owner'])
  }
  tidy(tree)
  if (recipe.assetBytes > 0) {
    mkdirSync(join(tree, 'media'))
    writeFileSync(join(tree, 'media', 'asset.bin'), noise(recipe.assetBytes))
  }
  for (const [index, path] of textFiles(tree).slice(0, 12).entries()) {
    if (index < 4) chmodSync(join(tree, path), 0o755)
    else symlinkSync(basename(path), join(tree, dirname(path), `link-${index}`))
  }
  await git(tree, ['init', '--quiet', '--initial-branch', 'base'])
  if (recipe.hg) await hg(tree, ['init'])
  let count = 0
  const commit = async (/** @type {string} */ message) => {
    const date = `${1_700_000_000 + count++ * 3600} +0000`
    await git(tree, ['add', '--all', '--force', '--', '.', ':(exclude).hg'], date)
    await git(tree, ['commit', '--quiet', '--message', message], date)
    if (!recipe.hg) return
    await hg(tree, ['addremove', '--quiet', '--similarity', '100', '--exclude', '.git'])
    await hg(tree, ['commit', '--quiet', '-m', message, '-d', `${date.split(' ')[0]} 0`, '-u', person.name])
  }
  const texts = textFiles(tree)
  await commit('Everything')
  for (let number = 1; number < commits; number++) {
    for (let edit = 0; edit < 10; edit++) {
      const path = texts[(number * 7919 + edit * 104_729) % texts.length] ?? ''
      appendFileSync(join(tree, path), `\n// edit ${number}.${edit}\n`)
    }
    await commit(`Edit ${number}`)
  }
  /** @type {[State, () => void][]} */
  const branches = [
    ['ten', () => editTen(tree, recipe, texts)],
    ['renamed', () => renameMany(tree, texts)],
  ]
  if (recipe.hg) await hg(tree, ['bookmark', '--inactive', 'bench_base'])
  for (const [name, change] of branches) {
    await git(tree, ['checkout', '--quiet', '-b', name, 'base'])
    // By its name alone the bookmark would be made active, and move along.
    if (recipe.hg) await hg(tree, ['update', '--quiet', '--clean', '--rev', "max(bookmark('bench_base'))"])
    change()
    await commit(name)
    if (recipe.hg) await hg(tree, ['bookmark', '--inactive', `bench_${name}`])
  }
  await git(tree, ['checkout', '--quiet', 'base'])
  if (recipe.hg) {
    await hg(source, ['clone', '--quiet', '--noupdate', tree, join(source, 'hg')])
    rmSync(join(tree, '.hg'), { recursive: true })
  }
  await git(tree, ['gc', '--quiet'])
  writeFileSync(join(source, 'done'), '')
}

/** Nothing that is left out by ours, and plain modes: what npm packs is 0644, or 0755 for programs. */
function tidy(/** @type {string} */ tree) {
  for (const { path, type } of [...walk(tree)].reverse()) {
    const file = join(tree, path)
    if (unsent.test(basename(path)) || (type === 'directory' && readdirSync(file).length === 0))
      rmSync(file, { recursive: true, force: true })
    else if (type !== 'link') chmodSync(file, type === 'directory' ? 0o755 : 0o644)
  }
}

function textFiles(/** @type {string} */ tree) {
  return [...walk(tree)]
    .flatMap(({ path, type }) => (type === 'file' && /\.(js|ts|css|md|svg)$/.test(path) ? [path] : []))
    .sort()
}

/** Nine small files, and in the middle of a large one. */
function editTen(/** @type {string} */ tree, /** @type {Recipe} */ recipe, /** @type {string[]} */ texts) {
  for (let edit = 0; edit < 9; edit++)
    appendFileSync(join(tree, texts[Math.floor((texts.length * edit) / 9)] ?? ''), `\n// one of ten: ${edit}\n`)
  const large = join(tree, recipe.assetBytes > 0 ? 'media/asset.bin' : largest(tree))
  const content = readFileSync(large)
  const middle = content.length >> 1
  const edit = Buffer.from('/* in the middle */')
  writeFileSync(large, Buffer.concat([content.subarray(0, middle), edit, content.subarray(middle)]))
}

function largest(/** @type {string} */ tree) {
  const sizes = textFiles(tree).map((path) => ({ path, size: readFileSync(join(tree, path)).length }))
  return sizes.sort((a, b) => b.size - a.size)[0]?.path ?? ''
}

/** 500 files get another name; of a small tree, a third. */
function renameMany(/** @type {string} */ tree, /** @type {string[]} */ texts) {
  for (const path of texts.slice(-Math.min(500, Math.floor(texts.length / 3))))
    renameSync(join(tree, path), join(tree, dirname(path), `renamed-${basename(path)}`))
}

/** Bytes that do not compress, the same ones each time. */
function noise(/** @type {number} */ bytes) {
  const chunks = []
  for (let at = 0; at < bytes; at += 64) chunks.push(createHash('sha512').update(`${at}`).digest())
  return Buffer.concat(chunks).subarray(0, bytes)
}

async function fetchPackage(
  /** @type {string} */ name,
  /** @type {string} */ version,
  /** @type {string} */ integrity,
  /** @type {string} */ cache,
) {
  const tarball = join(cache, 'packages', `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  if (!existsSync(tarball)) {
    mkdirSync(dirname(tarball), { recursive: true })
    await sh('npm', ['pack', '--silent', '--pack-destination', dirname(tarball), `${name}@${version}`], { cwd: cache })
  }
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (found !== integrity) throw new Error(`${tarball} is not what workspaces.json names: ${found}`)
  return tarball
}
