import { setTimeout as sleep } from 'node:timers/promises'
import type { Book } from '../book.ts'
import { isSteady, type Part } from '../cast.ts'
import type { Ground, Outage, Struck } from './outage.ts'
import { allReady, ReadinessWatch, type Said } from './readiness.ts'

/** What was seen of an outage from outside. */
export interface OutageReport {
  readonly name: string
  /** What was struck. */
  readonly what: string
  /** From its beginning to its end, in seconds. */
  readonly lasted_s: number
  /** From the end to the first message that was acknowledged. */
  readonly first_ack_after_s: number | undefined
  /** From the end to the moment when every process was ready. */
  readonly ready_after_s: number
  /** Messages of clients that always read, acknowledged while it lasted but for the moment of its beginning. */
  readonly acknowledged_during: number
  /** Connections that the server ended, of clients that did nothing to lose them. */
  readonly sockets_lost: number
  /** What /readyz said. */
  readonly readyz: readonly Said[]
  /** Events that processes logged, of late: who, how loud, what. */
  readonly logged: readonly string[]
  /** What should not be. */
  readonly wrong: readonly string[]
}

const BEFORE_MS = 4_000
const AFTER_MS = 6_000
const READY_WITHIN_MS = 30_000
/** What was on its way when the outage began may still be handled, and told with the next count. */
const BEGINNING_MS = 2_000

/** Lets an outage come and go while clients write. */
export async function endure(outage: Outage, ground: Ground, book: Book, cast: readonly Part[]): Promise<OutageReport> {
  const members = ground.cluster.members()
  await sleep(BEFORE_MS)
  const watch = new ReadinessWatch(members)
  const began = performance.now()
  book.began = began
  const struck = await outage.begin(ground)
  const held = performance.now()
  await sleep(outage.lastsMs)
  const ending = performance.now()
  await struck.end()
  const ended = performance.now()
  await watch.end()
  const unready = await allReady(members, READY_WITHIN_MS)
  const readyAfter = performance.now() - ended
  await sleep(AFTER_MS)

  // Others may read late what was told before.
  const steady = new Set(cast.filter(isSteady).map(({ client }) => client))
  const letters = [...book.letters.values()].filter(({ sender }) => steady.has(sender.split(' ')[0] ?? ''))
  const acks = letters.flatMap(({ acknowledged }) => acknowledged)
  const during = acks.filter((at) => at > held + BEGINNING_MS && at < ending).length
  const first = acks.filter((at) => at >= ended).reduce((least, at) => Math.min(least, at), Infinity)
  const lost = book.lost.filter(({ at }) => at > began)
  const wrong = [
    ...untold(struck, watch.said, members),
    ...unready,
    ...lost.map(({ client, why }) => `${client} has lost its connection: ${why}`),
    ...(outage.stopsAll === true && during > 0 ? [`${during} messages were acknowledged while it lasted`] : []),
    ...(first === Infinity ? ['nothing was acknowledged after it'] : []),
  ]
  return {
    name: outage.name,
    what: struck.what ?? '',
    lasted_s: seconds(ended - began),
    first_ack_after_s: first === Infinity ? undefined : seconds(first - ended),
    ready_after_s: seconds(readyAfter),
    acknowledged_during: during,
    sockets_lost: lost.length,
    readyz: watch.said,
    logged: members.flatMap((member) => eventsOf(member)),
    wrong,
  }
}

/** What is loud enough to be seen by an operator. */
function eventsOf(member: { readonly name: string; readonly said: () => string }): readonly string[] {
  const lines = member.said().matchAll(/^\{"level":"(info|warn|error|fatal)".*?"event":"([^"]*)"/gm)
  return [...new Set([...lines].map(([, level, event]) => `${member.name} ${level} ${event}`))]
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100

/** Processes that should have said so at /readyz, and have not. */
function untold({ told }: Struck, said: readonly Said[], members: readonly { readonly name: string }[]) {
  if (told === undefined) return []
  return members
    .filter(({ name }) => name.startsWith(told.by))
    .filter(({ name }) => !said.some(({ member, as }) => member === name && as === told.as))
    .map(({ name }) => `${name} has not said ${told.as} at /readyz`)
}
