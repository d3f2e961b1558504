import assert from 'node:assert/strict'
import { type Bus, createInProcessBus, type Subscription } from '@jabiru/bus'
import { type BareJid, parseBareJid, parseDomain } from '@jabiru/jid'
import { type Clock, createManualClock, createReadiness, type Log, type ManualClock } from '@jabiru/runtime'
import { type Stanza, withHead } from '@jabiru/stanza'
import { createMemoryState, type LiveState } from '@jabiru/state'
import { type Database, StoreUnavailable } from '@jabiru/store'
import { createEndpoint, type DownEnvelope, type Endpoint, type Group, type LaneEnvelope } from '@jabiru/wire'
import type { SessionConfig } from '../config.ts'
import { createSession } from '../service.ts'
import { TestConnection } from './client.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

const CONFIG: SessionConfig = {
  domains: [parseDomain('localhost')],
  software: 'test',
  admins: [parseBareJid('admin@localhost')],
  contacts: {
    abuse: ['xmpp:abuse@localhost'],
    admin: [],
    feedback: [],
    sales: [],
    security: [],
    status: [],
    support: [],
  },
  conflict: 'replace',
  sessionsPerAccount: 10,
  blockedMost: 5,
  privateBytes: 2_000,
  vcardBytes: 5_000,
  mayChangePassword: true,
  mayRemove: true,
  resumeMaxMs: 300_000,
  detachedBytes: 100_000,
  iqTimeoutMs: 30_000,
  idleBytes: 10_000,
  downBytes: 1_000_000,
  idleMs: 60_000,
}

export interface HouseOptions extends Partial<SessionConfig> {
  /** One partition puts everybody into the same lane. */
  readonly partitions?: number
  /** The connections live in a process of their own, which goes on when that of the service ends. */
  readonly apart?: boolean
}

/** The session service of one process, over a real database; connections, roster and presence are played by the test. */
export interface House extends AsyncDisposable {
  readonly store: TestDatabase
  readonly clock: ManualClock
  readonly endpoint: Endpoint
  readonly bus: Bus
  /** What roster and presence have heard, in order. */
  readonly heard: { readonly group: Group; readonly envelope: LaneEnvelope }[]
  /** What our own faults were; checked to be empty at the end unless the test has taken them. */
  readonly faults: unknown[]
  /** A fresh account. */
  readonly account: (name?: string) => Promise<BareJid>
  readonly connection: (account: BareJid) => TestConnection
  /** A connection with a session that has no presence yet. */
  readonly connect: (account: BareJid, resource?: string) => Promise<TestConnection>
  /** A stanza from elsewhere, handed to the owner of these accounts. */
  readonly deliver: (accounts: readonly BareJid[], stanza: Stanza, id?: string) => Promise<void>
  /** The process dies and another one begins, over the same database. */
  readonly restart: () => Promise<void>
  /**
   * The process is gone without a word, and another one begins, which owns nothing before the leases have run out.
   * With `stalled` it stands still instead: what it had asked of the database is done all the same.
   */
  readonly die: (how?: 'killed' | 'stalled') => Promise<void>
  readonly state: LiveState
  /** The connections take what they are told when this resolves, and never have it where this rejects. */
  hearing: Promise<void> | undefined
}

interface Life {
  readonly bus: Bus
  /** That of the connections. */
  readonly endpoint: Endpoint
  readonly end: () => Promise<void>
  readonly die: (how: 'killed' | 'stalled') => void
}

const PLAYED: readonly Group[] = ['roster', 'presence']

