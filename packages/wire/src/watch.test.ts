import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import { parseBareJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import { createEndpoint } from './endpoint.ts'
import type { LaneEnvelope } from './envelope.ts'
import { decodeFrame, encodeFrame } from './frame.ts'

const stanza = stanzaOf({ name: 'message', id: 'm1' }, [], '<body/>')
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const message: LaneEnvelope = { k: 'in', accounts: [parseBareJid('juliet@capulet.lit')], stanza, trace }

test('W3C Trace Context §3.2 the trace of an envelope comes through as it is', () => {
  const frame = { stream: 's~1', from: { id: 'a', epoch: 1 }, base: 1, first: 1, high: 1, envelopes: [message] }
  assert.deepEqual(decodeFrame(encodeFrame(frame)).envelopes, [message])
})

test('who watches an endpoint sees leases come and go, what waits, and what is sent once more', async () => {
  const bus = createInProcessBus()
  const onFault = (fault: unknown) => assert.fail(String(fault))
  const seen: unknown[] = []
  const watch = {
    onResent: (envelopes: number) => void seen.push(['resent', envelopes]),
    onLease: (group: string, change: string) => void seen.push([group, change]),
  }
  const owner = createEndpoint({ bus, self: { id: 'owner', epoch: 1 }, partitions: 1, onFault, watch })
  const sender = createEndpoint({ bus, self: { id: 'sender', epoch: 1 }, partitions: 1, onFault, watch })
  let token = 1
  const announced = owner.announce('session', () => [[0, token]])
  const got = Promise.withResolvers<undefined>()
  const first = owner.serve('session', 0, 1, () => {
    got.resolve(undefined)
    // Never committed: the next owner gets it.
    return new Promise(() => undefined)
  })
  const sent = sender.send('session', 0, message)
  assert.deepEqual(sender.windows(), [{ to: 'session', bytes: 263, envelopes: 1 }])
  await got.promise
  first.close()
  const second = owner.serve('session', 0, 2, () => undefined)
  token = 2
  announced.again()
  await sent
  assert.deepEqual(sender.windows(), [{ to: 'session', bytes: 0, envelopes: 0 }])
  second.close()
  assert.deepEqual(seen, [
    ['session', 'taken'],
    ['session', 'left'],
    ['session', 'taken'],
    ['resent', 1],
    ['session', 'left'],
  ])
  announced.close()
  for (const each of [owner, sender]) each.close()
})
