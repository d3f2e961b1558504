import { setTimeout as passes } from 'node:timers/promises'
import { enter } from './crowd.ts'
import type { Job, Outcome } from './job.ts'
import { closeLine } from './line.ts'
import { between, outcomeOf, read } from './meter.ts'

/** Accounts that log in, one after the other. */
const ACCOUNTS = 1000
/** At a time. */
const WIDTH = 32
const WARM_UP_MS = 3_000

/** As many logins as the server takes: TCP, TLS, SCRAM, a resource, presence, until one's own presence is there; then out again. */
export async function logins(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const state = { isRunning: true, next: 0, done: 0, took: [] as number[] }
  const walk = async () => {
    while (state.isRunning) {
      const n = state.next++ % ACCOUNTS
      const began = performance.now()
      const present = Promise.withResolvers<undefined>()
      const line = await enter(job, n, {
        onFault: (fault) => faults.push(fault),
        hear: (_, name) => {
          if (name === 'presence') present.resolve(undefined)
        },
      })
      await present.promise
      state.done++
      state.took.push(performance.now() - began)
      await closeLine(line)
    }
  }
  const walks = Promise.all(Array.from({ length: WIDTH }, walk))
  // One that fails before its time is told by `walks`, below.
  walks.catch(() => (state.isRunning = false))
  await passes(WARM_UP_MS)
  const [before, first] = [read(job.root), state.done]
  state.took = []
  await passes(job.seconds * 1000)
  const [after, count, took] = [read(job.root), state.done - first, [...state.took]]
  state.isRunning = false
  await walks
  const used = between(before, after)
  return outcomeOf(count, used, faults, took)
}
