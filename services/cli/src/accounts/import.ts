import { createInterface } from 'node:readline'
import { UserFault } from '@jabiru/runtime'
import type { Terminal } from '../terminal.ts'
import type { Perform } from './command.ts'

/**
 * Makes an account of each line of standard input: an address, a blank, and the password, which is the rest of the line.
 * A line that cannot be done is told with its number and keeps no other from being done. Resolves to the exit code.
 */
export async function importAccounts(
  perform: Perform,
  { stdin, out, err }: Pick<Terminal, 'stdin' | 'out' | 'err'>,
): Promise<number> {
  let [number, failed] = [0, 0]
  for await (const line of createInterface({ input: stdin })) {
    number += 1
    if (line.trim() === '') continue
    try {
      const { said } = await perform({ do: 'add', ...parsed(line) })
      for (const text of said) out(text)
    } catch (fault) {
      if (!(fault instanceof UserFault)) throw fault
      failed += 1
      err(`jabiru: line ${number}: ${fault.message}`)
    }
  }
  return failed > 0 ? 1 : 0
}

function parsed(line: string): { readonly jid: string; readonly password: string } {
  const blank = line.indexOf(' ')
  const [jid, password] = [line.slice(0, blank), line.slice(blank + 1)]
  if (blank <= 0 || password === '') throw new UserFault('no address, blank and password')
  return { jid, password }
}
