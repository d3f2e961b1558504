import type { BareJid } from '@jabiru/jid'
import type { StoredKeys } from './credentials.ts'
import { decodeUtf8, encodeBase64, encodeUtf8 } from './encoding.ts'
import { digest, equal, hmac, type ScramHash, xor } from './hash.ts'
import { accountOf, admit, authorizes } from './identity.ts'
import { offerHash } from './offer.ts'
import { type ClientFirst, parseClientFinal, parseClientFirst } from './scram-message.ts'
import { fail, type Principal, type ServerContext, type ServerStep } from './step.ts'

/** Which SCRAM: the hash, and whether the name ends in -PLUS. */
export interface ScramVariant {
  readonly hash: ScramHash
  readonly plus: boolean
}

interface Greeted {
  readonly variant: ScramVariant
  readonly first: ClientFirst
  readonly account: BareJid | undefined
  readonly principal: Principal
}

interface Challenged extends Greeted {
  readonly keys: StoredKeys
  readonly nonce: string
  readonly serverFirst: string
  readonly binding: Uint8Array
}

/**
 * The server's side of SCRAM (RFC 5802 §5):
 *
 *   client-first → lookup → server-first → client-final → success with server-final
 */
export function scramServer(variant: ScramVariant, context: ServerContext): ServerStep {
  return { kind: 'challenge', data: new Uint8Array(), next: (response) => clientFirst(variant, context, response) }
}

function clientFirst(variant: ScramVariant, context: ServerContext, response: Uint8Array): ServerStep {
  const text = decodeUtf8(response)
  const first = text === undefined ? undefined : parseClientFirst(text)
  if (first === undefined) return fail('malformed-request')
  // RFC 5802 §6: a client that binds names -PLUS, one that does not does not.
  if ((first.flag === 'p') !== variant.plus) return fail('malformed-request')
  // RFC 5802 §6: "y" says that no -PLUS was seen; where one was offered somebody took it out.
  if (first.flag === 'y' && context.offered.some((name) => name.endsWith('-PLUS')))
    return fail('not-authorized', 'channel binding was offered')
  const data = first.bindingType === undefined ? new Uint8Array() : context.bindings.get(first.bindingType)
  if (data === undefined) return fail('not-authorized', 'unsupported channel binding type')
  const account = accountOf(first.username, context.domain)
  if (!authorizes(first.authzid, account)) return fail('invalid-authzid')
  const binding = Buffer.concat([encodeUtf8(first.header), data])
  return {
    kind: 'lookup',
    name: first.username,
    hash: variant.hash,
    account,
    next: (principal) => serverFirst({ variant, first, account, principal }, binding, context),
  }
}

function serverFirst(greeted: Greeted, binding: Uint8Array, context: ServerContext): ServerStep {
  const { variant, first, principal } = greeted
  const keys = principal.credentials[variant.hash]
  if (keys === undefined) return fail('not-authorized')
  const nonce = first.nonce + context.nonce()
  const offer =
    context.announcedBindings === undefined
      ? ''
      : `,h=${offerHash(variant.hash, context.offered, context.announcedBindings)}`
  const message = `r=${nonce},s=${encodeBase64(keys.salt)},i=${keys.iterations}${offer}`
  const challenged = { ...greeted, keys, nonce, serverFirst: message, binding }
  return { kind: 'challenge', data: encodeUtf8(message), next: (response) => clientFinal(challenged, response) }
}

function clientFinal(state: Challenged, response: Uint8Array): ServerStep {
  const text = decodeUtf8(response)
  const final = text === undefined ? undefined : parseClientFinal(text)
  if (final === undefined) return fail('malformed-request')
  const { hash } = state.variant
  const message = `${state.first.bare},${state.serverFirst},${final.withoutProof}`
  const clientKey = xor(hmac(hash, state.keys.storedKey, message), final.proof)
  const serverFinal = `v=${encodeBase64(hmac(hash, state.keys.serverKey, message))}`
  // Every check is made whatever the others say, so that the time tells nothing of which one failed.
  const checks = [
    equal(encodeUtf8(final.nonce), encodeUtf8(state.nonce)),
    equal(final.binding, state.binding),
    final.proof.length === state.keys.storedKey.length,
    equal(digest(hash, clientKey), state.keys.storedKey),
  ]
  if (!checks.every(Boolean)) return fail('not-authorized')
  return admit(state.account, state.principal, encodeUtf8(serverFinal))
}
