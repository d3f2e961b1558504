import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Direction, partsOf, STATES, type State, type SubscriptionType, stateOf, TRANSITIONS } from './states.ts'

// The tables as RFC 6121 appendix A prints them, without their frames.
const TABLES: readonly (readonly [string, Direction, SubscriptionType, string])[] = [
  [
    'A.2.1',
    'outbound',
    'subscribe',
    `
   |  "None"                  |  MUST [1] |  "None + Pending Out"     |
   |  "None + Pending Out"    |  MUST     |  no state change          |
   |  "None + Pending In"     |  MUST [1] |  "None + Pending Out+In"  |
   |  "None + Pending Out+In" |  MUST     |  no state change          |
   |  "To"                    |  MUST     |  no state change          |
   |  "To + Pending In"       |  MUST     |  no state change          |
   |  "From"                  |  MUST [1] |  "From + Pending Out"     |
   |  "From + Pending Out"    |  MUST     |  no state change          |
   |  "Both"                  |  MUST     |  no state change          |`,
  ],
  [
    'A.2.2',
    'outbound',
    'unsubscribe',
    `
   |  "None"                  |  MUST    |  no state change          |
   |  "None + Pending Out"    |  MUST    |  "None"                   |
   |  "None + Pending In"     |  MUST    |  no state change          |
   |  "None + Pending Out+In" |  MUST    |  "None + Pending In"      |
   |  "To"                    |  MUST    |  "None"                   |
   |  "To + Pending In"       |  MUST    |  "None + Pending In"      |
   |  "From"                  |  MUST    |  no state change          |
   |  "From + Pending Out"    |  MUST    |  "From"                   |
   |  "Both"                  |  MUST    |  "From"                   |`,
  ],
  [
    'A.2.3',
    'outbound',
    'subscribed',
    `
   |  "None"                  |  M.N.    |  pre-approval [1]         |
   |  "None + Pending Out"    |  M.N.    |  pre-approval [1]         |
   |  "None + Pending In"     |  MUST    |  "From"                   |
   |  "None + Pending Out+In" |  MUST    |  "From + Pending Out"     |
   |  "To"                    |  M.N.    |  pre-approval [1]         |
   |  "To + Pending In"       |  MUST    |  "Both"                   |
   |  "From"                  |  M.N.    |  no state change          |
   |  "From + Pending Out"    |  M.N.    |  no state change          |
   |  "Both"                  |  M.N.    |  no state change          |`,
  ],
  [
    'A.2.4',
    'outbound',
    'unsubscribed',
    `
   |  "None"                  |  S.N.    |  no state change [1]      |
   |  "None + Pending Out"    |  S.N.    |  no state change [1]      |
   |  "None + Pending In"     |  MUST    |  "None"                   |
   |  "None + Pending Out+In" |  MUST    |  "None + Pending Out"     |
   |  "To"                    |  S.N.    |  no state change [1]      |
   |  "To + Pending In"       |  MUST    |  "To"                     |
   |  "From"                  |  MUST    |  "None"                   |
   |  "From + Pending Out"    |  MUST    |  "None + Pending Out"     |
   |  "Both"                  |  MUST    |  "To"                     |`,
  ],
  [
    'A.3.1',
    'inbound',
    'subscribe',
    `
   |  "None"                  |  MUST [1]  |  "None + Pending In"     |
   |  "None + Pending Out"    |  MUST      |  "None + Pending Out+In" |
   |  "None + Pending In"     |  S.N.      |  no state change         |
   |  "None + Pending Out+In" |  S.N.      |  no state change         |
   |  "To"                    |  MUST      |  "To + Pending In"       |
   |  "To + Pending In"       |  S.N.      |  no state change         |
   |  "From"                  |  S.N. [2]  |  no state change         |
   |  "From + Pending Out"    |  S.N. [2]  |  no state change         |
   |  "Both"                  |  S.N. [2]  |  no state change         |`,
  ],
  [
    'A.3.2',
    'inbound',
    'unsubscribe',
    `
   |  "None"                  |  S.N.      |  no state change         |
   |  "None + Pending Out"    |  S.N.      |  no state change         |
   |  "None + Pending In"     |  MUST [1]  |  "None"                  |
   |  "None + Pending Out+In" |  MUST [1]  |  "None + Pending Out"    |
   |  "To"                    |  S.N.      |  no state change         |
   |  "To + Pending In"       |  MUST [1]  |  "To"                    |
   |  "From"                  |  MUST [1]  |  "None"                  |
   |  "From + Pending Out"    |  MUST [1]  |  "None + Pending Out"    |
   |  "Both"                  |  MUST [1]  |  "To"                    |`,
  ],
  [
    'A.3.3',
    'inbound',
    'subscribed',
    `
   |  "None"                  |  S.N.      |  no state change         |
   |  "None + Pending Out"    |  MUST      |  "To"                    |
   |  "None + Pending In"     |  S.N.      |  no state change         |
   |  "None + Pending Out+In" |  MUST      |  "To + Pending In"       |
   |  "To"                    |  S.N.      |  no state change         |
   |  "To + Pending In"       |  S.N.      |  no state change         |
   |  "From"                  |  S.N.      |  no state change         |
   |  "From + Pending Out"    |  MUST      |  "Both"                  |
   |  "Both"                  |  S.N.      |  no state change         |`,
  ],
  [
    'A.3.4',
    'inbound',
    'unsubscribed',
    `
   |  "None"                  |  S.N.      |  no state change         |
   |  "None + Pending Out"    |  MUST      |  "None"                  |
   |  "None + Pending In"     |  S.N.      |  no state change         |
   |  "None + Pending Out+In" |  MUST      |  "None + Pending In"     |
   |  "To"                    |  MUST      |  "None"                  |
   |  "To + Pending In"       |  MUST      |  "None + Pending In"     |
   |  "From"                  |  S.N.      |  no state change         |
   |  "From + Pending Out"    |  MUST      |  "From"                  |
   |  "Both"                  |  MUST      |  "From"                  |`,
  ],
]

