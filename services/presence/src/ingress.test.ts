import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareJid, parseBareJid, parseDomain, parseFullJid } from '@jabiru/jid'
import type { Subscription } from '@jabiru/protocol'
import { createManualClock } from '@jabiru/runtime'
import { renderStanza } from '@jabiru/stanza'
import { type Held, type LaneEnvelope, NotOwner } from '@jabiru/wire'
import { createActors } from './actors.ts'
import { readContacts } from './contacts.ts'
import { createEgress } from './egress.ts'
import { createIngress } from './ingress.ts'
import { decideRefresh } from './subscription.ts'
import { read } from './testing.ts'

const romeo = parseBareJid('romeo@example.net')
const orchard = { jid: parseFullJid('romeo@example.net/orchard'), gen: '1.1' }
const lease: Held = { part: 0, token: 11 }

/** The presence service of romeo, with contacts a to e who see him; what it says is a line each. */
function house() {
  const lines: string[] = []
  const faults: unknown[] = []
  const clock = createManualClock()
  const reads: BareJid[] = []
  let failures = 0
  let token = lease.token
  let ver = 1
  const items = new Map<BareJid, Subscription>(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [parseBareJid(`${name}@example.net`), 'both']),
  )
  const endpoint = {
    // Two partitions: a, c and e are in one, b and d in the other.
    partitionOf: (address: string) => address.charCodeAt(0) % 2,
    post: (group: string, part: number, envelope: LaneEnvelope, settled: () => void) => {
      assert.equal(envelope.k, 'in')
      if (envelope.k !== 'in') return
      lines.push(
        `${group} ${part} ${envelope.accounts.map((one) => one.at(0)).join('')}: ${renderStanza(envelope.stanza)}`,
      )
      settled()
    },
    read: (_group: string, _part: number, question: string) => {
      reads.push(parseBareJid(JSON.parse(question).account))
      if (failures-- > 0) return Promise.reject(new Error('nobody answers'))
      return Promise.resolve(JSON.stringify({ ver, items: [...items] }))
    },
  }
  const egress = createEgress(endpoint, [parseDomain('example.net')])
  const rules = { directed: 2, isReachable: egress.isReachable }
  const actors = createActors({
    contactsOf: (account) => readContacts(endpoint, account),
    refresh: (account, contacts) => decideRefresh(account, rules, contacts),
    say: egress.say,
    owns: (one) => one.token === token,
    clock,
    onFault: (fault) => void faults.push(fault),
  })
  const handle = createIngress({ actors, egress, rules, onFault: (fault) => void faults.push(fault) })
  return {
    actors,
    clock,
    faults,
    items,
    lines,
    reads,
    handle: async (envelope: LaneEnvelope) => handle(lease, envelope),
    failReads: (times: number) => {
      failures = times
    },
    rosterIsAt: (newer: number) => {
      ver = newer
    },
    loseLease: () => {
      token = 0
    },
  }
}

const available = (xml = '<presence/>', initial = true): LaneEnvelope => ({
  k: 'availability',
  account: romeo,
  session: orchard,
  stanza: read(xml),
  initial,
})
const own = (xml: string): LaneEnvelope => ({ k: 'own', account: romeo, session: orchard, stanza: read(xml) })
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))

void test('a broadcast is one envelope for each partition, with a list of those it is for', async () => {
  const { handle, lines } = house()
  await handle(available())
  assert.deepEqual(lines, [
    "session 0 rbd: <presence from='romeo@example.net/orchard'/>",
    "session 1 ace: <presence from='romeo@example.net/orchard'/>",
    "presence 1 ace: <presence from='romeo@example.net/orchard' type='probe'/>",
    "presence 0 bd: <presence from='romeo@example.net/orchard' type='probe'/>",
  ])
})

void test('a probe is answered to the one who asked', async () => {
  const { handle, lines } = house()
  await handle(available())
  lines.length = 0
  const asker = read("<presence from='a@example.net/x' type='probe'/>")
  await handle({ k: 'in', accounts: [romeo, parseDomain('example.net')], stanza: asker })
  assert.deepEqual(lines, ["session 1 a: <presence from='romeo@example.net/orchard' to='a@example.net/x'/>"])
})

