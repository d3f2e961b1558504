import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@jabiru/testkit/random'
import { ABSENT, type Habit } from './cast.ts'
import type { Client } from './client.ts'

/** How often each client is thought of. */
const TURN_MS = 250
/** In a turn they come one after another, so that they do not all write at the same moment. */
const STEPS = 25

export interface TrafficOptions {
  readonly random: Random
  /** How likely a message is one that the database refuses. */
  readonly unstorable: number
  readonly quit: AbortSignal
}

/** Everybody writes, asks and comes and goes, by chance, until told to end. */
export async function makeTraffic(
  clients: readonly Client[],
  { random, unstorable, quit }: TrafficOptions,
): Promise<void> {
  const away: Promise<void>[] = []
  for (let step = 0; !quit.aborted; step += 1) {
    for (const client of clients.filter((_, i) => i % STEPS === step % STEPS)) {
      if (!client.isOnline || client.jid === '') continue
      act(client, clients, { random, unstorable })
      misbehave(client, { random, quit }, away)
    }
    await sleep(TURN_MS / STEPS)
  }
  await Promise.all(away)
}

function act(client: Client, clients: readonly Client[], { random, unstorable }: Omit<TrafficOptions, 'quit'>): void {
  const other = pick(clients, random)
  if (random.chance(0.25)) {
    const to = addressOf(other, random)
    for (let letters = random.int(1, 4); letters > 0; letters -= 1)
      client.mailbox.writesTo(to, random.chance(unstorable))
    client.asks()
  }
  if (random.chance(0.02)) client.mailbox.asks(undefined, random.chance(0.5) ? 'ping' : 'disco')
  if (random.chance(0.03)) {
    const friends = clients.filter(({ part }) => client.part.friends.includes(part.account))
    const friend = pick(friends, random, other)
    if (friend.isOnline) client.mailbox.asks(friend.jid, 'ping', friend.part)
  }
  if (random.chance(0.02)) client.says(`turn ${random.int(0, 999_999)}`)
}

/** Most write to accounts, some to a device, and some to who is never there. */
function addressOf(other: Client, random: Random): string {
  if (random.chance(0.2) && other.jid !== '') return other.jid
  if (random.chance(0.1)) return other.bare.replace(/^[^@]*/, pick(ABSENT, random))
  return other.bare
}

/** Clients of some kinds are lost, stand still or leave, by chance. */
function misbehave(
  client: Client,
  { random, quit }: Pick<TrafficOptions, 'random' | 'quit'>,
  away: Promise<void>[],
): void {
  const does = (habit: Habit) => client.part.habits.includes(habit) && random.chance(0.02)
  if (does('drops')) client.drops()
  if (does('leaves')) client.leaves(random.int(500, 6000))
  if (does('stalls')) away.push(client.stalls(random.int(1000, 12_000), quit))
  if (does('vanishes')) client.vanishes(random.int(500, 6000))
}

function pick<T>(from: readonly T[], random: Random, otherwise?: T): T {
  const found = from[random.int(0, Math.max(0, from.length - 1))] ?? otherwise
  if (found === undefined) throw new Error('there is nobody')
  return found
}
