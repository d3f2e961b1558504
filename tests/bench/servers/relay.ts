import { fileURLToPath } from 'node:url'
import { freePorts } from '@jabiru/testkit'
import { startProgram } from './program.ts'
import type { Contestant, Serving, Setting } from './server.ts'

const MAIN = fileURLToPath(new URL('relay-main.ts', import.meta.url))

async function start({ certificate: { certFile, keyFile } }: Setting): Promise<Serving> {
  const [port = 0] = await freePorts(1)
  const program = await startProgram({
    name: 'the relay',
    command: process.execPath,
    args: [MAIN, String(port), certFile, keyFile],
    cwd: '/',
    isReady: (said) => Promise.resolve(said.includes('ready')),
  })
  return {
    endpoints: [{ host: '127.0.0.1', tlsPort: port }],
    archived: () => Promise.resolve(0),
    faults: () => [],
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}

/** The platform's sockets and nothing else: how far one could get. */
export const RELAY: Contestant = { server: 'relay', form: 'tls', start }
