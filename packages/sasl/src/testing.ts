import assert from 'node:assert/strict'
import { parseDomain } from '@jabiru/jid'
import { deriveKeys, type StoredCredentials } from './credentials.ts'
import { decodeBase64, decodeUtf8, encodeUtf8 } from './encoding.ts'
import type { ScramHash } from './hash.ts'
import type { Principal, ServerContext, ServerStep } from './step.ts'

const exporter = encodeUtf8('what the TLS exporter gave')

/** A stream without channel binding. */
export const plain: ServerContext = {
  domain: parseDomain('example.net'),
  offered: ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'],
  secure: true,
  bindings: new Map(),
  nonce: () => 'server',
}
/** A stream with it. */
export const bound: ServerContext = {
  ...plain,
  offered: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'],
  bindings: new Map([['tls-exporter', exporter]]),
}

/** Keys of 'pencil', the password of the RFCs. */
export async function pencil(hash: ScramHash, salt: string): Promise<StoredCredentials> {
  const bytes = decodeBase64(salt)
  assert.ok(bytes)
  return { [hash]: await deriveKeys({ hash, password: 'pencil', salt: bytes, iterations: 4096 }) }
}

/** What the client hears, as text: a challenge, `success <data>` or the condition. */
export function heard(step: ServerStep): string {
  if (step.kind === 'challenge') return decodeUtf8(step.data) ?? ''
  if (step.kind === 'success') return `success ${step.account} ${step.data ? decodeUtf8(step.data) : ''}`
  return step.kind === 'failure' ? step.condition : step.kind
}

/** The client says this; a lookup is answered with the principal. */
export function says(step: ServerStep, text: string | Uint8Array, principal?: Principal): ServerStep {
  assert.equal(step.kind, 'challenge', heard(step))
  if (step.kind !== 'challenge') return step
  const after = step.next(typeof text === 'string' ? encodeUtf8(text) : text)
  return after.kind === 'lookup' && principal ? after.next(principal) : after
}
