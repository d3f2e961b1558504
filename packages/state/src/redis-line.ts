import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { StateUnavailable } from './live-state.ts'

/** One connection to Redis, that runs scripts. What is asked in one turn of the loop goes out in one write. */
export interface RedisLine {
  /** Runs a script as one atomic step. Rejects with StateUnavailable, at once where Redis is known to be away. */
  readonly run: (script: string, key: string, args: readonly (string | number)[]) => Promise<unknown>
  /** The values of keys, null where there is none. */
  readonly get: (keys: readonly string[]) => Promise<readonly (string | null)[]>
  readonly check: () => Promise<undefined>
  readonly close: () => Promise<undefined>
}

const LONGEST_RETRY_MS = 2_000
const FIRST_RETRY_MS = 20

/** Connects, and again for ever after each loss. Resolves when the first attempt has succeeded or failed. */
export async function connectRedis(url: string, timeoutMs: number, allScripts: readonly string[]): Promise<RedisLine> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableAutoPipelining: true,
    // Nothing is kept for later: what is asked while Redis is away is refused, and what was in flight is not sent again.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    retryStrategy: (times) => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** times),
    // A primary that was demoted: the address leads to another one by now.
    reconnectOnError: (err) => err.message.startsWith('READONLY'),
  })
  let loss: Error | undefined
  // Whoever asks while there is no connection is told why there is none: refused, a wrong password.
  redis.on('error', (err: Error) => {
    loss = err
  })
  // Scripts are there before anything asks for them: one sent again in full would overtake those behind it.
  const load = (): Promise<unknown> => Promise.all(allScripts.map((script) => redis.script('LOAD', script)))
  redis.on('ready', () => {
    loss = undefined
    load().catch(() => undefined) // a loss in between: loaded on the next connection
  })
  const hashes = new Map(allScripts.map((script) => [script, createHash('sha1').update(script).digest('hex')]))

  const told = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked
    } catch (err) {
      if (err instanceof Error && err.message.startsWith('NOSCRIPT')) await load()
      throw new StateUnavailable('Redis does not answer', loss ?? err)
    }
  }
  await redis.connect().catch(() => undefined) // goes on trying by itself
  return {
    run: (script, key, args) => told(redis.evalsha(hashes.get(script) ?? '', 1, key, ...args)),
    get: (keys) => told(redis.mget(...keys)),
    check: async () => {
      await told(redis.ping())
      return undefined
    },
    close: async () => {
      redis.disconnect()
      return Promise.resolve(undefined)
    },
  }
}
