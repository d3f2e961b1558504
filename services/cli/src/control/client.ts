import { UserFault } from '@jabiru/runtime'
import type { AccountCommand, Answer, Perform } from '../accounts/command.ts'
import { type ControlFile, readControl } from './file.ts'
import { parseProgress, parseReply, type Reply } from './message.ts'

const TIMEOUT_MS = 30_000

/** The server that has left word of itself there; undefined where none answers for accounts. */
export async function openControl(file: string): Promise<Perform | undefined> {
  const control = await readControl(file)
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

/**
 * Lets the server that has left word of itself there leave, and tells how it goes; false where none answers.
 * @throws UserFault where it goes away before it has drained
 */
export async function drainThrough(file: string, tell: (progress: string) => void): Promise<boolean> {
  const control = await readControl(file)
  const response = control && (await ask(control, '/drain', {}))
  if (response?.body == null || !response.ok) return false
  try {
    for await (const line of linesOf(response.body)) {
      const progress = parseProgress(line)
      if (progress === undefined) break
      if ('drained' in progress) return true
      tell(progress.told)
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error // the connection is lost
  }
  throw new UserFault('the server went away before it had drained')
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** Undefined where nobody listens. */
async function ask({ port, token }: ControlFile, path: string, more: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...more,
    })
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return undefined
    throw error
  }
}

/** Undefined where nobody listens, or somebody else. */
async function post(control: ControlFile, body: string): Promise<Reply | undefined> {
  const response = await ask(control, '/accounts', { body, signal: AbortSignal.timeout(TIMEOUT_MS) })
  return response && parseReply(await response.text())
}
