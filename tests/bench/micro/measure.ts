import { getHeapStatistics } from 'node:v8'
import { isSettled, type Round } from './rounds.ts'
import type { Unit } from './unit.ts'

/** What a round takes at least: of a processor, or of time where it mostly waits. */
const ROUND_CPU_MS = 60
const ROUND_MS = 400
const ROUNDS = 9
/** Rounds that a busy machine leaves time for. */
const FEWEST = 3
/** From the first operation on. */
const WARM_MS = 1000
const LIMIT_MS = 2800

/**
 * Repeats the unit until it gets no faster, then measures it round by round. CPU time is that of all threads of this
 * process, the optimiser and the collector included. Rejects when `quit` is aborted.
 */
export async function measure(unit: Unit, quit: AbortSignal): Promise<readonly Round[]> {
  const began = performance.now()
  const lasted = () => performance.now() - began
  const warm: Round[] = []
  let operations = 1
  let isLong = false
  while (!isLong || (!isSettled(warm) && lasted() < WARM_MS)) {
    quit.throwIfAborted()
    const round = await roundOf(unit, operations)
    warm.push(round)
    isLong = round.cpuUs >= ROUND_CPU_MS * 1000 || round.ms >= ROUND_MS
    if (!isLong) operations *= 2
  }
  const rounds: Round[] = []
  while (rounds.length < ROUNDS && (lasted() < LIMIT_MS || rounds.length < FEWEST)) {
    quit.throwIfAborted()
    rounds.push(await roundOf(unit, operations))
  }
  return rounds
}

async function roundOf(unit: Unit, operations: number): Promise<Round & { readonly ms: number }> {
  const [at, allocated, used] = [performance.now(), getHeapStatistics().total_allocated_bytes, process.cpuUsage()]
  const sum = await unit.run(operations)
  const { user, system } = process.cpuUsage(used)
  const bytes = getHeapStatistics().total_allocated_bytes - allocated
  if (!(sum > 0)) throw new Error(`${unit.name}: ${operations} operations did nothing`)
  return { operations, cpuUs: user + system, bytes, ms: performance.now() - at }
}
