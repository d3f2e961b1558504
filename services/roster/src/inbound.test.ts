import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { Refusal, stanza } from '@jabiru/stanza'
import { decideInbound } from './inbound.ts'
import type { Roster } from './roster.ts'
import { STATES, SUBSCRIPTION_TYPES, type SubscriptionType, TRANSITIONS } from './states.ts'
import { after, juliet, request, romeo, rosterIn, rules, said } from './testing.ts'

const presence = (type: string) => stanza({ name: 'presence', type, id: 'h4v1c4kj', from: juliet, to: romeo })
const receive = (type: SubscriptionType, roster: Roster, over = {}) =>
  decideInbound(roster, { ...rules, ...over }, { type, stanza: presence(type) })

for (const type of SUBSCRIPTION_TYPES) {
  for (const state of STATES) {
    const cell = TRANSITIONS.inbound[type][state]
    void test(`RFC 6121 §A.3 ${type} in ${state} leads to ${cell.next} and is ${cell.pass ? '' : 'not '}delivered`, () => {
      const roster = rosterIn(state)
      const decision = receive(type, roster)
      assert.equal(after(roster, decision), cell.next)
      assert.equal(decision.out.filter((out) => out.to === 'user').length, cell.pass ? 1 : 0)
      const replies = decision.out.flatMap((out) => (out.to === 'contact' ? [out.stanza.type] : []))
      assert.deepEqual(replies, cell.also === undefined ? [] : [cell.also.replace('reply-', '')])
    })
  }
}

void test('RFC 6121 §3.1.3 a request is kept whole and delivered, and makes no item', () => {
  const { out, change } = receive('subscribe', rosterIn('none', false))
  assert.deepEqual(said(out), [
    "user <presence from='juliet@example.com' to='romeo@example.net' id='h4v1c4kj' type='subscribe'/>",
  ])
  assert.deepEqual(change, { contact: juliet, ver: 0, request: presence('subscribe') })
})

void test('RFC 6121 §3.1.3 rule 4 a second request is neither kept nor delivered', () => {
  assert.deepEqual(receive('subscribe', rosterIn('none+in', false)), { out: [] })
})

void test('RFC 6121 §3.1.3 a request from or to a resource is one between accounts', () => {
  const from = parseFullJid('juliet@example.com/balcony')
  const to = parseFullJid('romeo@example.net/orchard')
  const asked = { ...presence('subscribe'), from, to }
  const { change } = decideInbound(rosterIn('none', false), rules, { type: 'subscribe', stanza: asked })
  assert.deepEqual(change?.request, presence('subscribe'))
})

void test('RFC 6121 §3.1.3 rule 2 who is subscribed is answered with subscribed, with the id of the request', () => {
  const { out, change } = receive('subscribe', rosterIn('from'))
  assert.equal(change, undefined)
  assert.deepEqual(said(out), [
    "contact <presence from='romeo@example.net' to='juliet@example.com' id='h4v1c4kj' type='subscribed'/>",
  ])
})

void test('RFC 6121 §3.1.3 the content of an oversized request is left out', () => {
  const inner = `<status>${'x'.repeat(200)}</status>`
  const long = { ...presence('subscribe'), payloads: ['{jabber:client}status'], inner }
  const { change, out } = decideInbound(rosterIn('none'), rules, { type: 'subscribe', stanza: long })
  assert.deepEqual(change?.request, presence('subscribe'))
  assert.deepEqual(out, [{ to: 'user', stanza: presence('subscribe') }])
})

void test('RFC 6121 §3.1.3 only so many requests wait; the next is refused', () => {
  const waiting = ['a@x.example', 'b@x.example', 'c@x.example'].map((jid) => [parseBareJid(jid), request] as const)
  assert.throws(
    () => receive('subscribe', { ...rosterIn('none'), requests: new Map(waiting) }),
    (err) => err instanceof Refusal && err.condition === 'resource-constraint',
  )
})

const APPROVED = [
  ['none', 'from'],
  ['none+out', 'from+out'],
  ['to', 'both'],
] as const
for (const [state, next] of APPROVED) {
  void test(`RFC 6121 §3.4.2 the request of who is approved in ${state} is answered, not delivered, and leads to ${next}`, () => {
    const roster = rosterIn(state, true, { approved: true })
    const decision = receive('subscribe', roster)
    assert.equal(after(roster, decision), next)
    assert.deepEqual(
      decision.out.map((out) => out.to),
      ['push', 'presence', 'contact'],
    )
    const { item } = decision.change ?? {}
    // The approval was for this one request.
    assert.ok(item !== undefined && item !== 'removed' && !item.approved)
  })
}

void test('RFC 6121 §3.1.6 an approval is delivered before the push', () => {
  const { out } = receive('subscribed', rosterIn('none+out'))
  assert.deepEqual(said(out), [
    "user <presence from='juliet@example.com' to='romeo@example.net' id='h4v1c4kj' type='subscribed'/>",
    "push <item jid='juliet@example.com' subscription='to'/> 1000",
    'presence none to to',
  ])
})

void test('RFC 6121 §3.1.6 an approval that nobody asked for is ignored', () => {
  assert.deepEqual(receive('subscribed', rosterIn('none', false)), { out: [] })
})

void test('RFC 6121 §3.2.3 a denial takes the request back and keeps the item', () => {
  const roster = rosterIn('none+out', true, { name: 'Juliet' })
  const { out } = receive('unsubscribed', roster)
  assert.deepEqual(said(out).slice(1), ["push <item jid='juliet@example.com' name='Juliet' subscription='none'/> 1000"])
})

void test('RFC 6121 §3.3.3 an unsubscribe is delivered, pushed, told to presence and answered', () => {
  const { out } = receive('unsubscribe', rosterIn('both'))
  assert.deepEqual(said(out), [
    "user <presence from='juliet@example.com' to='romeo@example.net' id='h4v1c4kj' type='unsubscribe'/>",
    "push <item jid='juliet@example.com' subscription='to'/> 1000",
    'presence both to to',
    "contact <presence from='romeo@example.net' to='juliet@example.com' id='h4v1c4kj' type='unsubscribed'/>",
  ])
})

void test('RFC 6121 §3.3.3 a request that is taken back is forgotten, and makes no item', () => {
  const { change } = receive('unsubscribe', rosterIn('none+in', false))
  assert.deepEqual(change, { contact: juliet, ver: 0, request: 'answered' })
})

void test('RFC 6121 §3.2.3 a cancellation keeps a pre-approval', () => {
  const { change } = receive('unsubscribed', rosterIn('to', true, { approved: true }))
  assert.ok(change?.item !== undefined && change.item !== 'removed' && change.item.approved)
})

void test('what claims to come from the account itself, or from nobody, changes nothing', () => {
  const own = { ...presence('subscribed'), from: romeo }
  assert.deepEqual(decideInbound(rosterIn('none+out'), rules, { type: 'subscribed', stanza: own }), { out: [] })
  const { from: _from, ...nobody } = presence('subscribed')
  assert.throws(() => decideInbound(rosterIn('none+out'), rules, { type: 'subscribed', stanza: nobody }), Refusal)
})
