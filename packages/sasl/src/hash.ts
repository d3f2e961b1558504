import { createHmac, hash as digestOf, pbkdf2, timingSafeEqual } from 'node:crypto'

/** Hash functions SCRAM is defined for (RFC 5802, RFC 7677) or used with in the field (SHA-512). */
export type ScramHash = 'SHA-1' | 'SHA-256' | 'SHA-512'

/** The hashes, strongest first. */
export const scramHashes: readonly ScramHash[] = ['SHA-512', 'SHA-256', 'SHA-1']

const NODE_NAME: Readonly<Record<ScramHash, string>> = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' }

/** Length of the hash's output in bytes. */
export const hashLength: Readonly<Record<ScramHash, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 }

/** H(data) of RFC 5802 §2.2. */
export function digest(hash: ScramHash, data: Uint8Array | string): Uint8Array {
  return digestOf(NODE_NAME[hash], data, 'buffer')
}

/** HMAC(key, data) of RFC 5802 §2.2. */
export function hmac(hash: ScramHash, key: Uint8Array, data: Uint8Array | string): Uint8Array {
  return createHmac(NODE_NAME[hash], key).update(data).digest()
}

/** What Hi needs: the password already prepared. */
export interface Derivation {
  readonly hash: ScramHash
  readonly password: string
  readonly salt: Uint8Array
  readonly iterations: number
}

/** Hi(password, salt, i) of RFC 5802 §2.2, which is PBKDF2, off the main thread. The one costly operation of this package. */
export function saltPassword({ hash, password, salt, iterations }: Derivation): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, hashLength[hash], NODE_NAME[hash], (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

/** a XOR b; b is as long as a. */
export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0))
}

/** Equality whose time depends on nothing but the lengths. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
