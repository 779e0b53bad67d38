/** What main leaves for post: the folder and the file that must be gone when the job ends. */
export const stateNames = ['session', 'report'] as const

export type StateName = (typeof stateNames)[number]

/** What main saved; empty for nothing. Without the toolkit: half of post's time would go into loading it. */
export function readState(name: StateName): string {
  return process.env[`STATE_${name}`] ?? ''
}
