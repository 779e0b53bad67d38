import { PushError } from './errors.js'
import type { DeleteLimit } from './model.js'

/** Directories of the system that no mirror may ever take over. */
const systemDirectories = [
  ...'bin boot dev etc home lib lib32 lib64 lost+found media mnt opt proc root run sbin snap srv sys tmp usr var'.split(
    ' ',
  ),
  ...'Applications Library Network System Users Volumes cores private'.split(' '),
].map((name) => `/${name}`)

/** Nothing below these is anybody's to deploy to. */
const systemTrees = /^\/(?:bin|boot|lib\w*|proc|sbin|sys)\//

/** Below these, a name is somebody's home or a part of the system. */
const parentsOfHomes = ['/home', '/Users', '/usr', '/private']
const systemParts = 'backups cache db lib local lock log mail root run spool tmp'
  .split(' ')
  .map((name) => `/var/${name}`)

/**
 * Refuses a directory that a mirror would wreck. `path` is absolute; asked with the path as it was written and again,
 * where the server gives a shell, with what it resolves to there.
 * @throws PushError `unsafe`
 */
export function guardMirror(path: string, home?: string): void {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/'
  const what =
    path === '/' || path === ''
      ? 'the root of the file system'
      : home !== undefined && (path === home || `${home}/`.startsWith(`${path}/`))
        ? 'a home directory, or holds it'
        : systemDirectories.includes(path) ||
            systemTrees.test(path) ||
            systemParts.includes(path) ||
            parentsOfHomes.includes(parent)
          ? 'a directory of the system'
          : undefined
  if (what === undefined) return
  throw new PushError(
    'unsafe',
    `The destination is ${what}, and a mirror deletes what it does not know.`,
    'Name a directory that is for this application alone.',
    {
      evidence: path,
    },
  )
}

/** @throws PushError `unsafe` when a mirror of nothing would empty the destination */
export function guardEmpty(files: number, mirror: boolean): void {
  if (files > 0 || !mirror) return
  throw new PushError(
    'unsafe',
    'There is nothing to push: a mirror of it would empty the destination.',
    'Check source, excludes and the build step before this one.',
  )
}

/**
 * Refuses to delete more than the limit allows.
 * @param kept files at the destination that stay
 * @throws PushError `unsafe`
 */
export function guardDeletions(deleted: readonly string[], kept: number, limit: DeleteLimit): void {
  const there = deleted.length + kept
  const most = 'count' in limit ? limit.count : (there * limit.percent) / 100
  if (deleted.length <= most) return
  const written = 'count' in limit ? String(limit.count) : `${limit.percent}%`
  throw new PushError(
    'unsafe',
    `The push would delete ${deleted.length} of ${there} files at the destination, and max-delete is ${written}.`,
    'If that is meant, raise max-delete for one run; if not, check source and excludes.',
    { evidence: `${deleted.slice(0, 5).join(', ')}${deleted.length > 5 ? ', …' : ''}` },
  )
}

/** @throws PushError `unsafe` when a mirror would take over files that it did not put there */
export function guardForeign(state: { filled: boolean; ours: boolean }, adopt: boolean, path: string): void {
  if (!state.filled || state.ours || adopt) return
  throw new PushError(
    'unsafe',
    `${path} holds files that dotcloud-push did not put there, and a mirror deletes what it does not know.`,
    'Look at them; then set adopt: true for one run, or delete: false to leave them alone.',
  )
}
