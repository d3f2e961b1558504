import type { LiveState } from './live-state.ts'
import { createMemoryState, type MemoryOptions } from './memory.ts'
import { openRedisState, type RedisOptions } from './redis.ts'

/** Where what is live is kept: in Redis when there is a URL, in this process otherwise. */
export type StateOptions = Omit<RedisOptions, 'url'> &
  Pick<MemoryOptions, 'now'> & { readonly url?: string | undefined }

/** Opens Redis when a URL is given, the twin for a single process otherwise. */
export async function openState({ url, ...options }: StateOptions): Promise<LiveState> {
  return url === undefined ? createMemoryState(options) : openRedisState({ url, ...options })
}
