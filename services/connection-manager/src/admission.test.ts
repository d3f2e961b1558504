import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { createAdmission } from './admission.ts'
import { RawClient } from './testing/client.ts'
import { startHouse } from './testing/house.ts'
import { WebClient } from './testing/web-client.ts'

function door(perSecond: () => number) {
  const clock = createManualClock()
  const entered: number[] = []
  const admission = createAdmission({ clock, perSecond })
  const come = (many: number) => {
    for (let n = 0; n < many; n++) admission.admit(() => void entered.push(n))
  }
  return { clock, entered, admission, come }
}

test('so many a second are let in, in the order in which they came, and a quarter of them at once', () => {
  const { clock, entered, admission, come } = door(() => 100)
  come(200)
  assert.equal(entered.length, 25)
  for (let ms = 0; ms < 1_000; ms += 10) clock.advance(10)
  assert.equal(entered.length, 125)
  assert.equal(admission.waiting(), 75)
  for (let ms = 0; ms < 1_000; ms += 10) clock.advance(10)
  assert.deepEqual(
    entered,
    Array.from({ length: 200 }, (_, n) => n),
  )
  assert.equal(admission.waiting(), 0)
})

test('who comes one by one never waits', () => {
  const { clock, entered, come } = door(() => 10)
  for (let n = 1; n <= 50; n++) {
    clock.advance(100)
    come(1)
    assert.equal(entered.length, n)
  }
})

test('a rate that is shared with more counts from then on', () => {
  let rate = 100
  const { clock, entered, come } = door(() => rate)
  come(100)
  rate = 10
  for (let ms = 0; ms < 1_000; ms += 10) clock.advance(10)
  assert.ok(entered.length <= 25 + 11, `${entered.length} were let in`)
})

test('nobody is let in any more once it is closed', () => {
  const { clock, entered, admission, come } = door(() => 100)
  come(30)
  admission.close()
  clock.advance(1_000)
  assert.equal(entered.length, 25)
})

test('RFC 6120 §13.12 who comes too fast waits for a turn, unread, and is served then', async () => {
  await using house = await startHouse({ limits: { loginsPerSecond: 1 } })
  const [first, second] = [await RawClient.tcp(house.port), await RawClient.tcp(house.port)]
  await first.open().until('</stream:features>')
  second.open()
  assert.equal(house.cm.connections(), 1)
  house.clock.advance(1_000)
  await second.until('</stream:features>')
  assert.equal(house.cm.connections(), 2)
})

test('RFC 7395 §3.1 a WebSocket that comes too fast is answered when it is its turn', async () => {
  await using house = await startHouse({ limits: { loginsPerSecond: 1 } })
  const { http = 0 } = house.cm.addresses()
  await WebClient.connect(`ws://127.0.0.1:${http}/ws`)
  const second = await RawClient.tcp(http)
  second.send(
    'GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  // By the time that this is answered the other has been read.
  await fetch(`http://127.0.0.1:${http}/.well-known/host-meta`)
  assert.equal(house.cm.connections(), 1)
  house.clock.advance(1_000)
  await second.until('101 Switching Protocols')
  assert.equal(house.cm.connections(), 2)
})
