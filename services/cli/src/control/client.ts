import { UserFault } from '@jabiru/runtime'
import type { AccountCommand, Answer, Perform } from '../accounts/command.ts'
import { type ControlFile, readControl } from './file.ts'
import { parseReply, type Reply } from './message.ts'

const TIMEOUT_MS = 30_000

/** The running server of a data folder; undefined where none answers. */
export async function openControl(folder: string): Promise<Perform | undefined> {
  const control = await readControl(folder)
  if (control === undefined || !(await answers(control))) return undefined
  return (command) => perform(control, command)
}

async function perform(control: ControlFile, command: AccountCommand): Promise<Answer> {
  const reply = await post(control, JSON.stringify(command))
  if (reply === undefined) throw new UserFault('the running server went away before it answered: try again')
  if ('fault' in reply) throw new UserFault(reply.fault)
  return reply
}

/** A command that cannot be one is refused by the server that the token belongs to, and by nobody else in this way. */
async function answers(control: ControlFile): Promise<boolean> {
  const reply = await post(control, '{}')
  return reply !== undefined && 'fault' in reply && reply.fault === 'no command'
}

/** Undefined where nobody listens, or somebody else. */
async function post({ port, token }: ControlFile, body: string): Promise<Reply | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/accounts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return parseReply(await response.text())
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return undefined
    throw error
  }
}
