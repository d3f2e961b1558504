import { setTimeout as passes } from 'node:timers/promises'
import { percentile } from '../figures/spread.ts'
import { dismiss, gather } from './crowd.ts'
import type { Figures, Job, Outcome } from './job.ts'
import { type Letters, lettersAmong } from './letters.ts'
import type { Line } from './line.ts'
import { between, ratesOf, read, type Used } from './meter.ts'

/** Users who talk, in pairs. */
export const USERS = 200
/** Letters under way per pair, so that the server is never idle: 500 in all. */
const PER_PAIR = 5
/** A server that cannot keep up is not given more; what is sent late counts as late. */
const MOST_UNDER_WAY = 2_000
const WARM_UP_MS = 3_000
/** A slow server has warmed up when the first letters are long through, at the latest after this. */
const WARM_LETTERS = 1_000
const LONGEST_WARM_UP_MS = 20_000
/** After the end everything is to arrive within this. */
const DRAIN_MS = 30_000
const POLL_MS = 20

/** As many letters as the server takes, a window of them under way between each two. */
export async function chat(job: Job, { passing }: { readonly passing: boolean }): Promise<Outcome> {
  let isRunning = true
  return converse(job, { passing, onArrival: (letters, n) => void (isRunning && letters.send(n)) }, async (letters) => {
    begin(letters)
    await warmedUp(letters)
    const used = await measured(job, letters)
    isRunning = false
    return used
  })
}

/** So many letters a second, as far as they come through. */
export async function pace(job: Job, { rate }: { readonly rate: number }): Promise<Outcome> {
  return converse(job, { passing: false, onArrival: () => undefined }, async (letters) => {
    using _ = pacing(letters, rate)
    await warmedUp(letters)
    // Awaited here: what paces ends with this block.
    return await measured(job, letters)
  })
}

/** Fills the window between each two. */
export function begin(letters: Letters): undefined {
  for (let n = 0; n < USERS; n++) for (let k = n % 2; k < PER_PAIR; k += 2) letters.send(n)
}

/** Sends so many letters a second until it is disposed of. */
export function pacing(letters: Letters, rate: number): Disposable {
  const began = performance.now()
  let next = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * rate) / 1000)
    // A letter that this process sends late was to be sent in time: the delay counts.
    for (; next < due && letters.sent() - letters.arrived() < MOST_UNDER_WAY; next++)
      letters.send((next * 7) % USERS, began + (next * 1000) / rate)
  }, 1)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

export async function warmedUp(letters: Pick<Letters, 'arrived'>): Promise<undefined> {
  const [began, first] = [performance.now(), letters.arrived()]
  await passes(WARM_UP_MS)
  while (letters.arrived() - first < WARM_LETTERS && performance.now() - began < LONGEST_WARM_UP_MS)
    await passes(POLL_MS)
}

interface Measured {
  readonly used: Used
  readonly arrived: number
  readonly latencies: ReturnType<Letters['latencies']>
}

async function measured(job: Job, letters: Letters): Promise<Measured> {
  const [before, first] = [read(job.root), letters.arrived()]
  letters.forget()
  await passes(job.seconds * 1000)
  const [after, last] = [read(job.root), letters.arrived()]
  return { used: between(before, after), arrived: last - first, latencies: letters.latencies() }
}

interface Talk {
  readonly passing: boolean
  readonly onArrival: (letters: Letters, sender: number) => void
}

async function converse(
  job: Job,
  { passing, onArrival }: Talk,
  play: (letters: Letters) => Promise<Measured>,
): Promise<Outcome> {
  const broken: string[] = []
  const lines = await gather(job, USERS, { onFault: (fault) => broken.push(fault) })
  const letters: Letters = lettersAmong(job, lines, { passing, onArrival: (n) => onArrival(letters, n) })
  const result = await play(letters)
  const left = await drained(job, letters, lines)
  dismiss(lines)
  // Only the first are told: what did not come at all is first.
  return { figures: figuresOf(result), sent: letters.sent(), faults: [...left, ...broken, ...letters.faults] }
}

type UnderWay = Pick<Letters, 'sent' | 'arrived' | 'askAll' | 'isSettled'>

/** Waits for all that is under way; tells what did not come. */
export async function drained(job: Job, letters: UnderWay, lines: readonly Line[]): Promise<readonly string[]> {
  const until = performance.now() + DRAIN_MS
  for (let round = 0; !letters.isSettled(); round++) {
    if (performance.now() > until) {
      const unconfirmed = lines.reduce((sum, { sent, confirmed }) => sum + sent - confirmed, 0)
      const what = `${letters.sent() - letters.arrived()} of ${letters.sent()} letters did not arrive within ${DRAIN_MS / 1000} s`
      return [job.relay ? what : `${what}, ${unconfirmed} stanzas were not acknowledged`]
    }
    // A server may answer before it has all.
    if (!job.relay && round % 10 === 0) letters.askAll()
    await passes(POLL_MS)
  }
  return []
}

function figuresOf({ used, arrived, latencies }: Measured): Figures {
  const ms = (sorted: Float64Array, share: number) => percentile(sorted, share)
  const named = {
    p50_ms: ms(latencies.arrival, 0.5),
    p99_ms: ms(latencies.arrival, 0.99),
    ack_p50_ms: ms(latencies.acknowledgement, 0.5),
    ack_p99_ms: ms(latencies.acknowledgement, 0.99),
  }
  return {
    ...ratesOf(arrived, used),
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  }
}
