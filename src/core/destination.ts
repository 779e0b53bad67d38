import { PushError } from './errors.js'
import { fill, type TemplateValues } from './template.js'

/** A host to log in to. */
export interface Login {
  readonly user: string
  readonly host: string
  readonly port: number
}

/** A place on a host: `path` has no leading slash and is taken from the root or from the remote home. */
export interface Destination extends Login {
  readonly base: 'root' | 'home'
  readonly path: string
}

const defaultUser = 'dotcloud'
const defaultPort = 22
const accepted =
  'Write ssh://[user@]host[:port]/path, or [user@]host:path for a path in the remote home; {app}, {deployment}, {branch} and {sha} are filled in.'

const passwordRefusal = 'holds a password; dotcloud-push logs in with ssh-key only.'

// Leading characters are strict so that no part can ever read as an option of ssh, git, hg or rsync (CVE-2017-1000117).
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/
const hostPattern = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?$/
const ipv6Pattern = /^(?=[0-9A-Fa-f:.]{2,45}$)[0-9A-Fa-f.]*(:[0-9A-Fa-f.]*){2,7}$/
const pathPattern = /^[\p{L}\p{M}\p{N} ._+@,:=~%/-]*$/u

function refuse(input: string, what: string, evidence = '', errorClass: 'input' | 'unsafe' = 'input'): never {
  throw new PushError(errorClass, `Input ${input} ${what}`, accepted, { evidence })
}

function decode(input: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(input, `has a broken percent-encoding: "${text}".`)
  }
}

interface Parts {
  readonly authority: string
  readonly base: 'root' | 'home'
  readonly path: string
}

function splitUrl(input: string, text: string): Parts {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? []
  if (scheme.toLowerCase() !== 'ssh') refuse(input, `uses ${scheme}://, and only ssh:// is accepted.`)
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const path = decode(input, slash < 0 ? '' : rest.slice(slash)).replace(/^\/+/, '/')
  const home = /^\/~(\/|$)/.test(path)
  return { authority, base: home ? 'home' : 'root', path: home ? path.slice(2) : path }
}

function splitScp(input: string, text: string): Parts {
  const match = /^((?:[^@:/]*@)?(?:\[[^\]/]*\]|[^@:/[\]]*)):(.*)$/s.exec(text)
  if (match === null) refuse(input, 'names no host and path.', text)
  const [, authority = '', path = ''] = match
  // user:password@host:path would read as a path on the host "user", and be shown.
  if (/^[^/]*@/.test(path)) refuse(input, passwordRefusal)
  if (path.startsWith('/')) return { authority, base: 'root', path }
  return { authority, base: 'home', path: path.replace(/^~(?=\/|$)/, '') }
}

function parseLogin(input: string, authority: string, values: TemplateValues, portAllowed: boolean): Login {
  const at = authority.lastIndexOf('@')
  const userText = at < 0 ? defaultUser : authority.slice(0, at)
  if (decode(input, userText).includes(':')) refuse(input, passwordRefusal)
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(at + 1))
  const [, hostText = '', portText] = match ?? []
  if (match === null) refuse(input, 'has a malformed host or port.', authority)
  const user = fill(input, decode(input, userText), values)
  if (!userPattern.test(user)) refuse(input, `has an unacceptable user name ${JSON.stringify(user)}.`)
  const host = fill(input, decode(input, hostText), values)
  const bare = host.replace(/^\[(.*)\]$/s, '$1')
  const valid = host === bare ? hostPattern.test(host) : ipv6Pattern.test(bare)
  if (!valid) refuse(input, `has an unacceptable host name ${JSON.stringify(host)}.`)
  if (portText !== undefined && !portAllowed) refuse(input, 'has a malformed host or port.', authority)
  const port = portText === undefined ? defaultPort : Number(portText)
  if (!/^[0-9]{1,5}$/.test(portText ?? '22') || port < 1 || port > 65535) {
    refuse(input, `has the port ${JSON.stringify(portText)}, and ports are 1 to 65535.`)
  }
  return { user, host: bare.toLowerCase(), port }
}

function parsePath(input: string, text: string, values: TemplateValues): string {
  const path = fill(input, text, values)
  if (/[?#]/.test(path)) refuse(input, 'has a query or a fragment.', path)
  const strange = [...path].find((character) => !pathPattern.test(character))
  if (strange !== undefined)
    refuse(input, `has ${JSON.stringify(strange)} in its path, which a shell could act on.`, path)
  const segments = path.split('/').filter((segment) => segment !== '')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    refuse(input, 'has "." or ".." in its path.', path, 'unsafe')
  }
  if (segments.length === 0) refuse(input, 'names a root or a home directory, not a directory in it.', path, 'unsafe')
  if (segments[0]?.startsWith('~')) refuse(input, 'has a "~" where only /~/ is understood.', path, 'unsafe')
  if (path.startsWith(':')) refuse(input, 'has "::", which names an rsync daemon or a transport helper.', path)
  if (segments.some((segment) => segment.startsWith('-')))
    refuse(input, 'has a path segment that begins with "-".', path)
  return segments.join('/')
}

/**
 * The destination that a text stands for. The order is what keeps it safe: split, percent-decode, fill the template
 * values in, and only then hold each part against its allow-list.
 * @throws PushError `input` or `unsafe`, naming the input and the offending part, never a password
 */
export function parseDestination(input: string, text: string, values: TemplateValues): Destination {
  if (/[\u0000-\u001f\u007f]/.test(text)) refuse(input, 'holds a control character.')
  const isUrl = text.includes('://')
  const { authority, base, path } = isUrl ? splitUrl(input, text) : splitScp(input, text)
  return { ...parseLogin(input, authority, values, isUrl), base, path: parsePath(input, path, values) }
}

/** A bastion: `ssh://[user@]host[:port]`, nothing more. */
export function parseJump(input: string, text: string, values: TemplateValues): Login {
  const match = /^ssh:\/\/([^/?#]+)\/?$/i.exec(text)
  if (match === null || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new PushError('input', `Input ${input} is not a bastion's address.`, 'Write ssh://[user@]host[:port].')
  }
  return parseLogin(input, match[1] ?? '', values, true)
}

/** The destination as an URL that parses to the same destination. */
export function formatDestination(destination: Destination): string {
  const { base, path } = destination
  const encoded = path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll(/%(40|3A|2C|2B|3D)/g, decodeURIComponent))
  return `ssh://${formatLogin(destination)}${base === 'home' ? '/~/' : '/'}${encoded.join('/')}`
}

/** `user@host:port`, the port only where it is not 22. */
export function formatLogin({ user, host, port }: Login): string {
  return `${user}@${bracket(host)}${port === defaultPort ? '' : `:${port}`}`
}

/** `user@host`, as ssh's, git's and rsync's command lines take it; `forUrl` puts an IPv6 address in brackets. */
export function loginWord({ user, host }: Login, forUrl = false): string {
  return `${user}@${forUrl ? bracket(host) : host}`
}

/** The path as a remote shell or tool takes it: absolute, or relative to the home where a session starts. */
export function remotePath({ base, path }: Destination): string {
  return base === 'root' ? `/${path}` : path
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
