// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { errorOf, NS, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { startHouse } from '../testing/house.ts'

const house = await startHouse()
after(() => house[Symbol.asyncDispose]())

for (const type of ['get', 'set'] as const) {
  test(`RFC 6121 §2.3.3 who shares its presence is told that it is forbidden, to a stranger nobody is there: ${type}`, async () => {
    const [account, friend, stranger] = [await house.account(), await house.account(), await house.account()]
    const answer = () => Promise.resolve(JSON.stringify({ items: [[friend, 'both']] }))
    const contacts = house.endpoint.serveRead('roster', house.endpoint.partitionOf(account), 1, answer)
    const rows = [
      [friend, 'forbidden'],
      [stranger, 'service-unavailable'],
    ] as const
    house.heard.length = 0
    for (const [asker, error] of rows) {
      const client = await house.connect(asker)
      const item = type === 'set' ? [el('item', NS.roster, { jid: 'evil@localhost' })] : []
      await client.send(stanza({ name: 'iq', type, id: 'r', to: account }, el('query', NS.roster, {}, ...item)))
      assert.equal(errorOf(await client.stanza())?.condition, error)
    }
    assert.deepEqual(
      house.heard.filter(({ group }) => group === 'roster'),
      [],
    )
    contacts.close()
  })
}
