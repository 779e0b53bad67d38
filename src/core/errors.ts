/**
 * Every way in which a push can end badly, with the exit status of the command line.
 * The numbers are part of the contract: scripts branch on them.
 */
export const errorClasses = {
  input: 2,
  unsafe: 3,
  key: 10,
  'host-key': 11,
  auth: 12,
  connect: 13,
  timeout: 14,
  transfer: 15,
  space: 16,
  'remote-setup': 17,
  deploy: 18,
  'unknown-state': 20,
  bug: 70,
  cancelled: 130,
} as const

export type ErrorClass = keyof typeof errorClasses

/** What a failure says to its reader: the cause in one sentence, the line that proves it, the next thing to do. */
export interface Failure {
  readonly errorClass: ErrorClass
  readonly cause: string
  readonly evidence: string
  readonly next: string
  /** Only for `bug`: where it happened. */
  readonly stack?: string
}

/** A failure with a name. Anything else that is thrown counts as a bug of ours. */
export class PushError extends Error implements Failure {
  readonly errorClass: ErrorClass
  override readonly cause: string
  readonly evidence: string
  readonly next: string
  /** Whether the same attempt may succeed a moment later and has changed nothing that a repetition would harm. */
  readonly retry: boolean

  constructor(errorClass: ErrorClass, cause: string, next: string, more: { evidence?: string; retry?: boolean } = {}) {
    super(cause)
    this.name = 'PushError'
    this.errorClass = errorClass
    this.cause = cause
    this.next = next
    this.evidence = more.evidence ?? ''
    this.retry = more.retry ?? false
  }
}

/** What the system says when this machine lacks something, and our code is not at fault. */
const lacks = new Set(['EACCES', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EPERM', 'EROFS'])

function isOfTheMachine(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error && 'syscall' in error)) return false
  // The one directory that we expect and do not make ourselves.
  return lacks.has(String(error.code)) || error.syscall === 'mkdir'
}

/** The failure that an error stands for, whatever was thrown. */
export function explain(error: unknown): Failure {
  if (isOfTheMachine(error)) {
    return explain(
      new PushError(
        'input',
        'This machine denies us a file or a process.',
        'Look at free space, permissions and limits, first of RUNNER_TEMP.',
        { evidence: error.message },
      ),
    )
  }
  if (error instanceof PushError) {
    const { errorClass, cause, evidence, next } = error
    return { errorClass, cause, evidence, next }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    errorClass: 'bug',
    cause: 'dotcloud-push ran into a bug of its own.',
    evidence: error instanceof Error ? error.message : String(error),
    next: 'Please report it with this log.',
    stack,
  }
}

/** Several mistakes told at once: one keeps its own class, a mixture counts as `input`. */
export function combine(mistakes: readonly PushError[]): PushError | undefined {
  const [first, ...rest] = mistakes
  if (first === undefined || rest.length === 0) return first
  const errorClass = rest.every((mistake) => mistake.errorClass === first.errorClass) ? first.errorClass : 'input'
  const unique = (texts: string[]) => [...new Set(texts.filter((text) => text !== ''))]
  return new PushError(
    errorClass,
    unique(mistakes.map((mistake) => mistake.cause)).join(' '),
    unique(mistakes.map((mistake) => mistake.next)).join(' '),
    { evidence: unique(mistakes.map((mistake) => mistake.evidence)).join('; ') },
  )
}
