import type { Tokens } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import { type Endpoint, type LaneEnvelope, sizeOf, type UpEnvelope } from '@jabiru/wire'

/** The way up to the owners of accounts, and how full it is. */
export interface Lanes {
  /** `committed` runs when the owner has committed the envelope; never where it was not. */
  readonly up: (envelope: UpEnvelope, committed?: () => void) => void
  /** Whether so much waits for the owner of the account that its clients are not to be read. */
  readonly isFull: (account: BareJid) => boolean
  /** Runs once when it is no longer full. */
  readonly whenOpen: (account: BareJid, run: () => void) => void
  /** A session has its socket here until `unseat`: a new owner of its account is told of it. */
  readonly seat: (seated: Seated) => void
  readonly unseat: (seated: Seated) => void
  /** Resolves when nothing waits any more. */
  readonly settled: () => Promise<void>
}

/** A session that has its socket here. */
export interface Seated {
  readonly account: BareJid
  readonly introduction: () => readonly UpEnvelope[]
}

interface LanesDeps {
  readonly endpoint: Endpoint
  /** What may wait for the owner of one partition, and for all owners, in bytes. */
  readonly maxBytes: number
  readonly maxBacklog: number
  readonly tokens: Tokens
}

export function createLanes({ endpoint, maxBytes, maxBacklog, tokens }: LanesDeps): Lanes {
  const waiting = new Map<number, Set<() => void>>()
  const seats = new Map<number, Set<Seated>>()
  let underWay = 0
  let backlog = 0
  let isBrimming = false
  let whenSettled: (() => void)[] = []

  const release = (part: number) => {
    const runs = waiting.get(part)
    // Half of it: reading does not stop and start with every stanza.
    if (runs === undefined || isBrimming || endpoint.backlog('session', part) > maxBytes / 2) return
    waiting.delete(part)
    for (const run of runs) run()
  }

  /** Everybody may be read again, as far as that goes. */
  const ebb = () => {
    if (!isBrimming || backlog > maxBacklog / 2) return
    isBrimming = false
    for (const part of waiting.keys()) release(part)
  }

  const settle = () => {
    if (--underWay > 0) return
    const runs = whenSettled
    whenSettled = []
    for (const run of runs) run()
  }

  const up: Lanes['up'] = (envelope, committed) => {
    const part = endpoint.partitionOf(envelope.account)
    const size = sizeOf(envelope)
    underWay++
    backlog += size
    isBrimming ||= backlog > maxBacklog
    endpoint.post('session', part, envelope, () => {
      backlog -= size
      settle()
      ebb()
      release(part)
      committed?.()
    })
  }

  const introduce = (part: number, token: number): readonly LaneEnvelope[] => {
    // From here on its numbers count: what the owner before still says would take them from what the new one says.
    tokens.admit(part, token)
    return [
      ...[...(seats.get(part) ?? [])].flatMap((seated) => seated.introduction()),
      { k: 'introduced', cm: endpoint.self, part },
    ]
  }
  endpoint.introduce('session', introduce)

  return {
    up,
    seat: (seated) => {
      const part = endpoint.partitionOf(seated.account)
      seats.set(part, (seats.get(part) ?? new Set()).add(seated))
    },
    unseat: (seated) => {
      const part = endpoint.partitionOf(seated.account)
      const there = seats.get(part)
      there?.delete(seated)
      if (there?.size === 0) seats.delete(part)
    },
    isFull: (account) => isBrimming || endpoint.backlog('session', endpoint.partitionOf(account)) > maxBytes,
    whenOpen: (account, run) => {
      const part = endpoint.partitionOf(account)
      const runs = waiting.get(part) ?? new Set()
      waiting.set(part, runs.add(run))
    },
    settled: () =>
      new Promise((resolve) => {
        if (underWay === 0) resolve()
        else whenSettled.push(resolve)
      }),
  }
}
