import { execFile } from 'node:child_process'
import { chown, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '../ports.ts'
import { findProgram, type Program } from './binary.ts'
import { type Image, inDocker } from './docker.ts'
import { foreignPart, type Part, startPart } from './part.ts'

const run = promisify(execFile)

/** How a part is wanted. */
export interface PartOptions {
  /** A server of the test's own, which it may stop, kill and pause: the environment is not asked. */
  readonly own?: boolean
}

const FOLDERS = '/usr/lib/postgresql/*/bin'

const PROGRAM: Program = { name: 'postgres', debian: 'postgresql', folders: [FOLDERS] }

const SETTINGS = { shared_buffers: '32MB', max_connections: '60' }

const IMAGE: Image = {
  name: 'postgres:15',
  port: 5432,
  command: ['postgres', ...flags(SETTINGS)],
  environment: { POSTGRES_USER: 'jabiru', POSTGRES_DB: 'postgres', POSTGRES_HOST_AUTH_METHOD: 'trust' },
  // Over TCP: while the image sets the database up it answers on its socket alone.
  ready: { command: 'pg_isready --host=127.0.0.1 --username=jabiru --dbname=postgres' },
  url: (port) => `postgres://jabiru@127.0.0.1:${String(port)}/postgres`,
}

/** Starts PostgreSQL with one empty database, or gives what `JABIRU_TEST_POSTGRES_URL` names. */
export async function startPostgres({ own = false }: PartOptions = {}): Promise<Part> {
  const given = process.env['JABIRU_TEST_POSTGRES_URL']
  if (given !== undefined && !own) return foreignPart(given)

  const contained = await inDocker(PROGRAM, IMAGE)
  if (contained !== undefined) return contained
  const command = await findProgram(PROGRAM)
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-postgres-'))
  const user = await unprivileged()
  if (user) await chown(folder, user.uid, user.gid)
  const initdb = await findProgram({
    name: 'initdb',
    debian: 'postgresql',
    folders: [dirname(command), FOLDERS],
  })
  const data = join(folder, 'data')
  await run(initdb, ['-D', data, '-U', 'jabiru', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    cwd: folder,
    ...user,
  })
  const [port = 0] = await freePorts(1)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...SETTINGS,
  }
  return startPart({
    name: 'PostgreSQL',
    url: IMAGE.url(port),
    command,
    args: ['-D', data, ...flags(settings)],
    folder,
    ready: 'database system is ready to accept connections',
    stopSignal: 'SIGINT', // fast shutdown: open connections are closed
    user,
  })
}

function flags(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}
