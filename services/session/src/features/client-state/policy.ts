import { NS_CARBONS, NS_HINTS, NS_SID, parseCarbon } from '@jabiru/protocol'
import { hasNamespace, NS, payload, Refusal, type Stanza } from '@jabiru/stanza'
import { children } from '@jabiru/xml'

const CHAT_STATES = '{http://jabber.org/protocol/chatstates}'
const MUC_USER = 'http://jabber.org/protocol/muc#user'

/** What may stand beside a chat state without making it a message that says something. */
const BESIDE = [CHAT_STATES, `{${NS_HINTS}}`, `{${NS_SID}}`, '{urn:xmpp:delay}', `{${NS.client}}thread`]

const isChatState = ({ type, payloads }: Stanza) =>
  type !== 'error' &&
  payloads.some((name) => name.startsWith(CHAT_STATES)) &&
  payloads.every((name) => BESIDE.some((prefix) => name.startsWith(prefix)))

/** Somebody is there, has changed, or has gone. What a room says of the client itself, or of its own end, is more. */
function isAvailability(s: Stanza): boolean {
  if (s.type !== undefined && s.type !== 'unavailable') return false
  const x = payload(s, 'x', MUC_USER)
  return x === undefined || children(x).every(({ name }) => name === 'item')
}

/** The message within a carbon, which nobody but us has made. */
function copied(s: Stanza): Stanza | undefined {
  if (!hasNamespace(s, NS_CARBONS)) return undefined
  try {
    return parseCarbon(s)?.stanza
  } catch (fault) {
    if (fault instanceof Refusal) return undefined
    throw fault
  }
}

/**
 * XEP-0352 §3.2: under which name a stanza waits for an idle client, where the latest of a name stands for all before it;
 * undefined for what the client is given at once. Broadcast presence and chat states may wait. Whatever is asked,
 * answered, said, refused or about a subscription may not.
 */
export function waitsAs(s: Stanza): string | undefined {
  const { name, from = '' } = s
  if (name === 'presence') return isAvailability(s) ? `presence ${from}` : undefined
  if (name === 'iq') return undefined
  const copy = copied(s)
  if (copy !== undefined) return isChatState(copy) ? `copy ${copy.from ?? ''} ${copy.to ?? ''}` : undefined
  return isChatState(s) ? `state ${from}` : undefined
}
