// ssh2-sftp-client as its README shows it.
import { readFileSync } from 'node:fs'
import { load } from './load.mjs'

const { load: from, task } = load()
const { directory, destination, user, host, port, key } = task
const Client = from('ssh2-sftp-client')

const sftp = new Client()
await sftp.connect({ host, port, username: user, privateKey: readFileSync(key) })
await sftp.uploadDir(directory, destination, { filter: (path) => !`${path}/`.startsWith(`${directory}/.git/`) })
await sftp.end()
