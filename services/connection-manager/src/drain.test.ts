import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { subjects } from '@jabiru/wire'
import { drain } from './drain.ts'
import { RawClient } from './testing/client.ts'
import { seat, seatManaged } from './testing/guest.ts'
import { startHouse } from './testing/house.ts'
import { WebClient } from './testing/web-client.ts'

/** So many streams, and how many of them have been told so far. */
function streamsOf(count: number) {
  let told = 0
  return { streams: Array.from({ length: count }, () => () => void told++), told: () => told }
}

test('RFC 6120 §4.9.3.20 on leaving every stream is told, and its session may be resumed', async () => {
  await using house = await startHouse()
  const { client } = await seatManaged(house)
  const early = await RawClient.tcp(house.port)
  while (house.cm.connections() < 2) await new Promise<void>((resolve) => void setImmediate(resolve))
  const left = house.cm[Symbol.asyncDispose]()
  assert.match(await client.end(), /<system-shutdown .*<\/stream:stream>$/)
  assert.match(await early.end(), /<stream:stream .*<system-shutdown .*<\/stream:stream>$/)
  assert.equal((await house.owner.next('gone')).closed, false)
  await left
  await assert.rejects(RawClient.tcp(house.port))
})

test('streams end at the rate that is set', async () => {
  const clock = createManualClock()
  const { streams, told } = streamsOf(1000)
  const drained = drain({ clock, terms: { perSecond: 100, deadlineMs: 60_000 }, streams })
  assert.equal(told(), 1)
  clock.advance(1000)
  assert.equal(told(), 101)
  clock.advance(8000)
  assert.equal(told(), 901)
  clock.advance(1000)
  await drained
  assert.equal(told(), 1000)
})

test('the rate is higher where the deadline would not be met', async () => {
  const clock = createManualClock()
  const { streams, told } = streamsOf(1000)
  const drained = drain({ clock, terms: { perSecond: 1, deadlineMs: 500 }, streams })
  clock.advance(250)
  assert.equal(told(), 501)
  clock.advance(250)
  await drained
  assert.equal(told(), 1000)
})

test('without terms all end at once, and none is not waited for', async () => {
  const clock = createManualClock()
  const { streams, told } = streamsOf(1000)
  await drain({ clock, terms: undefined, streams })
  assert.equal(told(), 1000)
  await drain({ clock, terms: { perSecond: 1, deadlineMs: 1000 }, streams: [] })
})

test('while one stream after the other ends the others go on, and it tells how far it is', async () => {
  await using house = await startHouse({ drain: { perSecond: 1, deadlineMs: 60_000 } })
  const first = await seatManaged(house)
  const second = await seat(house, 'bob')
  const left = house.cm[Symbol.asyncDispose]()
  assert.match(await first.client.end(), /<system-shutdown/)
  assert.deepEqual(house.told, [{ left: 2, of: 2 }])
  second.client.send('<presence/>')
  assert.equal((await house.owner.next('out')).account, second.account)
  house.clock.advance(1000)
  assert.match(await second.client.end(), /<system-shutdown/)
  assert.equal((await house.owner.next('gone')).account, first.account)
  assert.equal((await house.owner.next('gone')).account, second.account)
  await left
  assert.deepEqual(house.told.at(-1), { left: 0, of: 2 })
})

test('owners are told that it has left once they know of every socket that is gone', async () => {
  await using house = await startHouse()
  await seatManaged(house)
  const left = Promise.withResolvers<string>()
  house.bus.subscribe(subjects.managersLeft, ({ payload }) => {
    left.resolve(`${payload} after ${house.owner.heard.map(({ k }) => k).join(' ')}`)
  })
  await house.cm[Symbol.asyncDispose]()
  assert.equal(await left.promise, '{"id":"cm","epoch":1} after gone')
})

test('RFC 6120 §4.9.3.19 clients with a session are sent to another host where one is set, and may resume there', async () => {
  await using house = await startHouse({ seeOtherHost: 'other.example.org:5222' })
  const { client } = await seatManaged(house)
  const early = await RawClient.tcp(house.port)
  await early.open().until('</stream:features>')
  const web = await (await WebClient.connect(`ws://127.0.0.1:${house.cm.addresses().http}/ws`)).login('carol')
  const left = house.cm[Symbol.asyncDispose]()
  assert.match(await client.end(), /<see-other-host [^>]*>other\.example\.org:5222<\/see-other-host><\/stream:error>/)
  // Not before TLS.
  assert.match(await early.end(), /<system-shutdown/)
  // RFC 7395 §3.6.1: a host is no URI.
  assert.match((await web.end()).join(''), /<system-shutdown/)
  assert.equal((await house.owner.next('gone')).closed, false)
  await left
})
