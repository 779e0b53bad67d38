import { readdirSync, readFileSync } from 'node:fs'

/** Linux's process table, for leaving nothing behind. */

/** Processes started below `pid`, itself not included. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const child of processes()) {
    const parent = parentOf(child)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const below = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid)
}

/** Live processes whose environment, when they were started, held `name=value`: so does the runner find orphans. */
export function processesWith(name: string, value: string): number[] {
  const entry = `${name}=${value}`
  return processes().filter((pid) => pid !== process.pid && read(pid, 'environ').split('\0').includes(entry))
}

/** Ends exactly these processes; one that is gone already is fine. */
export function end(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
  }
}

/** True until the process has ended (a zombie has). */
export function isAlive(pid: number): boolean {
  const state = afterName(pid).at(0)
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function processes(): number[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? [Number(entry)] : []))
}

function parentOf(pid: number): number | undefined {
  const parent = afterName(pid).at(1)
  return parent === undefined ? undefined : Number(parent)
}

/** The fields of `/proc/PID/stat` after the name, which may hold anything. */
function afterName(pid: number): string[] {
  const stat = read(pid, 'stat')
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}
