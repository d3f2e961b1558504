import type { BareJid, FullJid } from '@jabiru/jid'
import { clark, payloadsOf, type Stanza, stanzaOf } from '@jabiru/stanza'
import { child } from '@jabiru/xml'
import { type Forwarded, forwardedXml, NS_FORWARD, parseForwarded } from './forwarded.ts'

export const NS_CARBONS = 'urn:xmpp:carbons:2'
export const NS_CARBONS_RULES = 'urn:xmpp:carbons:rules:0'

export type CarbonDirection = 'sent' | 'received'

/** XEP-0280 §7, §8: the copy of a message for another resource of its account. The type of the original is kept. */
export function carbonOf(direction: CarbonDirection, original: Stanza, account: BareJid, to: FullJid): Stanza {
  return stanzaOf(
    { name: 'message', type: original.type, from: account, to },
    [clark(direction, NS_CARBONS)],
    `<${direction} xmlns='${NS_CARBONS}'>${forwardedXml(original)}</${direction}>`,
  )
}

/** The copy within a carbon; undefined for a message that is none. Throws Refusal('bad-request') for a broken one. */
export function parseCarbon(s: Stanza): (Forwarded & { readonly direction: CarbonDirection }) | undefined {
  const wrapper = payloadsOf(s).find((e) => e.ns === NS_CARBONS && (e.name === 'sent' || e.name === 'received'))
  const forwarded = wrapper === undefined ? undefined : child(wrapper, 'forwarded', NS_FORWARD)
  if (wrapper === undefined || forwarded === undefined) return undefined
  return { direction: wrapper.name === 'sent' ? 'sent' : 'received', ...parseForwarded(forwarded) }
}
