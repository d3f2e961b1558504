import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@jabiru/store'
import { freePorts } from '@jabiru/testkit'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { isAnswering } from './answering.ts'
import { ensurePackages } from './packages.ts'
import { accountsOf } from './population.ts'
import { startProgram } from './program.ts'
import { accountFile, prosodyConfiguration, rosterFile } from './prosody-configuration.ts'
import { type Contestant, DOMAIN, PEERS_LACK, type Serving, type Setting } from './server.ts'

const PACKAGES = [
  { debian: 'prosody', file: '/usr/bin/prosody' },
  { debian: 'lua-dbi-postgresql', file: '/usr/lib/*/lua/5.4/dbd/postgresql.so' },
]

async function start(setting: Setting): Promise<Serving> {
  await ensurePackages(PACKAGES)
  await using open = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-prosody-'))
  open.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = setting.archive ? open.use(await startPostgres({ own: true })).url : undefined
  const [tlsPort = 0, httpsPort = 0] = await freePorts(2)
  const file = join(folder, 'prosody.cfg.lua')
  const { certificate, rooms } = setting
  await writeFile(file, prosodyConfiguration({ certificate, rooms, folder, tlsPort, httpsPort, postgres }))
  await fill(folder, setting)
  const program = await startProgram({
    name: 'Prosody',
    command: '/usr/bin/prosody',
    args: ['-F', '--config', file],
    cwd: folder,
    isReady: () => isAnswering(tlsPort),
  })
  open.use(program)
  const kept = open.move()
  return {
    endpoints: [{ host: '127.0.0.1', tlsPort, ws: { port: httpsPort, path: '/xmpp-websocket' } }],
    archived: () => rows(postgres),
    faults: () => [],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function fill(folder: string, setting: Setting): Promise<undefined> {
  const stores = join(folder, 'data', DOMAIN)
  for (const store of ['accounts', 'roster']) await mkdir(join(stores, store), { recursive: true })
  const account = await accountFile()
  for (const { name, contacts } of accountsOf(setting)) {
    await writeFile(join(stores, 'accounts', `${name}.dat`), account)
    if (contacts.length > 0) await writeFile(join(stores, 'roster', `${name}.dat`), rosterFile(contacts))
  }
  return undefined
}

async function rows(url: string | undefined): Promise<number> {
  if (url === undefined) return 0
  await using database = await openDatabase({ url, poolSize: 1 })
  const [row] = await database.query<{ n: number }>(`select count(*) as n from prosodyarchive where store = 'archive'`)
  return row?.n ?? 0
}

/** With its archive in PostgreSQL, and everything else in its files; without an archive in its files alone. */
export const PROSODY: Readonly<Record<'postgres' | 'files', Contestant>> = {
  postgres: { server: 'prosody', lacks: PEERS_LACK, form: 'postgres', start },
  files: { server: 'prosody', lacks: PEERS_LACK, form: 'files', start },
}
