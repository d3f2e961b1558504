import type { Bus } from '@jabiru/bus'
import { type Clock, databaseLeases } from '@jabiru/cluster'
import { createHops, type Log, type Service } from '@jabiru/runtime'
import type { Database } from '@jabiru/store'
import { createOwnership, type Endpoint } from '@jabiru/wire'
import { createActors } from './actors.ts'
import { type PresenceConfig, type PresenceSettings, presenceDefaults } from './config.ts'
import { readContacts } from './contacts.ts'
import { createEgress } from './egress.ts'
import { createIngress } from './ingress.ts'
import { decideRefresh } from './subscription.ts'
import { traced } from './tracing.ts'

export interface PresenceParts {
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly database: Database
  readonly clock: Clock
  readonly leasing: { readonly partitions: number; readonly ttlMs: number; readonly alone: boolean }
  readonly log: Log
}

/** The owner of who sees whom. The only file that sees all of the service. */
export function createPresence(settings: PresenceSettings, parts: PresenceParts): Service {
  const config: PresenceConfig = { ...presenceDefaults, ...settings }
  const { bus, endpoint, database, clock, log } = parts
  const onFault = (err: unknown, what = 'presence') => log.error({ err, what }, 'presence_failed')
  const egress = createEgress(endpoint, config.domains)
  const rules = { directed: config.directed, isReachable: egress.isReachable }
  const actors = createActors({
    contactsOf: (account) => readContacts(endpoint, account),
    refresh: (account, contacts) => decideRefresh(account, rules, contacts),
    say: egress.say,
    owns: ({ part, token }) => ownership.token(part) === token,
    clock,
    onFault,
  })
  const ownership = createOwnership({
    group: 'presence',
    bus,
    endpoint,
    table: databaseLeases(database, 'presence'),
    ...parts.leasing,
    clock,
    handle: traced(createHops('presence'), actors, (actors) => createIngress({ actors, egress, rules, onFault })),
    onLost: ({ part }) => actors.forgetPartition(part),
    onFault,
  })

  const rest = () => {
    actors.sleep(clock.now() - config.idleMs)
    sleeper = clock.setTimer(config.idleMs, rest)
  }
  let sleeper = clock.setTimer(config.idleMs, rest)

  return {
    name: 'presence',
    ready: ownership.start,
    [Symbol.asyncDispose]: async () => {
      sleeper.cancel()
      await ownership.stop()
    },
  }
}
