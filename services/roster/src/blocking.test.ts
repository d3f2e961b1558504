import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stanza } from '@jabiru/stanza'
import { from, house, juliet, orchard, own, romeo } from './testing-house.ts'

const login = (at: ReturnType<typeof house>) =>
  at.handle({
    k: 'availability',
    account: romeo,
    session: orchard,
    stanza: stanza({ name: 'presence' }),
    initial: true,
  })

for (const type of ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed']) {
  test(`XEP-0191 §3.3 ${type} of who is blocked is neither delivered, answered nor kept`, async () => {
    const at = house()
    at.store.block(romeo, juliet)
    await at.handle(from(type))
    assert.equal(at.lines.length, 0)
    assert.equal((await at.store.read(romeo))?.requests.size, 0)
    assert.deepEqual(at.faults, [])
  })
}

test('XEP-0191 §3.3 one who was approved beforehand is not answered while blocked', async () => {
  const at = house()
  await at.handle(own('subscribed'))
  at.store.block(romeo, juliet)
  at.lines.splice(0)
  await at.handle(from('subscribe'))
  assert.equal(at.lines.length, 0)
  at.store.block(romeo)
  await at.handle(from('subscribe'))
  assert.ok(at.lines.some((line) => line.includes("type='subscribed'")))
})

test('XEP-0191 §3.3 a subscription that a blocked contact ends has ended, and the stanza is not delivered', async () => {
  const at = house()
  await at.handle(from('subscribe'))
  await at.handle(own('subscribed'))
  at.store.block(romeo, juliet)
  at.lines.splice(0)
  await at.handle(from('unsubscribe'))
  assert.deepEqual(at.lines, ['session from to none', 'presence from to none'])
  assert.equal((await at.store.read(romeo))?.items.get(juliet)?.subscription, 'none')
})

test('XEP-0191 §3.3 a request that came before the block waits for the end of it', async () => {
  const at = house()
  await at.handle(from('subscribe'))
  at.store.block(romeo, juliet)
  at.lines.splice(0)
  await login(at)
  assert.equal(at.lines.length, 0)
  at.store.block(romeo)
  await login(at)
  assert.equal(at.lines.length, 1)
  assert.ok(at.lines[0]?.includes("type='subscribe'"))
})

test('XEP-0191 §3.3 who is blocked is not asked again at a login', async () => {
  const at = house()
  await at.handle(own('subscribe'))
  at.store.block(romeo, juliet)
  at.lines.splice(0)
  await login(at)
  assert.equal(at.lines.length, 0)
})
