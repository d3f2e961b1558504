import { parseBareJid } from '@jabiru/jid'
import { ROSTER_LIMITS } from '@jabiru/protocol'
import { renderStanza, stanza } from '@jabiru/stanza'
import type { Decision, Out, Rules } from './decision.ts'
import { apply, blankItem, EMPTY, type Item, type Roster, stateWith } from './roster.ts'
import { partsOf, type State } from './states.ts'

export const romeo = parseBareJid('romeo@example.net')
export const juliet = parseBareJid('juliet@example.com')

/** Romeo's rules at second one, with nobody out of reach. */
export const rules: Rules = {
  owner: romeo,
  now: 1000,
  limits: { items: 100, requests: 3, requestBytes: 100, removals: 4, item: ROSTER_LIMITS },
  isReachable: () => true,
}

/** Juliet's request to Romeo. */
export const request = stanza({ name: 'presence', type: 'subscribe', id: 'r1', from: juliet, to: romeo })

/** Romeo's roster in which he and Juliet stand in that state; with an item unless there is nothing to keep in one. */
export function rosterIn(state: State, withItem = true, changes: Partial<Item> = {}): Roster {
  const { subscription, ask, asked } = partsOf(state)
  const item: Item = { ...blankItem(juliet), ver: 1, subscription, ask, ...changes }
  return {
    ...EMPTY,
    ver: withItem ? 1 : 0,
    items: withItem ? new Map([[juliet, item]]) : new Map(),
    requests: asked ? new Map([[juliet, request]]) : new Map(),
  }
}

/** How the two stand after a decision. */
export function after(roster: Roster, { change }: Decision): State {
  return stateWith(change === undefined ? roster : apply(roster, change), juliet)
}

/** What is said, a line each. */
export function said(out: readonly Out[]): readonly string[] {
  return out.map((one) => {
    if (one.to === 'push') return `push ${one.told.item} ${one.told.ver}`
    if (one.to === 'presence') return `presence ${one.told.was} to ${one.told.subscription}`
    return `${one.to} ${renderStanza(one.stanza)}`
  })
}