export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const { partitions = 4, apart = false, ...config } = options
  const store = await openTestDatabase()
  const clock = createManualClock()
  const state = createMemoryState({ now: clock.now })
  const faults: unknown[] = []
  const heard: House['heard'] = []
  const connections = new Map<string, TestConnection>()
  let accounts = 0
  let epoch = 0
  let life: Life
  const dead: Life[] = []

  const parts = Array.from({ length: partitions }, (_, part) => part)

  const newBus = () => createInProcessBus({ onFault: (fault) => faults.push(fault) })
  const newEndpoint = (bus: Bus, id: string) =>
    createEndpoint({ bus, self: { id, epoch }, partitions, onFault: (fault) => faults.push(fault) })

  const heed = (envelope: DownEnvelope) => {
    if (envelope.k !== 'deliver') return connections.get(envelope.conn)?.take(envelope)
    for (const { conn, to, ...numbers } of envelope.to) {
      const stanza = to === undefined ? envelope.stanza : withHead(envelope.stanza, { to })
      connections.get(conn)?.take({ ...numbers, stanza })
    }
  }

  /** Roster, presence and the connection manager. */
  const play = (endpoint: Endpoint) => {
    for (const group of PLAYED) {
      for (const part of parts) endpoint.serve(group, part, 1, (envelope) => void heard.push({ group, envelope }))
      endpoint.announce(group, () => parts.map((part) => [part, 1]))
    }
    endpoint.serveDown((envelope) => {
      const { hearing } = house
      if (hearing === undefined) return heed(envelope)
      return hearing.then(
        () => heed(envelope),
        () => undefined,
      )
    })
    if (!apart) return
    endpoint.introduce('session', (part) => [
      ...[...connections.values()]
        .filter(({ account }) => endpoint.partitionOf(account) === part)
        .flatMap((one) => one.introduction()),
      { k: 'introduced', cm: endpoint.self, part },
    ])
  }

  const theirBus = newBus()
  const theirs = apart ? { bus: theirBus, endpoint: newEndpoint(theirBus, 'cm') } : undefined
  if (theirs) play(theirs.endpoint)
  const begin = async (): Promise<Life> => {
    epoch++
    const process = mortal({ clock, bus: theirs?.bus ?? newBus(), database: store.database })
    const { bus } = process
    const onFault = (fault: unknown) => process.isAlive() && faults.push(fault)
    const endpoint = createEndpoint({ bus, self: { id: 'p', epoch }, partitions, onFault })
    if (theirs === undefined) play(endpoint)
    const leasing = { partitions, ttlMs: 10_000, alone: !apart }
    const service = createSession(
      { ...CONFIG, ...config },
      {
        ...process,
        endpoint,
        state,
        now: () => 1_700_000_000_000 + clock.now(),
        leasing,
        log: logInto(onFault),
        readiness: createReadiness(),
      },
    )
    await service.ready()
    const end = async () => {
      process.release()
      await service[Symbol.asyncDispose]()
      endpoint.close()
      if (theirs === undefined) await bus.close()
    }
    const die: Life['die'] = (how) => {
      process.die(how)
      endpoint.close()
    }
    return { bus, endpoint: theirs?.endpoint ?? endpoint, end, die }
  }
  life = await begin()

  /** Handing a partition over gives what was begun a moment: time passes for it. */
  const ended = async (one: Life): Promise<void> => {
    const passing = setInterval(() => clock.advance(1), 1)
    await one.end().finally(() => clearInterval(passing))
  }

  const connection: House['connection'] = (account) => {
    const made = new TestConnection(`c${connections.size + 1}`, account, life.endpoint)
    connections.set(made.conn, made)
    return made
  }

  const house: House = {
    hearing: undefined,
    store,
    clock,
    get endpoint() {
      return life.endpoint
    },
    get bus() {
      return life.bus
    },
    heard,
    faults,
    account: async (name = `user${++accounts}`) => {
      const jid = parseBareJid(`${name}@localhost`)
      await store.database.query(`insert into account (jid, credentials) values ($1, '{}')`, [jid])
      return jid
    },
    connection,
    connect: (account, resource) => connection(account).bind(resource),
    deliver: async (to, stanza, id) => {
      const { endpoint } = life
      const byPart = Map.groupBy(to, (account) => endpoint.partitionOf(account))
      const sent = [...byPart].map(([part, accounts]) =>
        endpoint.send('session', part, { k: 'in', accounts, stanza, ...(id === undefined ? {} : { id }) }),
      )
      await Promise.all(sent)
    },
    restart: async () => {
      await ended(life)
      life = await begin()
    },
    die: async (how = 'killed') => {
      life.die(how)
      dead.push(life)
      life = await begin()
    },
    state,
    [Symbol.asyncDispose]: async () => {
      for (const one of [...dead, life]) await ended(one)
      theirs?.endpoint.close()
      await store.close()
      assert.deepEqual(faults, [])
    },
  }
  return house
}

/** What a process has of the world, until it has it no more. */
function mortal({ clock, bus, database }: { readonly clock: Clock; readonly bus: Bus; readonly database: Database }) {
  let diedAt: number | undefined
  let cutOff = false
  const heard: Subscription[] = []
  const subscribe: Bus['subscribe'] = (...args) => {
    const subscription = bus.subscribe(...args)
    heard.push(subscription)
    return subscription
  }
  const publish: Bus['publish'] = (...args) => diedAt === undefined && bus.publish(...args)
  return {
    bus: { ...bus, subscribe, publish },
    clock: {
      now: () => diedAt ?? clock.now(),
      setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, () => diedAt === undefined && fn()),
    },
    database: {
      ...database,
      query: <Row>(sql: string, params?: Parameters<Database['query']>[1]) =>
        cutOff ? Promise.reject(new StoreUnavailable('dead, for the test')) : database.query<Row>(sql, params),
    },
    isAlive: () => diedAt === undefined,
    die: (how: 'killed' | 'stalled') => {
      diedAt = clock.now()
      cutOff = how === 'killed'
      for (const one of heard) one.unsubscribe()
    },
    /** So that what it still waits for settles. */
    release: () => {
      cutOff = false
      // Its leases have run out long ago.
      if (diedAt !== undefined) diedAt = Number.POSITIVE_INFINITY
    },
  }
}

function logInto(onFault: (fault: unknown) => void): Log {
  const quiet = () => undefined
  const log: Log = {
    error: (fields, event) => onFault({ event, ...fields }),
    warn: quiet,
    info: quiet,
    debug: quiet,
    trace: quiet,
    child: () => log,
  }
  return log
}
