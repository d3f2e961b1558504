import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Log, listen, UserFault } from '@jabiru/runtime'
import type { Perform } from '../accounts/command.ts'
import { removeControl, writeControl } from './file.ts'
import { parseCommand, type Reply } from './message.ts'

/** What the control channel of a running server needs. */
export interface ControlParts {
  /** Where it leaves word of itself. */
  readonly file: string
  /** Absent where accounts are kept elsewhere, or not any more. */
  readonly perform: () => Perform | undefined
  /** Lets the server leave, and tells how it goes. */
  readonly drain: (tell: (progress: string) => void) => void
  readonly log: Log
}

const TOKEN_BYTES = 32
const LONGEST_BODY = 65_536
const TIMEOUT_MS = 10_000

/** Listens for the command line on a free port of loopback. The token to it stands in a file that only this user can read. */
export async function startControl({ file, perform, drain, log }: ControlParts): Promise<AsyncDisposable> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const drained = new Set<ServerResponse>()
  const follow = (response: ServerResponse) => {
    drained.add(response)
    response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' })
    drain((progress) => response.write(`${JSON.stringify({ told: progress })}\n`))
  }
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    answer(request, { token, perform })
      .catch((err: unknown): Outcome => {
        log.error({ err }, 'control_failed')
        return { status: 500, reply: { fault: 'the server could not do that; its log says why' } }
      })
      .then((outcome) => (outcome === 'drain' ? follow(response) : send(response, outcome)))
      .catch((err: unknown) => log.debug({ err }, 'control_answer_lost'))
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0, setting: 'control' })
  await writeControl(file, { port, token, pid: process.pid })
  return {
    [Symbol.asyncDispose]: async () => {
      await removeControl(file)
      for (const response of drained) response.end(`${JSON.stringify({ drained: true })}\n`)
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
  { token, perform }: { readonly token: string } & Pick<ControlParts, 'perform'>,
): Promise<Outcome | 'drain'> {
  if (!isEqual(request.headers.authorization ?? '', `Bearer ${token}`)) return refuse(401, 'wrong token')
  if (request.method === 'POST' && request.url === '/drain') return 'drain'
  const carryOut = perform()
  if (request.method !== 'POST' || request.url !== '/accounts') return refuse(404, 'not found')
  if (carryOut === undefined) return refuse(503, 'no accounts')
  // Whoever has the token is the operator; the bound is for mistakes, so the length it states is believed.
  if (!(Number(request.headers['content-length']) <= LONGEST_BODY)) return refuse(413, 'too long')
  const command = parseCommand(await text(request))
  if (command === undefined) return refuse(400, 'no command')
  try {
    return { status: 200, reply: await carryOut(command) }
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
