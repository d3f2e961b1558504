import type { Fence } from './archive-row.ts'
import type { Param, Queries } from './database.ts'
import { declared } from './text-format.ts'

/** A write that may take place only while a lease stands. */
export interface FencedStatement {
  /**
   * The statement, which takes its rows `from fence` (a table of one row while the token stands and of none afterwards)
   * and ends in `returning`: `insert into t (a) select $1 from fence returning a`,
   * `update t set a = $1 from fence where t.b = $2 returning t.a`, `delete from t using fence where … returning t.a`.
   */
  readonly sql: string
  /** `$1` and on. */
  readonly params?: readonly Param[]
  /** Statements that belong to it, by the name under which it can read what they return; they take `from fence` too. */
  readonly with?: Readonly<Record<string, string>>
}

/**
 * Writes while the token stands: resolves to what the statement returns, or to 'fenced' and then nothing was written.
 * It is one statement that locks the lease row for share and commits by itself: a takeover waits for it or goes before
 * it, and no lock outlives it in a process that was stopped.
 */
export async function fenced<Row>(
  db: Queries,
  lease: Fence & { readonly service: string },
  { sql, params = [], with: parts = {} }: FencedStatement,
): Promise<readonly Row[] | 'fenced'> {
  const statements = Object.entries({ ...parts, effect: sql })
  for (const [name, text] of statements)
    if (!/\bfence\b/u.test(text)) throw new TypeError(`the statement ${name} does not take its rows from fence`)
  const at = (index: number): string => `$${String(params.length + index)}`
  const rows = await db.query<{ fence_held: boolean; fence_row: boolean | null }>(
    `with fence as materialized (
       select part, token from lease where service = ${at(1)} and part = ${at(2)} and token = ${at(3)} for share
     ), ${statements.map(([name, text]) => `${name} as (${text})`).join(', ')}
     select exists (select from fence) as fence_held, returned.*
     from (select) as one left join (select true as fence_row, effect.* from effect) as returned on true`,
    [...params, lease.service, lease.part, lease.token],
  )
  if (rows[0]?.fence_held !== true) return 'fenced'
  const returned = rows.filter((row) => row.fence_row === true)
  return declared<Row>(returned.map(({ fence_held: _held, fence_row: _row, ...row }) => row))
}
