import { type ToolName, versionOf } from './doctor-here.js'
import { explain } from './errors.js'
import { inputs, version } from './inputs.js'
import { type Host, methodNames, type RawInputs } from './model.js'

const secrets: readonly string[] = ['ssh-key', 'ssh-key-passphrase']

/** What a bug report needs besides the log, in lines: machine, event, programs, and the inputs that are not the default. */
export async function circumstances(machine: string, raw: Partial<RawInputs>, host: Host): Promise<string[]> {
  const { event, ref = 'none', sha = 'none', workspace } = host.context
  const names: readonly ToolName[] = ['ssh', ...methodNames]
  const programs = await Promise.all(
    names.map((name) => versionOf(name, host).catch((error: unknown) => explain(error).cause)),
  )
  const given = inputs.flatMap(({ name, default: value }) =>
    raw[name] === undefined || raw[name] === value
      ? []
      : [[name, secrets.includes(name) ? `(${raw[name].length} characters)` : raw[name]]],
  )
  return [
    `dotcloud-push ${version}, ${machine}`,
    `Event ${event.name || 'none'}, ref ${ref}, commit ${sha}, workspace ${workspace}`,
    ...programs,
    `Inputs: ${JSON.stringify(Object.fromEntries(given))}`,
  ]
}
