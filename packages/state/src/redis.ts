import { createFenceGate } from './fence-gate.ts'
import {
  type Fence,
  idOf,
  keyOf,
  type LiveState,
  type ManagerRef,
  type SessionRow,
  type Standing,
} from './live-state.ts'
import { connectRedis } from './redis-line.ts'
import { ALL, COUNT, MIRROR, PUT, RAISE, REFRESH, REMOVE, ROWS } from './scripts.ts'

/** How Redis is reached. */
export interface RedisOptions {
  /** `redis://user:secret@host:port/database`; `rediss://` for TLS. */
  readonly url: string
  /** Asks the leases about a token that Redis does not know, because it has lost what it had. */
  readonly standing: Standing
  /** What all keys begin with, where several clusters share one Redis. */
  readonly prefix?: string | undefined
  /** An answer that has not come by then is given up with StateUnavailable. */
  readonly timeoutMs?: number | undefined
}

type Text = string | number

/** Opens the state in Redis. Resolves whether or not Redis is there; see `check`. */
export async function openRedisState(options: RedisOptions): Promise<LiveState> {
  const { url, standing, prefix = 'jabiru', timeoutMs = 3_000 } = options
  const line = await connectRedis(url, timeoutMs, ALL)
  const place = (scope: string): string => `${prefix}:{${scope}}`
  const gate = createFenceGate(standing, ({ scope, token }) => line.run(RAISE, `${place(scope)}:fence`, [token]))
  const write = (script: string, fence: Fence, args: readonly Text[]): Promise<unknown> => {
    const at = place(fence.scope)
    return gate<unknown>(fence, () => line.run(script, `${at}:fence`, [at, fence.token, ...args]))
  }
  const rows = async (scope: string, index: string): Promise<readonly SessionRow[]> => {
    const at = place(scope)
    return readRows(await line.run(ROWS, `${at}:${index}`, [at]))
  }
  return {
    kind: 'redis',
    put: async (fence, row, ttlMs) => {
      const { account, manager, generation, value } = row
      return toWritten(await write(PUT, fence, [whole(ttlMs), account, idOf(row), nameOf(manager), generation, value]))
    },
    remove: async (fence, key, { manager, generation }) => {
      const answer = await write(REMOVE, fence, [key.account, idOf(key), nameOf(manager), generation])
      return answer === 'removed' || answer === 'kept' ? answer : 'fenced'
    },
    refresh: async (fence, keys, ttlMs) => {
      const answer = await write(REFRESH, fence, [whole(ttlMs), ...keys.flatMap((key) => [key.account, idOf(key)])])
      if (!Array.isArray(answer)) return 'fenced'
      const gone = new Set<unknown>(answer)
      return keys.filter((_, index) => gone.has(index))
    },
    rowsOf: (scope, account) => rows(scope, `account:${account}`),
    rowsAt: (scope, manager) => rows(scope, `manager:${nameOf(manager)}`),
    mirror: async (fence, changes, ttlMs) => {
      const documents = Array.from(changes, ([key, value]) => [key, value === undefined ? 0 : 1, value ?? ''])
      return toWritten(await write(MIRROR, fence, [whole(ttlMs), ...documents.flat()]))
    },
    read: async (scope, keys) => {
      if (keys.length === 0) return new Map()
      const values = await line.get(keys.map((key) => `${place(scope)}:document:${key}`))
      return new Map(keys.flatMap((key, index) => entryOf(key, values[index])))
    },
    count: async (key, windowMs) => Number(await line.run(COUNT, `${prefix}:count:${key}`, [whole(windowMs)])),
    check: line.check,
    close: line.close,
    [Symbol.asyncDispose]: async () => {
      await line.close()
    },
  }
}

/** Redis refuses times with a fraction, which those of a monotonic clock have. */
const whole = Math.ceil

function nameOf({ id, epoch }: ManagerRef): string {
  return `${String(epoch)}.${id}`
}

function managerOf(name: string): ManagerRef {
  const dot = name.indexOf('.')
  return { epoch: Number(name.slice(0, dot)), id: name.slice(dot + 1) }
}

function toWritten(answer: unknown): 'written' | 'fenced' {
  return answer === 'written' ? 'written' : 'fenced'
}

function entryOf(key: string, value: string | null | undefined): readonly (readonly [string, string])[] {
  return value === null || value === undefined ? [] : [[key, value]]
}

/** The script answers with four texts for each row. */
function readRows(answer: unknown): readonly SessionRow[] {
  if (!Array.isArray(answer)) return []
  const texts = answer.map(String)
  return texts.flatMap((id, index) => {
    const [, manager = '', generation = '', value = ''] = texts.slice(index, index + ROW_TEXTS)
    return index % ROW_TEXTS === 0 ? [{ ...keyOf(id), manager: managerOf(manager), generation, value }] : []
  })
}

const ROW_TEXTS = 4
