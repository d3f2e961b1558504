import type { Bus } from '@jabiru/bus'
import type { Clock } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import type { Log, Readiness } from '@jabiru/runtime'
import type { LiveState } from '@jabiru/state'
import { createGroupWriter, createNotes, type Database } from '@jabiru/store'
import { collectFeatures, type Endpoint } from '@jabiru/wire'
import type { Account, LastSeen, Session } from './account.ts'
import { createActors } from './actors.ts'
import { createAskAuth } from './auth.ts'
import { catchUp } from './catch-up.ts'
import type { SessionConfig } from './config.ts'
import { noteConfirmed } from './confirmation.ts'
import { createEgress } from './egress.ts'
import { createEndedCounts } from './ended-counts.ts'
import { end } from './ending.ts'
import { createLooks } from './features/administration/looks.ts'
import { databaseBlocks } from './features/blocking/store.ts'
import { databasePrivateData } from './features/private-storage/store.ts'
import { databaseVcards } from './features/vcard/store.ts'
import { sessionFeatures } from './features.ts'
import { createInHands, IN_HANDS } from './in-hands.ts'
import { createMeasures } from './measures.ts'
import { createParking, NO_PARKING } from './parking.ts'
import { knownPresence } from './presence.ts'
import { createKeeper } from './record.ts'
import { createSharing } from './sharing.ts'
import { createShedding } from './shedding.ts'
import { databaseAccounts } from './store/accounts.ts'

export interface SessionParts {
  readonly bus: Bus
  readonly endpoint: Endpoint
  readonly database: Database
  /** Where sessions without a socket are kept for the next owner. */
  readonly state: LiveState
  /** See `ParkingDeps`. */
  readonly oneProcess?: boolean
  readonly clock: Clock
  /** Wall clock, ms since 1970. */
  readonly now: () => number
  readonly leasing: { readonly partitions: number; readonly ttlMs: number; readonly alone: boolean }
  readonly log: Log
  /** Told that messages cannot be committed, and why: a database may answer what is read and take nothing. */
  readonly readiness: Pick<Readiness, 'block' | 'clear'>
}

/** One commit takes no more than this; the next group forms meanwhile. */
const GROUP = { maxRows: 1000, maxBytes: 4 * 1024 * 1024 }

/** What the deeds of this service need of each other, and of what it stands on. */
export type Ways = ReturnType<typeof createWays>

