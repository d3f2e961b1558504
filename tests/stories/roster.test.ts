import assert from 'node:assert/strict'
import { xml } from '@jabiru/testkit'
import { child, children, textOf } from '@jabiru/xml'
import { story } from './stage.ts'
import { filler, rosterGet, rosterOf, rosterSet, stanzaError } from './words.ts'

const ROSTER = 'jabber:iq:roster'
const error = (condition: Parameters<typeof stanzaError>[0]) => xml`<iq type="error">${stanzaError(condition)}</iq>`
const done = xml`<iq type="result"/>`

story('RFC 6121 §2.1.4 — the roster of a fresh account is empty', async ({ romeo }) => {
  await romeo.phone.logsIn()
  const reply = await romeo.asks(rosterGet, rosterOf('result'))
  const query = child(reply, 'query', ROSTER)
  assert.deepEqual(query && children(query), [])
})

story('RFC 6121 §2.3 — an item is added, and pushed to each interested resource', async ({ romeo, juliet }) => {
  await romeo.phone.comesOnline()
  await romeo.laptop.comesOnline()
  await romeo.tablet.logsIn() // never asks for the roster, so is not interested
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" name="Jule"><group>Verona</group></item>`), done)
  const push = rosterOf('set', xml`<item jid="${juliet}" name="Jule" subscription="none"><group>Verona</group></item>`)
  await romeo.phone.receives(push)
  await romeo.laptop.receives(push)
  await romeo.tablet.receivesNothingElse()
})

story('RFC 6121 §2.4 — an item is renamed and regrouped, and the last word stands', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" name="Jule"><group>a</group><group>b</group></item>`), done)
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" name="J &amp; &lt;3"><group>c</group></item>`), done)
  const reply = await romeo.asks(rosterGet)
  const [item] = children(child(reply, 'query', ROSTER) ?? reply)
  assert.equal(item?.attrs['name'], 'J & <3')
  assert.deepEqual(item && children(item).map(textOf), ['c'])
})

story('RFC 6121 §2.5 — an item is removed, and the removal is pushed', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await romeo.asks(rosterSet(xml`<item jid="${juliet}"/>`), done)
  await romeo.receives(rosterOf('set', xml`<item jid="${juliet}" subscription="none"/>`))
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" subscription="remove"/>`), done)
  await romeo.receives(rosterOf('set', xml`<item jid="${juliet}" subscription="remove"/>`))
  const reply = await romeo.asks(rosterGet)
  assert.deepEqual(children(child(reply, 'query', ROSTER) ?? reply), [])
})

story('RFC 6121 §2.1.3 — the roster is there at the next login', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" name="Jule"/>`), done)
  await romeo.phone.leaves()
  await romeo.laptop.logsIn()
  await romeo.laptop.asks(rosterGet, rosterOf('result', xml`<item jid="${juliet}" name="Jule" subscription="none"/>`))
})

story('RFC 6121 §2.1.2.5 — a client cannot give itself a subscription', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" subscription="both" ask="subscribe"/>`), done)
  const push = await romeo.receives(rosterOf('set', xml`<item jid="${juliet}" subscription="none"/>`))
  const [item] = children(child(push, 'query', ROSTER) ?? push)
  assert.equal(item?.attrs['ask'], undefined)
})

story('RFC 6121 §2.1.5 — a client cannot change the roster of another', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  const query = xml`<query xmlns="${ROSTER}"><item jid="evil@localhost"/></query>`
  const reply = await romeo.asks(xml`<iq type="set" to="${juliet}">${query}</iq>`)
  assert.equal(reply.attrs['type'], 'error')
  await juliet.receivesNothingElse({ after: [romeo] })
  await juliet.asks(rosterGet, rosterOf('result'))
})

const REFUSED = [
  ['§2.3.3 — two items', xml`<item jid="a@localhost"/><item jid="b@localhost"/>`, 'bad-request'],
  ['§2.3.3 — no item', xml``, 'bad-request'],
  ['§2.3.3 — an item without an address', xml`<item name="x"/>`, 'bad-request'],
  ['§2.3.3 — an address that is none', xml`<item jid="@@"/>`, undefined],
  [
    '§2.3.3 — the same group twice',
    xml`<item jid="a@localhost"><group>x</group><group>x</group></item>`,
    'bad-request',
  ],
  ['§2.3.3 — an empty group', xml`<item jid="a@localhost"><group/></item>`, 'not-acceptable'],
  ['§2.3.3 — a name without measure', xml`<item jid="a@localhost" name="${filler(5000)}"/>`, 'not-acceptable'],
  ['§2.5.3 — removing what is not there', xml`<item jid="a@localhost" subscription="remove"/>`, 'item-not-found'],
] as const
for (const [title, item, condition] of REFUSED) {
  story(`RFC 6121 ${title} is refused, and nothing changes`, async ({ romeo }) => {
    await romeo.comesOnline()
    const reply = await romeo.asks(
      rosterSet(item),
      condition === undefined ? xml`<iq type="error"/>` : error(condition),
    )
    assert.equal(reply.attrs['type'], 'error')
    await romeo.receivesNothingElse()
    const query = child(await romeo.asks(rosterGet), 'query', ROSTER)
    assert.deepEqual(query && children(query), [])
  })
}

story(
  'RFC 6121 §2.6 — who knows the current version is told nothing, who knows an old one is brought up to date',
  async ({ romeo, juliet, nurse }) => {
    const features = await romeo.phone.logsIn()
    assert.ok(child(features, 'ver', 'urn:xmpp:features:rosterver'), 'RFC 6121 §2.6.1 versioning is not offered')
    const ask = (ver: string) => xml`<iq type="get"><query xmlns="${ROSTER}" ver="${ver}"/></iq>`
    const versionOf = async () => child(await romeo.asks(ask('')), 'query', ROSTER)?.attrs['ver'] ?? ''

    await romeo.asks(rosterSet(xml`<item jid="${juliet}"/>`), done)
    const old = await versionOf()
    assert.notEqual(old, '')

    // 1. nothing has changed: an empty result, or a result and no pushes
    const same = await romeo.asks(ask(old), done)
    assert.deepEqual(children(same), [])
    await romeo.phone.forgets()

    // 2. something has: the whole roster, or pushes that lead from the old version to the new
    await romeo.asks(rosterSet(xml`<item jid="${nurse}"/>`), done)
    await romeo.phone.forgets()
    const reply = await romeo.asks(ask(old), done)
    const query = child(reply, 'query', ROSTER)
    if (query === undefined) await romeo.receives(rosterOf('set', xml`<item jid="${nurse}"/>`))
    else assert.equal(children(query).length, 2)
    assert.notEqual(await versionOf(), old)
  },
)

story(
  'RFC 6121 §2.1.6 — a roster push has an id, no sender but the account, and exactly one item',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await romeo.asks(rosterSet(xml`<item jid="${juliet}"/>`), done)
    const push = await romeo.receives(rosterOf('set', xml`<item jid="${juliet}"/>`))
    assert.ok([undefined, romeo.jid].includes(push.attrs['from']), String(push.attrs['from']))
    assert.equal(children(child(push, 'query', ROSTER) ?? push).length, 1)
    await romeo.receivesNothingElse()
  },
)
