import { type ClientOptions, type ClientStep, SaslClientError } from './client-step.ts'
import { keysOf } from './credentials.ts'
import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from './encoding.ts'
import { equal, hmac, saltPassword, xor } from './hash.ts'
import { offerHash } from './offer.ts'
import { parseServerFirst, quote, type ServerFirst } from './scram-message.ts'
import type { ScramVariant } from './scram-server.ts'

/** RFC 5802 §5.1: servers should announce at least as many. */
const MIN_ITERATIONS = 4096
const MAX_ITERATIONS = 10_000_000

type Options = ClientOptions & { readonly nonce: string }

/** The client's side of SCRAM (RFC 5802 §5); the password is prepared. */
export function scramClient(variant: ScramVariant, options: Options): ClientStep {
  if (variant.plus && options.binding === undefined) throw new SaslClientError('-PLUS needs a channel to bind to')
  const flag = variant.plus ? `p=${options.binding?.type}` : (options.flag ?? 'n')
  const header = `${flag},${options.authzid === undefined ? '' : `a=${quote(options.authzid)}`},`
  const bare = `n=${quote(options.username)},r=${options.nonce}`
  return {
    data: encodeUtf8(header + bare),
    next: (challenge) => answer({ variant, options, header, bare }, challenge),
    finish: () => {
      throw new SaslClientError('success before the server proved itself')
    },
  }
}

interface Opened {
  readonly variant: ScramVariant
  readonly options: Options
  readonly header: string
  readonly bare: string
}

async function answer(opened: Opened, challenge: Uint8Array): Promise<ClientStep> {
  const { variant, options, header, bare } = opened
  const text = decodeUtf8(challenge)
  const first = text === undefined ? undefined : parseServerFirst(text)
  if (text === undefined || first === undefined) throw new SaslClientError('server-first-message cannot be read')
  believe(opened, first)
  const { password } = options
  const derivation = { hash: variant.hash, password, salt: first.salt, iterations: first.iterations }
  const { clientKey, storedKey, serverKey } = keysOf(variant.hash, await (options.salt ?? saltPassword)(derivation))
  const data = variant.plus ? options.binding?.data : undefined
  const binding = encodeBase64(Buffer.concat([encodeUtf8(header), data ?? new Uint8Array()]))
  const withoutProof = `c=${binding},r=${first.nonce}`
  const message = `${bare},${text},${withoutProof}`
  const proof = encodeBase64(xor(clientKey, hmac(variant.hash, storedKey, message)))
  return {
    data: encodeUtf8(`${withoutProof},p=${proof}`),
    next: () => Promise.reject(new SaslClientError('a challenge after the client-final-message')),
    finish: (final) => verify(final, hmac(variant.hash, serverKey, message)),
  }
}

function believe({ variant, options }: Opened, first: ServerFirst): void {
  // RFC 5802 §5.1: the server's nonce begins with ours and adds to it.
  if (!first.nonce.startsWith(options.nonce) || first.nonce === options.nonce)
    throw new SaslClientError('the nonce is not ours')
  if (first.iterations < MIN_ITERATIONS || first.iterations > MAX_ITERATIONS)
    throw new SaslClientError(`${first.iterations} iterations`)
  const { offer } = options
  if (offer === undefined || first.offer === undefined) return
  // XEP-0474 §5.2: the server's hash must be that of what the client saw.
  if (first.offer !== offerHash(variant.hash, offer.mechanisms, offer.bindingTypes))
    throw new SaslClientError('the offer was altered on its way')
}

function verify(final: Uint8Array | undefined, signature: Uint8Array): void {
  const text = final === undefined ? undefined : decodeUtf8(final)
  const value = /^v=([^,]*)(?:,.*)?$/su.exec(text ?? '')?.[1]
  const given = value === undefined ? undefined : decodeBase64(value)
  if (given === undefined || !equal(given, signature)) throw new SaslClientError('the server did not prove itself')
}
