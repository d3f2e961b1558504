import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import { parseBareJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import { createEndpoint } from './endpoint.ts'
import type { LaneEnvelope } from './envelope.ts'

const message: LaneEnvelope = {
  k: 'in',
  accounts: [parseBareJid('juliet@capulet.lit')],
  stanza: stanzaOf({ name: 'message', id: 'm1' }, [], '<body/>'),
}

/** A bus that notes what goes over it. */
function tapped() {
  const bus = createInProcessBus()
  const subjects: string[] = []
  const publish = (subject: string, payload: string) => {
    subjects.push(subject)
    bus.publish(subject, payload)
  }
  return { bus: { ...bus, publish }, subjects }
}

test('what goes to a partition of the same process, and its acknowledgement, stays in it, and comes in a later turn', async () => {
  const { bus, subjects } = tapped()
  const endpoint = createEndpoint({ bus, self: { id: 'one', epoch: 1 }, partitions: 1, onFault: assert.ifError })
  let inTheMidst = true
  const got: LaneEnvelope[] = []
  const lane = endpoint.serve('session', 0, 1, (envelope) => {
    assert.equal(inTheMidst, false)
    got.push(envelope)
  })
  const announced = endpoint.announce('session', () => [[0, 1]])
  const sent = Promise.all([endpoint.send('session', 0, message), endpoint.send('session', 0, message)])
  inTheMidst = false
  await sent
  assert.deepEqual(got, [message, message])
  assert.deepEqual(
    subjects.filter((subject) => /\.(up|ack)\./.test(subject)),
    [],
  )
  lane.close()
  announced.close()
  endpoint.close()
})

test('what goes to a partition that has moved to another process goes over the bus', async () => {
  const { bus, subjects } = tapped()
  const endpointOf = (id: string) =>
    createEndpoint({ bus, self: { id, epoch: 1 }, partitions: 1, onFault: assert.ifError })
  const [one, other] = [endpointOf('one'), endpointOf('other')]
  let token = 1
  const first = one.serve('session', 0, 1, () => undefined)
  const announced = one.announce('session', () => [[0, token]])
  await one.send('session', 0, message)
  first.close()
  const got: LaneEnvelope[] = []
  const second = other.serve('session', 0, 2, (envelope) => void got.push(envelope))
  token = 2
  announced.again()
  await one.send('session', 0, message)
  assert.deepEqual(got, [message])
  assert.ok(subjects.includes('v1.up.session.0.2'))
  second.close()
  announced.close()
  for (const each of [one, other]) each.close()
})
