import type { Bus } from '@jabiru/bus'
import type { Group } from './envelope.ts'
import { subjects } from './subjects.ts'

/** Who owns the partitions of the groups that this process sends to, by the tokens that owners announce. */
export interface Owners {
  /** Hears of every owner of the group from now on. */
  readonly follow: (group: Group) => void
  readonly token: (group: Group, part: number) => number | undefined
  /** Asks the owners of a group to announce themselves. */
  readonly ask: (group: Group) => void
  readonly close: () => void
}

interface OwnersDeps {
  readonly bus: Bus
  readonly onMoved: (group: Group, part: number, token: number) => void
}

/** The announcement: pairs of partition and token. Higher tokens win; an owner that has gone announces nothing. */
export type Announcement = readonly (readonly [part: number, token: number])[]

export function createOwners({ bus, onMoved }: OwnersDeps): Owners {
  const tokens = new Map<Group, Map<number, number>>()
  const subscriptions: { unsubscribe: () => void }[] = []

  const learn = (group: Group, known: Map<number, number>, announcement: Announcement) => {
    for (const [part, token] of announcement) {
      if ((known.get(part) ?? 0) >= token) continue
      known.set(part, token)
      onMoved(group, part, token)
    }
  }

  const ask = (group: Group) => {
    if (bus.connected()) bus.publish(subjects.askOwners(group), '')
  }

  const tokensOf = (group: Group): Map<number, number> => {
    const known = tokens.get(group)
    if (known) return known
    const fresh = new Map<number, number>()
    tokens.set(group, fresh)
    subscriptions.push(
      bus.subscribe(subjects.owners(group), ({ payload }) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by announce() of this wire version
        learn(group, fresh, JSON.parse(payload) as Announcement)
      }),
    )
    ask(group)
    return fresh
  }

  return {
    token: (group, part) => tokensOf(group).get(part),
    follow: (group) => void tokensOf(group),
    ask,
    close: () => {
      for (const subscription of subscriptions) subscription.unsubscribe()
    },
  }
}
