// rsyncwrapper, called as easingthemes/ssh-deploy calls it: with the flags of its README, and no strict host key check.
import { load } from './load.mjs'

const { load: from, task } = load()
const { directory, destination, user, host, port, key, hosts } = task
const rsync = from('rsyncwrapper')

await new Promise((resolve, reject) => {
  rsync(
    {
      src: `${directory}/`,
      dest: `${user}@${host}:${destination}/`,
      excludeFirst: ['/.git'],
      port,
      privateKey: key,
      args: ['-rlgoDzvc -i --delete'],
      // The second option only keeps the benchmark out of the user's own files.
      sshCmdArgs: ['-o StrictHostKeyChecking=no', `-o UserKnownHostsFile=${hosts}`],
      ssh: true,
      recursive: true,
    },
    (error, stdout) => {
      console.log(stdout)
      if (error) reject(error)
      else resolve(undefined)
    },
  )
})
