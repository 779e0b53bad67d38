// What is to be known of inputs and has no place in action.yml. script/generate.mjs puts it into src/core/inputs.ts, and
// refuses an input that stands in no group, or in two.

/** The groups under which --help and docs/cli.md show the options. */
export const groups = {
  'What to push': ['app', 'deployment', 'source', 'method', 'branches', 'plan'],
  'Where to': ['destination', 'proxy-jump', 'target-branch', 'deploy-command'],
  Trust: [
    ...['ssh-key', 'ssh-key-passphrase', 'known-hosts', 'host-key-fingerprint'],
    ...['insecure-skip-host-key-check', 'insecure-allow-untrusted-event'],
  ],
  'Mirror (rsync)': ['excludes', 'includes', 'protect', 'delete', 'max-delete', 'adopt', 'verify'],
  'History (git)': ['shallow', 'force'],
  'This run': ['dry-run', 'doctor'],
  Time: ['connect-timeout', 'idle-timeout', 'timeout', 'retries'],
}

/** Several values, one a line. */
export const lists = [...['known-hosts', 'host-key-fingerprint', 'excludes', 'includes', 'protect', 'branches']]

/** One of these values; a yes-or-no shows by its default. */
export const choices = {
  method: ['auto', 'hg', 'git', 'rsync'],
  shallow: ['auto', 'snapshot', 'fail'],
  verify: ['auto', 'full'],
}

/**
 * What dotcloud-push.yml may set: what is pushed, and where to, on a host that the workflow trusts. The file comes with
 * the code, so it has no say in whom the key is shown to, in what this run does, and in the guards.
 */
export const configurable = [
  ...['app', 'deployment', 'source', 'method', 'branches', 'destination', 'target-branch', 'deploy-command'],
  ...['excludes', 'protect', 'delete', 'verify', 'shallow'],
  ...['connect-timeout', 'idle-timeout', 'timeout', 'retries'],
]
