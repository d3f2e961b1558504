import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../ports.ts'
import { findProgram, type Program } from './binary.ts'
import { type Image, inDocker } from './docker.ts'
import { foreignPart, type Part, startPart } from './part.ts'
import type { PartOptions } from './postgres.ts'

const PROGRAM: Program = { name: 'redis-server', debian: 'redis-server' }

const FORGETFUL = ['--save', '', '--appendonly', 'no']

const IMAGE: Image = {
  name: 'redis:7',
  port: 6379,
  command: ['redis-server', ...FORGETFUL],
  ready: { line: 'Ready to accept connections' },
  url: (port) => `redis://127.0.0.1:${String(port)}`,
}

/** Starts an empty Redis that writes nothing to disk, or gives what `JABIRU_TEST_REDIS_URL` names. */
export async function startRedis({ own = false }: PartOptions = {}): Promise<Part> {
  const given = process.env['JABIRU_TEST_REDIS_URL']
  if (given !== undefined && !own) return foreignPart(given)

  const contained = await inDocker(PROGRAM, IMAGE)
  if (contained !== undefined) return contained
  const command = await findProgram(PROGRAM)
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-redis-'))
  const [port = 0] = await freePorts(1)
  return startPart({
    name: 'Redis',
    url: IMAGE.url(port),
    command,
    args: ['--bind', '127.0.0.1', '--port', String(port), ...FORGETFUL, '--dir', folder],
    folder,
    ready: 'Ready to accept connections',
    stopSignal: 'SIGTERM',
  })
}
