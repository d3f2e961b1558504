import type { ContactJid } from '@jabiru/protocol'
import type { Stanza } from '@jabiru/stanza'
import type { Account } from './account.ts'

/** A stanza for accounts, and the hop before where it is traced. */
interface Said {
  readonly accounts: readonly ContactJid[]
  readonly stanza: Stanza
  readonly trace?: string
}

/** What is said, in this order. */
export type Out =
  /** To the available resources of accounts, without `to`, or to the one that the stanza's `to` names. */
  | ({ readonly to: 'accounts' } & Said)
  /** A probe for the presence service of other accounts. */
  | ({ readonly to: 'probe' } & Said)

/** What the rules need to know beside the account. */
export interface Rules {
  /** Addresses that one session may have told its presence directly. */
  readonly directed: number
  /** Whether presence to this address can be sent at all. */
  readonly isReachable: (address: ContactJid) => boolean
}

/** What a command leads to. */
export interface Decision {
  readonly account: Account
  readonly out: readonly Out[]
}

/** `(state, rules, command) → the state afterwards and what is said`. Throws Refusal. */
export type Decide<Command> = (account: Account, rules: Rules, command: Command) => Decision
