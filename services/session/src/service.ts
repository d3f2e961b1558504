import { databaseLeases } from '@jabiru/cluster'
import { createHops, type Service } from '@jabiru/runtime'
import { createOwnership, followManagers, type Held, type InstanceRef, offerFeatures } from '@jabiru/wire'
import type { SessionConfig } from './config.ts'
import { createDeeds } from './deeds.ts'
import { answerLook } from './features/administration/looks.ts'
import { createIngress } from './ingress.ts'
import { knownPresences } from './presence.ts'
import { watch } from './requests.ts'
import { createRestoring } from './restoring.ts'
import { createRollCall } from './roll-call.ts'
import { park, presumeGone, welcomeBack } from './stream-management.ts'
import { isAt } from './takeover.ts'
import { tracedHandle } from './tracing.ts'
import { createWays, type SessionParts } from './ways.ts'

/** The owner of accounts' sessions: binds, routes, archives and delivers. Owns partitions, and begins and ends the service. */
export function createSession(config: SessionConfig, parts: SessionParts): Service {
  const { bus, endpoint, database, clock, log } = parts
  const ways = createWays(config, parts, ({ part, token }) => ownership.token(part) === token)
  const { store, writer, departures, actors, offered, features, iqs, management, parking } = ways
  const { lineUp, introduce, catchUpAll, onFault, onUnavailable } = ways
  const hops = createHops('session')

  const lose = (cm: InstanceRef, why: string) => {
    for (const account of actors.awake()) {
      for (const session of account.sessions.values()) {
        if (isAt(session.at, cm)) presumeGone(management, account, session)
      }
    }
    endpoint.giveUp(cm, new Error(`connection manager ${cm.id} ${why}`))
    rollCall.look()
  }
  const managers = followManagers({
    bus,
    clock,
    onDead: (cm) => {
      log.warn({ cm: cm.id }, 'connection_manager_lost')
      lose(cm, 'is silent')
    },
    // It has told of each of its sessions, unless its time was up.
    onLeft: (cm) => {
      log.info({ cm: cm.id }, 'connection_manager_left')
      lose(cm, 'has left')
    },
    onBack: (cm) => {
      log.info({ cm: cm.id }, 'connection_manager_back')
      for (const account of actors.awake()) {
        for (const session of account.sessions.values()) {
          if (isAt(session.parked?.was, cm)) welcomeBack(management, account, session)
        }
      }
    },
  })
  endpoint.introduce('presence', (part) =>
    knownPresences([...actors.awake()].filter((account) => account.part === part)),
  )
  const rollCall = createRollCall({
    clock,
    managers,
    // In the mailboxes: accounts whose sessions were introduced may still be waking.
    onComplete: (lease) => {
      restoring.complete(lease)
      actors.each(lease.part, catchUpAll)
    },
    onOverdue: ({ part }, cms) => log.warn({ part, cms: cms.map(({ id }) => id) }, 'sessions_not_introduced'),
  })

  const restoring = createRestoring({
    ...parts,
    store,
    hold: actors.hold,
    park: (...which) => park(management, ...which),
    isComplete: (part) => rollCall.isComplete(part),
    onRestored: (account, session) => {
      watch(iqs, account, session)
      management.onConfirmed(account, [...session.unstored]).catch(() => undefined) // the row tells the next owner
      introduce(account, session)
      if (rollCall.isComplete(account.part)) lineUp(account, session)
    },
    onUnavailable,
    onFault,
  })

  const ingress = tracedHandle(hops, createIngress(actors, createDeeds(ways, hops, rollCall)))
  const ownership = createOwnership({
    group: 'session',
    bus,
    endpoint,
    table: databaseLeases(database, 'session'),
    ...parts.leasing,
    clock,
    handle: (lease, envelope, from) => restoring.whenRead(lease, () => ingress(lease, envelope, from)),
    answer: async ({ part }, question) => answerLook(actors.awake(), part, question),
    onAcquired: (lease: Held) => {
      if (parts.leasing.alone) return
      rollCall.begin(lease)
      restoring.begin(lease)
    },
    onLost: async ({ part }: Held) => {
      rollCall.forget(part)
      restoring.forget(part)
      // What was taken in is committed, and delivered, before the next owner reads.
      await Promise.all([writer.flush(), departures.flush()])
      await parking.settle(part)
      parking.forget(part)
      for (const account of actors.forgetPartition(part)) {
        for (const session of account.sessions.values()) session.parked?.cancelExpiry()
        // What still waits in an outbox finds nobody to say it to.
        account.sessions.clear()
      }
    },
    onFault: (err, what) => log.error({ err, what }, 'ownership_failed'),
  })

  const offer = offerFeatures(bus, { service: 'session', features: features.flatMap((feature) => feature.disco ?? []) })
  const rest = () => {
    actors.sleep(clock.now() - config.idleMs)
    sleeper = clock.setTimer(config.idleMs, rest)
  }
  let sleeper = clock.setTimer(config.idleMs, rest)

  return {
    name: 'session',
    ready: ownership.start,
    [Symbol.asyncDispose]: async () => {
      sleeper.cancel()
      managers.close()
      offer.close()
      offered.close()
      try {
        await writer.flush()
        await ownership.stop()
      } finally {
        await Promise.all([writer.close(), departures.flush()])
      }
    },
  }
}
