import { randomFrom } from '@jabiru/testkit/random'
import type { Cut } from './line.ts'

/** One thing that befalls the cluster. */
export type Happening =
  | { readonly kind: 'join'; readonly member: string /** How fast its monotonic clock runs. */; readonly rate: number }
  | { readonly kind: 'leave' | 'crash'; readonly member: string }
  /** It stands still; `freeze`: and its monotonic clock too, as in a machine that is suspended. */
  | { readonly kind: 'pause' | 'freeze'; readonly member: string; readonly forMs: number }
  | { readonly kind: 'cut'; readonly member: string; readonly how: Cut; readonly forMs: number }
  /** It is off the bus, and reaches the database. */
  | { readonly kind: 'off-bus'; readonly member: string; readonly forMs: number }
  /** The database answers within so many milliseconds, and in any order. */
  | { readonly kind: 'slow'; readonly withinMs: number; readonly forMs: number }
  /** Its writes stay in the database, with what they have locked. Only a real one can do so. */
  | { readonly kind: 'hold'; readonly member: string; readonly forMs: number }
  /** The wall clock of the database jumps. */
  | { readonly kind: 'jump'; readonly byMs: number }

export type Event = Happening & { readonly atMs: number }

export interface Schedule {
  readonly seed: number
  readonly partitions: number
  /** In order of time. */
  readonly events: readonly Event[]
}

export const TTL_MS = 5_000

/** Monotonic clocks run at most so much faster or slower than real time: what chrony slews by, rounded up. */
const DRIFT = 0.05

export interface Size {
  /** Members that are there at once, at most. */
  readonly members: number
  /** At least so many, where it is not left to the seed. */
  readonly least?: number
  readonly partitions?: number
  readonly lengthMs?: number
  /** Writes are held in the database. */
  readonly holds?: boolean
}

/** What a seed decides. */
export function schedule(seed: number, size: Size): Schedule {
  const random = randomFrom(seed)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length)]
  // Mostly few, sometimes as many as may be.
  const most = size.least ?? 1 + below(Math.min(size.members, [3, 3, 3, 3, 3, 8, 8, 8, 20, 100][below(10)] ?? 3))
  const partitions = size.partitions ?? [16, 64, 64, 256][below(4)] ?? 64
  const lengthMs = size.lengthMs ?? (most > 20 ? 20_000 : 60_000)
  const rate = () => 1 - DRIFT + 2 * DRIFT * random()
  const events: Event[] = []
  const present: string[] = []
  let named = 0

  const join = (atMs: number) => {
    const member = `m${named++}`
    present.push(member)
    events.push({ atMs, kind: 'join', member, rate: rate() })
  }
  const gone = (member: string) => void present.splice(present.indexOf(member), 1)
  /** Around the time to live most often, for there it matters. */
  const span = () => Math.round(TTL_MS * (pick([0.1, 0.3, 0.6, 0.9, 1.1, 1.5, 3]) ?? 1) * (0.5 + random()))

  const kinds: readonly ((atMs: number, member: string) => Event | undefined)[] = [
    (atMs, member) => ({ atMs, kind: 'pause', member, forMs: span() }),
    (atMs, member) => ({ atMs, kind: 'pause', member, forMs: span() }),
    (atMs, member) => ({ atMs, kind: 'freeze', member, forMs: span() }),
    (atMs, member) => ({
      atMs,
      kind: 'cut',
      member,
      how: pick(['refused', 'silent', 'answers', 'late'] as const) ?? 'silent',
      forMs: span(),
    }),
    (atMs) => ({ atMs, kind: 'slow', withinMs: Math.round(span() / 2), forMs: 2 * span() }),
    // A renewal that is answered late, and no other after it.
    (atMs, member) => {
      const forMs = Math.round(TTL_MS * (0.3 + 0.5 * random()))
      events.push({ atMs: Math.max(0, atMs - forMs), kind: 'slow', withinMs: Math.round(TTL_MS * 0.5), forMs })
      return { atMs, kind: 'cut', member, how: 'refused', forMs: 2 * TTL_MS }
    },
    // The write of an owner is under way when another takes over.
    (atMs, member) => {
      if (size.holds) events.push({ atMs, kind: 'hold', member, forMs: 2 * span() })
      return { atMs: atMs + 500, kind: 'pause', member, forMs: 2 * span() }
    },
    (atMs, member) => ({ atMs, kind: 'off-bus', member, forMs: 2 * span() }),
    (atMs) => ({ atMs, kind: 'jump', byMs: Math.round((random() - 0.5) * 10 ** (1 + below(8))) }),
    (atMs, member) => {
      gone(member)
      return { atMs, kind: 'crash', member }
    },
    (atMs, member) => {
      gone(member)
      return { atMs, kind: 'leave', member }
    },
    (atMs) => {
      if (present.length < most) join(atMs)
      return undefined
    },
    (atMs) => {
      if (present.length < most) join(atMs)
      return undefined
    },
  ]

  const together = random() < 0.5 ? 200 : 10_000
  for (let i = 0; i < most; i++) join(Math.round(random() * together))
  const times = Array.from({ length: 3 + below(10 + most / 4) }, () => 1_000 + Math.round(random() * lengthMs))
  for (const atMs of times.toSorted((one, other) => one - other)) {
    const member = pick(
      present.filter((name) => events.some((e) => 'member' in e && e.member === name && e.atMs < atMs)),
    )
    if (member === undefined) join(atMs)
    else events.push(...[pick(kinds)?.(atMs, member)].filter((event) => event !== undefined))
  }
  return { seed, partitions, events: events.toSorted((one, other) => one.atMs - other.atMs) }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

const CUTS: Readonly<Record<Cut, string>> = {
  refused: 'is refused by the database',
  silent: 'is cut off from the database',
  answers: 'gets no answers from the database',
  late: 'loses connections under its statements, which take effect later',
}

function words(event: Event): string {
  switch (event.kind) {
    case 'join':
      return `${event.member} joins, its clock at ${event.rate.toFixed(4)}`
    case 'leave':
      return `${event.member} leaves`
    case 'crash':
      return `${event.member} is killed`
    case 'pause':
      return `${event.member} stands still for ${seconds(event.forMs)}`
    case 'freeze':
      return `${event.member} stands still for ${seconds(event.forMs)}, and its clock too`
    case 'cut':
      return `${event.member} ${CUTS[event.how]} for ${seconds(event.forMs)}`
    case 'off-bus':
      return `${event.member} is off the bus for ${seconds(event.forMs)}`
    case 'hold':
      return `what ${event.member} writes stays in the database for ${seconds(event.forMs)}`
    case 'slow':
      return `the database answers within ${seconds(event.withinMs)} for ${seconds(event.forMs)}`
    case 'jump':
      return `the wall clock of the database jumps by ${seconds(event.byMs)}`
    default:
      return event satisfies never
  }
}

/** As it is read by people, one event a line. */
export function print({ seed, partitions, events }: Schedule): string {
  const lines = events.map((event) => `${seconds(event.atMs).padStart(9)}  ${words(event)}`)
  return [`seed ${seed}, ${partitions} partitions, time to live ${seconds(TTL_MS)}`, ...lines].join('\n')
}
