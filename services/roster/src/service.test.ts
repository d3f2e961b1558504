// Slow: an embedded database.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import { systemClock } from '@jabiru/cluster'
import { type BareJid, parseBareJid, parseDomain, withResource } from '@jabiru/jid'
import { createLog } from '@jabiru/runtime'
import { NS, renderStanza, type Stanza, stanza, stanzaFrom } from '@jabiru/stanza'
import { migrate } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'
import { createEndpoint, type Group, type LaneEnvelope } from '@jabiru/wire'
import { parseElement } from '@jabiru/xml'
import { createRoster } from './service.ts'

const PARTITIONS = 4
const romeo = parseBareJid('romeo@example.net')
const juliet = parseBareJid('juliet@example.net')

/** The roster service on a real bus and database; session and presence are there and commit what they hear. */
async function startHouse() {
  const database = await openScratch()
  await migrate(database)
  for (const jid of [romeo, juliet])
    await database.query("insert into account (jid, credentials) values ($1, '{}')", [jid])
  const bus = createInProcessBus()
  const faults: unknown[] = []
  const endpointOf = (id: string) =>
    createEndpoint({ bus, self: { id, epoch: 1 }, partitions: PARTITIONS, onFault: (fault) => void faults.push(fault) })
  const [own, session, presence] = [endpointOf('roster'), endpointOf('session'), endpointOf('presence')]
  const heard: string[] = []
  const everything = Array.from({ length: PARTITIONS }, (_, part) => [part, 1] as const)
  const listeners = (['session', 'presence'] as const).flatMap((group) => {
    const endpoint = group === 'session' ? session : presence
    const lanes = everything.map(([part, token]) =>
      endpoint.serve(group, part, token, (envelope) => void heard.push(lineOf(group, envelope))),
    )
    return [...lanes, endpoint.announce(group, () => everything)]
  })
  const roster = createRoster(
    { domains: [parseDomain('example.net')] },
    {
      bus,
      endpoint: own,
      database,
      clock: systemClock,
      now: () => 1000,
      leasing: { partitions: PARTITIONS, ttlMs: 10_000, alone: true },
      log: createLog({ level: 'error', format: 'json' }),
    },
  )
  await roster.ready()
  return {
    heard,
    faults,
    session,
    send: (envelope: LaneEnvelope & { account: BareJid }) =>
      session.send('roster', session.partitionOf(envelope.account), envelope),
    [Symbol.asyncDispose]: async () => {
      await roster[Symbol.asyncDispose]()
      for (const listener of listeners) listener.close()
      for (const endpoint of [own, session, presence]) endpoint.close()
      await bus.close()
      await database.close()
    },
  }
}

function lineOf(group: Group, envelope: LaneEnvelope): string {
  if (envelope.k === 'in') return `${group} ${renderStanza(envelope.stanza)}`
  if (envelope.k === 'roster-changed') return `${group} ${envelope.account} ${envelope.item}`
  return `${group} ${envelope.k}`
}

const own = (account: BareJid, said: Stanza) =>
  ({ k: 'own', account, session: { jid: withResource(account, 'home'), gen: '1.1' }, stanza: said }) as const
const presence = (from: BareJid, type: string, to: BareJid) => own(from, stanza({ name: 'presence', type, from, to }))

void test('RFC 6121 §3 two accounts subscribe to each other, through the bus and the database', async () => {
  await using house = await startHouse()
  const { heard, send, session, faults } = house
  await send(presence(romeo, 'subscribe', juliet))
  assert.ok(heard.includes("session <presence from='romeo@example.net' to='juliet@example.net' type='subscribe'/>"))
  await send(presence(juliet, 'subscribed', romeo))
  assert.ok(heard.includes(`presence ${juliet} <item jid='romeo@example.net' subscription='from'/>`))
  assert.ok(heard.includes(`session ${romeo} <item jid='juliet@example.net' subscription='to'/>`))
  await send(presence(juliet, 'subscribe', romeo))
  await send(presence(romeo, 'subscribed', juliet))
  const answer = await session.read('roster', session.partitionOf(romeo), JSON.stringify({ account: romeo }))
  assert.deepEqual(JSON.parse(answer).items, [[juliet, 'both']])
  heard.length = 0
  const get = stanzaFrom(parseElement("<iq id='r' type='get'><query xmlns='jabber:iq:roster'/></iq>", NS.client))
  await send(own(romeo, get))
  assert.deepEqual(heard, [
    "session <iq to='romeo@example.net/home' id='r' type='result'><query xmlns='jabber:iq:roster' ver='1002'>" +
      "<item jid='juliet@example.net' subscription='both'/></query></iq>",
  ])
  assert.deepEqual(faults, [])
})
