export {
  type Fence,
  type Holder,
  type LiveState,
  type ManagerRef,
  type SessionKey,
  type SessionRow,
  type Standing,
  StateUnavailable,
  type Written,
} from './live-state.ts'
export { createMemoryState, type MemoryOptions } from './memory.ts'
export { openState, type StateOptions } from './open.ts'
export { openRedisState, type RedisOptions } from './redis.ts'
