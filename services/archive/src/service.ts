import type { Bus } from '@jabiru/bus'
import { type Clock, databaseLeases } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import { createHops, during, type Log, type Service } from '@jabiru/runtime'
import { type Database, StoreUnavailable } from '@jabiru/store'
import {
  createOwnership,
  type Endpoint,
  type Held,
  type LaneEnvelope,
  NotOwner,
  type OwnerEnvelope,
  offerFeatures,
} from '@jabiru/wire'
import type { ArchiveConfig } from './config.ts'
import { FEATURES } from './features.ts'
import { createIngress, type IngressDeps } from './ingress.ts'
import type { Preferences } from './preferences/preferences.ts'
import { databaseArchive } from './store/database.ts'

export interface ArchiveParts {
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly database: Database
  readonly clock: Clock
  readonly leasing: { readonly partitions: number; readonly ttlMs: number; readonly alone: boolean }
  readonly log: Log
}

/** How long to wait before preferences are written again. */
const AGAIN_MS = 500

/** Reads accounts' archives to their clients, and keeps what they want archived. The only file that sees all of the service. */
export function createArchive(config: ArchiveConfig, parts: ArchiveParts): Service {
  const { bus, endpoint, database, clock, log } = parts
  const store = databaseArchive(database)
  const hops = createHops('archive')
  const onFault = (err: unknown, what: string) => log.error({ err, what }, 'archive_failed')

  /** The same may be written twice, so whatever became of the first try the next one settles it. */
  const written = async (lease: Held, account: BareJid, preferences: Preferences): Promise<void> => {
    for (;;) {
      if (ownership.token(lease.part) !== lease.token)
        throw new NotOwner(`partition ${lease.part} is not ours at this moment`)
      try {
        if ((await store.prefer(lease, account, preferences)) === 'written') return
        throw new NotOwner(`partition ${lease.part} has another owner`)
      } catch (fault) {
        if (!(fault instanceof StoreUnavailable)) throw fault
        log.debug({ err: fault }, 'preferences_retried')
      }
      await new Promise<void>((resolve) => void clock.setTimer(AGAIN_MS, resolve))
    }
  }

  const toSession = (account: BareJid, envelope: OwnerEnvelope) =>
    endpoint.send('session', endpoint.partitionOf(account), envelope)

  const prefer: IngressDeps['prefer'] = async (lease, account, preferences) => {
    await written(lease, account, preferences)
    await toSession(account, { k: 'preferences-changed', account })
  }

  const say: IngressDeps['say'] = async ({ account }, answer, trace) => {
    // Sent in one turn of the loop, so that nothing comes between them.
    const said = answer.map((stanza) =>
      toSession(account, { k: 'answer', account, stanza, ...(trace === undefined ? {} : { trace }) }),
    )
    await Promise.all(said)
  }

  const handle = createIngress({ store, config, prefer, say, onFault })
  const traced = (lease: Held, envelope: LaneEnvelope): Promise<void> | undefined => {
    if (envelope.k !== 'own') return handle(lease, envelope)
    const hop = hops.follow(envelope.trace, 'own', envelope.stanza)
    if (hop === undefined) return handle(lease, envelope)
    return during(hop, Promise.resolve(handle(lease, { ...envelope, trace: hop.trace })))
  }

  const ownership = createOwnership({
    group: 'archive',
    bus,
    endpoint,
    table: databaseLeases(database, 'archive'),
    ...parts.leasing,
    clock,
    handle: traced,
    // Nothing is kept of an account.
    onLost: () => undefined,
    onFault,
  })

  const offer = offerFeatures(bus, {
    service: 'archive',
    features: FEATURES.flatMap(({ disco = [] }) => disco),
    account: FEATURES.flatMap(({ accountDisco }) => accountDisco),
  })

  return {
    name: 'archive',
    ready: ownership.start,
    [Symbol.asyncDispose]: async () => {
      offer.close()
      await ownership.stop()
    },
  }
}