// What the footnotes of each table add, by the words of its last two columns.
const NOTES: Readonly<Record<string, string>> = {
  'A.2.3 pre-approval [1]': 'approve',
  'A.2.4 no state change [1]': 'cancel-approval',
  'A.3.1 S.N. [2]': 'reply-subscribed',
  'A.3.2 MUST [1]': 'reply-unsubscribed',
}

/** `"None + Pending Out+In"` is `none+out+in`. */
function stateNamed(words: string): State {
  const name = words.replaceAll('"', '').replace(' + Pending ', '+').toLowerCase()
  const state = STATES.find((known) => known === name)
  assert.ok(state, `${words} names no state`)
  return state
}

for (const [section, direction, type, table] of TABLES) {
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((column) => column.trim()))
  void test(`RFC 6121 §${section} has a row for each of the nine states`, () => {
    assert.deepEqual(
      rows.map(([, state = '']) => stateNamed(state)),
      [...STATES],
    )
  })
  for (const [, state = '', pass = '', next = ''] of rows) {
    void test(`RFC 6121 §${section} ${direction} ${type} in ${state}: ${pass}, ${next}`, () => {
      const from = stateNamed(state)
      const cell = TRANSITIONS[direction][type][from]
      assert.equal(cell.pass, pass.startsWith('MUST'))
      assert.equal(cell.next, next.startsWith('"') ? stateNamed(next) : from)
      assert.equal(cell.also, NOTES[`${section} ${next}`] ?? NOTES[`${section} ${pass}`])
    })
  }
}

for (const state of STATES) {
  void test(`RFC 6121 §A.1 ${state} is taken apart and put together again`, () => {
    assert.equal(stateOf(partsOf(state)), state)
  })
}
