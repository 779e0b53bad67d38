import { PushError } from './errors.js'

/** What `{app}`, `{deployment}`, `{branch}` and `{sha}` stand for in this run; the last two may be unknown. */
export interface TemplateValues {
  readonly app: string
  readonly deployment: string
  readonly branch: string | undefined
  readonly sha: string | undefined
}

const whyUnknown = {
  app: 'Set app.',
  deployment: 'Set deployment.',
  branch: 'No branch is checked out (a tag, or a detached HEAD): write the branch out instead of {branch}.',
  sha: 'The workspace is no repository and the CI names no commit: leave {sha} out.',
} as const

/**
 * The template with its values in place, each passed through `encode` (a shell's quoting, for instance).
 * Other braces stay as they are: a shell has uses for them.
 * @throws PushError `input` when a value that is asked for is not known in this run
 */
export function fill(
  input: string,
  template: string,
  values: TemplateValues,
  encode: (value: string) => string = (value) => value,
): string {
  return template.replaceAll(/\{(app|deployment|branch|sha)\}/g, (whole, name: keyof TemplateValues) => {
    const value = values[name]
    if (value === undefined) {
      throw new PushError('input', `Input ${input} asks for ${whole}, which is not known here.`, whyUnknown[name])
    }
    return encode(value)
  })
}
