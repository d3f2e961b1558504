// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Jid, parseDomain } from '@jabiru/jid'
import {
  type Caps,
  capsNode,
  NS_CAPS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  parseDiscoInfo,
  parseDiscoItems,
  serverCaps,
  verifyCaps,
} from '@jabiru/protocol'
import { errorOf, payloadsOf, type Stanza, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import type { TestConnection } from '../../testing/client.ts'
import { startHouse } from '../../testing/house.ts'

const house = await startHouse()
after(() => house[Symbol.asyncDispose]())

const server = parseDomain('localhost')
let asked = 0

async function ask(client: TestConnection, ns: string, to: Jid | undefined, node?: string): Promise<Stanza> {
  const request = stanza({ name: 'iq', type: 'get', id: `disco-${++asked}`, to }, el('query', ns, { node }))
  await client.send(request)
  return client.stanza()
}

async function info(client: TestConnection, to: Jid | undefined, node?: string) {
  const [query] = payloadsOf(await ask(client, NS_DISCO_INFO, to, node))
  assert.ok(query)
  return parseDiscoInfo(query)
}

async function items(client: TestConnection, to: Jid | undefined): Promise<readonly string[]> {
  const [query] = payloadsOf(await ask(client, NS_DISCO_ITEMS, to))
  assert.ok(query)
  return parseDiscoItems(query).items.map(({ jid }) => jid)
}

test('XEP-0157 §3 the server tells how its operator is reached', async () => {
  const { forms } = await info(await house.connect(await house.account()), server)
  const fields = forms.flatMap((form) => form.fields.map(({ var: name, values }) => [name, values]))
  assert.deepEqual(fields, [
    ['FORM_TYPE', ['http://jabber.org/network/serverinfo']],
    ['abuse-addresses', ['xmpp:abuse@localhost']],
  ])
})

test('XEP-0115 §6.2 the node of its caps stands for what the server can, and is mirrored', async () => {
  const client = await house.connect(await house.account())
  const plain = await info(client, server)
  const caps: Caps = serverCaps(plain)
  const told = await info(client, server, capsNode(caps))
  assert.equal(told.node, capsNode(caps))
  assert.equal(verifyCaps(caps, told), 'valid')
  assert.deepEqual({ ...told, node: undefined }, plain)
  assert.ok(plain.features.includes(NS_CAPS))
})

for (const node of ['', 'urn:jabiru:server', 'urn:jabiru:server#AAAA', 'urn:example:other']) {
  test(`XEP-0030 §7 a node that is not there is not found: '${node}'`, async () => {
    const client = await house.connect(await house.account())
    for (const ns of [NS_DISCO_INFO, NS_DISCO_ITEMS])
      for (const to of [server, client.account])
        assert.equal(errorOf(await ask(client, ns, to, node))?.condition, 'item-not-found')
  })
}

test('XEP-0030 §4.1 the resources of an account are found by who sees its presence, and by nobody else', async () => {
  const [account, friend] = [await house.account(), await house.account()]
  const answer = () => Promise.resolve(JSON.stringify({ items: [[friend, 'from']] }))
  const roster = house.endpoint.serveRead('roster', house.endpoint.partitionOf(account), 1, answer)
  const phone = await house.connect(account)
  await (await house.connect(account, 'here')).available()
  const shown = [`${account}/here`]
  assert.deepEqual(await items(phone, account), shown)
  assert.deepEqual(await items(phone, undefined), shown)
  assert.deepEqual(await items(await house.connect(friend), account), shown)
  const stranger = await house.connect(await house.account())
  assert.equal(errorOf(await ask(stranger, NS_DISCO_ITEMS, account))?.condition, 'service-unavailable')
  assert.deepEqual(await items(stranger, server), [])
  roster.close()
})
