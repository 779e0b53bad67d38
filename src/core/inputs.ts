/** Generated from action.yml and package.json by script/generate.mjs; do not edit. */
export const version = '1.0.0'

export const inputs = [
  {
    name: 'app',
    description:
      'Application name, which fills `{app}`. A letter or digit, then up to 127 letters, digits, `.`, `_` or `-`.',
    default: '',
    required: true,
  },
  {
    name: 'deployment',
    description: 'Deployment name, which fills `{deployment}`.',
    default: 'default',
    required: false,
  },
  {
    name: 'destination',
    description:
      'Where to push: `ssh://[user@]host[:port]/path` or `[user@]host:path`, with the templates `{app}`, `{deployment}`, `{branch}` and `{sha}`. `/path` is absolute, `/~/path` and `host:path` are relative to the remote home; the user defaults to `dotcloud`, the port to 22. Required unless `plan` gives it.',
    default: '',
    required: false,
  },
  {
    name: 'ssh-key',
    description: 'Text of the private key (OpenSSH, PEM or PKCS#8), from a secret.',
    default: '',
    required: true,
  },
  {
    name: 'ssh-key-passphrase',
    description: 'Passphrase of an encrypted key, from a secret.',
    default: '',
    required: false,
  },
  {
    name: 'known-hosts',
    description:
      'known_hosts lines that pin the destination and the bastion. Either this or `host-key-fingerprint` is required.',
    default: '',
    required: false,
  },
  {
    name: 'host-key-fingerprint',
    description: "Fingerprints `SHA256:…` that pin the destination's host key, one a line, of any key type.",
    default: '',
    required: false,
  },
  {
    name: 'insecure-skip-host-key-check',
    description:
      '`true` or `false`. `true` connects to a host whose key nobody has checked, and warns with an annotation.',
    default: 'false',
    required: false,
  },
  {
    name: 'proxy-jump',
    description: 'Bastion to go through, `ssh://[user@]host[:port]`, pinned by the same `known-hosts`.',
    default: '',
    required: false,
  },
  {
    name: 'source',
    description: 'Directory (or, for rsync, one file) to push, inside the workspace.',
    default: '.',
    required: false,
  },
  {
    name: 'method',
    description:
      '`auto`, `hg`, `git` or `rsync`. `auto` takes hg for a directory with `.hg`, git for one with `.git`, and rsync for any other.',
    default: 'auto',
    required: false,
  },
  {
    name: 'excludes',
    description:
      'rsync patterns, one a line, never sent and never deleted at the destination. `.git`, `.hg`, `.svn` and secret-like files (`.env*`, `*.pem`, `id_*`, `.npmrc`, `.netrc`, `.ssh`, `.aws`) are always excluded as well.',
    default: '*.pyc',
    required: false,
  },
  {
    name: 'includes',
    description: 'Built-in excludes to lift, by name, one a line (`.env`).',
    default: '',
    required: false,
  },
  {
    name: 'protect',
    description: 'Patterns that may exist only at the destination and are never deleted, one a line (`uploads/`).',
    default: '',
    required: false,
  },
  {
    name: 'delete',
    description: '`true` or `false`. `true` mirrors: rsync removes at the destination what the source no longer has.',
    default: 'true',
    required: false,
  },
  {
    name: 'max-delete',
    description:
      'A number of files, or a percentage of what the destination holds. A mirror that would delete more stops before anything changes.',
    default: '50%',
    required: false,
  },
  {
    name: 'adopt',
    description:
      '`true` or `false`. `true` allows the first mirror into a directory holding files that dotcloud-push did not put there.',
    default: 'false',
    required: false,
  },
  {
    name: 'target-branch',
    description: 'Branch at the destination (git), with the same templates as `destination`.',
    default: '{branch}',
    required: false,
  },
  {
    name: 'force',
    description:
      '`true` or `false`. `true` allows a push that is not a fast-forward, with a lease on what was there (git).',
    default: 'false',
    required: false,
  },
  {
    name: 'shallow',
    description:
      'What to do with a shallow checkout (git): `auto` completes the history from its origin and otherwise stops with the fix, `snapshot` pushes one commit of the tree on top of what the destination has, `fail` stops.',
    default: 'auto',
    required: false,
  },
  {
    name: 'deploy-command',
    description:
      'Remote command to run after the upload, with the same templates as `destination`, each value quoted. Empty runs none.',
    default: '',
    required: false,
  },
  {
    name: 'branches',
    description:
      "GitHub filter patterns, one a line; `!` negates and the last match wins. Any other branch, a tag or a pull request's merge ref gives `result=skipped` and a green step. Empty pushes every ref.",
    default: '',
    required: false,
  },
  {
    name: 'plan',
    description:
      'A dotCloud plan in JSON, inline or as a path inside the workspace. It can only ask for less than the inputs allow.',
    default: '',
    required: false,
  },
  {
    name: 'dry-run',
    description: '`true` or `false`. `true` connects and compares, changes nothing, and gives `result=planned`.',
    default: 'false',
    required: false,
  },
  {
    name: 'doctor',
    description:
      '`true` or `false`. `true` checks the destination step by step, pushes nothing and runs nothing there but read-only questions; `result` is `planned`, or `failed` with the first fault.',
    default: 'false',
    required: false,
  },
  {
    name: 'verify',
    description:
      '`auto` or `full` (rsync). `auto` trusts what the server remembers of the last push when nothing there has changed since; `full` compares the content of every file.',
    default: 'auto',
    required: false,
  },
  {
    name: 'insecure-allow-untrusted-event',
    description:
      "`true` or `false`. Push even on `pull_request_target`, on `workflow_run` of a fork and on a comment at a pull request, where the code may be anybody's.",
    default: 'false',
    required: false,
  },
  { name: 'connect-timeout', description: 'Seconds to wait for a connection.', default: '15', required: false },
  {
    name: 'idle-timeout',
    description: 'Seconds to wait for the next byte from the remote side.',
    default: '120',
    required: false,
  },
  { name: 'timeout', description: 'Minutes for the whole step.', default: '30', required: false },
  {
    name: 'retries',
    description: 'Attempts at connecting and at an idempotent transfer. A deploy command is never run twice.',
    default: '3',
    required: false,
  },
] as const

