import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NobodyListens, RequestTimeout } from '@jabiru/bus'
import { createAsking } from './asking.ts'
import { MOVED } from './reads.ts'
import { handClock } from './testing.ts'

/** Questions wait for what the test answers; the clock stands still but for what it is told. */
function scene() {
  const asked: {
    readonly subject: string
    readonly timeoutMs: number
    readonly answered: PromiseWithResolvers<string>
  }[] = []
  const { clock, pass } = handClock()
  const owner = { token: 7 }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const ask = createAsking({
    bus: {
      request: (subject, _, { timeoutMs }) => {
        const answered = Promise.withResolvers<string>()
        asked.push({ subject, timeoutMs, answered })
        return answered.promise
      },
    },
    clock,
    owners: { token: () => owner.token, ask: () => undefined },
  })
  const passes = async (ms: number) => {
    pass(ms)
    await settled()
  }
  return { ask, asked, owner, passes, settled }
}

test('the first answer counts, though the question has been asked once more meanwhile', async () => {
  const { ask, asked, passes } = scene()
  const answer = ask('roster', 3, 'who')
  await passes(2_000)
  await passes(4_000)
  assert.deepEqual(
    asked.map(({ timeoutMs }) => timeoutMs),
    [10_000, 8_000, 4_000],
  )
  asked[0]?.answered.resolve('me')
  assert.equal(await answer, 'me')
})

test('a question that was lost is answered when it is asked again', async () => {
  const { ask, asked, passes } = scene()
  const answer = ask('roster', 3, 'who')
  await passes(2_000)
  asked[1]?.answered.resolve('me')
  assert.equal(await answer, 'me')
})

test('who has moved is followed, and what the last owner still says is not waited for', async () => {
  const { ask, asked, owner, passes, settled } = scene()
  const answer = ask('roster', 3, 'who')
  asked[0]?.answered.resolve(MOVED)
  await settled()
  owner.token = 8
  await passes(100)
  assert.notEqual(asked[0]?.subject, asked[1]?.subject)
  asked[1]?.answered.resolve('me')
  assert.equal(await answer, 'me')
})

test('without an answer in time, or without an owner, it is refused', async () => {
  const { ask, asked, passes, settled } = scene()
  const unanswered = ask('roster', 3, 'who')
  asked[0]?.answered.reject(new RequestTimeout('no answer'))
  await assert.rejects(unanswered, RequestTimeout)
  const alone = ask('roster', 3, 'who')
  const refused = assert.rejects(alone, NobodyListens)
  for (let ms = 0; ms <= 11_000; ms += 100) {
    for (const { answered } of asked) answered.reject(new NobodyListens('nobody'))
    await settled()
    await passes(100)
  }
  await refused
})
