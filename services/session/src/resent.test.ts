// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type BareJid, parseJid } from '@jabiru/jid'
import { renderOriginId, stanzaIdsOf } from '@jabiru/protocol'
import { renderStanza, stanza } from '@jabiru/stanza'
import type { Session } from './account.ts'
import { KNOWN_MS, OWN_MOST, Sent, type SentRow, skippedBy } from './resent.ts'
import { awake, sessionOf } from './testing/account.ts'
import { bodyOf, type TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'

const house = await startHouse({ partitions: 1 })
after(() => house[Symbol.asyncDispose]())

const say = (from: TestConnection, to: BareJid, text: string) => from.message(to, text, renderOriginId('o1'))

async function two() {
  const alice = await house.connect(await house.account(), 'phone')
  const bob = await house.connect(await house.account(), 'desk')
  await bob.available()
  await alice.enable()
  return { alice, bob }
}

test('XEP-0359 §2.2 what a client sends again after a fresh login is the same message', async () => {
  const { alice, bob } = await two()
  await say(alice, bob.account, 'hello')
  await alice.gone()
  const again = await house.connect(alice.account, 'phone')
  await again.enable()
  await say(again, bob.account, 'hello')
  await again.gone()
  await say(await house.connect(alice.account, 'tablet'), bob.account, 'hello')
  assert.deepEqual(await bob.texts(), ['hello'])
})

test('XEP-0359 §2.2 a login in between that came to nothing changes nothing', async () => {
  const { alice, bob } = await two()
  await say(alice, bob.account, 'hello')
  await alice.gone()
  const late = await house.connect(alice.account, 'phone')
  // Its connection manager has nobody for it any more.
  await late.gone(true)
  await say(await house.connect(alice.account, 'phone'), bob.account, 'hello')
  assert.deepEqual(await bob.texts(), ['hello'])
})

test('XEP-0359 §2.2 it is the same message for the next owner, too', async () => {
  const { alice, bob } = await two()
  await say(alice, bob.account, 'hello')
  await say(alice, alice.account, 'note')
  await house.restart()
  const again = await house.connect(alice.account, 'phone')
  const desk = await (await house.connect(bob.account, 'desk')).available()
  await again.available()
  await say(again, bob.account, 'hello')
  await say(again, alice.account, 'note')
  const [kept, ...others] = (await desk.all()).filter(({ name }) => name === 'message')
  assert.ok(kept)
  assert.deepEqual([bodyOf(kept), others], ['hello', []])
  const rows = await house.store.database.query<{ id: string; stanza: string }>(
    'select id, stanza from archive where owner in ($1, $2) order by owner, position',
    [alice.account, bob.account],
  )
  assert.equal(rows.length, 3)
  assert.deepEqual(new Set(rows.filter(({ stanza }) => stanza.includes('hello')).map(({ id }) => id)).size, 1)
  assert.equal(stanzaIdsOf(kept)[0]?.id, rows.find(({ stanza }) => stanza.includes('hello'))?.id)
})

test('XEP-0359 §2.2 it is the same message where a new owner hears of it behind the login', () => {
  const account = awake()
  const sent = new Sent()
  const words = stanza({ name: 'message', type: 'chat', to: account.jid, id: 'o1' }, renderOriginId('o1'))
  const idIn = (session: Session, position: number) =>
    sent.idOf(session, words, { n: 1, idAt: () => `${session.resource} ${session.birth}`, position, at: 0 })
  const before = sessionOf(account, 'phone')
  const now = sessionOf(account, 'phone')
  assert.equal(now.since, 0)
  const id = idIn(before, 1)
  assert.equal(idIn(now, 2), id)
  // Two that are there at once, and say the same.
  assert.notEqual(idIn(sessionOf(account, 'tablet'), 3), id)
})

/** A session under an owner that finds in the archive what came behind its login, as another session has sent it. */
function behind(row: Partial<SentRow> = {}) {
  const session = sessionOf(awake(), 'phone')
  const words = stanza({ name: 'message', type: 'chat', to: session.jid, id: 'm1' }, renderOriginId('o1'))
  const [to, from, text] = [session.jid, session.jid, renderStanza(words)]
  const sent = new Sent([
    { id: 'theirs', position: 1, at: 0, to, from, originId: 'o1', stanzaId: 'm1', stanza: text, ...row },
  ])
  const send = (n: number) => sent.idOf(session, words, { n, idAt: (at) => `ours ${at}`, position: 1, at: 0 })
  return { session, send }
}

test('XEP-0359 §2.2 it is the same message where an owner after that one reads it from the archive', () => {
  const { session, send } = behind()
  assert.deepEqual([send(2), skippedBy(session)], ['theirs', 0])
  // In the session itself an origin-id is no proof.
  assert.equal(send(3), 'ours 3')
})

test('XEP-0359 §2.2 what the session itself has sent is another message, also for the next owner', () => {
  const { session, send } = behind({ id: 'ours 4' })
  assert.deepEqual([send(9), skippedBy(session)], ['ours 9', 0])
})

test('XEP-0198 §5 what a resumed session sends again keeps its id behind a request that was given up', () => {
  const { session, send } = behind({ id: 'ours 4' })
  assert.deepEqual([send(3), skippedBy(session)], ['ours 4', 1])
})

for (const [what, row] of [
  ['was sent by another device', { from: parseJid('juliet@capulet.lit/tablet') }],
  ['has another id', { stanzaId: 'm2' }],
] as const) {
  test(`XEP-0359 §2.2 behind the login, what ${what} proves nothing`, () => {
    assert.equal(behind(row).send(2), 'ours 2')
  })
}

test('XEP-0359 §2.2 what comes late in a session is not taken for what came behind its login', () => {
  assert.deepEqual([behind().send(OWN_MOST), behind().send(OWN_MOST + 1)], ['theirs', `ours ${OWN_MOST + 1}`])
})

test('XEP-0359 §2.2 in one session the same words twice are two messages', async () => {
  const { alice, bob } = await two()
  await say(alice, bob.account, 'yes')
  await say(alice, bob.account, 'yes')
  assert.deepEqual(await bob.texts(), ['yes', 'yes'])
})

test('XEP-0359 §2.2 after a session that was closed the same words are another message', async () => {
  const { alice, bob } = await two()
  await say(alice, bob.account, 'yes')
  await alice.gone(true)
  await say(await house.connect(alice.account, 'phone'), bob.account, 'yes')
  assert.deepEqual(await bob.texts(), ['yes', 'yes'])
})

test('XEP-0359 §2.2 other words under the same id are another message, and so are the same after a while', async () => {
  const { alice, bob } = await two()
  await say(alice, bob.account, 'yes')
  await alice.gone()
  const again = await house.connect(alice.account, 'phone')
  await again.enable()
  await say(again, bob.account, 'no')
  await again.gone()
  house.clock.advance(KNOWN_MS)
  await say(await house.connect(alice.account, 'phone'), bob.account, 'no')
  assert.deepEqual(await bob.texts(), ['yes', 'no', 'no'])
})
