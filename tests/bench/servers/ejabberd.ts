import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@jabiru/store'
import { freePorts } from '@jabiru/testkit'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { PASSWORD } from '../load/job.ts'
import { ejabberdConfiguration, ejabberdFilling } from './ejabberd-configuration.ts'
import { ensurePackages } from './packages.ts'
import { startProgram } from './program.ts'
import { type Contestant, PEERS_LACK, type Serving, type Setting } from './server.ts'

const PACKAGES = [
  { debian: 'ejabberd', file: '/usr/sbin/ejabberdctl' },
  { debian: 'erlang-p1-pgsql', file: '/usr/lib/{*/,}erlang/lib/p1_pgsql-*' },
]
const SCHEMA = '/usr/share/ejabberd/sql/pg.sql'
const ERL = '/usr/bin/erl'
const READY = 'accounts are there'

async function start(setting: Setting): Promise<Serving> {
  await ensurePackages(PACKAGES)
  await using open = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-ejabberd-'))
  open.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = setting.archive ? open.use(await startPostgres({ own: true })).url : undefined
  if (postgres !== undefined) {
    await using database = await openDatabase({ url: postgres, poolSize: 1 })
    await database.script(await readFile(SCHEMA, 'utf8'))
  }
  const [tlsPort = 0, httpsPort = 0] = await freePorts(2)
  const file = join(folder, 'ejabberd.yml')
  await writeFile(
    file,
    ejabberdConfiguration({ certificate: setting.certificate, rooms: setting.rooms, tlsPort, httpsPort, postgres }),
  )
  const filling = join(folder, 'fill.erl')
  await writeFile(filling, ejabberdFilling({ setting, password: PASSWORD, ready: READY }))
  const program = await startProgram({
    name: 'ejabberd',
    command: ERL,
    // No name: it is alone, and needs no daemon beside it.
    args: [
      '-noinput',
      '+P',
      '250000',
      '+K',
      'true',
      '-mnesia',
      'dir',
      `"${join(folder, 'mnesia')}"`,
      ...STARTING,
      `{ok, _} = file:script("${filling}").`,
    ],
    cwd: folder,
    env: {
      ERL_LIBS: globSync('/usr/lib/*/ejabberd-*').length > 0 ? libraries() : '',
      EJABBERD_CONFIG_PATH: file,
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
      ERL_CRASH_DUMP_BYTES: '0',
    },
    isReady: (said) => Promise.resolve(said.includes(READY)),
  })
  open.use(program)
  const kept = open.move()
  return {
    endpoints: [{ host: '127.0.0.1', tlsPort, ws: { port: httpsPort, path: '/ws' } }],
    archived: () => rows(postgres),
    faults: () => [],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const STARTING = ['-s', 'ejabberd', '-eval']

/** Where Debian keeps it, for this machine's kind of processor. */
const libraries = (): string => join(globSync('/usr/lib/*/ejabberd-*')[0] ?? '', '..')

async function rows(url: string | undefined): Promise<number> {
  if (url === undefined) return 0
  await using database = await openDatabase({ url, poolSize: 1 })
  const [row] = await database.query<{ n: number }>('select count(*) as n from archive')
  return row?.n ?? 0
}

/** With its archive in PostgreSQL, and everything else in its own database; without an archive in its own alone. */
export const EJABBERD: Readonly<Record<'postgres' | 'mnesia', Contestant>> = {
  postgres: { server: 'ejabberd', lacks: PEERS_LACK, form: 'postgres', start },
  mnesia: { server: 'ejabberd', lacks: PEERS_LACK, form: 'mnesia', start },
}
