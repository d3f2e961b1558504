import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAccount } from './control.ts'
import type { House } from './house.ts'
import { PORTS_NEEDED, placeAt, portSettings } from './listening.ts'
import { freePorts } from './ports.ts'
import { ServerProcess, type Settings, spawnJabiru } from './server-process.ts'

/** How the embedded house is started. */
export interface EmbeddedOptions {
  /** Where it keeps its data; a fresh folder, removed at the end, unless given. */
  readonly dataDir?: string
  /** Settings over and above ports and folder, by the names of the environment. */
  readonly env?: Settings
  /** Gives a folder with a database that holds nothing yet, to be taken as its own: making one takes the server seconds. */
  readonly emptyDatabase?: () => Promise<{ readonly dir: string } & AsyncDisposable>
  /** The same ports at every start, so that what a client remembers stays true. */
  readonly ports?: readonly number[]
  /** Node's own. */
  readonly flags?: readonly string[]
}

/** The whole server as one process. */
export interface Embedded extends House {
  readonly pid: number | undefined
  readonly isGone: () => boolean
}

/** Starts the whole server as one real process, and settles when it says `ready`. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  const dataDir = options.dataDir ?? (await freshFolder(options))
  const ports = options.ports ?? (await freePorts(PORTS_NEEDED))
  const settings = { JABIRU_DATA_DIR: dataDir, ...portSettings(ports), ...options.env }
  const server = new ServerProcess('the server', spawnJabiru(['start'], settings, options.flags))
  const cleanUp = async () => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await server.ready()
  } catch (error) {
    await server.end('SIGKILL')
    await cleanUp()
    throw error
  }
  const end = async (signal: NodeJS.Signals) => {
    await server.end(signal)
    await cleanUp()
  }
  return {
    pid: server.pid,
    isGone: () => server.isGone,
    domain: 'localhost',
    c2s: [placeAt(ports)],
    ca: await readFile(options.env?.['JABIRU_TLS_CERT_FILE'] ?? join(dataDir, 'tls/certificate.pem'), 'utf8'),
    addUser: (name, password) => addAccount(dataDir, `${name}@localhost`, password),
    said: () => server.said(),
    faults: () => server.faults(),
    memory: () => server.memory(),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

async function freshFolder({ emptyDatabase }: EmbeddedOptions): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jabiru-house-'))
  if (emptyDatabase === undefined) return dataDir
  await using scratch = await emptyDatabase()
  await rename(scratch.dir, join(dataDir, 'postgres'))
  return dataDir
}
