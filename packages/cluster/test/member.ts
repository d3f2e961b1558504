import { randomFrom } from '@jabiru/testkit/random'
import type { Clock } from '../src/clock.ts'
import type { LeaseTable } from '../src/lease-table.ts'
import type { Leases } from '../src/leases.ts'
import { createTokens } from '../src/tokens.ts'
import type { Ground, Held, Rules } from './ground.ts'
import { type Cut, createLine, type Line } from './line.ts'
import type { World } from './world.ts'

/** What a member does that must obey the rules. */
export interface Watcher {
  /** It is about to act for the partition. */
  readonly onAct: (member: Member, lease: Held) => void
  /** A renewal has taken effect, whether it hears of that or not. */
  readonly onBeat: (member: Member) => void
  readonly onTaken: (member: Member, leases: readonly Held[]) => void
  readonly onWritten: (member: Member, lease: Held) => void
  readonly onRead: (member: Member, lease: Held, found: number) => void
  readonly onDelivered: (member: Member, lease: Held) => void
  readonly onGivenUp: (member: Member, count: number) => void
}

export interface MemberDeps {
  readonly world: World
  readonly ground: Ground
  readonly name: string
  readonly partitions: number
  readonly ttlMs: number
  /** How fast its monotonic clock runs. */
  readonly rate: number
  readonly seed: number
  readonly rules: Rules
  /** The database answers within so many milliseconds. */
  readonly withinMs: () => number
  /** A connection manager, which everybody sends to. */
  readonly receiver: Receiver
  readonly watcher: Watcher
  /** Leases have changed: the others are told. */
  readonly onChanged: (member: Member) => void
}

/** One process that owns partitions. It can stand still (SIGSTOP), be cut off, be killed, and leave. */
export interface Member {
  readonly name: string
  readonly leases: Leases
  readonly line: Line
  readonly clock: Clock
  readonly joinedAt: number
  /** When it had looked at the leases for the first time, by its own clock. */
  readonly startedAt: () => number
  readonly state: () => 'alive' | 'asleep' | 'leaving' | 'gone'
  readonly isCut: () => boolean
  /** When its monotonic clock last stood still. */
  readonly frozenAt: () => number
  readonly sleep: (ms: number, frozen: boolean) => void
  readonly cut: (how: Cut, ms: number) => void
  /** It is off the bus; the database it reaches. */
  readonly loseBus: (ms: number) => void
  readonly crash: () => void
  readonly leave: () => void
  /** Another member says that leases have changed. */
  readonly hint: () => void
}

/** Takes what owners say, unless a newer owner has spoken. */
export interface Receiver {
  readonly accepts: (lease: Held) => boolean
}

export const createReceiver = (rules: Rules): Receiver => {
  const tokens = createTokens()
  return { accepts: ({ part, token }) => tokens.admit(part, token) || !rules.receiversLook }
}

/** Each member does something for one of its partitions so often. */
const ACT_MS = 300

