import type { Bus } from '@jabiru/bus'
import { type Clock, databaseLeases } from '@jabiru/cluster'
import { parseBareJid } from '@jabiru/jid'
import { renderRosterItem } from '@jabiru/protocol'
import { createHops, type Log, type Service } from '@jabiru/runtime'
import { NS } from '@jabiru/stanza'
import type { Database } from '@jabiru/store'
import { createOwnership, type Endpoint, type Held, offerFeatures } from '@jabiru/wire'
import { serialize } from '@jabiru/xml'
import { createActors } from './actors.ts'
import { type RosterConfig, type RosterSettings, rosterDefaults } from './config.ts'
import { createEgress } from './egress.ts'
import { createIngress } from './ingress.ts'
import { databaseRosters } from './store/database.ts'
import { traced } from './tracing.ts'

export interface RosterParts {
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly database: Database
  readonly clock: Clock
  /** Wall clock, ms since 1970. */
  readonly now: () => number
  readonly leasing: { readonly partitions: number; readonly ttlMs: number; readonly alone: boolean }
  readonly log: Log
}

/** The owner of rosters and subscriptions. The only file that sees all of the service. */
export function createRoster(settings: RosterSettings, parts: RosterParts): Service {
  const config: RosterConfig = { ...rosterDefaults, ...settings }
  const { bus, endpoint, database, clock, log, now } = parts
  const onFault = (err: unknown, what = 'roster') => log.error({ err, what }, 'roster_failed')
  const egress = createEgress(endpoint, config.domains)
  const store = databaseRosters(database)
  const actors = createActors({
    store,
    clock,
    owns: ({ part, token }) => ownership.token(part) === token,
    sayings: (owner, { out }) => egress.sayings(owner, out),
    onFault,
  })

  /** Who sees whom, for `endpoint.read`: docs/architecture.md. */
  const answer = async (lease: Held, question: string): Promise<string> => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by a service of the same version
    const { account, whole = false } = JSON.parse(question) as { readonly account: string; readonly whole?: boolean }
    const roster = await actors.peek(lease, parseBareJid(account))
    const items = [...(roster?.items.values() ?? [])].map((item) => [item.jid, item.subscription])
    if (whole) {
      const xml = [...(roster?.items.values() ?? [])].map((item) => serialize(renderRosterItem(item), NS.roster))
      return JSON.stringify({ whole: xml })
    }
    return JSON.stringify({ ver: roster?.ver ?? 0, items })
  }

  const ownership = createOwnership({
    group: 'roster',
    bus,
    endpoint,
    table: databaseLeases(database, 'roster'),
    ...parts.leasing,
    clock,
    handle: traced(createHops('roster'), actors, (actors) =>
      createIngress({ actors, egress, limits: config.limits, blocked: store.blocked, now, onFault }),
    ),
    answer,
    onLost: ({ part }) => actors.forgetPartition(part),
    onFault,
  })

  const offer = offerFeatures(bus, { service: 'roster', features: [NS.roster] })
  const rest = () => {
    actors.sleep(clock.now() - config.idleMs)
    sleeper = clock.setTimer(config.idleMs, rest)
  }
  let sleeper = clock.setTimer(config.idleMs, rest)

  return {
    name: 'roster',
    ready: ownership.start,
    [Symbol.asyncDispose]: async () => {
      sleeper.cancel()
      offer.close()
      await ownership.stop()
    },
  }
}
