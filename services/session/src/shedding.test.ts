import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FullJid, parseFullJid } from '@jabiru/jid'
import { NS, type Stanza, stanza, withHead } from '@jabiru/stanza'
import { el, textOf } from '@jabiru/xml'
import { createShedding } from './shedding.ts'
import { awake, ear, JULIET, message, sessionOf } from './testing/account.ts'

const ROMEO = parseFullJid('romeo@montague.lit/orchard')
const TYBALT = parseFullJid('tybalt@capulet.lit/square')

const says = (from: FullJid, status: string) => stanza({ name: 'presence', from }, el('status', NS.client, {}, status))
const gone = (from: FullJid) => stanza({ name: 'presence', type: 'unavailable', from })
const typing = (from: FullJid) =>
  stanza({ name: 'message', type: 'chat', from, to: JULIET }, el('composing', 'http://jabber.org/protocol/chatstates'))

/** A session whose connection manager keeps up when the promise settles. */
function crowded() {
  const account = awake()
  const session = sessionOf(account, 'balcony')
  const { egress, delivered } = ear()
  const { promise, resolve } = Promise.withResolvers<void>()
  let isCrowded = true
  const shed: string[] = []
  const { give } = createShedding({ onShed: (kind) => void shed.push(kind) })
  const crowd = { ...egress, room: () => (isCrowded ? promise : undefined) }
  const keepsUp = async () => {
    isCrowded = false
    resolve()
    await new Promise<void>((done) => void setImmediate(done))
  }
  const given = () =>
    delivered.map(({ stanza: s }) => `${s.type ?? ''} ${s.from ?? ''} ${textOf(el('x', NS.client, {}, s.inner))}`)
  return { give: (s: Stanza) => give(crowd, account, session, { stanza: s }), keepsUp, given, shed }
}

test('RFC 6121 §4.4 of what somebody broadcasts the last is given to a session when its connection manager keeps up', async () => {
  const { give, keepsUp, given, shed } = crowded()
  for (const status of ['a', 'b', 'c']) give(says(ROMEO, status))
  give(says(TYBALT, 'd'))
  assert.deepEqual(given(), [])
  await keepsUp()
  assert.deepEqual(given(), [` ${ROMEO} <status>c</status>`, ` ${TYBALT} <status>d</status>`])
  assert.deepEqual(shed, ['presence', 'presence'])
})

test('RFC 6121 §4.5 that somebody has gone is given at once, and nothing that was said before comes after it', async () => {
  const { give, keepsUp, given } = crowded()
  give(says(ROMEO, 'a'))
  give(gone(ROMEO))
  assert.deepEqual(given(), [`unavailable ${ROMEO} `])
  await keepsUp()
  assert.equal(given().length, 1)
})

test('XEP-0085 §5 typing is left out while a connection manager does not keep up; nothing else is', async () => {
  const { give, keepsUp, given, shed } = crowded()
  give(typing(ROMEO))
  give(withHead(message('hello'), { from: ROMEO }))
  // RFC 6121 §4.6: said to one alone.
  give(withHead(says(ROMEO, 'a'), { to: JULIET }))
  give(stanza({ name: 'presence', type: 'subscribe', from: ROMEO }))
  assert.equal(given().length, 3)
  assert.deepEqual(shed, ['typing'])
  await keepsUp()
  assert.equal(given().length, 3)
})
