import { randomBytes } from 'node:crypto'
import { preparePassword } from '@jabiru/jid'
import { decodeBase64, encodeBase64 } from './encoding.ts'
import { type Derivation, digest, hashLength, hmac, type ScramHash, saltPassword, scramHashes } from './hash.ts'

/** What a server keeps per hash (RFC 5803): enough to verify a proof, not enough to make one. */
export interface StoredKeys {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** The keys of one account. A hash may be missing where the account came from elsewhere. */
export type StoredCredentials = Readonly<Partial<Record<ScramHash, StoredKeys>>>

/** One hash's keys as JSON: base64 texts. */
export interface StoredKeysJson {
  readonly salt: string
  readonly iterations: number
  readonly stored_key: string
  readonly server_key: string
}

/** Credentials as they are stored. */
export type StoredCredentialsJson = Readonly<Partial<Record<ScramHash, StoredKeysJson>>>

/** Stored credentials that cannot be read: a fault of the house, not of the user. */
export class CredentialsCorrupt extends Error {
  override readonly name = 'CredentialsCorrupt'
}

/** PBKDF2 rounds of credentials made here. */
export const DEFAULT_ITERATIONS = 10_000

const SALT_BYTES = 16

/** ClientKey, StoredKey and ServerKey of a salted password (RFC 5802 §3). */
export function keysOf(
  hash: ScramHash,
  salted: Uint8Array,
): { readonly clientKey: Uint8Array; readonly storedKey: Uint8Array; readonly serverKey: Uint8Array } {
  const clientKey = hmac(hash, salted, 'Client Key')
  return { clientKey, storedKey: digest(hash, clientKey), serverKey: hmac(hash, salted, 'Server Key') }
}

/** Keys of one hash for a prepared password and a given salt. */
export async function deriveKeys(derivation: Derivation): Promise<StoredKeys> {
  const { storedKey, serverKey } = keysOf(derivation.hash, await saltPassword(derivation))
  return { salt: derivation.salt, iterations: derivation.iterations, storedKey, serverKey }
}

/**
 * Credentials of a new password for every hash, each with a salt of its own. The password is prepared by
 * OpaqueString (RFC 8265 §4.2); throws JidError where that refuses it.
 */
export async function deriveCredentials(
  password: string,
  { iterations = DEFAULT_ITERATIONS }: { readonly iterations?: number } = {},
): Promise<StoredCredentials> {
  const prepared = preparePassword(password)
  const derived = scramHashes.map(async (hash) => {
    const salt = randomBytes(SALT_BYTES)
    return [hash, await deriveKeys({ hash, password: prepared, salt, iterations })] as const
  })
  return Object.fromEntries(await Promise.all(derived))
}

/**
 * Credentials of an account that does not exist: always the same for the same name and secret, so that asking twice
 * tells nothing (RFC 5802 §5.1 gives the salt to whoever asks). No password matches them.
 */
export function decoyCredentials(secret: Uint8Array, name: string, iterations: number): StoredCredentials {
  const part = (hash: ScramHash, use: string): Uint8Array => hmac('SHA-512', secret, `${hash} ${use} ${name}`)
  return Object.fromEntries(
    scramHashes.map((hash) => [
      hash,
      {
        salt: part(hash, 'salt').subarray(0, SALT_BYTES),
        iterations,
        storedKey: part(hash, 'stored').subarray(0, hashLength[hash]),
        serverKey: part(hash, 'server').subarray(0, hashLength[hash]),
      },
    ]),
  )
}

/** JSON form of the credentials, for the accounts table. */
export function encodeCredentials(credentials: StoredCredentials): StoredCredentialsJson {
  return Object.fromEntries(
    scramHashes.flatMap((hash) => {
      const keys = credentials[hash]
      return keys === undefined ? [] : [[hash, encodeKeys(keys)]]
    }),
  )
}

/** Credentials from their JSON form; keys of hashes this house does not know are left out. Throws CredentialsCorrupt. */
export function decodeCredentials(json: unknown): StoredCredentials {
  if (!isRecord(json)) throw new CredentialsCorrupt('credentials are not an object')
  return Object.fromEntries(
    scramHashes.flatMap((hash) => (json[hash] === undefined ? [] : [[hash, decodeKeys(hash, json[hash])]])),
  )
}

function encodeKeys(keys: StoredKeys): StoredKeysJson {
  return {
    salt: encodeBase64(keys.salt),
    iterations: keys.iterations,
    stored_key: encodeBase64(keys.storedKey),
    server_key: encodeBase64(keys.serverKey),
  }
}

function decodeKeys(hash: ScramHash, json: unknown): StoredKeys {
  if (!isRecord(json)) throw new CredentialsCorrupt(`${hash}: keys are not an object`)
  const bytes = (key: string, length?: number): Uint8Array => {
    const text = json[key]
    const decoded = typeof text === 'string' ? decodeBase64(text) : undefined
    if (decoded === undefined || decoded.length === 0 || (length !== undefined && decoded.length !== length))
      throw new CredentialsCorrupt(`${hash}: ${key} cannot be read`)
    return decoded
  }
  const iterations = json['iterations']
  if (typeof iterations !== 'number' || !Number.isSafeInteger(iterations) || iterations < 1)
    throw new CredentialsCorrupt(`${hash}: iterations cannot be read`)
  return {
    salt: bytes('salt'),
    iterations,
    storedKey: bytes('stored_key', hashLength[hash]),
    serverKey: bytes('server_key', hashLength[hash]),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
