import type { BareJid, DomainJid, FullJid, Jid } from '@jabiru/jid'
import type { Stanza } from '@jabiru/stanza'

/** Services whose work is divided into leased partitions. */
export const GROUPS = ['session', 'roster', 'presence', 'archive'] as const
export type Group = (typeof GROUPS)[number]

/** One process in one life: `epoch` is the time of its start in milliseconds, so a later life is greater. */
export interface InstanceRef {
  readonly id: string
  readonly epoch: number
}

/** A session at its owner: the address and the generation that fences older sockets and owners. */
export interface SessionRef {
  readonly jid: FullJid
  /** `<token>.<counter>`, given in the owner's mailbox; each resumption raises it. */
  readonly gen: string
}

/** A connection at its connection manager. */
export interface ConnectionRef {
  readonly cm: InstanceRef
  readonly conn: string
}

/** What goes up from a connection manager to the owner of the account. */
export type UpEnvelope =
  | {
      readonly k: 'bind'
      readonly account: BareJid
      readonly at: ConnectionRef
      readonly resource?: string
    }
  /** A stanza that the client sent: the `n`th of its session. */
  | {
      readonly k: 'out'
      readonly account: BareJid
      readonly session: SessionRef
      readonly n: number
      readonly stanza: Stanza
      /** The hop before, where the stanza is traced: a traceparent, W3C Trace Context §3.2. */
      readonly trace?: string
      /** The connection, which is closed where the owner knows no such session: nothing that it did not take may count. */
      readonly conn?: string
    }
  | {
      readonly k: 'sm-enable'
      readonly account: BareJid
      readonly session: SessionRef
      readonly resume: boolean
      readonly max?: number
    }
  | {
      readonly k: 'sm-resume'
      readonly account: BareJid
      readonly at: ConnectionRef
      readonly previd: string
      readonly h: number
    }
  /** The client (XEP-0198) or, without it, the socket has taken everything up to the `h`th stanza of the session. */
  | {
      readonly k: 'confirm'
      readonly account: BareJid
      readonly session: SessionRef
      readonly h: number
      /** The connection, which is closed where the owner knows no such session: what it was given is not stored. */
      readonly conn?: string
    }
  /**
   * A session that has its socket here, told to an owner that is new: what the owner before had said last (`record`,
   * numbers), followed by `queued` for what the client has not confirmed.
   */
  | ({
      readonly k: 'here'
      readonly account: BareJid
      readonly at: ConnectionRef
      readonly session: SessionRef
      readonly record: string
      readonly handled: number
      readonly sent: number
      readonly confirmed: number
      /** Positions that the client has confirmed, of which no owner has said that it has stored that. */
      readonly delivered?: readonly number[]
      /** Requests that are not handled yet and whose answers have been delivered, by `n`: they are not to be asked again. */
      readonly answered?: readonly (readonly [n: number, mark: string])[]
      /** Id and sender of the last answers that the client was given. */
      readonly answers?: readonly (readonly [id: string, from: string])[]
    } & UnderWay)
  | ({ readonly k: 'queued'; readonly account: BareJid; readonly session: SessionRef; readonly stanza: Stanza } & Omit<
      Delivery,
      'conn'
    >)
  /** XEP-0352: somebody looks at the client, or nobody does. */
  | { readonly k: 'csi'; readonly account: BareJid; readonly session: SessionRef; readonly active: boolean }
  /** What waited at the owner before for an idle client. Follows `queued`. */
  | { readonly k: 'held'; readonly account: BareJid; readonly session: SessionRef; readonly stanza: Stanza }
  /** The socket is gone. `closed`: the client ended its stream, so that nothing is to be resumed. */
  | { readonly k: 'gone'; readonly account: BareJid; readonly session: SessionRef; readonly closed: boolean }

/** What goes from owner to owner. */
export type OwnerEnvelope =
  /**
   * A stanza addressed to accounts of one partition: one copy, a list of recipients. `id` is the
   * admission id of a message, the same for ever.
   */
  | {
      readonly k: 'in'
      readonly accounts: readonly (BareJid | DomainJid)[]
      readonly stanza: Stanza
      readonly id?: string
      readonly trace?: string
    }
  /** What an account's own client sent, handed on by its session's owner to the service that answers it. */
  | {
      readonly k: 'own'
      readonly account: BareJid
      readonly session: SessionRef
      readonly stanza: Stanza
      readonly trace?: string
    }
  /** A resource has come (first available presence), changed or gone. Session tells roster and presence. */
  | {
      readonly k: 'availability'
      readonly account: BareJid
      readonly session: SessionRef
      readonly stanza: Stanza
      readonly trace?: string
      readonly initial: boolean
      /** Told to a new owner of presence, who is to know it and to tell nobody. */
      readonly known?: true
      /** Of a known one: whom it has told of its presence directly. RFC 6121 §4.6. */
      readonly directed?: readonly Jid[]
      /** Whom the account has blocked: told where `initial` or `known`, and left out for nobody. */
      readonly blocked?: readonly Jid[]
    }
  /** The account has blocked exactly these from now on. Session tells presence. XEP-0191. */
  | { readonly k: 'blocklist'; readonly account: BareJid; readonly blocked: readonly Jid[] }
  /** A roster item has changed and is committed. Roster tells session (push) and presence. */
  | {
      readonly k: 'roster-changed'
      readonly account: BareJid
      readonly contact: BareJid | DomainJid
      readonly subscription: 'none' | 'to' | 'from' | 'both' | 'remove'
      readonly was: 'none' | 'to' | 'from' | 'both'
      /** The `<item/>` as XML, written for a default namespace of jabber:iq:roster, and the version, for the push. */
      readonly item: string
      readonly ver: string
    }
  /**
   * What a service answers to one resource, which is the stanza's `to`: given to it alone, in the order sent, whatever its
   * presence. An iq is committed when the client has confirmed enough of what it was given for more to follow.
   */
  | { readonly k: 'answer'; readonly account: BareJid; readonly stanza: Stanza; readonly trace?: string }
  /** What the account wants archived is another by now, and committed. Committed when session obeys it. */
  | { readonly k: 'preferences-changed'; readonly account: BareJid }
  /** The account is being removed: end its sessions, forget it. */
  | { readonly k: 'account-removed'; readonly account: BareJid }
  /** The account was disabled, or enabled again, and it is committed. Committed when session obeys it. */
  | { readonly k: 'standing-changed'; readonly account: BareJid }
  /** An administrator ends the session of a resource, or all that the account has. */
  | { readonly k: 'end-sessions'; readonly account: BareJid; readonly resource?: string }

