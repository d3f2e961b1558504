import { type FullJid, parseBareJid, parseFullJid } from '@jabiru/jid'
import { NS, renderStanza, type Stanza, stanzaFrom } from '@jabiru/stanza'
import { parseElement } from '@jabiru/xml'
import { type Account, emptyAccount } from './account.ts'
import { decideAvailability } from './broadcast.ts'
import type { Decision, Out, Rules } from './decision.ts'

export const juliet = parseBareJid('juliet@example.com')
export const romeo = parseBareJid('romeo@example.net')
export const mercutio = parseBareJid('mercutio@example.com')
export const benvolio = parseBareJid('benvolio@example.net')
export const nurse = parseBareJid('nurse@example.com')
export const tybalt = parseBareJid('tybalt@example.org')
export const balcony = parseFullJid('juliet@example.com/balcony')
export const chamber = parseFullJid('juliet@example.com/chamber')

export const rules: Rules = { directed: 3, isReachable: (jid) => jid !== tybalt }

/** RFC 6121 §4.1: Juliet and her contacts, with one whom she sees only, one who has nothing, and one out of reach. */
export const house: Account = emptyAccount(
  juliet,
  new Map([
    [romeo, 'both'],
    [mercutio, 'from'],
    [benvolio, 'to'],
    [nurse, 'none'],
    [tybalt, 'both'],
  ]),
  10,
)

export function read(xml: string): Stanza {
  return stanzaFrom(parseElement(xml, NS.client))
}

/** Tells everybody; the session's first unless said otherwise. */
export function broadcasts(account: Account, resource: FullJid, xml = '<presence/>', gen = '1.1'): Decision {
  const initial = account.resources.get(resource)?.presence === undefined
  return decideAvailability(account, rules, { resource, gen, stanza: read(xml), initial })
}

/** Juliet with resources that are there. */
export function present(...resources: readonly FullJid[]): Account {
  return resources.reduce((account, resource) => broadcasts(account, resource).account, house)
}

/** What is said, a line each: to whom, and what. */
export function said(out: readonly Out[]): readonly string[] {
  return out.map(({ to, accounts, stanza }) => `${to} ${accounts.join(' ')}: ${renderStanza(stanza)}`)
}