/** Ties together what each way of a stanza needs: here and nowhere else. `isOurs`: see `InHandsDeps`. */
export function createWays(config: SessionConfig, parts: SessionParts, isOurs: (account: Account) => boolean) {
  const { bus, endpoint, database, clock, log, readiness } = parts
  const onFault = (fault: unknown) => log.error({ err: fault }, 'session_failed')
  const store = databaseAccounts(database, parts.now)
  const measures = createMeasures(() => actors.awake())
  const writer = createGroupWriter(database, {
    service: 'session',
    ...GROUP,
    onRetry: (err) => {
      log.warn({ err }, 'commit_retried')
      readiness.block('commits', err.message)
    },
    onRecovered: () => readiness.clear('commits'),
    onCommit: measures.onCommit,
  })
  const egress = createEgress({
    endpoint,
    domains: config.domains,
    downBytes: config.downBytes,
    onUndeliverable: (err) => log.debug({ err }, 'connection_manager_gone'),
  })
  const shedding = createShedding({ onShed: measures.onShed })
  const actors = createActors({ store, clock, onFault })
  const offered = collectFeatures(bus)

  const sharing = createSharing({
    isServed: egress.isServed,
    read: async (account) => {
      const text = await endpoint.read('roster', account.part, JSON.stringify({ account: account.jid }))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the roster's answer, docs/architecture.md
      return (JSON.parse(text) as { items: readonly (readonly [string, string])[] }).items
    },
  })

  const auth = createAskAuth(bus)
  const features = sessionFeatures({
    software: config.software,
    now: parts.now,
    startedAt: parts.now(),
    serverFeatures: offered.features,
    accountFeatures: offered.accountFeatures,
    contacts: config.contacts,
    maySee: ({ account, from }) => sharing.isSubscribed(account, from),
    monotonic: clock.now,
    administration: {
      isAdmin: (account) => config.admins.includes(account),
      request: auth.request,
      question: auth.question,
      finishRemoval: auth.removalBegun,
      tell: (envelope) => egress.toOwner('session', envelope.account, envelope),
      look: createLooks(endpoint, parts.leasing.partitions),
    },
    blocking: { egress, blocks: databaseBlocks(database), most: config.blockedMost },
    privateStorage: { store: databasePrivateData(database), mostBytes: config.privateBytes },
    registration: {
      ask: auth.request,
      finishRemoval: auth.removalBegun,
      ...config,
    },
    vcards: { store: databaseVcards(database), mostBytes: config.vcardBytes },
  })

  const obeying = { store, clock, onFault }
  // The process tells once that Redis is away; every partition would tell it again.
  const onUnavailable = (err: Error) => log.debug({ err }, 'parking_unavailable')
  // With nobody to take over, nothing is kept for them.
  const parking = parts.leasing.alone ? NO_PARKING : createParking({ ...parts, onUnavailable, onFault })
  const inHands = parts.oneProcess ? IN_HANDS : createInHands({ egress, written: parking.written, isOurs })
  // By kind of stanza.
  const messages = { egress, give: shedding.give, append: writer.append, inHands, now: parts.now, onFault }
  const iqs = {
    egress,
    clock,
    iqTimeoutMs: config.iqTimeoutMs,
    features,
    mayAsk: sharing.mayAsk,
    onFault: (fault: unknown, ns: string) => log.error({ err: fault, ns }, 'iq_handler_failed'),
  }
  const confirmations = { advance: writer.advance, store, onFault }
  const catching = { egress, store, clock, onFault }
  const departures = createNotes<BareJid, LastSeen>({ write: store.left, onFault })
  const presences = {
    egress,
    give: shedding.give,
    now: parts.now,
    catchUp: (account: Account, session: Session) => catchUp(catching, account, session),
    left: (account: Account, seen: LastSeen) => {
      account.lastSeen = seen
      departures.note(account.jid, seen)
    },
  }
  const counts = createEndedCounts({ ...parts, onUnavailable, onFault })
  const endSession = (account: Account, session: Session) => {
    if (account.sessions.get(session.resource) === session) counts.ended(account, session)
    end({ ...catching, ...presences }, account, session)
    parking.left(session)
  }
  const closeAndEnd = (account: Account, session: Session, condition: string, text?: string) => {
    const why = { condition, ...(text === undefined ? {} : { text }) }
    if (session.at) egress.down(account, session.at, { k: 'close', conn: session.at.conn, ...why })
    endSession(account, session)
  }
  const binding = {
    egress,
    conflict: config.conflict,
    sessionsPerAccount: config.sessionsPerAccount,
    replace: (account: Account, session: Session) => closeAndEnd(account, session, 'conflict'),
  }
  const lineUp = (account: Account, session: Session) => {
    if (session.presence === undefined || session.priority < 0) return
    account.outbox.add(() => catchUp(catching, account, session))
  }
  /** From here on what a later owner must know of the session is written when it changes. */
  const follow = (account: Account, session: Session) => {
    session.changed = () => parking.changed(account, session)
    session.changed()
  }
  const tellKeeper = createKeeper(egress)
  const keep = (account: Account, session: Session) => {
    if (!parts.leasing.alone && tellKeeper(account, session)) follow(account, session)
  }
  const management = {
    egress,
    clock,
    iqTimeoutMs: config.iqTimeoutMs,
    resumeMaxMs: config.resumeMaxMs,
    parkedBytes: config.detachedBytes,
    onConfirmed: (account: Account, positions: readonly number[]) => {
      const stored = noteConfirmed(confirmations, account, positions)
      const isStored = () => {
        for (const { unstored } of account.sessions.values()) for (const one of positions) unstored.delete(one)
      }
      // Otherwise the next owner learns of them.
      stored.then(isStored, () => undefined)
      return stored
    },
    onRedelivered: measures.onRedelivered,
    onParked: follow,
    written: parking.written,
    endedCount: counts.read,
    onAttached: (account: Account, session: Session) => {
      keep(account, session)
      follow(account, session)
      lineUp(account, session)
    },
    end: endSession,
  }

  const introduced = new WeakSet<Session>()
  /** Presence may have lost its owner along with ours, and have heard of the next one before we knew the session. */
  const introduce = (account: Account, session: Session) => {
    if (introduced.has(session)) return
    introduced.add(session)
    const known = knownPresence(account, session)
    if (known) egress.toOwner('presence', account.jid, known).catch(onFault)
  }
  const catchUpAll = (account: Account) => {
    for (const session of account.sessions.values()) {
      introduce(account, session)
      if (session.at) management.onAttached(account, session)
      else if (session.parked) lineUp(account, session)
    }
  }
  const keepAll = (account: Account) => {
    for (const session of account.sessions.values()) keep(account, session)
  }

  return {
    store,
    writer,
    departures,
    egress,
    actors,
    offered,
    features,
    sharing,
    obeying,
    messages,
    iqs,
    presences,
    binding,
    management,
    parking,
    keep,
    keepAll,
    lineUp,
    introduce,
    catchUpAll,
    closeAndEnd,
    idleBytes: config.idleBytes,
    onFault,
    onUnavailable,
  }
}
