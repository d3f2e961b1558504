import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster } from '@jabiru/testkit'
import { Chat } from './chat.ts'
import { Flood, memoryOf } from './flood.ts'
import { type ClusterStage, onOneCluster } from './stage.ts'

const MB = 1024 * 1024

/** Bounds that are soon reached. */
const NARROW = {
  JABIRU_LIMITS_INPUT_BYTES: String(MB),
  JABIRU_LIMITS_LANE_BYTES: String(4 * MB),
  JABIRU_LIMITS_BACKLOG_BYTES: String(8 * MB),
  JABIRU_LIMITS_DOWN_BYTES: String(4 * MB),
  JABIRU_LIMITS_OUTPUT_BYTES: String(2 * MB),
}

/**
 * What a process may grow by while a hop is full: the bounds, and what is not collected yet. Without bounds connection
 * managers and cores grow by more than 100 MB in this time.
 */
const STALLED_BYTES = 80 * MB
/** Where all goes on meanwhile, more is not collected yet. */
const FLOWING_BYTES = 150 * MB
const BODY = 10_000
const PAIRS = 12
const SAME = [0, 0] as const

const onNarrow = onOneCluster({ env: NARROW, testMs: 180_000 })

/** What stands still is filled by those who write, and goes on. */
interface Hop {
  readonly name: string
  readonly stops: (cluster: Cluster) => Promise<unknown> | void
  readonly goesOn: (cluster: Cluster) => Promise<unknown> | void
  /** What each process may grow by. */
  readonly grows: number
  /** Connection managers of those who write and those who read. */
  readonly servers?: readonly [number, number]
}

const of = (group: string, number: number, what: 'pause' | 'resume') => (cluster: Cluster) =>
  cluster.member(group, number)[what]()

const HOPS: readonly Hop[] = [
  {
    name: 'the commit queue and the mailboxes, while PostgreSQL stands still',
    stops: ({ engines }) => engines.postgres.pause(),
    goesOn: ({ engines }) => engines.postgres.resume(),
    grows: STALLED_BYTES,
  },
  {
    name: 'the NATS client, while NATS stands still',
    stops: ({ engines }) => engines.nats.pause(),
    goesOn: ({ engines }) => engines.nats.resume(),
    grows: STALLED_BYTES,
  },
  {
    name: 'the writes to Redis, while Redis stands still',
    stops: ({ engines }) => engines.redis.pause(),
    goesOn: ({ engines }) => engines.redis.resume(),
    grows: FLOWING_BYTES,
  },
  {
    name: 'the lanes to owners, of connection managers and of other owners, while one stands still',
    stops: of('core', 1, 'pause'),
    goesOn: of('core', 1, 'resume'),
    grows: FLOWING_BYTES,
  },
  {
    name: 'the lane to a connection manager, while it stands still',
    stops: of('edge', 1, 'pause'),
    goesOn: of('edge', 1, 'resume'),
    grows: FLOWING_BYTES,
    servers: [0, 1],
  },
]

async function pairsOf(stage: ClusterStage, [from, to]: readonly [number, number]) {
  return Promise.all(
    Array.from({ length: PAIRS }, async (_, n) => {
      const [writer, reader] = [stage.actor(`writer${n}`).phone, stage.actor(`reader${n}`).phone]
      await writer.comesOnline({ server: from })
      await reader.comesOnline({ server: to })
      for (const { connection } of [writer, reader]) connection.divert = () => true // is read, and let go of
      return [writer, reader] as const
    }),
  )
}

for (const { name, stops, goesOn, grows, servers = SAME } of HOPS) {
  void test(`RFC 6120 §13.12 — a flood is answered by TCP: ${name}`, async () => {
    await onNarrow(async (stage) => {
      const { cluster } = stage
      const pairs = await pairsOf(stage, servers)
      const chat = await Chat.begin(stage, 2)
      await chat.round()
      const before = await memoryOf(cluster.members())
      await stops(cluster)
      const flood = new Flood(pairs, BODY)
      await flood.holdsOn()
      const during = await memoryOf(cluster.members())
      await goesOn(cluster)
      const grown = [...during].map(([member, bytes]) => [member, bytes - (before.get(member) ?? 0)] as const)
      for (const [member, bytes] of grown) {
        assert.ok(
          bytes < grows,
          `${member} has grown by ${(bytes / MB).toFixed(0)} MB of ${(flood.bytes / MB).toFixed(0)}`,
        )
      }
      await flood.ends()
      await chat.round()
      await chat.nothingElseCame()
    })
  })
}
