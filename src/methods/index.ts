import type { MethodName } from '../core/model.js'
import { git } from './git.js'
import { hg } from './hg.js'
import type { Method } from './method.js'
import { rsync } from './rsync.js'

/** The registry, in dotCloud's order of detection. */
export const methods: Readonly<Record<MethodName, Method>> = { hg, git, rsync }
