import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Book, type Receipt, type Request } from './book.ts'
import type { Rows } from './rows.ts'
import { isClean, judge, PROMISES } from './verdict.ts'

const OWNER = 'juliet@localhost'

/** A book in which romeo's two letters came as they should, and a database that has them. */
function kept() {
  const book = new Book()
  for (const counter of [1, 2]) {
    const body = `romeo 1 ${counter}`
    book.letters.set(body, {
      body,
      sender: 'romeo 1',
      counter,
      to: OWNER,
      unstorable: false,
      written: [],
      acknowledged: [],
    })
    book.acknowledged.add(body)
    book.receipts.push(receipt({ body, stanzaId: `id${counter}` }))
  }
  const row = (position: number) => ({ owner: OWNER, position, id: `id${position}`, outgoing: false })
  const archive = [1, 2].map((position) => ({ ...row(position), body: `romeo 1 ${position}` }))
  return { book, rows: { archive, waiting: 0 } satisfies Rows }
}

/** One more letter, which the database has refused and nobody has told of. */
function refused({ letters, acknowledged }: Book): void {
  letters.set('romeo 1 3', {
    body: 'romeo 1 3',
    sender: 'romeo 1',
    counter: 3,
    to: OWNER,
    unstorable: true,
    written: [],
    acknowledged: [],
  })
  acknowledged.add('romeo 1 3')
}

const receipt = (of: Partial<Receipt>): Receipt => ({
  body: 'romeo 1 1',
  session: 'juliet 1',
  account: OWNER,
  stanzaId: 'id1',
  delayed: false,
  at: 0,
  ...of,
})

const request = (of: Partial<Request>): Request => ({
  id: 'romeo 1/1',
  session: 'romeo 1',
  asked: undefined,
  promised: true,
  acknowledged: true,
  seen: 0,
  replied: false,
  answers: 1,
  moments: [],
  ...of,
})

test('a ledger in which everything came once and in order is clean', () => {
  const { book, rows } = kept()
  book.requests.set('romeo 1/1', request({}))
  assert.ok(isClean(judge(book, rows, [], [])))
})

test('a letter that the database refuses is not lost when its sender is told', () => {
  const { book, rows } = kept()
  refused(book)
  book.bounced.add('romeo-1-3')
  assert.ok(isClean(judge(book, rows, [], [])))
})

const BROKEN: readonly (readonly [promise: string, breaks: (book: Book, rows: Rows) => Rows])[] = [
  ['lost', (book, rows) => (book.acknowledged.add('romeo 1 3'), rows)],
  ['lost', (book, rows) => (refused(book), rows)],
  ['under_two_ids', (book, rows) => (book.receipts.push(receipt({ session: 'juliet 2', stanzaId: 'other' })), rows)],
  ['twice_in_session', (book, rows) => (book.receipts.push(receipt({ delayed: true })), rows)],
  ['disordered', (book, rows) => (book.receipts.push(...book.receipts.splice(0, 1)), rows)],
  ['archive_order_differs', (_, rows) => ({ ...rows, archive: rows.archive.toReversed() })],
  ['iq_unanswered', (book, rows) => (book.requests.set('a', request({ answers: 0 })), rows)],
  ['iq_answered_twice', (book, rows) => (book.requests.set('a', request({ answers: 2 })), rows)],
  ['violations', (book, rows) => (book.violations.push('h went back'), rows)],
  ['seen_to_go', (book, rows) => ((book.seenToGo = ['juliet saw romeo go']), rows)],
  ['queues_left', (_, rows) => ({ ...rows, waiting: 1 })],
]
for (const [promise, breaks] of BROKEN) {
  test(`a ledger tells of what is ${promise}`, () => {
    const { book, rows } = kept()
    const verdict = judge(book, breaks(book, rows), [], [])
    const wrong = PROMISES.filter((name) => verdict[name] > 0)
    assert.ok(
      wrong.some((name) => name === promise),
      `told of: ${wrong.join(', ')}`,
    )
    assert.ok(!isClean(verdict))
  })
}

test('a ledger tells of presence that is not as it is, and of nothing promised at all', () => {
  const { book, rows } = kept()
  assert.equal(judge(book, rows, ['juliet sees nobody'], []).presence_wrong, 1)
  assert.equal(judge(book, rows, [], ['juliet has not settled']).queues_left, 1)
  assert.ok(!isClean(judge(new Book(), { archive: [], waiting: 0 }, [], [])))
})
