import path from 'node:path'
import { Readable } from 'node:stream'
import type { Terminal } from '../terminal.ts'

/** A terminal that keeps what is written, for tests. */
export interface Recording extends Terminal {
  readonly lines: readonly string[]
  readonly errors: readonly string[]
}

/** The folder of this checkout. */
export const HOME = path.resolve(import.meta.dirname, '../../../..')

/** Makes one; whatever is given replaces what it has by itself. */
export function recording(given: Partial<Terminal> = {}): Recording {
  const [lines, errors]: [string[], string[]] = [[], []]
  return {
    env: {},
    cwd: HOME,
    home: HOME,
    stdin: Readable.from([]),
    out: (line) => void lines.push(line),
    err: (line) => void errors.push(line),
    write: () => undefined,
    abort: (code) => {
      throw new Error(`aborted with ${code}`)
    },
    ...given,
    lines,
    errors,
  }
}
