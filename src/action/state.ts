import { getState, saveState } from '@actions/core'

/** What main leaves for post: the folders and files that must be gone when the job ends. */
const names = { session: 'session', report: 'report' } as const

export type StateName = keyof typeof names

export function save(name: StateName, path: string): void {
  saveState(names[name], path)
}

export function read(name: StateName): string {
  return getState(names[name])
}