void test('a roster that does not answer is asked again', async () => {
  const { handle, lines, clock, faults, failReads } = house()
  failReads(2)
  const done = handle(available())
  while (lines.length === 0) {
    await settled()
    clock.advance(1000)
  }
  await done
  assert.equal(faults.length, 2)
})

void test('who loses the lease while waiting for the roster leaves the envelope to the next', async () => {
  const { handle, lines, clock, failReads, loseLease } = house()
  failReads(1)
  const done = assert.rejects(handle(available()), NotOwner)
  await settled()
  loseLease()
  clock.advance(1000)
  await done
  assert.deepEqual(lines, [])
})

void test('the roster is asked once while an account is awake, and again at each login', async () => {
  const { handle, reads, lines, items, rosterIsAt } = house()
  await handle(available())
  await handle(available('<presence><show>away</show></presence>', false))
  assert.equal(reads.length, 1)
  items.set(parseBareJid('a@example.net'), 'to')
  rosterIsAt(2)
  lines.length = 0
  const garden = { jid: parseFullJid('romeo@example.net/garden'), gen: '1.2' }
  await handle({ k: 'availability', account: romeo, session: garden, stanza: read('<presence/>'), initial: true })
  assert.equal(reads.length, 2)
  assert.equal(lines[0], "session 1 a: <presence from='romeo@example.net/orchard' type='unavailable'/>")
  assert.ok(lines.some((line) => line.startsWith("session 1 ce: <presence from='romeo@example.net/garden'/>")))
})

void test('a refused directed presence is answered to the resource', async () => {
  const { handle, lines, faults } = house()
  await handle(available())
  lines.length = 0
  await handle(own("<presence to='friar@far.example' id='d'/>"))
  assert.equal(lines.length, 1)
  assert.ok(
    lines[0]?.startsWith(
      "session 0 r: <presence from='friar@far.example' to='romeo@example.net/orchard' id='d' type='error'>",
    ),
  )
  assert.deepEqual(faults, [])
})

void test('a change of the roster is told to whom it concerns', async () => {
  const { handle, lines } = house()
  await handle(available())
  lines.length = 0
  const contact = parseBareJid('a@example.net')
  await handle({ k: 'roster-changed', account: romeo, contact, subscription: 'to', was: 'both', item: '', ver: '5' })
  assert.deepEqual(lines, ["session 1 a: <presence from='romeo@example.net/orchard' type='unavailable'/>"])
})

void test('an account that is removed is not there any more, and is forgotten', async () => {
  const { handle, lines, reads } = house()
  await handle(available())
  lines.length = 0
  await handle({ k: 'account-removed', account: romeo })
  assert.deepEqual(lines, [
    "session 0 rbd: <presence from='romeo@example.net/orchard' type='unavailable'/>",
    "session 1 ace: <presence from='romeo@example.net/orchard' type='unavailable'/>",
  ])
  await handle(available("<presence type='unavailable'/>", false))
  assert.equal(reads.length, 2)
  assert.equal(lines.length, 2)
})

void test('an account of which nobody is there is put to sleep; one of which somebody is, is not', async () => {
  const { handle, actors, reads } = house()
  await handle(available())
  actors.sleep(Number.POSITIVE_INFINITY)
  await handle(available('<presence/>', false))
  assert.equal(reads.length, 1)
  await handle(available("<presence type='unavailable'/>", false))
  actors.sleep(Number.POSITIVE_INFINITY)
  await handle(available('<presence/>', false))
  assert.equal(reads.length, 2)
})

void test('what is no business of presence says nothing', async () => {
  const { handle, lines } = house()
  await handle(own("<presence to='a@example.net' type='subscribe'/>"))
  await handle({ k: 'in', accounts: [romeo], stanza: read("<presence from='a@example.net'/>") })
  await assert.rejects(handle({ k: 'gone', account: romeo, session: orchard, closed: true }))
  assert.deepEqual(lines, [])
})
