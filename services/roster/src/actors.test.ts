import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@jabiru/store'
import { NotOwner } from '@jabiru/wire'
import { from, house, iq, juliet, lease, own, romeo, settled } from './testing-house.ts'

void test('a read is answered while something is being said', async () => {
  const { handle, actors, hold, release } = house()
  await handle(from('subscribe'))
  await handle(own('subscribed'))
  hold('presence')
  const cancelled = handle(own('unsubscribed'))
  assert.equal((await actors.peek(lease, romeo))?.items.get(juliet)?.subscription, 'none')
  release('presence')
  await cancelled
})

void test('an owner whose token has gone says nothing and leaves the envelope to the next', async () => {
  const { handle, lines, takenOver } = house()
  await handle(iq('get'))
  lines.length = 0
  takenOver()
  await assert.rejects(handle(iq('set', `<item jid='${juliet}'/>`)), NotOwner)
  await assert.rejects(handle(from('subscribe')), NotOwner)
  assert.deepEqual(lines, [])
})

void test('a commit of unknown outcome is tried again until it is known', async () => {
  let failures = 2
  const { handle, lines, clock, faults } = house((store) => ({
    write: async (...change) => {
      const outcome = await store.write(...change)
      if (failures-- > 0) throw new StoreUnavailable('gone')
      return outcome
    },
  }))
  const done = handle(iq('set', `<item jid='${juliet}'/>`))
  while (lines.length === 0) {
    await settled()
    clock.advance(1000)
  }
  await done
  assert.equal(faults.length, 2)
  assert.equal(lines.length, 2)
})

void test('a request from a contact waits for a database that cannot be read', async () => {
  let failures = 4
  const failing =
    <A extends readonly unknown[], T>(read: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      failures-- % 2 === 0 ? Promise.reject(new StoreUnavailable('gone')) : read(...args)
  const { handle, lines, clock } = house(({ read, blocked }) => ({ read: failing(read), blocked: failing(blocked) }))
  const done = handle(from('subscribe'))
  while (lines.length === 0) {
    await settled()
    clock.advance(1000)
  }
  await done
  assert.match(lines.join(), /type='subscribe'/)
  assert.ok(failures <= 0)
})

void test('who loses the lease while the database is away gives up', async () => {
  const { handle, clock, lines, loseLease } = house(() => ({
    write: () => Promise.reject(new StoreUnavailable('gone')),
  }))
  const done = assert.rejects(handle(iq('set', `<item jid='${juliet}'/>`)), NotOwner)
  await settled()
  loseLease()
  clock.advance(1000)
  await done
  assert.deepEqual(lines, [])
})

void test('a fault of ours is answered without saying which', async () => {
  const { handle, lines, faults } = house(() => ({ read: () => Promise.reject(new Error('our secret')) }))
  await handle(iq('get'))
  assert.ok(lines[0]?.includes('<internal-server-error '))
  assert.ok(!lines[0]?.includes('secret'))
  assert.equal(faults.length, 1)
})

void test('an account that is removed says farewell and leaves nothing', async () => {
  const { handle, lines, store } = house()
  await handle(from('subscribe'))
  await handle(own('subscribed'))
  lines.length = 0
  store.closeAccount(romeo)
  await handle({ k: 'account-removed', account: romeo })
  assert.deepEqual(lines, ["roster <presence from='romeo@example.net' to='juliet@example.net' type='unsubscribed'/>"])
  assert.equal((await store.read(romeo))?.items.size, 0)
})

void test('an account that nobody has touched is put to sleep, and wakes with what is committed', async () => {
  const { handle, actors, lines } = house()
  await handle(iq('set', `<item jid='${juliet}'/>`))
  actors.sleep(Number.POSITIVE_INFINITY)
  lines.length = 0
  await handle(iq('get'))
  assert.ok(lines[0]?.includes(`<item jid='${juliet}' subscription='none'/>`))
})
