import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FullJid, parseFullJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { type Stanza, stanza, withHead } from '@jabiru/stanza'
import type { Appended } from '@jabiru/store'
import { NotOwner } from '@jabiru/wire'
import { sendIq } from './iq.ts'
import { sendMessage } from './message.ts'
import { awake, ear, message, sessionOf } from './testing/account.ts'

/** A message of an account whose row is in the writer's hands. */
function leaving() {
  const account = awake()
  const row = Promise.withResolvers<Appended>()
  const routed: string[] = []
  const route = async ({ name }: Stanza) => void routed.push(name)
  const deps = { give: () => {}, inHands: () => {}, append: () => row.promise, now: () => 0, onFault: assert.ifError }
  const egress = { ...ear().egress, route, close: async () => {}, toOwner: async () => {}, isServed: () => true }
  const session = sessionOf(account, 'phone')
  const to = parseFullJid('romeo@montague.lit/orchard')
  const hello = withHead(message('hello'), { to })
  const sent = sendMessage({ ...deps, egress }, account, session, { n: 1, stanza: hello })
  const answers = () => sendIq({ ...iqs, egress }, account, session, resultStanza(to))
  return { row, routed, sent, answers }
}

const iqs = {
  clock: createManualClock(),
  iqTimeoutMs: 1000,
  features: [],
  mayAsk: async () => true,
  onFault: (fault: unknown) => assert.ifError(fault),
}

const resultStanza = (to: FullJid) => stanza({ name: 'iq', type: 'result', id: 'q', to })

test('RFC 6120 §10.1 what needs not be kept leaves after the message that was sent before it', async () => {
  const { row, routed, sent, answers } = leaving()
  const answered = answers()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(routed, [])
  row.resolve({ outcome: 'written' })
  await Promise.all([sent, answered])
  assert.deepEqual(routed, ['message', 'iq'])
})

for (const outcome of [{ outcome: 'written' }, { outcome: 'duplicate', position: 1 }] as const) {
  test(`nobody has a message before its sender's own row stands: ${outcome.outcome}`, async () => {
    const { row, routed, sent } = leaving()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(routed, [])
    row.resolve(outcome)
    await sent
    assert.deepEqual(routed, ['message'])
  })
}

test('a message whose row is for another owner to write is for another owner to send', async () => {
  const { row, routed, sent } = leaving()
  row.resolve({ outcome: 'fenced' })
  await assert.rejects(sent, NotOwner)
  assert.deepEqual(routed, [])
})
