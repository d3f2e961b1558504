import type { BareJid, DomainJid, FullJid, Jid } from '@jabiru/jid'
import type { Stanza } from '@jabiru/stanza'
import type { Bases, ConnectionRef } from '@jabiru/wire'
import type { Answers } from './answers.ts'
import type { Done } from './done.ts'
import { EVERYTHING_WANTED, type Wanted } from './features/archive/preferences.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { Requests } from './requests.ts'
import { Sent, type SentRow } from './resent.ts'

/** A delivery that the client has not confirmed. */
export interface Queued {
  readonly n: number
  readonly stanza: Stanza
  readonly to: Jid | undefined
  /** Its place in the account's archive, where it has one and this delivery counts as the delivery of it. */
  readonly position: number | undefined
  /** As the live state has it, once that was asked: it is written again with every row until it is confirmed. */
  text?: string
}

/** From the client's `n`th stanza on it has given up so many in all. */
export type Skip = readonly [n: number, skipped: number]

/** XEP-0198 as it stands for a session. */
export interface StreamManagement extends Bases {
  /** The id to resume by; undefined where only acknowledgements were asked for. */
  readonly id: string | undefined
  readonly maxMs: number
}

/** One connected resource, which outlives its socket when it can be resumed. */
export interface Session {
  readonly jid: FullJid
  readonly resource: string
  /** 128 random bits, the same through every resumption: what message ids are derived from. */
  readonly birth: string
  /** The last position in the account's archive when it began. */
  readonly since: number
  /** What its client has given up, lately: what it then sends again comes under numbers that are lower by as many. */
  readonly skips: Skip[]
  gen: string
  /** While nobody looks at the client: what may wait, waits. XEP-0352. */
  idle: Idle | undefined
  /** Undefined while there is no socket. */
  at: ConnectionRef | undefined
  /** The last `n` of `out` that was taken in. */
  handled: number
  /** The last `n` of `out` that is committed, with all before it. */
  durable: number
  /** What an owner before has done of `out` and not settled. */
  readonly answered: Done
  /** What is done of `out` and does not count yet: something before it is not. */
  readonly early: Done
  /** Replaced where an earlier owner's are told. */
  answers: Answers
  readonly requests: Requests
  /** Settles when everything up to `handled` is committed; rejects where it never will be by this owner. */
  committed: Promise<void>
  sent: number
  confirmed: number
  /** Positions that the client has confirmed, and that are not stored as confirmed yet. */
  readonly unstored: Set<number>
  queue: Queued[]
  queueBytes: number
  sm: StreamManagement | undefined
  carbons: boolean
  /** It has asked for the roster: it gets pushes. RFC 6121 §2.1.6. */
  interested: boolean
  /** It has asked for the blocklist: it gets pushes. XEP-0191 §3.3. */
  wantsBlocks: boolean
  /** The last available presence that it broadcast; undefined while it is unavailable. */
  presence: Stanza | undefined
  priority: number
  /** Whom it has told of its presence directly, with their bare addresses. RFC 6121 §4.6. */
  readonly directed: Map<Jid, BareJid | DomainJid>
  /** Positions to be read from the archive before live messages go to it; undefined while it is up to date. */
  backlog: number[] | undefined
  /** Goes on with the backlog when the client has confirmed enough. */
  onDrained: (() => void) | undefined
  /** While it waits for its client to come back. */
  parked: Parked | undefined
  /** What a later owner must know of it is another. */
  changed: () => void
}

/** A session without a socket that can be resumed. */
export interface Parked {
  /** More than so many bytes do not wait with it. */
  readonly maxBytes: number
  /** When it ends, in ms on the monotonic clock. */
  readonly until: number
  readonly cancelExpiry: () => void
  /** So much waits that it ends; messages wait in the archive. */
  readonly overflow: () => void
  /** Its connection, where nothing is known but that its connection manager is silent. */
  was: ConnectionRef | undefined
  /**
   * Where it is told by a row that was written while it had its socket: the last number of a delivery in it. The client,
   * or its connection manager, may know of more.
   */
  readonly rowSent: number | undefined
}

