import assert from 'node:assert/strict'
import type { Device } from '@jabiru/testkit'
import { checkLatencies, latencies, MESSAGES } from './bystander.ts'
import { hasty, narrow, story } from './stage.ts'
import { filler } from './words.ts'

const MB = 1024 * 1024

/** Writes the same text again and again, as fast as the server takes it, until `enough`. Gives the bytes written. */
async function flood(device: Device, text: string, enough: () => boolean): Promise<number> {
  const { connection } = device
  let bytes = 0
  while (!enough()) {
    connection.pour(text)
    bytes += text.length
    await connection.transport.drained()
  }
  return bytes
}

story(
  'RFC 6120 §13.12 — one who floods another does not hold up a bystander',
  async ({ romeo, juliet, tybalt, nurse }) => {
    for (const actor of [romeo, juliet, tybalt, nurse]) await actor.comesOnline()
    const message = `<message to='${romeo.phone.jid}' type='headline'><body>${filler(200)}</body></message>`
    const state = { done: false }
    romeo.phone.connection.divert = () => true // is read, and let go of
    const flooding = flood(tybalt.phone, message.repeat(100), () => state.done)
    try {
      checkLatencies(await latencies(juliet.phone, nurse.phone, MESSAGES))
    } finally {
      state.done = true
    }
    assert.ok((await flooding) > 0)
  },
)

story(
  'RFC 6120 §13.12 — one who asks without end and never reads the answers is not listened to for ever',
  async (stage) => {
    const { juliet, tybalt, nurse, house } = stage
    for (const actor of [juliet, tybalt, nurse]) await actor.comesOnline()
    const before = await house.memory()
    tybalt.phone.stopsReading()
    const ping = `<iq type='get' id='p' to='${house.domain}'><ping xmlns='urn:xmpp:ping'/></iq>`
    const state = { done: false }
    const flooding = flood(tybalt.phone, ping.repeat(500), () => state.done)
    try {
      checkLatencies(await latencies(juliet.phone, nurse.phone, MESSAGES))
    } finally {
      state.done = true
    }
    tybalt.phone.vanishes()
    await flooding
    const grown = ((await house.memory()) - before) / MB
    assert.ok(grown < 250, `the server has grown by ${grown.toFixed(0)} MB`)
  },
)

story('RFC 6120 §13.12 — what is sent to a client that never reads takes a bounded part of memory', async (stage) => {
  const { romeo, juliet, tybalt, nurse, house } = stage
  for (const actor of [romeo, juliet, tybalt, nurse]) await actor.comesOnline()
  tybalt.phone.stopsReading()
  const before = await house.memory()
  const message = `<message to='${tybalt.phone.jid}' type='headline'><body>${filler(100_000)}</body></message>`
  const volume = 300 * MB
  const state = { sent: 0 }
  const flooding = flood(romeo.phone, message, () => {
    state.sent += message.length
    return state.sent > volume
  })
  checkLatencies(await latencies(juliet.phone, nurse.phone, MESSAGES))
  await flooding
  await romeo.phone.pingsItself()
  const grown = ((await house.memory()) - before) / MB
  assert.ok(grown < 250, `of ${volume / MB} MB that nobody read, the server has kept ${grown.toFixed(0)} MB`)
})

hasty(
  'RFC 6120 §13.12 — three hundred who only connect are all sent away, and a client logs in among them',
  async (stage) => {
    const strangers = await Promise.all(Array.from({ length: 300 }, () => stage.stranger()))
    await stage.romeo.comesOnline()
    await stage.romeo.phone.pingsItself()
    for (const { connection } of strangers) await connection.closed()
    await stage.romeo.phone.pingsItself()
  },
)

narrow(
  'RFC 6120 §13.12 — one address has only so many connections, and has them again when some are gone',
  async (stage) => {
    const taken = [await stage.stranger(), await stage.stranger(), await stage.stranger(), await stage.stranger()]
    for (const stranger of taken) await stranger.opens()
    const fifth = await stage.stranger()
    await fifth.connection.closed()
    const [first] = taken
    first?.writes('</stream:stream>')
    await first?.connection.ended()
    await stage.romeo.comesOnline()
  },
)
