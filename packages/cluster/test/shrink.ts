import type { Promised } from './judge.ts'
import type { Event, Schedule } from './schedule.ts'

/** The promise that a schedule breaks. */
export type Trial = (schedule: Schedule) => Promise<Promised | undefined>

/** A schedule is tried at most so often on the way to the least one. */
const TRIALS = 400

/**
 * Drops members and events, shortens what lasts, and slows no clock that need not be, as long as the same promise is
 * broken. What is left is the least that can be reached by one of these steps (or by the number of trials).
 */
export async function shrink(schedule: Schedule, fails: Trial): Promise<Schedule> {
  const promise = await fails(schedule)
  if (promise === undefined) return schedule
  let trials = 0
  let least = schedule
  const accept = async (events: readonly Event[]): Promise<boolean> => {
    if (trials++ >= TRIALS) return false
    const smaller = { ...least, events }
    if ((await fails(smaller)) !== promise) return false
    least = smaller
    return true
  }
  for (;;) {
    const before = weight(least)
    await dropMembers(() => least.events, accept)
    await dropEvents(() => least.events, accept)
    await simplify(() => least.events, accept)
    if (weight(least) === before) return least
  }
}

type Accept = (events: readonly Event[]) => Promise<boolean>
type Events = () => readonly Event[]

const weight = ({ events }: Schedule) =>
  events.reduce((sum, event) => sum + 1_000_000 + ('forMs' in event ? event.forMs : 0), 0)

const memberOf = (event: Event) => ('member' in event ? event.member : undefined)

async function dropMembers(events: Events, accept: Accept): Promise<void> {
  for (const member of new Set(events().map(memberOf)))
    if (member !== undefined) await accept(events().filter((event) => memberOf(event) !== member))
}

/** Half of them, a quarter of them, and so on to single ones. */
async function dropEvents(events: Events, accept: Accept): Promise<void> {
  for (let size = events().length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < events().length; ) if (!(await accept(events().toSpliced(from, size)))) from += size
}

/** Clocks that run true, and spans of half the length. */
async function simplify(events: Events, accept: Accept): Promise<void> {
  const replace = (i: number, event: Event) => accept(events().with(i, event))
  for (let i = 0; i < events().length; i++) {
    const event = events()[i]
    if (event?.kind === 'join' && event.rate !== 1) await replace(i, { ...event, rate: 1 })
    if (event && 'forMs' in event && event.forMs > 200) await replace(i, { ...event, forMs: event.forMs >> 1 })
  }
}
