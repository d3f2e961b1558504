export { clientMechanism } from './client.ts'
export { type ClientOptions, type ClientStep, SaslClientError } from './client-step.ts'
export type { SaslCondition } from './condition.ts'
export {
  CredentialsCorrupt,
  DEFAULT_ITERATIONS,
  decodeCredentials,
  decoyCredentials,
  deriveCredentials,
  deriveKeys,
  encodeCredentials,
  type StoredCredentials,
  type StoredCredentialsJson,
  type StoredKeys,
  type StoredKeysJson,
} from './credentials.ts'
export { decodeBase64, encodeBase64 } from './encoding.ts'
export { type Derivation, type ScramHash, saltPassword, scramHashes } from './hash.ts'
export { mechanismsFor, offerHash } from './offer.ts'
export { drive, type Effects, serverMechanism } from './server.ts'
export {
  type Challenge,
  type Derive,
  type Failure,
  fail,
  type Lookup,
  type Principal,
  type ServerContext,
  type ServerStep,
  type Success,
} from './step.ts'
