import { randomBytes } from 'node:crypto'
import { preparePassword } from '@jabiru/jid'
import { type ClientOptions, type ClientStep, SaslClientError } from './client-step.ts'
import { encodeUtf8 } from './encoding.ts'
import { scramVariant } from './offer.ts'
import { scramClient } from './scram-client.ts'

/** The first step of the mechanism. Throws SaslClientError for one that is not known here, JidError for a password no account can have. */
export function clientMechanism(name: string, options: ClientOptions): ClientStep {
  const password = preparePassword(options.password)
  if (name === 'PLAIN') return plainClient({ ...options, password })
  const variant = scramVariant(name)
  if (variant === undefined) throw new SaslClientError(`unknown mechanism ${name}`)
  return scramClient(variant, { nonce: randomBytes(24).toString('base64'), ...options, password })
}

/** The client's side of PLAIN (RFC 4616 §2). */
function plainClient({ authzid = '', username, password }: ClientOptions): ClientStep {
  return {
    data: encodeUtf8(`${authzid}\0${username}\0${password}`),
    next: () => Promise.reject(new SaslClientError('PLAIN has no challenge')),
    finish: (data) => {
      if (data !== undefined && data.length > 0) throw new SaslClientError('PLAIN has no data with success')
    },
  }
}
