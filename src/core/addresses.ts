/** A page of a repository on the web, as the CI names its server and the repository; anything but a plain address is none. */
export function repositoryPage(server = '', repository = ''): string | undefined {
  const page = `${server}/${repository}`
  return /^https:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*){2}$/.test(page)
    ? page
    : undefined
}

/** How platforms tell, in their last lines, where an application is. */
const told: readonly RegExp[] = [
  // Dokku
  /^=====> Application deployed:\n(\S+)$/m,
  // Scalingo
  /^<-- (\S+) -->$/m,
  // Upsun, Platform.sh
  /^(\S+) is served by application `/m,
]

/** Where a platform says that the application is; empty when none of those that we know has said so. */
export function applicationAddress(lines: readonly string[]): string {
  const text = lines.map((line) => line.replaceAll(escapes, '').trim()).join('\n')
  const addresses = told.flatMap((pattern) => pattern.exec(text)?.[1] ?? [])
  return addresses.find((address) => address.length <= 200 && plainAddress.test(address)) ?? ''
}

const plainAddress = /^https?:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9/_.~-]*)?$/i

/** What moves a terminal's cursor or colors it. */
export const escapes = /\u001b\[[0-?]*[ -/]*[@-~]/g
