import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFullJid } from '@jabiru/jid'
import { stanza } from '@jabiru/stanza'
import type { LaneEnvelope } from '@jabiru/wire'
import { RawClient } from './testing/client.ts'
import { message, seat } from './testing/guest.ts'
import { startHouse } from './testing/house.ts'

const CSI = `xmlns='urn:xmpp:csi:0'`
const from = (resource: string) => stanza({ name: 'presence', from: parseFullJid(`romeo@montague.lit/${resource}`) })

test('XEP-0352 §4 it is announced once the client is authenticated', async () => {
  await using house = await startHouse()
  const client = await RawClient.tls(house.tlsPort)
  assert.ok(!(await client.open().until('</stream:features>')).includes('csi'))
  await client.plain('alice', 'secret').until(/<success[^>]*>/)
  assert.ok((await client.open().until('</stream:features>')).includes(`<csi ${CSI}/>`))
})

test('XEP-0352 §5 what the client tells goes to the owner, in its place among the stanzas', async () => {
  await using house = await startHouse()
  const { client, session } = await seat(house)
  client.send(`<inactive ${CSI}/><presence/><active ${CSI}/>`)
  const inactive = await house.owner.next('csi')
  assert.deepEqual([inactive.session, inactive.active], [session, false])
  await house.owner.next('out')
  assert.equal((await house.owner.next('csi')).active, true)
})

test('XEP-0352 §5 what waits at the owner is told to the next one, the latest of each, until it is delivered', async () => {
  await using house = await startHouse()
  const { client, at, account, deliver } = await seat(house)
  const { endpoint } = house.owner
  const part = endpoint.partitionOf(account)
  const hold = (key: string, resource: string) =>
    house.owner.say(at, account, { k: 'hold', conn: at.conn, key, stanza: from(resource) })
  const introducedTo = async (token: number) => {
    const told: LaneEnvelope[] = []
    const introduced = Promise.withResolvers<void>()
    endpoint.serve('session', part, token, (envelope) => {
      if (envelope.k === 'held') told.push(envelope)
      if (envelope.k === 'introduced') introduced.resolve()
    })
    endpoint.announce('session', () => [[part, token]])
    await introduced.promise
    return told.map((one) => one.k === 'held' && one.stanza.from)
  }
  hold('a', 'first')
  hold('b', 'other')
  hold('a', 'latest')
  // Said in this order, it has been heard when the message has.
  deliver(1, message('one'))
  await client.until(`id='one'`)
  assert.deepEqual(await introducedTo(8), [])
  const held = (resource: string) =>
    endpoint.sendDown(at.cm, {
      part,
      token: 8,
      k: 'hold',
      conn: at.conn,
      key: resource.slice(0, 1),
      stanza: from(resource),
    })
  await Promise.all([held('a1'), held('b1'), held('a2')])
  assert.deepEqual(await introducedTo(9), ['romeo@montague.lit/a2', 'romeo@montague.lit/b1'])
})
