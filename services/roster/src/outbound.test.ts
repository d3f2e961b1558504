import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDomain, parseFullJid } from '@jabiru/jid'
import { Refusal, stanza } from '@jabiru/stanza'
import { decideOutbound } from './outbound.ts'
import { blankItem, type Roster } from './roster.ts'
import { STATES, type State, SUBSCRIPTION_TYPES, type SubscriptionType, TRANSITIONS } from './states.ts'
import { after, juliet, romeo, rosterIn, rules, said } from './testing.ts'

const send = (type: SubscriptionType, roster: Roster, over = {}) =>
  decideOutbound(roster, { ...rules, ...over }, { type, stanza: presence(type) })
const presence = (type: string) => stanza({ name: 'presence', type, id: 'xk3h1v69', from: romeo, to: juliet })

for (const type of SUBSCRIPTION_TYPES) {
  for (const state of STATES) {
    const cell = TRANSITIONS.outbound[type][state]
    void test(`RFC 6121 §A.2 ${type} in ${state} leads to ${cell.next} and is ${cell.pass ? '' : 'not '}routed`, () => {
      const roster = rosterIn(state)
      const decision = send(type, roster)
      assert.equal(after(roster, decision), cell.next)
      const routed = decision.out.filter((out) => out.to === 'contact')
      assert.equal(routed.length, cell.pass ? 1 : 0)
      if (cell.pass) assert.equal(routed[0]?.stanza.type, type)
      // Who sees nothing that changes is told nothing of the resources either.
      else
        assert.deepEqual(
          decision.out.filter((out) => out.to === 'presence'),
          [],
        )
    })
  }
}

void test('RFC 6121 §3.1.2 the request is routed with the bare address, then pushed with ask', () => {
  const { out, change } = send('subscribe', rosterIn('none', false))
  assert.deepEqual(said(out), [
    "contact <presence from='romeo@example.net' to='juliet@example.com' id='xk3h1v69' type='subscribe'/>",
    "push <item jid='juliet@example.com' subscription='none' ask='subscribe'/> 1000",
  ])
  assert.equal(change?.ver, 1000)
})

void test('RFC 6121 §3.1.2 a full address stands for the bare one', () => {
  const to = parseFullJid('juliet@example.com/balcony')
  const { out } = decideOutbound(rosterIn('none'), rules, {
    type: 'subscribe',
    stanza: { ...presence('subscribe'), to },
  })
  assert.ok(said(out)[0]?.includes("to='juliet@example.com' "))
})

void test('RFC 6121 §3.1.2 a request keeps what its sender wrote', () => {
  const roster = rosterIn('none')
  const told = { ...presence('subscribe'), payloads: ['{jabber:client}status'], inner: '<status>Hi</status>' }
  const { out } = decideOutbound(roster, rules, { type: 'subscribe', stanza: told })
  assert.ok(said(out)[0]?.endsWith('<status>Hi</status></presence>'))
})

void test('RFC 6121 §3.1.2 asking again is routed again and changes nothing', () => {
  const { out, change } = send('subscribe', rosterIn('none+out'))
  assert.equal(change, undefined)
  assert.deepEqual(
    out.map((one) => one.to),
    ['contact'],
  )
})

void test('RFC 6121 §3.1.2 what cannot be routed is refused, and changes nothing', () => {
  assert.throws(
    () => send('subscribe', rosterIn('none'), { isReachable: () => false }),
    (err) => err instanceof Refusal && err.condition === 'remote-server-not-found',
  )
})

void test('RFC 6120 §10.5.1 the server itself is nobody to subscribe to', () => {
  assert.throws(
    () =>
      decideOutbound(rosterIn('none'), rules, {
        type: 'subscribe',
        stanza: { ...presence('subscribe'), to: parseDomain('example.net') },
      }),
    (err) => err instanceof Refusal && err.condition === 'service-unavailable',
  )
})

void test('who cannot be reached can be left all the same', () => {
  const roster = rosterIn('to')
  const decision = send('unsubscribe', roster, { isReachable: () => false })
  assert.equal(after(roster, decision), 'none')
  assert.deepEqual(
    decision.out.map((out) => out.to),
    ['push', 'presence'],
  )
})

