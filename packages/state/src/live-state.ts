/**
 * A writer's right: the partition it owns, named by `scope` (`session.17`), and the token of its lease. What a lower
 * token than the highest seen writes is refused.
 */
export interface Fence {
  readonly scope: string
  readonly token: number
}

/** Whose session: a bare address and its resource. */
export interface SessionKey {
  readonly account: string
  readonly resource: string
}

/** A connection manager in one of its lives. */
export interface ManagerRef {
  readonly id: string
  readonly epoch: number
}

/** What a row is held by: clean-up names it whole, so that nobody removes the row of a later socket. */
export interface Holder {
  readonly manager: ManagerRef
  /** Raised by each resumption. */
  readonly generation: string
}

/** A live session. `value` is the owner's own text; nothing here reads it. */
export interface SessionRow extends SessionKey, Holder {
  readonly value: string
}

/** What became of a write. */
export type Written = 'written' | 'fenced'

/**
 * What is live, and may be lost at any time: then rows and documents are gone, and nothing else. Each call is atomic.
 * Calls reject with StateUnavailable, and whether a write took effect is then unknown.
 */
export interface LiveState extends AsyncDisposable {
  readonly kind: 'redis' | 'memory'
  /** Stores a row for `ttlMs`, in place of what was under its key. */
  readonly put: (fence: Fence, row: SessionRow, ttlMs: number) => Promise<Written>
  /** Removes a row if it is still held by `holder`: 'kept' if it is another's, or gone. */
  readonly remove: (fence: Fence, key: SessionKey, holder: Holder) => Promise<'removed' | 'kept' | 'fenced'>
  /** Gives rows another `ttlMs`, and resolves to the keys whose rows are gone, to be put again. */
  readonly refresh: (
    fence: Fence,
    keys: readonly SessionKey[],
    ttlMs: number,
  ) => Promise<readonly SessionKey[] | 'fenced'>
  /** The rows of an account, in no order. */
  readonly rowsOf: (scope: string, account: string) => Promise<readonly SessionRow[]>
  /** The rows that a connection manager holds in one partition, in no order. */
  readonly rowsAt: (scope: string, manager: ManagerRef) => Promise<readonly SessionRow[]>
  /** Stores documents by key for `ttlMs`; one of value undefined is removed. */
  readonly mirror: (fence: Fence, documents: ReadonlyMap<string, string | undefined>, ttlMs: number) => Promise<Written>
  /** The documents that are there. */
  readonly read: (scope: string, keys: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Counts one more, and resolves to how many since the first one, `windowMs` ago at most. */
  readonly count: (key: string, windowMs: number) => Promise<number>
  /** Resolves when the state answers. For readiness. */
  readonly check: () => Promise<undefined>
  readonly close: () => Promise<undefined>
}

/** What is live cannot be reached now. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** Asks the leases whether this token stands: a state that was lost does not know the tokens. */
export type Standing = (fence: Fence) => Promise<boolean>

/** One text for one key. */
export function idOf({ account, resource }: SessionKey): string {
  return JSON.stringify([account, resource])
}

/** The key of a text that `idOf` made. */
export function keyOf(id: string): SessionKey {
  const [account, resource]: readonly unknown[] = JSON.parse(id)
  return { account: String(account), resource: String(resource) }
}

/** Whether both name the same socket of the same life. */
export function isHeldBy(row: Holder, { manager, generation }: Holder): boolean {
  return row.manager.id === manager.id && row.manager.epoch === manager.epoch && row.generation === generation
}
