import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'

/** A tenth of a core that the loop wants whole. */
const STEPS_DOWN = 10
const THREADS = '/proc/self/task'

/**
 * Puts the loop before V8's own threads, which collect and compile beside it. Where they share its core the four of them
 * leave it a fifth, and what comes meanwhile waits for a tenth of a second. On Linux, where a thread has a priority of its
 * own; elsewhere, and where the system does not allow it, everything stays as it is.
 */
export function putLoopFirst(): void {
  try {
    const lower = Math.min(os.constants.priority.PRIORITY_LOW, os.getPriority() + STEPS_DOWN)
    for (const thread of v8Threads()) os.setPriority(thread, lower)
  } catch {
    // No threads to be seen, or a sandbox that keeps priorities: it serves as well, less evenly.
  }
}

/** The numbers of the threads that V8 has in this process. */
export const v8Threads = (): readonly number[] =>
  readdirSync(THREADS)
    .filter((thread) => readFileSync(`${THREADS}/${thread}/comm`, 'utf8').includes('V8Worker'))
    .map(Number)