void test('nobody subscribes to themselves, or to nobody', () => {
  const refused = (condition: string) => (err: unknown) => err instanceof Refusal && err.condition === condition
  const own = { type: 'subscribe', stanza: { ...presence('subscribe'), to: romeo } } as const
  assert.throws(() => decideOutbound(rosterIn('none'), rules, own), refused('not-allowed'))
  const { to: _to, ...nobody } = presence('subscribe')
  assert.throws(
    () => decideOutbound(rosterIn('none'), rules, { type: 'subscribe', stanza: nobody }),
    refused('bad-request'),
  )
})

void test('RFC 6121 §3.1.5 an approval is routed, the item pushed as from, and presence told', () => {
  const { out, change } = send('subscribed', rosterIn('none+in', false))
  assert.deepEqual(said(out), [
    "contact <presence from='romeo@example.net' to='juliet@example.com' id='xk3h1v69' type='subscribed'/>",
    "push <item jid='juliet@example.com' subscription='from'/> 1000",
    'presence none to from',
  ])
  assert.equal(change?.request, 'answered')
})

void test('RFC 6121 §3.2.2 unavailable comes before unsubscribed, and the push after both', () => {
  const { out } = send('unsubscribed', rosterIn('both'))
  assert.deepEqual(said(out), [
    'presence both to to',
    "contact <presence from='romeo@example.net' to='juliet@example.com' id='xk3h1v69' type='unsubscribed'/>",
    "push <item jid='juliet@example.com' subscription='to'/> 1000",
  ])
})

void test('RFC 6121 §3.2.1 a request of who is not in the roster is denied without an item', () => {
  const { out, change } = send('unsubscribed', rosterIn('none+in', false))
  assert.deepEqual(change, { contact: juliet, ver: 1000, request: 'answered' })
  assert.deepEqual(
    out.map((one) => one.to),
    ['contact'],
  )
})

void test('RFC 6121 §3.4.2 an approval of who has not asked is noted and pushed, not routed', () => {
  for (const state of ['none', 'none+out', 'to'] as const) {
    const { out, change } = send('subscribed', rosterIn(state))
    assert.ok(change?.item !== undefined && change.item !== 'removed' && change.item.approved)
    assert.deepEqual(
      out.map((one) => one.to),
      ['push'],
    )
  }
})

void test('RFC 6121 §3.4.2 rule 4 an item is made for who is approved beforehand', () => {
  const { out } = send('subscribed', rosterIn('none', false))
  assert.deepEqual(said(out), ["push <item jid='juliet@example.com' subscription='none' approved='true'/> 1000"])
})

void test('RFC 6121 §3.4.2 rule 1 an approval of who is subscribed is ignored', () => {
  for (const state of ['from', 'from+out', 'both'] as const)
    assert.deepEqual(send('subscribed', rosterIn(state)), { out: [] })
})

void test('RFC 6121 §3.2.2 rule 2 unsubscribed takes a pre-approval back and is not routed', () => {
  const states: readonly State[] = ['none', 'none+out', 'to']
  for (const state of states) {
    const { out, change } = send('unsubscribed', rosterIn(state, true, { approved: true }))
    assert.ok(change?.item !== undefined && change.item !== 'removed' && !change.item.approved)
    assert.deepEqual(
      out.map((one) => one.to),
      ['push'],
    )
  }
})

void test('a full roster takes no new contact', () => {
  const limits = { ...rules.limits, items: 1 }
  const full = { ...rosterIn('none', false), items: new Map([[romeo, blankItem(romeo)]]) }
  assert.throws(
    () => send('subscribe', full, { limits }),
    (err) => err instanceof Refusal && err.condition === 'resource-constraint',
  )
})

void test('the version grows even when the clock does not', () => {
  const roster = { ...rosterIn('none'), ver: 5000 }
  assert.equal(send('subscribe', roster).change?.ver, 5001)
})
