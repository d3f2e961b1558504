import type { Database } from '@jabiru/store'

/** One side of a letter, as the database keeps it. */
export interface ArchivedLetter {
  readonly owner: string
  readonly position: number
  readonly id: string
  readonly outgoing: boolean
  readonly body: string
}

/** What the database holds in the end. */
export interface Rows {
  readonly archive: readonly ArchivedLetter[]
  /** Messages that still wait for a device. */
  readonly waiting: number
}

const ARCHIVE = `
  SELECT owner, position, id, outgoing, substring(stanza from '<body>([^<]*)</body>') AS body
    FROM archive WHERE stanza LIKE '%<body>%' ORDER BY owner, position`

const WAITING = `
  SELECT count(*) AS waiting FROM archive a LEFT JOIN delivery d ON d.owner = a.owner
   WHERE a.offline AND (a.position > coalesce(d.watermark, 0) OR a.position = ANY (d.exceptions))`

/** Reads it. */
export async function readRows(database: Database): Promise<Rows> {
  const archive = await database.query<ArchivedLetter>(ARCHIVE)
  const [counted] = await database.query<{ readonly waiting: number }>(WAITING)
  return { archive, waiting: counted?.waiting ?? 0 }
}
