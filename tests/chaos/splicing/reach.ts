import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** By then a signal to oneself has been taken. */
const TAKEN_MS = 50
const POLL_MS = 2

/**
 * Stops this process with SIGSTOP the n-th time that it reaches a point which is armed: `<folder>/<point>` holds n. The one
 * that is first takes the file for itself, so that nobody else stops there. Who armed the point decides how it goes on.
 */
export function createReach(folder: string): (point: string) => void {
  const counts = new Map<string, { readonly since: number; hits: number }>()
  return (point) => {
    const file = join(folder, point)
    const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (since === undefined) return
    const known = counts.get(point)
    const count = known?.since === since ? known : { since, hits: 0 }
    count.hits += 1
    counts.set(point, count)
    if (count.hits < wantedHits(file) || !take(file)) return
    process.kill(process.pid, 'SIGSTOP')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TAKEN_MS)
  }
}

function wantedHits(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return Number.POSITIVE_INFINITY // another process was faster
  }
}

function take(file: string): boolean {
  try {
    renameSync(file, `${file}.${process.pid}`)
    return true
  } catch {
    return false // another process was faster
  }
}

/** Stops the process that is first to reach the point for the nth time. Gives its id; undefined where none does so in time. */
export async function untilReached(
  folder: string,
  point: string,
  n: number,
  withinMs: number,
): Promise<number | undefined> {
  const file = join(folder, point)
  writeFileSync(`${file}~`, String(n))
  renameSync(`${file}~`, file)
  const isOurs = (name: string) => name.startsWith(`${point}.`)
  for (const end = performance.now() + withinMs; ; await sleep(POLL_MS)) {
    const taken = (await readdir(folder)).find(isOurs)
    if (taken !== undefined) {
      await rm(join(folder, taken))
      return Number(taken.slice(point.length + 1))
    }
    if (performance.now() > end && take(file)) {
      await rm(`${file}.${process.pid}`)
      return undefined
    }
  }
}
