import { type Caps, NS_CAPS, verificationString } from './caps.ts'
import type { DiscoInfo } from './disco.ts'
import type { Form } from './forms/form.ts'

/** XEP-0157 §6.1: what the operator can be asked about. */
export const CONTACT_PURPOSES = ['abuse', 'admin', 'feedback', 'sales', 'security', 'status', 'support'] as const

/** URIs by what they are for. */
export type Contacts = Readonly<Record<(typeof CONTACT_PURPOSES)[number], readonly string[]>>

/** Names the software. NOTSPEC(XEP-0115 §4): no page of the web stands behind it. */
const NODE = 'urn:jabiru:server'

/**
 * What a domain of ours is, in disco#info (XEP-0030 §3.1): who answers for it and who tells its hash say the same.
 * `features` are those of all services.
 */
export function serverInfo(features: readonly string[], contacts: Contacts): DiscoInfo {
  const identities = [{ category: 'server', type: 'im', name: 'Jabiru' }]
  return { identities, features: [...new Set([...features, NS_CAPS])], forms: contactForms(contacts) }
}

/** XEP-0157 §3; nothing where nobody is named. */
function contactForms(contacts: Contacts): readonly Form[] {
  const fields = CONTACT_PURPOSES.flatMap((purpose) => {
    const values = contacts[purpose]
    return values.length === 0 ? [] : [{ var: `${purpose}-addresses`, type: 'list-multi' as const, values }]
  })
  if (fields.length === 0) return []
  const type = { var: 'FORM_TYPE', type: 'hidden' as const, values: ['http://jabber.org/network/serverinfo'] }
  return [{ type: 'result', fields: [type, ...fields] }]
}

/** XEP-0115 §4: the same as a hash. */
export function serverCaps(info: DiscoInfo): Caps {
  const hash = 'sha-1' // XEP-0115 §8.1: the one that all understand
  return { node: NODE, hash, ver: verificationString(info, hash) ?? '' }
}
