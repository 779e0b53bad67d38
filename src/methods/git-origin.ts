/** What `git config --get-regexp` is asked for. */
export const originKeys = String.raw`^(remote\.origin\.url|http\..*\.extraheader)$`

/** Where a checkout came from. */
export interface Origin {
  readonly url: string
  /** Whether we fetch from there: not by ssh, whose command the workspace would choose. */
  readonly fetchable: boolean
  /** The checkout's credentials, as lines of a git configuration. */
  readonly config: string
}

/** Reads the answer of `git config --null --get-regexp`. */
export function parseOrigin(answer: string): Origin {
  const entries = answer.split('\0').map((entry) => {
    const end = entry.indexOf('\n')
    return [entry.slice(0, Math.max(end, 0)), entry.slice(end + 1)] as const
  })
  const url = entries.findLast(([name]) => name === 'remote.origin.url')?.[1] ?? ''
  const headers = entries.flatMap(([name, value]) => {
    const scope = /^http\.(.*)\.extraheader$/is.exec(name)?.[1]
    return scope === undefined ? [] : [`[http ${quoted(scope)}]\n\textraheader = ${quoted(value)}\n`]
  })
  return { url, fetchable: /^(https?:\/\/|file:\/\/\/|\/)/.test(url), config: headers.join('') }
}

/** A value as git's configuration files quote it. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
