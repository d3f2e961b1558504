import type { Cluster } from '@jabiru/testkit'
import type { Part as Engine } from '@jabiru/testkit/parts/part'
import type { Random } from '@jabiru/testkit/random'
import type { Links } from '../links.ts'

/** What an outage strikes. */
export interface Ground {
  readonly cluster: Cluster
  readonly links: Links
  readonly postgres: Postgres
  /** What the seed decides. */
  readonly random: Random
}

/** The PostgreSQL of the cluster, and what can be done to it. */
export interface Postgres extends AsyncDisposable {
  readonly engine: Engine
  /** Ends the primary for good. What it gives makes its standby the primary, at the same address. */
  readonly losePrimary: () => Promise<() => Promise<unknown>>
  /** Takes all space that is left on its disk. What it gives frees it, and starts a server that has ended. */
  readonly fillDisk: () => Promise<() => Promise<unknown>>
}

/** An outage that has begun. */
export interface Struck {
  /** What it struck, where that is not in the name. */
  readonly what?: string
  /** Ends it, and settles when what was away is there again. */
  readonly end: () => Promise<unknown>
  /** The processes that must say so at /readyz while it lasts, by the beginning of their names, and the reason's name. */
  readonly told?: { readonly by: string; readonly as: string }
}

/** An engine or a process is away, or cut off, for a while. */
export interface Outage {
  readonly name: string
  /** How long it lasts, in ms. */
  readonly lastsMs: number
  readonly begin: (ground: Ground) => Promise<Struck>
  /** Nothing can be durable while it lasts, so nothing may be acknowledged. */
  readonly stopsAll?: boolean
  /** What it needs that the server's stage does not have anyway. */
  readonly needs?: 'a standby' | 'a small disk' | 'links'
}

/** It cannot be made on this machine. */
export class CannotStrike extends Error {
  override readonly name = 'CannotStrike'
}
