import type { Readable, Writable } from 'node:stream'

/** The standard streams of a process. */
interface Streams {
  readonly stdin: Writable | null
  readonly stdout: Readable | null
}

/**
 * Joins a process to the streams of another one that borrows its own: what comes from `input` goes to its standard
 * input, and the returned function passes on what it says, until its output ends.
 */
export function join({ stdin, stdout }: Streams, input: Readable, output: Writable): (chunk: Buffer) => void {
  if (stdin !== null) input.pipe(stdin)
  stdout?.on('end', () => {
    output.end()
    // Who would still write must not wait for a reader.
    input.destroy()
  })
  const goOn = () => stdout?.resume()
  // A borrower that has died is told nothing more.
  output.on('error', () => undefined)
  input.on('error', () => undefined)
  output.on('drain', goOn).on('close', goOn)
  return (chunk) => {
    if (!output.destroyed && !output.write(chunk)) stdout?.pause()
  }
}
