import type { Ground, Held } from './ground.ts'
import type { Member, Watcher } from './member.ts'
import { TTL_MS } from './schedule.ts'
import type { World } from './world.ts'

/** What must hold. */
export type Promised =
  | 'a write of an old owner never lands after a write or a read of a new one'
  | 'nothing of an old owner is taken after something of a new one'
  | 'two never act for one partition at once'
  | 'no partition stays without an owner'
  | 'planned movement is bounded'
  | 'in the end every partition has one owner'
  | 'in the end partitions are shared out evenly'
  | 'in the end nothing moves'

/** A promise that was not kept. */
export interface Broken {
  readonly promise: Promised
  readonly atMs: number
  readonly say: string
}

/** Others find that an owner has gone within the time to live and one look more; looks here and statements take a little. */
const ORPHANED_MS = 1.2 * TTL_MS + 350
/** What one member gives up for the sake of balance in a fifth of the time to live, as a part of all partitions. */
const MOVED = 1 / 16

export interface Judge extends Watcher {
  /** Looks at everything; called a few times a second. */
  readonly look: () => void
  /** At the end: what each new owner found is all that earlier owners have written. */
  readonly audit: (ground: Ground) => Promise<void>
  readonly judgeEnd: () => void
  readonly judgeStill: (movedSince: number) => void
  readonly broken: () => Broken | undefined
}

export interface JudgeDeps {
  readonly world: World
  readonly partitions: number
  readonly members: () => readonly Member[]
  /** The database is slow. */
  readonly isSlow: () => boolean
}

export function createJudge({ world, partitions, members, isSlow }: JudgeDeps): Judge {
  let broken: Broken | undefined
  const fail = (promise: Promised, say: string) => void (broken ??= { promise, atMs: world.now(), say })

  const noteNewest = createNewest()
  const noteTaken = createNewest()
  const finds: { readonly lease: Held; readonly found: number }[] = []
  const given = new Map<string, { readonly at: number; readonly count: number }[]>()
  const orphanedSince = new Map<number, number>()
  const beatAt = new Map<string, number>()
  const owners = new Map<number, string>()
  const troubledAt = new Map<string, number>()

  const written = (member: Member, lease: Held, did: string) => {
    const newer = noteNewest.note(member.name, lease)
    if (newer)
      fail(
        'a write of an old owner never lands after a write or a read of a new one',
        `${member.name} ${did} partition ${lease.part} under ${lease.token}, after ${newer}`,
      )
  }

  /** Its clock is trusted: one that stood still promises nothing until a renewal has been answered. */
  const isTrusted = (member: Member) => world.now() - member.frozenAt() > TTL_MS * 1.1
  const mayAct = (member: Member, part: number) => {
    const state = member.state()
    return (state === 'alive' || state === 'leaving') && member.leases.token(part) !== undefined
  }

  const served = () => {
    const parts = new Set<number>()
    for (const member of members()) {
      const state = member.state()
      if (state === 'alive' || state === 'leaving') for (const [part] of member.leases.held()) parts.add(part)
    }
    return parts
  }

  /** Since when somebody was there who could take what is free. */
  const calmSince = () => {
    let since = Number.POSITIVE_INFINITY
    for (const member of members()) {
      if (member.state() === 'gone') continue
      if (member.state() !== 'alive' || member.isCut() || isSlow()) troubledAt.set(member.name, world.now())
      const calm = Math.max(member.joinedAt, troubledAt.get(member.name) ?? 0, member.line.troubledAt())
      since = Math.min(since, calm)
    }
    return since
  }

  const lookForOrphans = () => {
    const parts = served()
    const calm = calmSince()
    for (let part = 0; part < partitions; part++) {
      if (parts.has(part)) orphanedSince.delete(part)
      else if (!orphanedSince.has(part)) orphanedSince.set(part, world.now())
      // The owner's last sign of life counts, even where the owner itself has heard no answer.
      const heardAt = beatAt.get(owners.get(part) ?? '') ?? 0
      const ms = world.now() - Math.max(orphanedSince.get(part) ?? Number.POSITIVE_INFINITY, calm, heardAt)
      if (ms > ORPHANED_MS) fail('no partition stays without an owner', `partition ${part} for ${Math.round(ms)} ms`)
    }
  }

  const counts = () =>
    members()
      .filter((member) => member.state() === 'alive')
      .map((member) => member.leases.held().length)

  return {
    broken: () => broken,
    onAct: (member, { part }) => {
      if (!isTrusted(member)) return
      const other = members().find((one) => one !== member && mayAct(one, part) && isTrusted(one))
      if (other)
        fail('two never act for one partition at once', `${member.name} and ${other.name} for partition ${part}`)
    },
    onBeat: (member) => void beatAt.set(member.name, world.now()),
    onTaken: (member, leases) => {
      for (const { part } of leases) owners.set(part, member.name)
    },
    onWritten: (member, lease) => written(member, lease, 'wrote to'),
    onRead: (member, lease, found) => {
      // What an old owner reads harms nobody.
      if (noteNewest.isOld(lease)) return
      written(member, lease, 'read')
      finds.push({ lease, found })
    },
    onDelivered: (member, lease) => {
      const newer = noteTaken.note(member.name, lease)
      if (newer)
        fail(
          'nothing of an old owner is taken after something of a new one',
          `what ${member.name} said for partition ${lease.part} under ${lease.token}, after ${newer}`,
        )
    },
    onGivenUp: (member, count) => {
      // A member that has just come holds nothing yet that anybody relies on.
      const at = member.clock.now()
      if (at - member.startedAt() < TTL_MS) return
      const recent = [...(given.get(member.name) ?? []), { at, count }].filter((one) => at - one.at < TTL_MS / 5 - 1)
      given.set(member.name, recent)
      const sum = recent.reduce((all, one) => all + one.count, 0)
      if (sum > Math.ceil(partitions * MOVED))
        fail('planned movement is bounded', `${member.name} gave ${sum} of ${partitions} partitions up at once`)
    },
    look: lookForOrphans,
    audit: async (ground) => {
      for (const { lease, found } of finds) {
        const now = await ground.read(lease)
        if (now !== found)
          fail(
            'a write of an old owner never lands after a write or a read of a new one',
            `who read partition ${lease.part} under ${lease.token} found ${found} earlier writes of ${now}`,
          )
      }
    },
    judgeEnd: () => {
      const held = counts()
      if (held.length === 0) return
      const unserved = partitions - served().size
      if (unserved > 0) fail('in the end every partition has one owner', `${unserved} have none`)
      if (Math.max(...held) - Math.min(...held) > 1)
        fail('in the end partitions are shared out evenly', `members hold ${held.join(', ')}`)
    },
    judgeStill: (moved) => {
      if (moved > 0) fail('in the end nothing moves', `${moved} partitions did`)
    },
  }
}

/** Notes who did something under which token, and says who was newer. One token belongs to one member. */
function createNewest() {
  const newest = new Map<number, { readonly by: string; readonly token: number }>()
  const isOld = ({ part, token }: Held) => token < (newest.get(part)?.token ?? 0)
  return {
    isOld,
    note: (by: string, lease: Held): string | undefined => {
      const known = newest.get(lease.part)
      if (known && (isOld(lease) || (lease.token === known.token && by !== known.by)))
        return `${known.by} did so under ${known.token}`
      newest.set(lease.part, { by, token: lease.token })
      return undefined
    },
  }
}
