import { readdirSync } from 'node:fs'
import { processFile } from '@jabiru/testkit/process-file'
import { descendants, type ProcessTime, processTime, proportionalKb, secondsOf } from '../figures/processes.ts'
import { percentile } from '../figures/spread.ts'
import type { Outcome } from './job.ts'

/** What had been used at a moment. */
export interface Reading {
  readonly at: number
  /** CPU-seconds of the server, all its processes. */
  readonly server: number
  /** CPU-seconds of this process. */
  readonly generator: number
}

/** Between two readings. */
export interface Used {
  readonly seconds: number
  readonly server: number
  /** Of one core, 0 to 1. */
  readonly generator: number
}

/** Reads what the server's processes have used: those that descend from `root`, without this one. */
export function read(root: number): Reading {
  const { user, system } = process.cpuUsage()
  return { at: performance.now(), server: secondsOf(serverProcesses(root)), generator: (user + system) / 1e6 }
}

export function between(before: Reading, after: Reading): Used {
  const seconds = (after.at - before.at) / 1000
  return {
    seconds,
    server: after.server - before.server,
    generator: (after.generator - before.generator) / seconds,
  }
}

/** How fast so many were, and what they cost. */
export const ratesOf = (count: number, used: Used) => ({
  per_second: count / used.seconds,
  cpu_s_per_1000: (used.server * 1000) / count,
  generator: used.generator,
})

const MOST_FAULTS = 20

/** What comes of a workload in which no message is sent; `took` is how long each took, in ms. */
export function outcomeOf(count: number, used: Used, faults: readonly string[], took?: readonly number[]): Outcome {
  const sorted = took?.toSorted((a, b) => a - b)
  const times = sorted ? { p50_ms: percentile(sorted, 0.5) ?? 0, p99_ms: percentile(sorted, 0.99) ?? 0 } : {}
  return { figures: { ...ratesOf(count, used), ...times }, sent: 0, faults: faults.slice(0, MOST_FAULTS) }
}

/** Kilobytes that the server's processes have in use, together. */
export function serverMemory(root: number): number {
  return serverProcesses(root).reduce((sum, { pid }) => sum + memoryOf(pid), 0)
}

/** The command line of a process, its words apart. */
export const commandLine = (pid: number): string => text(pid, 'cmdline').replaceAll('\0', ' ')

/**
 * Kilobytes that a process has in use. What is resident counts PostgreSQL's buffers, and its program, with each of its
 * processes: together they are said to hold several times what they do.
 */
export const memoryOf = (pid: number): number => proportionalKb(text(pid, 'smaps_rollup'))

/** The server's processes: those that descend from `root`, without this one. */
export function serverProcesses(root: number): readonly ProcessTime[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processTime(text(Number(name), 'stat')))
    .filter((p) => p !== undefined)
  return descendants(all, root, new Set([process.pid]))
}

/** Empty of one that has ended meanwhile. */
const text = (pid: number, file: string): string => processFile(pid, file) ?? ''
