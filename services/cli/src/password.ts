import { createInterface } from 'node:readline'
import { type Readable, Writable } from 'node:stream'
import { UserFault } from '@jabiru/runtime'
import type { Terminal } from './terminal.ts'

/** Where a password is typed, or piped in. */
export type PasswordSource = Readable & { readonly isTTY?: boolean }

/** Reads a line from standard input; at a terminal it asks, and shows nothing of what is typed. Throws UserFault where none comes. */
export async function askPassword(
  prompt: string,
  { stdin, write }: Pick<Terminal, 'stdin' | 'write'>,
): Promise<string> {
  const asked = stdin.isTTY === true
  if (asked) write(prompt)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: asked })
  try {
    return await firstLine(lines)
  } finally {
    lines.close()
    if (asked) write('\n')
  }
}

function firstLine(lines: ReturnType<typeof createInterface>): Promise<string> {
  return new Promise((resolve, reject) => {
    lines.once('line', resolve)
    lines.once('SIGINT', () => reject(new UserFault('cancelled')))
    lines.once('close', () => reject(new UserFault('no password given: type it, pipe it in, or use --password')))
  })
}
