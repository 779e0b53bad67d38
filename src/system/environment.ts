import { delimiter, isAbsolute, relative } from 'node:path'

/** The only variables of ours that a child process sees; everything else may be poisoned, or secret. */
const allowed = ['TMPDIR', 'RUNNER_TRACKING_ID', 'SystemRoot', 'ComSpec', 'PATHEXT', 'WINDIR']

const proxyNames = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy']

/** Whether a path is a directory or lies in it; both absolute, links resolved. */
export function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path)
  return way === '' || (!isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way))
}

/** PATH without entries that somebody who writes to the workspace could fill. */
export function cleanPath(path: string, workspace: string): string {
  return path
    .split(delimiter)
    .filter((entry) => isAbsolute(entry) && !isInside(workspace, entry))
    .join(delimiter)
}

/**
 * What every child process starts from: an allow-list, so that `GIT_*`, `RSYNC_*`, `HG*`, `LD_PRELOAD` and the step's
 * own inputs and tokens stay behind. HOME points nowhere until a session gives it a private folder.
 */
export function childEnvironment(environment: NodeJS.ProcessEnv, workspace: string): Record<string, string> {
  const kept = allowed.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(kept),
    PATH: cleanPath(environment['PATH'] ?? '', workspace),
    HOME: '/nonexistent',
    LC_ALL: 'C',
  }
}

/** The proxy settings, for the one command that may need them: completing a shallow checkout from its origin. */
export function proxyVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(([name]) => proxyNames.includes(name.toLowerCase()))
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
