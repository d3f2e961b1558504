import type { Bus } from '@jabiru/bus'
import type { Clock } from '@jabiru/cluster'
import { GROUPS, type Group } from './envelope.ts'
import { type Paced, paced } from './paced.ts'
import { subjects } from './subjects.ts'

/** Who owns the partitions of the groups that this process sends to, by the tokens that owners announce. */
export interface Owners {
  /** Hears of every owner of the group from now on. */
  readonly follow: (group: Group) => void
  /** Those that have been heard of; hears of every other from now on. */
  readonly known: (group: Group) => Announcement
  readonly token: (group: Group, part: number) => number | undefined
  /** Asks the owners of a group to announce themselves. */
  readonly ask: (group: Group) => void
  readonly close: () => void
}

interface OwnersDeps {
  readonly bus: Bus
  readonly clock: Clock
  readonly onMoved: (group: Group, part: number, token: number) => void
}

/** The announcement: pairs of partition and token. Higher tokens win; an owner that has gone announces nothing. */
export type Announcement = readonly (readonly [part: number, token: number])[]

/** Every lane that does not get on asks, and all at once where this process or the owners are slow. */
const ASK_MS = 250
/** So many announcements are known again as what was said before. */
const KNOWN_AGAIN = 64

export function createOwners({ bus, clock, onMoved }: OwnersDeps): Owners {
  const tokens = new Map<Group, Map<number, number>>()
  const subscriptions: { unsubscribe: () => void }[] = []

  const learn = (group: Group, known: Map<number, number>, announcement: Announcement) => {
    for (const [part, token] of announcement) {
      if ((known.get(part) ?? 0) >= token) continue
      known.set(part, token)
      onMoved(group, part, token)
    }
  }

  const askNow = (group: Group) => {
    if (bus.connected()) bus.publish(subjects.askOwners(group), '')
  }
  const questions = new Map<Group, Paced>(GROUPS.map((group) => [group, paced(clock, ASK_MS, () => askNow(group))]))
  const ask = (group: Group) => questions.get(group)?.run()

  const tokensOf = (group: Group): Map<number, number> => {
    const known = tokens.get(group)
    if (known) return known
    const fresh = new Map<number, number>()
    // Tokens only grow: what has been said before says nothing new.
    const said = new Set<string>()
    tokens.set(group, fresh)
    subscriptions.push(
      bus.subscribe(subjects.owners(group), ({ payload }) => {
        if (said.has(payload)) return
        if (said.size >= KNOWN_AGAIN) said.clear()
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by announce() of this wire version
        learn(group, fresh, JSON.parse(payload) as Announcement)
        said.add(payload)
      }),
    )
    ask(group)
    return fresh
  }

  return {
    token: (group, part) => tokensOf(group).get(part),
    follow: (group) => void tokensOf(group),
    known: (group) => [...tokensOf(group)],
    ask,
    close: () => {
      for (const question of questions.values()) question.close()
      for (const subscription of subscriptions) subscription.unsubscribe()
    },
  }
}
