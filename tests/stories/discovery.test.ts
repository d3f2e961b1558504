import assert from 'node:assert/strict'
import { capsNode, parseDiscoInfo, verifyCaps } from '@jabiru/protocol'
import { xml } from '@jabiru/testkit'
import { child } from '@jabiru/xml'
import { arranged as story } from './stage.ts'
import { stanzaError } from './words.ts'

const INFO = 'http://jabber.org/protocol/disco#info'
const ITEMS = 'http://jabber.org/protocol/disco#items'
const FORMS = 'jabber:x:data'

story('XEP-0115 §6.3 — the features of a stream hold the hash of what the server can', async ({ romeo, house }) => {
  const features = await romeo.phone.logsIn()
  const c = child(features, 'c', 'http://jabber.org/protocol/caps')
  assert.ok(c)
  const { node = '', ver = '', hash = '' } = c.attrs
  const caps = { node, ver, hash }
  const ask = xml`<iq type="get" to="${house.domain}"><query xmlns="${INFO}" node="${capsNode(caps)}"/></iq>`
  const query = child(await romeo.phone.asks(ask, xml`<iq type="result"/>`), 'query', INFO)
  assert.ok(query)
  assert.equal(verifyCaps(caps, parseDiscoInfo(query)), 'valid')
})

story('XEP-0157 §3 — whom to ask is told to everybody', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const field = (name: string, ...values: readonly string[]) =>
    xml`<field var="${name}-addresses">${values.map((value) => xml`<value>${value}</value>`)}</field>`
  const type = xml`<field var="FORM_TYPE" type="hidden"><value>http://jabber.org/network/serverinfo</value></field>`
  await romeo.asks(
    xml`<iq type="get" to="${house.domain}"><query xmlns="${INFO}"/></iq>`,
    xml`<iq type="result"><query xmlns="${INFO}"><x xmlns="${FORMS}" type="result">
      ${type}
      ${field('abuse', 'mailto:abuse@shakespeare.lit', 'xmpp:abuse@shakespeare.lit')}
      ${field('support', 'https://shakespeare.lit/support')}
    </x></query></iq>`,
  )
})

story('XEP-0030 §4.1 — one finds one’s own devices, and nobody else’s', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await romeo.laptop.comesOnline()
  await juliet.comesOnline()
  const ask = xml`<iq type="get" to="${romeo}"><query xmlns="${ITEMS}"/></iq>`
  const both = xml`<item jid="${romeo.phone}"/><item jid="${romeo.laptop}"/>`
  await romeo.asks(ask, xml`<iq type="result"><query xmlns="${ITEMS}">${both}</query></iq>`)
  await juliet.asks(ask, xml`<iq type="error">${stanzaError('service-unavailable')}</iq>`)
})
