import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import type { UpEnvelope } from '@jabiru/wire'
import { Link } from './link.ts'
import { message } from './testing/guest.ts'
import { LIMITS } from './testing/house.ts'

/** A link whose system takes what is written when the test says so. */
function linked() {
  const said: UpEnvelope[] = []
  const taken: (() => void)[] = []
  const up = (envelope: UpEnvelope) => {
    said.push(envelope)
    return Promise.resolve()
  }
  const lanes = {
    up,
    say: up,
    isFull: () => false,
    whenOpen: () => undefined,
    seat: () => undefined,
    unseat: () => undefined,
    settled: () => Promise.resolve(),
  }
  const link = new Link({
    account: parseBareJid('alice@localhost'),
    session: { jid: parseFullJid('alice@localhost/balcony'), gen: '7.1' },
    at: { cm: { id: 'cm', epoch: 1 }, conn: 'c1' },
    lanes,
    clock: createManualClock(),
    limits: LIMITS,
    write: (_, whenTaken) => void (whenTaken && taken.push(whenTaken)),
    onFault: assert.ifError,
    onProgress: () => undefined,
  })
  const deliver = (n: number) => link.deliver({ conn: 'c', n }, message(`m${n}`), `<message id='m${n}'/>`)
  const systemTakes = (many: number) => {
    for (const take of taken.splice(0, many)) take()
  }
  const words = () => said.map((envelope) => (envelope.k === 'confirm' ? `confirm ${envelope.h}` : envelope.k))
  return { link, deliver, systemTakes, words }
}

const turn = () => new Promise((resolve) => void setImmediate(resolve))

test('without stream management what the system takes after a client has gone by itself is not confirmed', async () => {
  const { link, deliver, systemTakes, words } = linked()
  for (const n of [1, 2, 3]) deliver(n)
  systemTakes(1)
  link.leave(true)
  link.lost()
  assert.deepEqual(words(), ['confirm 1', 'gone'])
  systemTakes(2)
  await turn()
  assert.deepEqual(words(), ['confirm 1', 'gone'])
})

test('without stream management a client that the server sends away has what the system takes', async () => {
  const { link, deliver, systemTakes, words } = linked()
  for (const n of [1, 2, 3]) deliver(n)
  systemTakes(1)
  link.leave(true)
  await turn()
  assert.deepEqual(words(), ['confirm 1'])
  systemTakes(2)
  await turn()
  assert.deepEqual(words(), ['confirm 1', 'confirm 3', 'gone'])
})

test('without stream management what the system has not taken when the socket is lost is not confirmed', async () => {
  const { link, deliver, systemTakes, words } = linked()
  for (const n of [1, 2]) deliver(n)
  link.leave(false)
  systemTakes(1)
  link.lost()
  systemTakes(1)
  await turn()
  assert.deepEqual(words(), ['confirm 1', 'gone'])
})
