import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import { originIdOf, renderOriginId } from '@jabiru/protocol'
import { NS, renderStanza, type Stanza, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import type { Session } from './account.ts'
import { Done } from './done.ts'
import { recordOf } from './record.ts'
import { Sent, skippedBy } from './resent.ts'
import { inherited } from './takeover.ts'
import { awake, sessionOf } from './testing/account.ts'

const bob = parseJid('bob@localhost')
const iq = (id: string) => stanza({ name: 'iq', type: 'get', id, to: bob }, el('ping', 'urn:xmpp:ping'))

test('RFC 6120 §8.2.3 what was done is not done again, under its number or under a lower one', () => {
  const done = new Done()
  done.add(5, iq('a'))
  done.add(7, iq('b'))
  const next = new Done(done)
  assert.deepEqual([next.takes(4, iq('a')), next.takes(7, iq('b'))], [true, true])
  assert.equal(next.size, 0)
})

test('XEP-0198 §5 where a client has given something up another stanza has the number, and is no repetition', () => {
  const done = new Done()
  done.add(5, iq('a'))
  assert.equal(done.takes(5, iq('b')), false)
  // It was given up itself; the same id later is a new request.
  assert.equal(done.takes(6, iq('a')), false)
})

const idAt = (text: string) => (n: number) => `${text} ${n}`
const from = parseJid('juliet@capulet.lit/phone')

const letter = (text: string, ...more: Parameters<typeof stanza>[1][]): Stanza =>
  stanza({ name: 'message', type: 'chat', from, to: bob }, el('body', NS.client, {}, text), ...more)

/** As the archive has it, as the `n`th that was sent. */
function rowOf(text: string, n: number, s = letter(text)) {
  const named = { originId: originIdOf(s), stanzaId: undefined }
  return { id: idAt(text)(n), position: 9, at: 0, to: bob, from, ...named, stanza: renderStanza(s) }
}

/** A session under an owner that finds this in the archive. */
function after(text: string, n: number, s = letter(text)) {
  const session = sessionOf(awake({ position: 8 }), 'phone')
  const sent = new Sent([rowOf(text, n, s)])
  const send = (at: number, words: string, sends = letter(words)) =>
    sent.idOf(session, sends, { n: at, idAt: idAt(words), position: 9, at: 0 })
  return { session, send }
}

test('XEP-0198 §5 what is sent again behind a request that was given up keeps its id, as does what follows', () => {
  const { session, send } = after('hello', 8)
  assert.deepEqual([send(6, 'hello'), skippedBy(session)], ['hello 8', 2])
  assert.equal(send(7, 'there'), 'there 9')
})

test('XEP-0198 §5 who resumes once more under the next owner sends again what came before a request that was given up, too', () => {
  const texts = ['one', 'two'] as const
  // As they were sent first, the second behind a request.
  const rows = texts.map((text, i) => rowOf(text, [2, 4][i] ?? 0))
  /** Under an owner that reads them: the ids under which they come again, without the request. */
  const again = (session: Session) => {
    const sent = new Sent(rows)
    return texts.map((text, i) => sent.idOf(session, letter(text), { n: i + 2, idAt: idAt(text), position: 9, at: 0 }))
  }
  const session = sessionOf(awake({ position: 8 }), 'phone')
  assert.deepEqual([again(session), skippedBy(session)], [['one 2', 'two 4'], 1])
  const { resource, gen, requests } = session
  const next = (handled: number) =>
    inherited(awake(), { resource, gen, requests, record: recordOf(session), handled, sent: 0, confirmed: 0 })
  assert.deepEqual(again(next(1)), ['one 2', 'two 4'])
  assert.deepEqual(
    [2, 3].map((handled) => skippedBy(next(handled))),
    [0, 1],
  )
})

test('XEP-0198 §5 the same words under a number that the session has passed are another message', () => {
  const { session, send } = after('yes', 4)
  assert.deepEqual([send(5, 'yes'), skippedBy(session)], ['yes 5', 0])
})

test('XEP-0359 §2.2 an origin-id in the same session is no proof', () => {
  const named = letter('yes', renderOriginId('o1'))
  const { send } = after('yes', 4, named)
  assert.equal(send(5, 'yes', named), 'yes 5')
})
