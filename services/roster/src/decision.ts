import type { BareJid, DomainJid, FullJid } from '@jabiru/jid'
import type { ContactJid, RosterLimits, Subscription } from '@jabiru/protocol'
import type { Stanza } from '@jabiru/stanza'
import type { Change, Roster } from './roster.ts'

/** What the rules need to know beside the roster. */
export interface Rules {
  readonly owner: BareJid
  /** Milliseconds since 1970. */
  readonly now: number
  readonly limits: Limits
  /** Whether a stanza to this address can be sent at all. */
  readonly isReachable: (contact: ContactJid) => boolean
}

/** What the operator allows. */
export interface Limits {
  readonly items: number
  /** Requests that wait for an answer. RFC 6121 §3.1.3, security warning. */
  readonly requests: number
  /** Bytes of a request's content; a longer one is kept without it. */
  readonly requestBytes: number
  /** Removals remembered for clients that come back with an old version. */
  readonly removals: number
  readonly item: RosterLimits
}

/** A committed change of an item, for those who must know. */
export interface Told {
  readonly contact: BareJid | DomainJid
  readonly subscription: Subscription | 'remove'
  readonly was: Subscription
  readonly item: string
  readonly ver: string
}

/** A stanza, and the hop before where it is traced. */
export interface Said {
  readonly stanza: Stanza
  readonly trace?: string
}

/** What is said after the commit, in this order. */
export type Out =
  /** To the client that asked. */
  | ({ readonly to: 'asker'; readonly asker: FullJid } & Said)
  /** To the user's resources. */
  | ({ readonly to: 'user' } & Said)
  /** To the contact's half of the state machine. What is asked `again` is not waited for. */
  | ({ readonly to: 'contact'; readonly again?: true } & Said)
  /** Roster pushes. RFC 6121 §2.1.6. */
  | { readonly to: 'push'; readonly told: Told }
  /** To presence, which is waited for before the next is said: RFC 6121 §3.2.2 wants unavailable first. */
  | { readonly to: 'presence'; readonly told: Told }

/** What a command leads to. Nothing is said before the change is committed. */
export interface Decision {
  readonly change?: Change
  readonly out: readonly Out[]
}

/** `(state, command) → what changes and what is said`. Throws Refusal. */
export type Decide<Command> = (roster: Roster, rules: Rules, command: Command) => Decision
