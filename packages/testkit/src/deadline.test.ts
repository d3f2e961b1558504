import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadline, NotReceived } from './deadline.ts'
import { merge, Transcript } from './transcript.ts'

void test('a deadline names what was awaited and tells what happened, in the order it did', async () => {
  using deadline = new Deadline(1)
  const [romeo, juliet] = [deadline.transcript('romeo'), deadline.transcript('juliet')]
  romeo.add('C', '<presence/>')
  juliet.add('S', '<message/>')
  romeo.add('S', '<iq/>')
  deadline.witness(() => 'the server said nothing')
  const never = Promise.withResolvers<undefined>().promise
  await assert.rejects(deadline.wait('the roster', never), (error) => {
    assert.ok(error instanceof NotReceived)
    assert.match(error.message, /1 ms passed while awaiting the roster\n\n/)
    assert.match(
      error.message,
      / romeo C: <presence\/>\n +\d+ juliet S: <message\/>\n +\d+ romeo S: <iq\/>\n\nthe server said/,
    )
    return true
  })
  await assert.rejects(deadline.wait('more', Promise.resolve(1)), /awaiting more/)
})

void test('a wait that ends in time gives what the promise gave', async () => {
  using deadline = new Deadline(60_000)
  assert.equal(await deadline.wait('a number', Promise.resolve(7)), 7)
  await assert.rejects(deadline.wait('a number', Promise.reject(new Error('no'))), /^Error: no$/)
})

void test('a transcript keeps its end and shortens what is long', () => {
  const transcript = new Transcript('romeo')
  for (let n = 0; n < 500; n += 1) transcript.add('S', `line ${n}`)
  transcript.add('S', 'x'.repeat(5000))
  const text = merge([transcript], 0)
  assert.match(text, /101 earlier lines/)
  assert.doesNotMatch(text, /line 100\b/)
  assert.match(text, /line 499\n.*x…\[3000 more\]…x/)
})
