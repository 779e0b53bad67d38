// node-ssh as its README shows it: the whole directory, ten files at a time.
import { load } from './load.mjs'

const { load: from, task } = load()
const { directory, destination, user, host, port, key } = task
const { NodeSSH } = from('node-ssh')

const ssh = new NodeSSH()
await ssh.connect({ host, port, username: user, privateKeyPath: key })
const failed = []
await ssh.putDirectory(directory, destination, {
  recursive: true,
  concurrency: 10,
  validate: (path) => path !== `${directory}/.git`,
  tick: (path, _remote, error) => {
    if (error) failed.push(path)
  },
})
ssh.dispose()
if (failed.length > 0) throw new Error(`${failed.length} files failed`)
