import type { Derivation } from './hash.ts'

/** The server or the mechanism is not what the client can go on with. */
export class SaslClientError extends Error {
  override readonly name = 'SaslClientError'
}

/** What a client needs to log in. */
export interface ClientOptions {
  readonly username: string
  readonly password: string
  /** Authorization identity; left out by ordinary clients. */
  readonly authzid?: string
  /** The channel to bind to, for -PLUS. */
  readonly binding?: { readonly type: string; readonly data: Uint8Array }
  /** Flag without -PLUS: 'y' by a client that could bind and saw no -PLUS offered, else 'n' (RFC 5802 §6). */
  readonly flag?: 'n' | 'y'
  /** What the features named; where given, the hash of XEP-0474 is checked when the server sends one. */
  readonly offer?: { readonly mechanisms: readonly string[]; readonly bindingTypes: readonly string[] }
  /** Client nonce; random unless given. */
  readonly nonce?: string
  /** PBKDF2; given where salted passwords are remembered. */
  readonly salt?: (derivation: Derivation) => Promise<Uint8Array>
}

/** One message of the client, and what may follow it. */
export interface ClientStep {
  /** What to send: the initial response of the first step, a response of any other. */
  readonly data: Uint8Array
  /** The answer to a challenge. Rejects with SaslClientError where the challenge is not believed. */
  readonly next: (challenge: Uint8Array) => Promise<ClientStep>
  /** Checks what came with success. Throws SaslClientError where the server has not proved itself. */
  readonly finish: (data: Uint8Array | undefined) => void
}
