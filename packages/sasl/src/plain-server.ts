import { JidError, preparePassword } from '@jabiru/jid'
import { keysOf } from './credentials.ts'
import { decodeUtf8 } from './encoding.ts'
import { equal, scramHashes } from './hash.ts'
import { accountOf, admit, authorizes } from './identity.ts'
import { fail, type Lookup, type Principal, type ServerContext, type ServerStep } from './step.ts'

/** Longest name or password taken, in bytes of UTF-8: RFC 7622 §3.3 for a localpart; RFC 4616 §2 wants at least 255. */
const MAX_BYTES = 1023

/** The server's side of PLAIN (RFC 4616), verified against SCRAM keys: message → lookup → derive → success. */
export function plainServer(context: ServerContext): ServerStep {
  return { kind: 'challenge', data: new Uint8Array(), next: (response) => message(context, response) }
}

function message(context: ServerContext, response: Uint8Array): ServerStep {
  const parts = decodeUtf8(response)?.split('\0') ?? []
  const [authzid, authcid, password] = parts
  if (parts.length !== 3 || authzid === undefined || !isPart(authcid) || !isPart(password))
    return fail('malformed-request')
  const account = accountOf(authcid, context.domain)
  // RFC 4616 §2: an absent authorization identity is an empty one.
  if (!authorizes(authzid === '' ? undefined : authzid, account)) return fail('invalid-authzid')
  const prepared = prepare(password)
  // Says something of the password typed and nothing of the account.
  if (prepared === undefined) return fail('not-authorized')
  return {
    kind: 'lookup',
    name: authcid,
    hash: undefined,
    account,
    next: (principal) => derive(account, prepared, principal),
  }
}

function derive(account: Lookup['account'], password: string, principal: Principal): ServerStep {
  const hash = scramHashes.find((hash) => principal.credentials[hash] !== undefined)
  const keys = hash === undefined ? undefined : principal.credentials[hash]
  if (hash === undefined || keys === undefined) return fail('not-authorized')
  return {
    kind: 'derive',
    derivation: { hash, password, salt: keys.salt, iterations: keys.iterations },
    next: (salted) =>
      equal(keysOf(hash, salted).storedKey, keys.storedKey)
        ? admit(account, principal, undefined)
        : fail('not-authorized'),
  }
}

function isPart(text: string | undefined): text is string {
  return text !== undefined && text !== '' && Buffer.byteLength(text) <= MAX_BYTES
}

function prepare(password: string): string | undefined {
  try {
    return preparePassword(password)
  } catch (error) {
    if (error instanceof JidError) return undefined
    throw error
  }
}
