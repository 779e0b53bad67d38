import { setFlagsFromString } from 'node:v8'

/**
 * Keeps what the garbage collector leaves lying about small: with the lists of 100,000 files, 145 MB of memory instead
 * of 257 MB, in the same time. A step's own Node cannot be given options.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
