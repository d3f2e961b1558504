import type { BareJid, DomainJid } from '@jabiru/jid'
import type { SaslCondition } from './condition.ts'
import type { StoredCredentials } from './credentials.ts'
import type { Derivation, ScramHash } from './hash.ts'

/** What a server machine knows of the stream it runs on. */
export interface ServerContext {
  /** The domain the client asked for; the account is username@domain (RFC 6120 §6.3.7). */
  readonly domain: DomainJid
  /** The mechanisms the stream features named, all of them: what a downgrade is measured against. */
  readonly offered: readonly string[]
  /** Whether TLS protects the stream. */
  readonly secure: boolean
  /** Channel binding data by type ('tls-exporter', 'tls-server-end-point', 'tls-unique'); empty without TLS. */
  readonly bindings: ReadonlyMap<string, Uint8Array>
  /** The channel binding types the features named (XEP-0440); where given, SCRAM answers with the hash of XEP-0474. */
  readonly announcedBindings?: readonly string[]
  /** A fresh nonce: printable ASCII without commas, at least 128 bits of a CSPRNG. */
  readonly nonce: () => string
}

/** What the house knows of a name. For an unknown one the credentials are decoys. */
export interface Principal {
  readonly standing: 'known' | 'disabled' | 'unknown'
  readonly credentials: StoredCredentials
}

/** The machine waits for the client; an empty challenge opens a mechanism whose client speaks first (RFC 4422 §3.3). */
export interface Challenge {
  readonly kind: 'challenge'
  readonly data: Uint8Array
  readonly next: (response: Uint8Array) => ServerStep
}

/**
 * The machine waits for the credentials of a name. `account` is undefined where the name can be no account's; `hash` is
 * the one whose keys must be there, undefined where any will do. An account without them is answered as unknown.
 */
export interface Lookup {
  readonly kind: 'lookup'
  readonly name: string
  readonly hash: ScramHash | undefined
  readonly account: BareJid | undefined
  readonly next: (principal: Principal) => ServerStep
}

/** The machine waits for a salted password: the one costly step, and only PLAIN takes it. */
export interface Derive {
  readonly kind: 'derive'
  readonly derivation: Derivation
  readonly next: (salted: Uint8Array) => ServerStep
}

/** The client is who it says. `data` is what the mechanism adds to success, if anything. */
export interface Success {
  readonly kind: 'success'
  readonly account: BareJid
  readonly data: Uint8Array | undefined
}

/** The exchange is over without success. */
export interface Failure {
  readonly kind: 'failure'
  readonly condition: SaslCondition
  readonly text: string | undefined
}

/** A server machine is its next step; whoever drives it does the I/O a step asks for. */
export type ServerStep = Challenge | Lookup | Derive | Success | Failure

/** A failure with its condition. */
export function fail(condition: SaslCondition, text?: string): Failure {
  return { kind: 'failure', condition, text }
}
