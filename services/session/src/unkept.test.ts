// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { el } from '@jabiru/xml'
import { startHouse } from './testing/house.ts'
import { pass, passUntil } from './testing/time.ts'

const house = await startHouse({ partitions: 2, apart: true })
after(() => house[Symbol.asyncDispose]())

/** A device with a session that can be resumed, while a new owner may be waiting for introductions. */
async function connect() {
  const device = await passUntil(house, house.connect(await house.account()))
  await device.available()
  await device.enable()
  return device
}

/** Nobody keeps it. XEP-0334 §4.2. */
const PASSING = el('no-store', 'urn:xmpp:hints')

test('a message that nobody keeps does not count before a connection manager has it', async (t) => {
  const [alice, bob] = [await connect(), await connect()]
  await bob.all()
  const { promise, resolve } = Promise.withResolvers<void>()
  const hear = () => {
    house.hearing = undefined
    resolve()
  }
  t.after(hear)
  house.hearing = promise
  let counted = false
  const sent = alice.message(bob.account, 'passing', PASSING).then(() => (counted = true))
  await pass(house, 1_000)
  assert.equal(counted, false)
  hear()
  await passUntil(house, sent)
  assert.deepEqual(await bob.texts(), ['passing'])
})

for (const how of ['killed', 'stalled'] as const) {
  test(`a message that nobody keeps, and that was not taken from an owner that is ${how}, comes from the next one`, async () => {
    const [alice, bob] = [await connect(), await connect()]
    await bob.all()
    const { promise, reject } = Promise.withResolvers<void>()
    promise.catch(() => undefined)
    house.hearing = promise
    const sent = alice.message(bob.account, 'passing', PASSING)
    await pass(house, 500)
    await house.die(how)
    house.hearing = undefined
    reject(new Error('what comes from who was replaced is dropped'))
    await passUntil(house, sent)
    assert.deepEqual(await passUntil(house, bob.texts()), ['passing'])
  })
}
