import type { Clock } from '@jabiru/cluster'

/** How fast streams end when the process leaves. */
export interface DrainTerms {
  /** Streams in a second; more where the deadline would not be met. */
  readonly perSecond: number
  /** Within so many ms all have been told. */
  readonly deadlineMs: number
}

/** How far it is. */
export interface Draining {
  /** Streams that are open yet, of those there were. */
  readonly left: number
  readonly of: number
}

interface DrainDeps {
  readonly clock: Clock
  /** Without terms all end at once. */
  readonly terms: DrainTerms | undefined
  /** Ends a stream; one that has ended meanwhile stays so. */
  readonly streams: readonly (() => void)[]
}

const TICK_MS = 50

/** Ends streams at a steady rate: those that come back do so elsewhere, and all at once would be a storm. Settles when all are told. */
export function drain({ clock, terms, streams }: DrainDeps): Promise<void> {
  const perMs = terms && Math.max(terms.perSecond / 1000, streams.length / terms.deadlineMs)
  const began = clock.now()
  const due = () => (perMs === undefined ? streams.length : 1 + Math.floor((clock.now() - began) * perMs))
  let told = 0
  return new Promise((resolve) => {
    const go = () => {
      for (const end = Math.min(streams.length, due()); told < end; told++) streams[told]?.()
      if (told === streams.length) resolve()
      else clock.setTimer(TICK_MS, go)
    }
    go()
  })
}
