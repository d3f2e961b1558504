import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, and ends early when the signal is aborted. */
export async function interruptible(ms: number, signal: AbortSignal): Promise<undefined> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
  return undefined
}
