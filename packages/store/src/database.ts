/** A value a statement takes. JSON goes in as text: `JSON.stringify(value)` for a `jsonb` parameter, arrays are SQL arrays. */
export type Param =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | null
  | readonly (string | number | boolean | Date | null)[]

/** Where statements are run: the database itself, or one transaction of it. */
export interface Queries {
  /**
   * Runs one statement and resolves to its rows: int8 as number (beyond 2^53 it throws), timestamptz as Date, jsonb parsed,
   * arrays as arrays. Rejects with SqlError for a statement the database refuses, StoreUnavailable otherwise.
   */
  readonly query: <Row>(sql: string, params?: readonly Param[]) => Promise<readonly Row[]>
  /** Runs several statements separated by semicolons, without parameters or rows. Only the server limits its time. */
  readonly script: (sql: string) => Promise<undefined>
}

/** PostgreSQL, or its embedded twin. Both take the SQL of PostgreSQL 15. */
export interface Database extends Queries, AsyncDisposable {
  readonly kind: 'postgres' | 'pglite'
  /**
   * Runs `fn` in one transaction; what it throws rolls back and is thrown on. Inside, use only the given `q`.
   * Never hold lease rows here: a process stopped inside would hold them too; see `fenced`.
   */
  readonly transaction: <T>(fn: (q: Queries) => Promise<T>) => Promise<T>
  /** For statements that may not wait behind all others, over connections of their own; none where there is only one. */
  readonly ahead?: Pick<Queries, 'query'> | undefined
  /** Resolves when the database takes durable writes now; rejects with StoreUnavailable otherwise. For readiness. */
  readonly check: () => Promise<undefined>
  /** Waits for what is running, then closes. Later calls reject with StoreUnavailable. */
  readonly close: () => Promise<undefined>
}

/** What the database says about a statement it refused. */
export interface SqlFault {
  readonly message: string
  /** Five characters of the PostgreSQL manual, appendix A. */
  readonly sqlstate: string
  readonly constraint?: string | undefined
  readonly detail?: string | undefined
}

/** The database took the statement and refused it. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly sqlstate: string
  readonly constraint: string | undefined
  readonly detail: string | undefined
  constructor(fault: SqlFault, cause?: unknown) {
    super(fault.message, { cause })
    this.sqlstate = fault.sqlstate
    this.constraint = fault.constraint
    this.detail = fault.detail
  }
}

/** The database cannot be reached, or cannot work now; whether the statement took effect is unknown. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** Classes and codes that tell of the server's state and not of the statement. */
const UNAVAILABLE = [
  '08', // connection
  '25006', // read only: a standby, or a primary that was demoted
  '40', // deadlock, serialization: the same statement may succeed next time
  '53', // disk full, out of memory, too many connections
  '55P03', // lock not available
  '57', // shutdown, crash of a neighbour, cancelled by timeout
  '58', // input/output error
  'F0', // configuration file
  'XX', // internal error
]

/** The class for a fault the server reported: the sender's, or the server's own. */
export function sqlFailure(fault: SqlFault, cause?: unknown): SqlError | StoreUnavailable {
  const error = new SqlError(fault, cause)
  if (!UNAVAILABLE.some((prefix) => fault.sqlstate.startsWith(prefix))) return error
  return new StoreUnavailable(`${fault.message} (${fault.sqlstate})`, error)
}
