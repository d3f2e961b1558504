import { randomUUID } from 'node:crypto'
import type { ArchiveRow, Fence } from '../archive-row.ts'
import type { Database, Queries } from '../database.ts'

/** A partition of a service of its own, so that no test meets the rows of another. */
export interface Plot {
  readonly service: string
  readonly owner: string
  readonly fence: Fence
  /** The lease passes to somebody else; resolves to the new token. */
  readonly takeover: (q?: Queries) => Promise<Fence>
  readonly row: (position: number, change?: Partial<ArchiveRow>) => ArchiveRow & Fence
  /** What is stored for the owner, in order. */
  readonly positions: () => Promise<readonly number[]>
}

/** Makes a plot with a standing lease. */
export async function plot(db: Database): Promise<Plot> {
  const service = `service-${randomUUID()}`
  const owner = `romeo@${service}.example`
  const fence = { part: 7, token: 1_000 }
  await db.query('insert into lease (service, part, owner, token) values ($1, $2, $3, $4)', [service, 7, 'a', 1_000])
  return {
    service,
    owner,
    fence,
    takeover: async (q = db) => {
      const [lease] = await q.query<Fence>(
        'update lease set token = token + 1, owner = $2 where service = $1 returning part, token',
        [service, 'b'],
      )
      if (!lease) throw new Error('no lease')
      return lease
    },
    row: (position, change = {}) => ({
      ...fence,
      owner,
      position,
      id: `id-${String(position)}`,
      peer: 'juliet@capulet.example',
      peerResource: 'balcony',
      outgoing: false,
      at: new Date('2026-11-21T03:34:55.435Z'),
      type: 'chat',
      archived: true,
      offline: true,
      originId: 'o"1\\',
      stanza: `<message type="chat"><body>${String(position)} é 👋 "\\{},NULL</body></message>`,
      ...change,
    }),
    positions: async () => {
      const rows = await db.query<{ position: number }>(
        'select position from archive where owner = $1 order by position',
        [owner],
      )
      return rows.map((row) => row.position)
    },
  }
}
