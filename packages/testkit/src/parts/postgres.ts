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
  const user = await unprivileged()
  const folder = await folderOf(user)
  await make(folder, user)
  return launch(folder, user, {})
}

/**
 * Starts PostgreSQL in this folder, with these settings. A folder of a file system of its own is the way to a disk
 * that gets full. Only where PostgreSQL is a program of this machine: rejects with ProgramMissing.
 */
export async function startPostgresIn(
  folder: string,
  settings: Readonly<Record<string, string>>,
  words: readonly string[] = [],
): Promise<Part> {
  const user = await unprivileged()
  if (user) await chown(folder, user.uid, user.gid)
  await make(folder, user, words)
  return launch(folder, user, settings)
}

/** Starts a standby of the PostgreSQL at this URL, which streams from it from now on. As `startPostgresIn`. */
export async function startStandby(primary: string): Promise<Part> {
  const user = await unprivileged()
  const folder = await folderOf(user)
  const words = ['-d', primary, '-D', join(folder, 'data'), '--write-recovery-conf', '--checkpoint=fast', '--no-sync']
  await run(await programOf('pg_basebackup'), words, { cwd: folder, ...user })
  return launch(folder, user, {}, 'database system is ready to accept read-only connections')
}

type User = Awaited<ReturnType<typeof unprivileged>>

async function folderOf(user: User): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-postgres-'))
  if (user) await chown(folder, user.uid, user.gid)
  return folder
}

/** A program that comes with the server. */
const programOf = async (name: string): Promise<string> =>
  findProgram({ name, debian: 'postgresql', folders: [dirname(await findProgram(PROGRAM)), FOLDERS] })

async function make(folder: string, user: User, words: readonly string[] = []): Promise<void> {
  const data = join(folder, 'data')
  const standing = ['-D', data, '-U', 'jabiru', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(await programOf('initdb'), [...standing, ...words], { cwd: folder, ...user })
}

async function launch(
  folder: string,
  user: User,
  more: Readonly<Record<string, string>>,
  ready = 'database system is ready to accept connections',
): Promise<Part> {
  const [port = 0] = await freePorts(1)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...SETTINGS,
    ...more,
  }
  return startPart({
    name: 'PostgreSQL',
    url: IMAGE.url(port),
    command: await findProgram(PROGRAM),
    args: ['-D', join(folder, 'data'), ...flags(settings)],
    folder,
    ready,
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
