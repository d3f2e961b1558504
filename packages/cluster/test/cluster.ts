import { randomFrom } from '@jabiru/testkit/random'
import { ALL_RULES, type Ground, memoryGround, type Rules } from './ground.ts'
import { createJudge, type Judge } from './judge.ts'
import { createMember, createReceiver, type Member } from './member.ts'
import { type Happening, TTL_MS } from './schedule.ts'
import { createWorld, type World } from './world.ts'

/** In the database's calm it answers within so many milliseconds. */
const CALM_MS = 40
/** Everything is looked at so often. */
const LOOK_MS = 250

export interface ClusterOptions {
  readonly seed: number
  readonly partitions: number
  readonly rules?: Rules
  readonly world?: World
  readonly ground?: Ground
}

/** Members on one ground, and a judge who watches over them. */
export interface Cluster {
  readonly world: World
  readonly ground: Ground
  readonly judge: Judge
  readonly befall: (happening: Happening) => void
  /** Those that are not gone. */
  readonly members: () => readonly Member[]
  readonly member: (name: string) => Member
  readonly writes: () => number
}

/** A number for a name: what befalls one member does not change with the others. */
const seedOf = (seed: number, name: string) =>
  Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), seed)

export function createCluster({ seed, partitions, rules = ALL_RULES, ...given }: ClusterOptions): Cluster {
  const { world = createWorld() } = given
  const { ground = memoryGround(world.now, rules) } = given
  const random = randomFrom(seed)
  const all = new Map<string, Member>()
  let slowUntil = 0
  let holds = 0
  let withinMs = CALM_MS
  let writes = 0

  const members = () => [...all.values()].filter((member) => member.state() !== 'gone')
  const judge = createJudge({ world, partitions, members, isSlow: () => withinMs !== CALM_MS || holds > 0 })
  const receiver = createReceiver(rules)
  const onWritten: Judge['onWritten'] = (member, lease) => {
    writes++
    judge.onWritten(member, lease)
  }
  /** A hint is lost now and then. */
  const onChanged = (by: Member) => {
    for (const other of members()) if (other !== by && random() < 0.9) world.at(1 + random() * 20, other.hint)
  }

  const join = (name: string, rate: number) =>
    createMember({
      world,
      ground,
      name,
      partitions,
      ttlMs: TTL_MS,
      rate,
      seed: seedOf(seed, name),
      rules,
      withinMs: () => withinMs,
      receiver,
      watcher: { ...judge, onWritten },
      onChanged,
    })

  const slow = (within: number, forMs: number) => {
    withinMs = within
    slowUntil = Math.max(slowUntil, world.now() + forMs)
    world.at(forMs, () => {
      if (world.now() >= slowUntil) withinMs = CALM_MS
    })
  }

  const hold = (name: string, forMs: number) => {
    holds++
    ground.hold?.(name, true)
    world.at(forMs, () => {
      holds--
      ground.hold?.(name, false)
    })
  }

  const befall = (what: Happening): void => {
    const member = 'member' in what ? all.get(what.member) : undefined
    switch (what.kind) {
      case 'join':
        return void all.set(what.member, join(what.member, what.rate))
      case 'leave':
        return member?.leave()
      case 'crash':
        return member?.crash()
      case 'pause':
        return member?.sleep(what.forMs, false)
      case 'freeze':
        return member?.sleep(what.forMs, true)
      case 'cut':
        return member?.cut(what.how, what.forMs)
      case 'off-bus':
        return member?.loseBus(what.forMs)
      case 'hold':
        return hold(what.member, what.forMs)
      case 'slow':
        return slow(what.withinMs, what.forMs)
      case 'jump':
        return ground.jump(what.byMs)
    }
  }

  const look = () => {
    judge.look()
    world.at(LOOK_MS, look)
  }
  look()
  return {
    world,
    ground,
    judge,
    befall,
    members,
    member: (name) => {
      const member = all.get(name)
      if (!member) throw new Error(`there is no member ${name}`)
      return member
    },
    writes: () => writes,
  }
}
