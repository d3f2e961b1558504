import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid, withResource } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { stanza } from '@jabiru/stanza'
import type { UpEnvelope } from '@jabiru/wire'
import type { Queued } from './account.ts'
import { recordOf } from './record.ts'
import { isFirstAnswer } from './requests.ts'
import { adopt, adoptQueued } from './takeover.ts'
import { at, awake, ear, JULIET, message, sessionOf } from './testing/account.ts'

type Here = Extract<UpEnvelope, { k: 'here' }>

test('a connection manager that comes late may know of more than the row did: what was given since then comes after it', () => {
  const plain = { to: undefined, position: undefined }
  const queue: Queued[] = ['1', '2', '3', 'new', 'kept', 'newer'].map((text, i) => ({
    ...plain,
    n: i + 1,
    stanza: message(text),
  }))
  // The owner has found it in the archive, and the connection manager has it: it may be what its 4 is.
  queue[4] = { n: 5, to: undefined, position: 9, stanza: message('kept') }
  const { session, delivered } = adopted({ rowSent: 3, queue, sent: 6 }, { handled: 0, sent: 4, confirmed: 1 })
  assert.ok(session)
  const { jid, gen } = session
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

/** A session of which a row has told up to a number, and that was given this since then; its connection manager says so much. */
function late(
  rowSent: number,
  since: readonly Omit<Queued, 'n' | 'to'>[],
  told: Pick<Here, 'sent' | 'confirmed' | 'answers'>,
) {
  const queue = since.map((one, i) => ({ ...one, to: undefined, n: rowSent + 1 + i }))
  const { delivered } = adopted({ rowSent, queue, sent: rowSent + since.length }, { handled: 0, ...told })
  return delivered.map(({ n, stanza }) => [n, stanza.id ?? stanza.inner])
}

/** A session that a row has told of, and what its connection manager then says of it. */
function adopted(
  { rowSent, queue, sent }: { readonly rowSent: number; readonly queue: Queued[]; readonly sent: number },
  told: Pick<Here, 'handled' | 'sent' | 'confirmed' | 'answers' | 'asked'>,
) {
  const account = awake()
  const { egress, delivered } = ear()
  const deps = { egress, clock: createManualClock(), iqTimeoutMs: 1, onRedelivered: () => undefined }
  const known = sessionOf(account, 'phone')
  const rest = { maxBytes: 1e6, until: 0, cancelExpiry: () => undefined, overflow: () => undefined, was: undefined }
  known.at = undefined
  known.parked = { ...rest, rowSent }
  known.queue = queue
  known.sent = sent
  const { jid, gen } = known
  const here = { k: 'here', account: JULIET, session: { jid, gen }, at: at('late'), record: recordOf(known) } as const
  adopt(deps, account, { ...here, ...told })
  return { delivered, session: account.sessions.get('phone') }
}

for (const [what, sent] of [
  ['that came after the row', 4],
  ['that the row tells of', 3],
] as const) {
  test(`RFC 6120 §8.2.3 an owner that does not know of an answer ${what} does not give another one`, () => {
    const romeo = parseJid('romeo@montague.lit/orchard')
    const answer = (id: string) => stanza({ name: 'iq', type: 'error', id, from: romeo })
    const since = ['answered', 'open'].map((id) => ({ stanza: answer(id), position: undefined }))
    const given = late(3, since, { sent, confirmed: sent, answers: [['answered', romeo]] })
    // Without a gap: the client counts.
    assert.deepEqual(given, [[sent + 1, 'open']])
  })
}

for (const [where, rowSent] of [
  ['in the row', 4],
  ['after it', 3],
] as const) {
  test(`RFC 6120 §8.2.3 an answer that waits ${where} is the only one, though its connection manager knows of none`, () => {
    const romeo = parseJid('romeo@montague.lit/orchard')
    const answer = stanza({ name: 'iq', type: 'error', id: 'q', from: romeo })
    const asked = [['q', romeo, 0, 1]] as const
    const queue = [{ n: 4, to: undefined, position: undefined, stanza: answer }]
    const { session } = adopted({ rowSent, queue, sent: 4 }, { handled: 1, sent: 3, confirmed: 3, asked })
    assert.deepEqual([session?.queue.map(({ n }) => n), session?.requests.asked], [[4], []])
  })
}

test('what a client without XEP-0198 was given is in no row: its connection manager tells of it', () => {
  const since = [{ stanza: message('given'), position: 9 }]
  assert.deepEqual(late(2, since, { sent: 2, confirmed: 2 }), [])
})

test('RFC 6120 §8.2.3 a connection manager that has not seen an answer does not make the session wait for it', () => {
  const account = awake()
  const { egress } = ear()
  const deps = { egress, clock: createManualClock(), iqTimeoutMs: 1, onRedelivered: () => undefined }
  const known = sessionOf(account, 'phone')
  const [server, romeo] = [parseJid('capulet.lit'), parseJid('romeo@montague.lit/orchard')]
  known.early.add(4, stanza({ name: 'iq', type: 'get', id: 'answered', to: server }))
  known.early.add(5, stanza({ name: 'iq', type: 'get', id: 'waits', to: romeo }))
  known.requests.asks({ id: 'waits', to: romeo, n: 5, until: 9 })
  const { jid, gen } = known
  known.at = undefined
  const here = { k: 'here', account: JULIET, session: { jid, gen }, at: at('late'), record: recordOf(known) } as const
  known.requests.asks({ id: 'given', to: romeo, n: 6, until: 9 })
  const answers = [['given', romeo]] as const
  const asked = [
    ['answered', server, 0, 4],
    ['waits', romeo, 0, 5],
    ['new', romeo, 0, 6],
  ] as const
  adopt(deps, account, { ...here, handled: 0, sent: 0, confirmed: 0, asked, answers })
  assert.deepEqual(
    account.sessions.get('phone')?.requests.asked.map(({ id }) => id),
    ['new', 'waits'],
  )
})

test('RFC 6120 §8.2.3 a request whose answer comes before its owner hears of it once more is not asked again', () => {
  const account = awake()
  const { egress } = ear()
  const deps = { egress, clock: createManualClock(), iqTimeoutMs: 1, onRedelivered: () => undefined }
  const session = { jid: withResource(JULIET, 'phone'), gen: '1.1' }
  const romeo = parseJid('romeo@montague.lit/orchard')
  const here = { k: 'here', account: JULIET, session, at: at('late'), record: '', sent: 0, confirmed: 0 } as const
  const asked = [
    ['settled', romeo, 0, 3],
    ['comes again', romeo, 0, 4],
  ] as const
  adopt(deps, account, { ...here, handled: 3, asked })
  const adopted = account.sessions.get('phone')
  assert.ok(adopted)
  assert.ok(isFirstAnswer(adopted, 'settled', romeo))
  assert.ok(isFirstAnswer(adopted, 'comes again', romeo))
  assert.equal(isFirstAnswer(adopted, 'comes again', romeo), false)
  const request = (id: string) => stanza({ name: 'iq', type: 'get', id, to: romeo })
  assert.deepEqual([adopted.answered.takes(4, request('comes again')), adopted.answered.size], [true, 0])
})
