import { isCode } from '@jabiru/runtime'
import { type Environment, environment } from '@jabiru/runtime/config'
import type { PasswordSource } from './password.ts'

/** What a command has of the world around it. */
export interface Terminal {
  readonly env: Environment
  /** The working folder. */
  readonly cwd: string
  /** The folder of the checkout. */
  readonly home: string
  readonly stdin: PasswordSource
  /** Writes a line to standard output. */
  readonly out: (line: string) => void
  /** Writes a line to standard error. */
  readonly err: (line: string) => void
  /** Writes to standard error as it is: a prompt. */
  readonly write: (text: string) => void
  /** Ends the process at once, leaving undone what is under way. */
  readonly abort: (code: number) => void
}

/** The command line makes no sense. The message is one line; the command ends with code 2. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault'
}

/** The world around this process. */
export function processTerminal({ home, abort }: Pick<Terminal, 'home' | 'abort'>): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', whenNobodyReads)
  return {
    env: environment(),
    cwd: process.cwd(),
    home,
    abort,
    stdin: process.stdin,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    write: (text) => void process.stderr.write(text),
  }
}

/** A pager that was closed or a collector that restarts is no reason to end; anything else is. */
function whenNobodyReads(error: Error): void {
  if (!isCode(error, 'EPIPE')) throw error
}
