import { type BareJid, parseBareJid, parseDomain, parseFullJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { NS, renderStanza, stanza, stanzaFrom } from '@jabiru/stanza'
import { type Held, type LaneEnvelope } from '@jabiru/wire'
import { parseElement } from '@jabiru/xml'
import { createActors } from './actors.ts'
import { rosterDefaults } from './config.ts'
import { createEgress } from './egress.ts'
import { createIngress } from './ingress.ts'
import { memoryRosters } from './store/memory.ts'
import type { RosterStore } from './store/store.ts'

export const romeo = parseBareJid('romeo@example.net')
export const juliet = parseBareJid('juliet@example.net')
export const orchard = { jid: parseFullJid('romeo@example.net/orchard'), gen: '1.1' }
export const lease: Held = { part: 3, token: 11 }

/** The roster service on a memory store; what it says is a line each, and committed when the test says so. */
export function house(over: (store: RosterStore) => Partial<RosterStore> = () => ({})) {
  const store = memoryRosters()
  for (const jid of [romeo, juliet]) store.addAccount(jid)
  store.lease(lease.part, lease.token)
  const lines: string[] = []
  const faults: unknown[] = []
  const held = new Map<string, () => void>()
  const holding = new Set<string>()
  const clock = createManualClock()
  const line = (envelope: LaneEnvelope, group: string) => {
    if (envelope.k === 'in') return `${group} ${renderStanza(envelope.stanza)}`
    if (envelope.k === 'roster-changed') return `${group} ${envelope.was} to ${envelope.subscription}`
    return `${group} ${envelope.k}`
  }
  const egress = createEgress(
    {
      partitionOf: () => lease.part,
      send: (group, _part, envelope) => {
        lines.push(line(envelope, group))
        if (!holding.has(group)) return Promise.resolve()
        return new Promise((resolve) => held.set(group, resolve))
      },
    },
    [parseDomain('example.net')],
  )
  let token = lease.token
  const rosters = { ...store, ...over(store) }
  const actors = createActors({
    store: rosters,
    clock,
    owns: (one) => one.token === token,
    sayings: (owner, { out }) => egress.sayings(owner, out),
    onFault: (fault) => void faults.push(fault),
  })
  const handle = createIngress({
    actors,
    egress,
    limits: rosterDefaults.limits,
    blocked: rosters.blocked,
    now: () => 1000,
    onFault: (fault) => void faults.push(fault),
  })
  return {
    actors,
    clock,
    faults,
    lines,
    store,
    handle: async (envelope: LaneEnvelope) => handle(lease, envelope),
    hold: (group: string) => void holding.add(group),
    release: (group: string) => {
      holding.delete(group)
      held.get(group)?.()
    },
    loseLease: () => {
      token = 0
    },
    takenOver: () => store.lease(lease.part, 12),
  }
}

export const presence = (type: string, to: BareJid, from: BareJid = romeo) =>
  stanza({ name: 'presence', type, from, to })
export const own = (type: string, to: BareJid = juliet): LaneEnvelope => ({
  k: 'own',
  account: romeo,
  session: orchard,
  stanza: presence(type, to),
})
export const iq = (type: string, inner = ''): LaneEnvelope => ({
  k: 'own',
  account: romeo,
  session: orchard,
  stanza: stanzaFrom(
    parseElement(`<iq id='q' type='${type}'><query xmlns='jabber:iq:roster'>${inner}</query></iq>`, NS.client),
  ),
})
export const from = (type: string): LaneEnvelope => ({
  k: 'in',
  accounts: [romeo],
  stanza: presence(type, romeo, juliet),
})

/** Lets everything run that waits for nothing. */
export const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))
