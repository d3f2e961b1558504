import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type DataFolder, type Log, listen, UserFault } from '@jabiru/runtime'
import type { Perform } from '../accounts/command.ts'
import { removeControl, writeControl } from './file.ts'
import { parseCommand, type Reply } from './message.ts'

/** What the control channel of a running server needs. */
export interface ControlParts {
  readonly folder: DataFolder
  readonly perform: Perform
  readonly log: Log
}

const TOKEN_BYTES = 32
const LONGEST_BODY = 65_536
const TIMEOUT_MS = 10_000

/** Listens for the command line on a free port of loopback. The token to it stands in a file that only this user can read. */
export async function startControl({ folder, perform, log }: ControlParts): Promise<AsyncDisposable> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    answer(request, { token, perform })
      .catch((err: unknown): Outcome => {
        log.error({ err }, 'control_failed')
        return { status: 500, reply: { fault: 'the server could not do that; its log says why' } }
      })
      .then((outcome) => send(response, outcome))
      .catch((err: unknown) => log.debug({ err }, 'control_answer_lost'))
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0, setting: 'control' })
  await writeControl(folder.path, { port, token, pid: process.pid })
  return {
    [Symbol.asyncDispose]: async () => {
      await removeControl(folder.path)
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeIdleConnections()
      })
    },
  }
}

interface Outcome {
  readonly status: number
  readonly reply: Reply
}

async function answer(
  request: IncomingMessage,
  { token, perform }: { readonly token: string; readonly perform: Perform },
): Promise<Outcome> {
  if (!isEqual(request.headers.authorization ?? '', `Bearer ${token}`)) return refuse(401, 'wrong token')
  if (request.method !== 'POST' || request.url !== '/accounts') return refuse(404, 'not found')
  // Whoever has the token is the operator; the bound is for mistakes, so the length it states is believed.
  if (!(Number(request.headers['content-length']) <= LONGEST_BODY)) return refuse(413, 'too long')
  const command = parseCommand(await text(request))
  if (command === undefined) return refuse(400, 'no command')
  try {
    return { status: 200, reply: await perform(command) }
  } catch (error) {
    if (error instanceof UserFault) return refuse(422, error.message)
    throw error
  }
}

const refuse = (status: number, fault: string): Outcome => ({ status, reply: { fault } })

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function send(response: ServerResponse, { status, reply }: Outcome): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(reply))
}