/** What goes down from an owner to a connection manager. `part` and `token` let it drop what an old owner sends. */
export type DownEnvelope = { readonly part: number; readonly token: number } & (
  | { readonly k: 'bound'; readonly conn: string; readonly session: SessionRef }
  | {
      readonly k: 'bind-failed'
      readonly conn: string
      readonly condition: 'conflict' | 'resource-constraint' | 'bad-request'
    }
  /** The stanza is the `n`th that the session gets. One copy, a list of its sessions at this connection manager. */
  | { readonly k: 'deliver'; readonly to: readonly Delivery[]; readonly stanza: Stanza; readonly trace?: string }
  | ({ readonly k: 'sm-enabled'; readonly conn: string; readonly id?: string; readonly max?: number } & Bases)
  /** Deliveries from `confirmed + 1` follow, in order, under their old numbers. */
  | ({
      readonly k: 'sm-resumed'
      readonly conn: string
      readonly session: SessionRef
      readonly previd: string
      /** The last stanza of the client that is handled, as `n` of `out`. */
      readonly handled: number
      /** The last delivery that the client has confirmed, as `n` of `deliver`. */
      readonly confirmed: number
      /** Requests that are done and not handled: the client sends them again, under these numbers or lower ones. */
      readonly answered?: readonly (readonly [n: number, mark: string])[]
    } & Bases &
      UnderWay)
  | {
      readonly k: 'sm-failed'
      readonly conn: string
      readonly condition: 'item-not-found' | 'unexpected-request'
      readonly h?: number
    }
  /** What the connection manager is to tell a later owner of the session, as it is. */
  | { readonly k: 'keep'; readonly conn: string; readonly record: string }
  /** Waits at the owner in the place of what had that key, and is told to a later owner, until something is delivered. */
  | { readonly k: 'hold'; readonly conn: string; readonly key: string; readonly stanza: Stanza }
  /** End this connection with a stream error (RFC 6120 §4.9.3). */
  | {
      readonly k: 'close'
      readonly conn: string
      readonly condition: string
      readonly text?: string
      /** XEP-0198 §6: the client acknowledged `h` stanzas and was sent fewer. */
      readonly tooHigh?: { readonly h: number; readonly sent: number }
    }
)

/**
 * Numbers of a session never start again; XEP-0198 counts from `<enable/>`. These are the numbers at
 * that moment, so that `h` is the number less its base, modulo 2^32.
 */
export interface Bases {
  readonly inBase: number
  readonly outBase: number
}

/** What a request of a session is known again by, whatever its number. RFC 6120 §8.1.3. */
export const markOfRequest = (id: string, to: string | undefined): string => `${to ?? ''} ${id}`

/** So many requests of one session wait for their answers. */
export const MOST_ASKED = 1000
/** So many requests that a session was given are answered for it when it ends. */
export const MOST_OWED = 256

/** The iq requests of a session that have no answer yet, in their order: so many at most, whoever keeps them. */
export interface UnderWay {
  /** Those that the client has made, the time since then, in ms, and their `n` of `out`. */
  readonly asked?: readonly (readonly [id: string, to: Jid, ageMs: number, n: number])[]
  /** Those that it was given. */
  readonly owed?: readonly (readonly [id: string, from: Jid])[]
}

export interface Delivery {
  readonly conn: string
  readonly n: number
  /** Where it differs from the stanza's own `to`. */
  readonly to?: Jid
  /** Its place in the account's archive, where this delivery counts as the delivery of it. */
  readonly position?: number
}

/** Every session of the partition that has its socket at this connection manager has been told with `here`. */
export interface Introduced {
  readonly k: 'introduced'
  readonly cm: InstanceRef
  readonly part: number
}

export type LaneEnvelope = UpEnvelope | OwnerEnvelope | Introduced
export type Envelope = LaneEnvelope | DownEnvelope

/** What an envelope holds in memory, about, in bytes. */
export const sizeOf = (envelope: Envelope): number => 256 + ('stanza' in envelope ? envelope.stanza.inner.length : 0)