/** What waits for a client at which nobody looks, by the name of `waitsAs`, the latest last. */
export interface Idle {
  readonly maxBytes: number
  readonly waiting: Map<string, Stanza>
  bytes: number
}

/** What is known of a session that has ended. */
export interface Ended {
  /** Stanzas of the client that were taken in, less the base. */
  readonly handled: number
  /** Settles when they are committed. */
  readonly committed: Promise<void>
}

/** Contacts that see the account's presence: as roster has told, or is being asked. */
export interface Subscribers {
  readonly known?: Set<string>
  reading?: Promise<readonly (readonly [contact: string, subscription: string])[]>
}

export interface Undelivered {
  /** Not to be archived: the row goes when it is confirmed. XEP-0334 §4.1. */
  readonly held: boolean
}

/** What its owner knows of one account while it is awake. Only the account's mailbox touches it. */
export interface Account {
  readonly jid: BareJid
  readonly part: number
  readonly token: number
  readonly sessions: Map<string, Session>
  /** The last position given in its archive. */
  position: number
  /** The date of what has that position, in milliseconds since 1970. */
  archivedAt: number
  /** What it wants archived. XEP-0441. */
  wanted: Wanted
  /** Positions of messages that are to be delivered to some device and that none has confirmed, in order. */
  readonly undelivered: Map<number, Undelivered>
  /** The highest position that a device has confirmed. */
  watermark: number
  readonly outbox: Outbox
  /** Sessions that ended, by the id they could be resumed by. */
  readonly ended: Map<string, Ended>
  subscribers: Subscribers
  /** Whom it has blocked, as it is committed. XEP-0191. */
  blocked: ReadonlySet<Jid>
  readonly sent: Sent
  /** Whether anybody may log in to it. */
  enabled: boolean
  /** Settles when what was asked of its own data is done. */
  turn: Promise<void>
  /** When it last had an available resource, and with which status. XEP-0012. */
  lastSeen: LastSeen | undefined
  /** `<token>.<counter>`; none comes twice. */
  readonly nextGeneration: () => string
  confirmationDue: boolean
  /** Settles when all that devices have confirmed is stored; rejects where it never will be by this owner. */
  stored: Promise<void>
  touchedAt: number
}

/** `at` in milliseconds since 1970. */
export interface LastSeen {
  readonly at: number
  readonly status: string
}

/** What the store knows of an account. */
export interface AccountRecord {
  readonly position: number
  readonly archivedAt?: number
  readonly wanted?: Wanted
  readonly watermark: number
  readonly undelivered: readonly { readonly position: number; readonly held: boolean }[]
  readonly sent?: readonly SentRow[]
  readonly lastSeen?: LastSeen | undefined
  readonly blocked?: readonly Jid[]
  readonly enabled?: boolean
}

/** What an account is told of the process that wakes it. */
export interface Waking extends Pick<Account, 'jid' | 'part' | 'token' | 'nextGeneration'> {
  readonly onFault: (fault: unknown) => void
}

export function wakeAccount({ onFault, ...waking }: Waking, record: AccountRecord): Account {
  return {
    ...waking,
    sessions: new Map(),
    position: record.position,
    archivedAt: record.archivedAt ?? 0,
    wanted: record.wanted ?? EVERYTHING_WANTED,
    undelivered: new Map(record.undelivered.map(({ position, held }) => [position, { held }])),
    watermark: record.watermark,
    outbox: createOutbox(onFault),
    ended: new Map(),
    subscribers: {},
    blocked: new Set(record.blocked),
    sent: new Sent(record.sent),
    enabled: record.enabled ?? true,
    turn: Promise.resolve(),
    lastSeen: record.lastSeen,
    confirmationDue: false,
    stored: Promise.resolve(),
    touchedAt: 0,
  }
}

/** Whether it outlives its socket. */
export const isResumable = ({ sm }: Session): boolean => sm?.id !== undefined

/** Of what a later owner must know something is another; of a session that ends with its socket, none asks. */
export function noteChange(session: Session): void {
  if (isResumable(session)) session.changed()
}

export const isAvailable = ({ presence }: Session): boolean => presence !== undefined

export const availableSessions = (account: Account): readonly Session[] =>
  [...account.sessions.values()].filter(isAvailable)
