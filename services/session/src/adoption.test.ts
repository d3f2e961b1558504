import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { stanza } from '@jabiru/stanza'
import { recordOf } from './record.ts'
import { adopt, adoptQueued } from './takeover.ts'
import { at, awake, ear, JULIET, message, sessionOf } from './testing/account.ts'

test('a connection manager that comes late may know of more than the row did: what was given since then comes after it', () => {
  const account = awake()
  const { egress, delivered } = ear()
  const deps = { egress, clock: createManualClock(), iqTimeoutMs: 1, onRedelivered: () => undefined }
  const known = sessionOf(account, 'phone')
  const rest = { maxBytes: 1e6, until: 0, cancelExpiry: () => undefined, overflow: () => undefined, was: undefined }
  known.at = undefined
  known.parked = { ...rest, rowSent: 3 }
  const plain = { to: undefined, position: undefined }
  known.queue = ['1', '2', '3', 'new', 'newer'].map((text, i) => ({ ...plain, n: i + 1, stanza: message(text) }))
  known.sent = 5
  const { jid, gen } = known
  const here = { k: 'here', account: JULIET, session: { jid, gen }, at: at('late'), record: recordOf(known) } as const
  adopt(deps, account, { ...here, handled: 0, sent: 4, confirmed: 1 })
  const session = account.sessions.get('phone')
  assert.ok(session)
  for (const n of [2, 3, 4]) {
    adoptQueued(session, {
      k: 'queued',
      account: JULIET,
      session: { jid, gen },
      n,
      stanza: message(String(n)),
    })
  }
  assert.deepEqual(
    session.queue.map(({ n, stanza }) => [n, stanza.inner]),
    [2, 3, 4]
      .map((n) => [n, message(String(n)).inner])
      .concat([
        [5, message('new').inner],
        [6, message('newer').inner],
      ]),
  )
  assert.equal(session.sent, 6)
  assert.deepEqual(
    delivered.map(({ n }) => n),
    [5, 6],
  )
})

test('RFC 6120 §8.2.3 a connection manager that has not seen an answer does not make the session wait for it', () => {
  const account = awake()
  const { egress } = ear()
  const deps = { egress, clock: createManualClock(), iqTimeoutMs: 1, onRedelivered: () => undefined }
  const known = sessionOf(account, 'phone')
  const [server, romeo] = [parseJid('capulet.lit'), parseJid('romeo@montague.lit/orchard')]
  known.early.add(4, stanza({ name: 'iq', type: 'get', id: 'answered', to: server }))
  known.early.add(5, stanza({ name: 'iq', type: 'get', id: 'waits', to: romeo }))
  known.requests.asks({ id: 'waits', to: romeo, until: 9 })
  const { jid, gen } = known
  known.at = undefined
  const here = { k: 'here', account: JULIET, session: { jid, gen }, at: at('late'), record: recordOf(known) } as const
  const asked = [
    ['answered', server, 0],
    ['waits', romeo, 0],
    ['new', romeo, 0],
  ] as const
  adopt(deps, account, { ...here, handled: 0, sent: 0, confirmed: 0, asked })
  assert.deepEqual(
    account.sessions.get('phone')?.requests.asked.map(({ id }) => id),
    ['new', 'waits'],
  )
})
