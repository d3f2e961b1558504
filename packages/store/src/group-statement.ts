import type { ArchiveRow, Confirmation, Fence } from './archive-row.ts'
import type { Param, Queries } from './database.ts'

type FencedRow = ArchiveRow & Fence
type Scalar = string | number | boolean | Date | null

/** What goes into one commit. */
export interface Group {
  readonly service: string
  /** Grows with every group of a writer; a group that is tried again keeps it. */
  readonly turn: number
  readonly rows: readonly FencedRow[]
  readonly confirmations: readonly (Confirmation & Fence)[]
}

/** What one commit did. */
export interface Committed {
  /** Whether the lease carried the token at the commit. */
  readonly held: (fence: Fence) => boolean
  /**
   * Where ids stand, by index in the group, or undefined if they have gone again: of all rows whose lease is held where
   * one of them was not inserted, and of none otherwise.
   */
  readonly present: ReadonlyMap<number, number | undefined>
}

const COLUMNS: readonly { readonly name: string; readonly type: string; readonly of: (row: FencedRow) => Scalar }[] = [
  { name: 'owner', type: 'text', of: (row) => row.owner },
  { name: 'position', type: 'bigint', of: (row) => row.position },
  { name: 'id', type: 'text', of: (row) => row.id },
  { name: 'peer', type: 'text', of: (row) => row.peer },
  { name: 'peer_resource', type: 'text', of: (row) => row.peerResource ?? null },
  { name: 'outgoing', type: 'boolean', of: (row) => row.outgoing },
  { name: 'at', type: 'timestamptz', of: (row) => row.at },
  { name: 'type', type: 'text', of: (row) => row.type },
  { name: 'archived', type: 'boolean', of: (row) => row.archived },
  { name: 'offline', type: 'boolean', of: (row) => row.offline },
  { name: 'origin_id', type: 'text', of: (row) => row.originId ?? null },
  { name: 'stanza', type: 'text', of: (row) => row.stanza },
]
const NAMES = COLUMNS.map((column) => column.name).join(', ')
const BEFORE_COLUMNS = 11
const ARRAYS = COLUMNS.map((column, index) => `$${String(BEFORE_COLUMNS + index + 1)}::${column.type}[]`).join(', ')

/**
 * The lease rows are locked for share before anything joins to them, in the one statement: a takeover either waits for
 * it, or comes first and then nothing joins. No lock is ever held between two statements, where a stopped process could
 * keep it.
 *
 * A confirmation that is older than what stands there, by (token, turn), changes nothing: a statement given up here may
 * still be running there.
 */
const WRITE = `
with fence as materialized (
  select lease.part, lease.token from lease
  where lease.service = $1 and (lease.part, lease.token) in (select * from unnest($2::int[], $3::bigint[]))
  order by lease.part for share of lease
), confirmed as (
  insert into delivery (owner, watermark, exceptions, token, turn)
  select owner, watermark, exceptions::bigint[], token, $4::bigint
  from unnest($5::int[], $6::bigint[], $7::text[], $8::bigint[], $9::text[]) as t(part, token, owner, watermark, exceptions)
  join fence using (part, token)
  on conflict (owner) do update
  set watermark = excluded.watermark, exceptions = excluded.exceptions, token = excluded.token, turn = excluded.turn
  where (delivery.token, delivery.turn) <= (excluded.token, excluded.turn)
), written as (
  insert into archive (${NAMES})
  select ${NAMES} from unnest($10::int[], $11::bigint[], ${ARRAYS}) with ordinality as t(part, token, ${NAMES}, ord)
  join fence using (part, token) order by ord
  on conflict (owner, id) do nothing
  returning 1
)
select true as held, part::bigint as part_or_rows, token from fence
union all
select false, count(*), 0 from written
`

interface Outcome {
  /** A lease that is held, or else the number of rows that were inserted. */
  readonly held: boolean
  readonly part_or_rows: number
  readonly token: number
}

/** Commits a group. Rejects with SqlError when a member is refused (then nothing took place), or with StoreUnavailable. */
export async function commitGroup(db: Queries, group: Group): Promise<Committed> {
  const outcomes = await db.query<Outcome>(WRITE, parameters(group))
  const leases = new Set(outcomes.filter((o) => o.held).map((o) => keyOf({ part: o.part_or_rows, token: o.token })))
  const held = (fence: Fence) => leases.has(keyOf(fence))
  const inserted = outcomes.find((o) => !o.held)?.part_or_rows
  // As nearly always: what is not held is not inserted.
  if (inserted === group.rows.length) return { held, present: new Map() }
  const wanted = group.rows.flatMap((row, index) => (held(row) ? index : []))
  return { held, present: inserted === wanted.length ? new Map() : await findPresent(db, group.rows, wanted) }
}

function parameters(group: Group): readonly Param[] {
  const { rows, confirmations } = group
  const fences = new Map([...rows, ...confirmations].map((fence) => [keyOf(fence), fence]))
  return [
    group.service,
    Array.from(fences.values(), (fence) => fence.part),
    Array.from(fences.values(), (fence) => fence.token),
    group.turn,
    confirmations.map((c) => c.part),
    confirmations.map((c) => c.token),
    confirmations.map((c) => c.owner),
    confirmations.map((c) => c.watermark),
    confirmations.map((c) => `{${c.exceptions.join(',')}}`),
    rows.map((row) => row.part),
    rows.map((row) => row.token),
    ...COLUMNS.map((column) => rows.map(column.of)),
  ]
}

/** A statement sees nothing that was committed after it began, so where an id stands is asked in another one. */
async function findPresent(
  db: Queries,
  rows: readonly FencedRow[],
  indexes: readonly number[],
): Promise<Committed['present']> {
  const wanted = indexes.flatMap((index) => rows[index] ?? [])
  const found = await db.query<{ owner: string; id: string; position: number }>(
    'select owner, id, position from archive where (owner, id) in (select * from unnest($1::text[], $2::text[]))',
    [wanted.map((row) => row.owner), wanted.map((row) => row.id)],
  )
  const positions = new Map(found.map((row) => [idOf(row), row.position]))
  return new Map(indexes.map((index) => [index, positions.get(idOf(rows[index]))]))
}

function idOf(row: Pick<ArchiveRow, 'owner' | 'id'> | undefined): string {
  return JSON.stringify([row?.owner, row?.id])
}

/** One string for one (partition, token). */
export function keyOf({ part, token }: Fence): string {
  return `${String(part)}:${String(token)}`
}
