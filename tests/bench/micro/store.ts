import { renderStanza } from '@jabiru/stanza'
import { createGroupWriter, migrate, openPostgres, type Param, type Queries } from '@jabiru/store'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { phoneOf, stanzaSamples, userAt } from './samples.ts'
import type { Unit, Units } from './unit.ts'

/** Rows that wait for one commit: what 4,000 messages a second with both sides of each are in the 8 ms between two. */
const AT_ONCE = 64
const FENCE = { part: 3, token: 7 }
const SERVICE = 'session'

/** A database that takes everything at once and keeps nothing. */
const TAKES_ALL: Queries = {
  query: <Row>(_sql: string, params: readonly Param[] = []) => {
    const column = params.at(-1)
    const rows = Array.isArray(column) ? column.length : 0
    const answer: readonly unknown[] = [
      { held: true, part_or_rows: FENCE.part, token: FENCE.token },
      { held: false, part_or_rows: rows, token: 0 },
    ]
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SQL is not typed
    return Promise.resolve(answer as readonly Row[])
  },
  script: () => Promise.resolve(undefined),
}

/** Appends rows of messages, so many at a time, each in the place after the last of its owner. */
function appending(db: Queries, open: AsyncDisposableStack): Unit['run'] {
  const writer = createGroupWriter(db, { service: SERVICE, maxRows: 500, maxBytes: 4_000_000 })
  open.use(writer)
  const stanzas = stanzaSamples()
  const texts = stanzas.map((stanza) => renderStanza(stanza))
  let position = 0
  const append = () => {
    const place = ++position
    const n = place % texts.length
    return writer.append({
      ...FENCE,
      owner: userAt(n),
      position: place,
      id: `Zk3vQ0m8Rr1xT5yB${place.toString(36).padStart(6, '0')}`,
      peer: userAt(n ^ 1),
      peerResource: phoneOf(n).slice(userAt(n).length + 1),
      outgoing: n % 2 === 0,
      at: new Date(1_795_311_287_601 + place),
      type: 'chat',
      archived: true,
      offline: false,
      originId: stanzas[n]?.id,
      stanza: texts[n] ?? '',
    })
  }
  return async (operations) => {
    let written = 0
    for (let done = 0; done < operations; done += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, operations - done) }, append)
      for (const { outcome } of await Promise.all(some)) if (outcome === 'written') written++
    }
    if (written !== operations) throw new Error(`${operations - written} of ${operations} rows were not written`)
    return written
  }
}

/** From rows to a commit: what this process does for it. */
export const writerUnits: Units = async (open) => [
  {
    name: 'commit, no database',
    what: `a row of the archive goes into a commit of ${AT_ONCE}, at a database that answers at once`,
    run: appending(TAKES_ALL, open),
  },
]

/** The same with everything that a statement takes here; what PostgreSQL's own processes use is not counted. */
export const postgresUnits: Units = async (open) => {
  const { url } = open.use(await startPostgres({ own: true }))
  const db = open.use(await openPostgres({ url, poolSize: 2 }))
  await migrate(db)
  const lease = [SERVICE, FENCE.part, FENCE.token]
  await db.query('insert into lease (service, part, owner, token) values ($1, $2, null, $3)', lease)
  const what = `a row of the archive goes into a commit of ${AT_ONCE} in PostgreSQL, whose own processes are not counted`
  return [{ name: 'commit, PostgreSQL', what, run: appending(db, open) }]
}
