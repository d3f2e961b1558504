import type { Bus } from '@jabiru/bus'
import { type Clock, createLeases, type LeaseTable } from '@jabiru/cluster'
import type { Endpoint, Serving } from './endpoint.ts'
import type { Group, InstanceRef, LaneEnvelope } from './envelope.ts'
import { type Handler, NotOwner } from './inlet.ts'
import { subjects } from './subjects.ts'

/** What was begun on a partition has so long to be done before the next owner has it; what is not may be done twice. */
const DRAIN_MS = 250

/** A partition and the token under which this process owns it. */
export interface Held {
  readonly part: number
  readonly token: number
}

export interface OwnershipDeps {
  readonly group: Group
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly table: LeaseTable
  readonly partitions: number
  readonly clock: Clock
  readonly ttlMs: number
  /** The lock on the data folder proves that nobody else is there. */
  readonly alone: boolean
  /** See `Handler`. Called only while the lease stands. */
  readonly handle: (lease: Held, envelope: LaneEnvelope, from: InstanceRef) => ReturnType<Handler<LaneEnvelope>>
  /** Answers `endpoint.read`. */
  readonly answer?: (lease: Held, question: string) => Promise<string>
  /** The partition is ours from now on; the first envelope comes later. */
  readonly onAcquired?: (lease: Held) => void
  /** Forgets the partition: nothing of it may be written or said after this has settled. */
  readonly onLost: (lease: Held) => Promise<void> | void
  readonly onFault: (fault: unknown, what: string) => void
}

/** The partitions of one group that this process serves: leases, lanes, reads and announcements in one. */
export interface Ownership {
  /** Waits while the leases cannot be read. */
  readonly start: () => Promise<void>
  /** The token under which this process may act for a partition at this very moment. */
  readonly token: (part: number) => number | undefined
  readonly held: () => readonly (readonly [part: number, token: number])[]
  /** Hands every partition over. */
  readonly stop: () => Promise<void>
}

export function createOwnership(deps: OwnershipDeps): Ownership {
  const { group, bus, endpoint, clock } = deps
  const serving = new Map<number, Serving>()
  let announcement: { again: () => void; close: () => void } | undefined
  let announceDue = false

  const leases = createLeases({
    table: deps.table,
    owner: `${endpoint.self.id}.${endpoint.self.epoch}`,
    partitions: deps.partitions,
    clock,
    ttlMs: deps.ttlMs,
    alone: deps.alone,
    isOnBus: bus.connected,
    onAcquired: (part, token) => {
      deps.onAcquired?.({ part, token })
      serving.set(part, serve({ part, token }))
      announceSoon()
    },
    onLeaving: async (part, token) => {
      if (leases.hasOthers()) endpoint.handOvers.begins(group, part, token)
      const { promise: late, resolve } = Promise.withResolvers<undefined>()
      const timer = clock.setTimer(Math.min(DRAIN_MS, deps.ttlMs / 10), () => resolve(undefined))
      await Promise.race([serving.get(part)?.drain(), late])
      timer.cancel()
    },
    onLost: async (part, token) => {
      serving.get(part)?.close()
      serving.delete(part)
      await deps.onLost({ part, token })
    },
    onFreed: () => hintOthers(),
    onFault: (fault) => deps.onFault(fault, 'lease'),
  })

  const serve = (lease: Held) => {
    const { part, token } = lease
    const lane = endpoint.serve(group, part, token, (envelope, from) => {
      if (leases.token(part) !== token) throw new NotOwner(`${group} ${part} is not ours at this moment`)
      return deps.handle(lease, envelope, from)
    })
    const { answer } = deps
    const read = answer && endpoint.serveRead(group, part, token, (question) => answer(lease, question))
    return {
      drain: lane.drain,
      close: () => {
        lane.close()
        read?.close()
      },
    }
  }

  const announceSoon = () => {
    if (announceDue) return
    announceDue = true
    setImmediate(() => {
      announceDue = false
      announcement?.again()
    })
  }

  const hintOthers = () => {
    if (bus.connected()) bus.publish(subjects.leaseHint(group), endpoint.self.id)
  }

  const hints = bus.subscribe(subjects.leaseHint(group), ({ payload }) => {
    if (payload !== endpoint.self.id) leases.hint()
  })

  return {
    start: async () => {
      announcement = endpoint.announce(group, leases.held)
      await leases.start()
      hintOthers()
    },
    token: leases.token,
    held: leases.held,
    stop: async () => {
      hints.unsubscribe()
      await leases.stop()
      // One group after the other: whoever takes this one over is busy with it.
      await endpoint.handOvers.settled()
      announcement?.close()
    },
  }
}