export function createMember(deps: MemberDeps): Member {
  const { world, ground, name, watcher, rules } = deps
  const random = randomFrom(deps.seed)
  const body = createBody(world, deps.rate, random)
  let startedAt = Number.POSITIVE_INFINITY
  let cut: Cut | undefined
  let isOnBus = true
  let state: 'alive' | 'leaving' = 'alive'
  const line = createLine({
    world,
    random,
    state: () => ({ cut, withinMs: deps.withinMs() }),
    whenAwake: body.whenAwake,
  })

  const table: LeaseTable = {
    renew: (...renewal) =>
      line.send(async () => {
        const before = await ground.table.renew(...renewal)
        watcher.onBeat(member)
        return before
      }),
    read: () => line.send(ground.table.read),
    take: (owner, seen) => {
      const take = async () => {
        const taken = await ground.table.take(owner, seen)
        watcher.onTaken(member, taken)
        return taken
      }
      return line.send(take)
    },
    release: (owner, held) => {
      if (state === 'alive' && isOnBus) watcher.onGivenUp(member, held.length)
      return line.send(() => ground.table.release(owner, held))
    },
    leave: (owner) => line.send(() => ground.table.leave(owner)),
    forget: (seen) => line.send(() => ground.table.forget(seen)),
  }
  const leases = rules.createLeases({
    table,
    owner: name,
    partitions: deps.partitions,
    clock: body.clock,
    ttlMs: deps.ttlMs,
    alone: false,
    isOnBus: () => isOnBus,
    onAcquired: (part, token) => void read({ part, token }),
    onLost: () => {},
    onFreed: () => deps.onChanged(member),
    onFault: () => {},
  })

  /** What a new owner finds. */
  const read = async (lease: Held) => {
    try {
      await line.send(async () => watcher.onRead(member, lease, await ground.read(lease)))
    } catch {
      // The database is away. The owner would try again; here the next owner does.
    }
  }

  /** Between the look at the lease and the statement that leaves, the process may stand still. */
  const act = () => {
    const held = leases.held()
    const [part, token] = held[Math.floor(random() * held.length)] ?? []
    if (part === undefined || token === undefined) return
    const lease = { part, token }
    watcher.onAct(member, lease)
    world.at(random() * 5, () => body.whenAwake(() => write(lease)))
    world.at(random() * 20, () => body.whenAwake(() => deliver(lease)))
  }
  const write = (lease: Held) => {
    const landed = async () => {
      if ((await ground.write(lease, name)) === 'written') watcher.onWritten(member, lease)
    }
    // A statement that fails is not tried again: its outcome is what the judge sees.
    line.send(landed).catch(() => undefined)
  }
  const deliver = (lease: Held) =>
    void world.at(random() * 20, () => {
      if (deps.receiver.accepts(lease)) watcher.onDelivered(member, lease)
    })

  const live = () => {
    act()
    body.clock.setTimer(ACT_MS * (0.5 + random()), live)
  }
  const start = async () => {
    await leases.start()
    startedAt = body.clock.now()
    deps.onChanged(member)
  }
  const member: Member = {
    name,
    leases,
    line,
    clock: body.clock,
    joinedAt: world.now(),
    startedAt: () => startedAt,
    state: () => (body.dead() ? 'gone' : body.asleep() ? 'asleep' : state),
    isCut: () => cut !== undefined,
    frozenAt: body.frozenAt,
    sleep: body.sleep,
    cut: (how, ms) => {
      cut = how
      world.at(ms, () => void (cut = undefined))
    },
    loseBus: (ms) => {
      isOnBus = false
      world.at(ms, () => void (isOnBus = true))
    },
    crash: body.die,
    leave: () => {
      state = 'leaving'
      void leases.stop().finally(body.die)
    },
    hint: () => body.whenAwake(leases.hint),
  }
  // One that leaves while it starts has never begun.
  start().catch(() => undefined)
  live()
  return member
}

/** A process that stands still goes on late with what was due meanwhile. Its clock goes on, or stands still with it. */
function createBody(world: World, rate: number, random: () => number) {
  const uptimeMs = random() * 1e9
  const bornAt = world.now()
  const due: (() => void)[] = []
  let dead = false
  let wakesAt = Number.NEGATIVE_INFINITY
  let lost = 0
  let frozenAt = Number.NEGATIVE_INFINITY
  const asleep = () => world.now() < wakesAt
  const whenAwake = (run: () => void) => {
    if (dead) return
    if (asleep()) due.push(run)
    else run()
  }
  const wake = () => {
    if (!asleep()) for (const run of due.splice(0)) whenAwake(run)
  }
  const clock: Clock = {
    now: () => uptimeMs + (world.now() - bornAt - lost) * rate,
    setTimer: (ms, fn) => world.at(ms / rate, () => whenAwake(fn)),
  }
  return {
    clock,
    whenAwake,
    asleep,
    dead: () => dead,
    die: () => void (dead = true),
    frozenAt: () => frozenAt,
    sleep: (ms: number, frozen: boolean) => {
      wakesAt = Math.max(wakesAt, world.now() + ms)
      world.at(ms, () => {
        if (frozen) {
          lost += ms
          frozenAt = world.now()
        }
        wake()
      })
    },
  }
}
