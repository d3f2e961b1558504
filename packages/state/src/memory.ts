import { ExpiringMap } from './expiring-map.ts'
import { createFenceGate } from './fence-gate.ts'
import { type Fence, idOf, isHeldBy, type LiveState, type SessionRow, type Standing } from './live-state.ts'

/** How the state of a single process is kept. */
export interface MemoryOptions {
  /** A clock in milliseconds that never goes back. */
  readonly now?: () => number
  readonly standing?: Standing
}

/** One partition. It holds few enough rows to look through them all. */
interface Partition {
  token: number | undefined
  readonly rows: ExpiringMap<SessionRow>
  readonly documents: ExpiringMap<string>
}

/** The twin for one process: what is live is in its own memory, and gone with it. */
export function createMemoryState({ now = monotonic, standing = always }: MemoryOptions = {}): LiveState {
  const partitions = new Map<string, Partition>()
  const counters = new ExpiringMap<{ count: number }>(now)

  const partition = (scope: string): Partition => {
    const known = partitions.get(scope)
    if (known) return known
    const fresh: Partition = { token: undefined, rows: new ExpiringMap(now), documents: new ExpiringMap(now) }
    partitions.set(scope, fresh)
    return fresh
  }
  const gate = createFenceGate(standing, async ({ scope, token }) => {
    const place = partition(scope)
    place.token = Math.max(place.token ?? token, token)
  })
  const write = <T>(fence: Fence, effect: (place: Partition) => T): Promise<T | 'fenced'> =>
    gate<T | 'fenced'>(fence, async () => {
      const place = partition(fence.scope)
      if (place.token === undefined) return 'unknown'
      if (fence.token < place.token) return 'fenced'
      place.token = fence.token
      return effect(place)
    })
  const rowsWhere = (scope: string, wanted: (row: SessionRow) => boolean): readonly SessionRow[] =>
    partition(scope).rows.values().filter(wanted)

  return {
    kind: 'memory',
    put: (fence, row, ttlMs) =>
      write(fence, ({ rows }) => {
        rows.set(idOf(row), row, ttlMs)
        return 'written'
      }),
    remove: (fence, key, holder) =>
      write(fence, ({ rows }) => {
        const row = rows.get(idOf(key))
        if (row === undefined || !isHeldBy(row, holder)) return 'kept'
        rows.delete(idOf(key))
        return 'removed'
      }),
    refresh: (fence, keys, ttlMs) =>
      write(fence, ({ rows }) =>
        keys.filter((key) => {
          const row = rows.get(idOf(key))
          if (row !== undefined) rows.set(idOf(key), row, ttlMs)
          return row === undefined
        }),
      ),
    rowsOf: async (scope, account) => rowsWhere(scope, (row) => row.account === account),
    rowsAt: async (scope, { id, epoch }) =>
      rowsWhere(scope, ({ manager }) => manager.id === id && manager.epoch === epoch),
    mirror: (fence, changes, ttlMs) =>
      write(fence, ({ documents }) => {
        for (const [key, value] of changes) {
          if (value === undefined) documents.delete(key)
          else documents.set(key, value, ttlMs)
        }
        return 'written'
      }),
    read: async (scope, keys) => {
      const { documents } = partition(scope)
      return new Map(keys.flatMap((key) => entryOf(key, documents.get(key))))
    },
    count: async (key, windowMs) => {
      const counter = counters.get(key)
      if (counter === undefined) counters.set(key, { count: 1 }, windowMs)
      else counter.count += 1
      return counter?.count ?? 1
    },
    check: () => Promise.resolve(undefined),
    close: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const monotonic = (): number => performance.now()
const always: Standing = () => Promise.resolve(true)

function entryOf(key: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[key, value]]
}
