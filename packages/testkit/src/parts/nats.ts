import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../ports.ts'
import { findProgram, type Program } from './binary.ts'
import { type Image, inDocker } from './docker.ts'
import { foreignPart, type Part, startPart } from './part.ts'
import type { PartOptions } from './postgres.ts'

const PROGRAM: Program = { name: 'nats-server', debian: 'nats-server' }

const IMAGE: Image = {
  name: 'nats:2',
  port: 4222,
  ready: { line: 'Server is ready' },
  url: (port) => `nats://127.0.0.1:${String(port)}`,
}

/** Starts a NATS server without JetStream, or gives what `JABIRU_TEST_NATS_URL` names. */
export async function startNats({ own = false }: PartOptions = {}): Promise<Part> {
  const given = process.env['JABIRU_TEST_NATS_URL']
  if (given !== undefined && !own) return foreignPart(given)

  const contained = await inDocker(PROGRAM, IMAGE)
  if (contained !== undefined) return contained
  const command = await findProgram(PROGRAM)
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-nats-'))
  const [port = 0] = await freePorts(1)
  return startPart({
    name: 'NATS',
    url: IMAGE.url(port),
    command,
    args: ['--addr', '127.0.0.1', '--port', String(port)],
    folder,
    ready: 'Server is ready',
    stopSignal: 'SIGTERM',
  })
}