export type InputName = (typeof inputs)[number]['name']

export const outputs = [
  { name: 'result', description: '`deployed`, `unchanged`, `skipped`, `planned` or `failed`.' },
  {
    name: 'failed-stage',
    description: 'Stage that failed: `settings`, `connect`, `push` or `deploy`. Empty on success.',
  },
  {
    name: 'error-class',
    description:
      'Class of the failure: `input`, `unsafe`, `key`, `host-key`, `auth`, `connect`, `timeout`, `transfer`, `space`, `remote-setup`, `deploy`, `unknown-state`, `cancelled` or `bug`. Empty on success.',
  },
  {
    name: 'uploaded',
    description: '`true` once the destination has the new content, also when the deploy command fails afterwards.',
  },
  { name: 'method', description: 'Method that was used: `hg`, `git` or `rsync`.' },
  { name: 'destination', description: 'Destination with its templates filled in.' },
  { name: 'revision', description: 'Commit or changeset that was pushed.' },
  { name: 'previous-revision', description: 'Commit or changeset that the destination had before.' },
  { name: 'changed-files', description: 'Number of files created or changed at the destination.' },
  { name: 'deleted-files', description: 'Number of files deleted at the destination.' },
  { name: 'bytes-sent', description: 'Bytes sent by the transfer.' },
  {
    name: 'deploy-exit-code',
    description: 'Exit code of the deploy command. Empty when none ran or its code is unknown.',
  },
  { name: 'host-key-fingerprint', description: '`SHA256:…` fingerprint of the host key that the destination offered.' },
  { name: 'seconds', description: 'Duration of the push.' },
  { name: 'plan', description: "Plan that ran, in dotCloud's JSON." },
  {
    name: 'report',
    description: 'Path of a JSON report with all of these, the timings of each stage and the file lists.',
  },
] as const

export type OutputName = (typeof outputs)[number]['name']
