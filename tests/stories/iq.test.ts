import assert from 'node:assert/strict'
import { any, type Markup, xml } from '@jabiru/testkit'
import { child, children, textOf } from '@jabiru/xml'
import { story } from './stage.ts'
import { stanzaError } from './words.ts'

const INFO = 'http://jabber.org/protocol/disco#info'
const ITEMS = 'http://jabber.org/protocol/disco#items'
const PING = xml`<ping xmlns="urn:xmpp:ping"/>`
const refused = xml`<iq type="error">${stanzaError('service-unavailable')}</iq>`
const get = (to: string, payload: Markup): Markup => xml`<iq type="get" to="${to}">${payload}</iq>`

story('XEP-0030 §3 — the server says what it is and what it can', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const reply = await romeo.asks(get(house.domain, xml`<query xmlns="${INFO}"/>`), xml`<iq type="result"/>`)
  const query = child(reply, 'query', INFO) ?? reply
  const identities = children(query).filter((e) => e.name === 'identity')
  assert.ok(identities.some((e) => e.attrs['category'] === 'server' && e.attrs['type'] === 'im'))
  const features = children(query).flatMap((e) => (e.name === 'feature' ? [e.attrs['var'] ?? ''] : []))
  assert.equal(new Set(features).size, features.length, 'a feature is named twice')
  for (const feature of [INFO, ITEMS, 'urn:xmpp:ping', 'jabber:iq:version', 'urn:xmpp:time', 'urn:xmpp:carbons:2']) {
    assert.ok(features.includes(feature), `${feature} is not among ${features.join(' ')}`)
  }
})

story('XEP-0030 §4 — the server lists what there is, and an unknown node is not found', async ({ romeo, house }) => {
  await romeo.comesOnline()
  await romeo.asks(
    get(house.domain, xml`<query xmlns="${ITEMS}"/>`),
    xml`<iq type="result"><query xmlns="${ITEMS}"/></iq>`,
  )
  await romeo.asks(
    get(house.domain, xml`<query xmlns="${INFO}" node="urn:example:no-such-node"/>`),
    xml`<iq type="error">${stanzaError('item-not-found')}</iq>`,
  )
})

story('XEP-0030 §6.4 — an account is answered for by the server', async ({ romeo }) => {
  await romeo.comesOnline()
  const account = xml`<query xmlns="${INFO}"><identity category="account" type="registered"/></query>`
  await romeo.asks(get(romeo.jid, xml`<query xmlns="${INFO}"/>`), xml`<iq type="result">${account}</iq>`)
})

story('XEP-0199 §4 — the server answers a ping, to its domain and to the own account', async ({ romeo, house }) => {
  await romeo.comesOnline()
  await romeo.asks(get(house.domain, PING), xml`<iq type="result" from="${house.domain}" to="${romeo.phone}"/>`)
  await romeo.asks(xml`<iq type="get">${PING}</iq>`, xml`<iq type="result"/>`)
  await romeo.asks(get(romeo.jid, PING), xml`<iq type="result"/>`)
})

story('XEP-0092 §2 — the server names its software', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const version = xml`<query xmlns="jabber:iq:version"><name>${any}</name><version>${any}</version></query>`
  await romeo.asks(get(house.domain, xml`<query xmlns="jabber:iq:version"/>`), xml`<iq type="result">${version}</iq>`)
})

story('XEP-0202 §3 — the server tells the time', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const reply = await romeo.asks(get(house.domain, xml`<time xmlns="urn:xmpp:time"/>`), xml`<iq type="result"/>`)
  const time = child(reply, 'time', 'urn:xmpp:time') ?? reply
  assert.match(textOf(child(time, 'utc')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
  assert.match(textOf(child(time, 'tzo')), /^(Z|[+-]\d\d:\d\d)$/)
})

story('XEP-0012 §3 — the server tells its uptime, and an account when it was last there', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const last = xml`<query xmlns="jabber:iq:last"/>`
  const seconds = async (to: string) => {
    const reply = await romeo.asks(get(to, last), xml`<iq type="result"/>`)
    return Number(child(reply, 'query', 'jabber:iq:last')?.attrs['seconds'] ?? Number.NaN)
  }
  assert.ok((await seconds(house.domain)) >= 0)
  assert.ok((await seconds(romeo.jid)) >= 0)
})

story('XEP-0012 §4 — a stranger does not learn when an account was last there', async ({ romeo, juliet }) => {
  await juliet.comesOnline()
  await romeo.comesOnline()
  const reply = await romeo.asks(get(juliet.jid, xml`<query xmlns="jabber:iq:last"/>`))
  assert.equal(reply.attrs['type'], 'error')
})

story(
  'RFC 6120 §8.4 — a request in an unknown namespace is refused, whoever is asked',
  async ({ romeo, juliet, house }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await romeo.becomesFriendsWith(juliet)
    const unknown = xml`<query xmlns="urn:example:unknown"/>`
    for (const type of ['get', 'set']) {
      await romeo.asks(xml`<iq type="${type}">${unknown}</iq>`, refused)
      for (const to of [house.domain, romeo.jid, juliet.jid, `nobody@${house.domain}`]) {
        await romeo.asks(xml`<iq type="${type}" to="${to}">${unknown}</iq>`, refused)
      }
    }
    await juliet.receivesNothingElse({ after: [romeo] })
  },
)

story(
  'RFC 6121 §8.5.3.1 — a request reaches the resource of a friend, and the answer comes back',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await romeo.becomesFriendsWith(juliet)
    const asked = romeo.asks(xml`<iq type="get" id="x1" to="${juliet.phone}"><hand xmlns="urn:example:marriage"/></iq>`)
    await juliet.receives(xml`<iq type="get" id="x1" from="${romeo.phone}"><hand xmlns="urn:example:marriage"/></iq>`)
    juliet.sends(xml`<iq type="result" id="x1" to="${romeo.phone}"><yes xmlns="urn:example:marriage"/></iq>`)
    const answer = await asked
    assert.ok(child(answer, 'yes', 'urn:example:marriage'))
  },
)

story('RFC 6121 §8.5.3.1 — an error that a friend answers with comes back too', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  const asked = romeo.asks(xml`<iq type="set" id="x1" to="${juliet.phone}"><hand xmlns="urn:example:marriage"/></iq>`)
  await juliet.receives(xml`<iq type="set" id="x1"/>`)
  juliet.sends(xml`<iq type="error" id="x1" to="${romeo.phone}">${stanzaError('not-acceptable')}</iq>`)
  assert.equal((await asked).attrs['type'], 'error')
})

story(
  'RFC 6121 §8.5.3.1 — a stranger cannot tell a resource that is there from one that is not',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    for (const to of [juliet.phone.jid, `${juliet.jid}/gone`]) await romeo.asks(get(to, PING), refused)
    await juliet.receivesNothingElse({ after: [romeo] })
  },
)

story(
  'RFC 6121 §8.5.3.2.3 — a request to a resource of a friend that is gone is refused',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await romeo.becomesFriendsWith(juliet)
    await romeo.asks(get(`${juliet.jid}/gone`, PING), refused)
  },
)

story(
  'RFC 6120 §8.2.3 — an answer that nobody waits for is dropped without an answer',
  async ({ romeo, juliet, house }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    for (const to of [house.domain, juliet.jid, `${juliet.jid}/gone`, `nobody@${house.domain}`]) {
      romeo.sends(xml`<iq type="result" id="r1" to="${to}"/>`)
      romeo.sends(xml`<iq type="error" id="r2" to="${to}">${stanzaError('not-acceptable')}</iq>`)
    }
    await romeo.receivesNothingElse()
    await juliet.receivesNothingElse({ after: [romeo] })
  },
)

const BAD = [
  ['RFC 6120 §8.2.3 — an iq without a type', `<iq id='b1'><ping xmlns='urn:xmpp:ping'/></iq>`],
  ['RFC 6120 §8.2.3 — an iq of an unknown type', `<iq id='b1' type='tell'><ping xmlns='urn:xmpp:ping'/></iq>`],
  ['RFC 6120 §8.2.3 — a get without a child', `<iq id='b1' type='get'/>`],
  [
    'RFC 6120 §8.2.3 — a get with two children',
    `<iq id='b1' type='get'><ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/></iq>`,
  ],
] as const
for (const [title, text] of BAD) {
  story(`${title} is a bad request`, async ({ romeo }) => {
    await romeo.comesOnline()
    romeo.phone.writesIq('b1', text)
    await romeo.receives(xml`<iq type="error" id="b1">${stanzaError('bad-request')}</iq>`)
    await romeo.phone.pingsItself()
  })
}

story('RFC 6120 §8.3.3.8 — a stanza to what is no address is refused', async ({ romeo }) => {
  await romeo.comesOnline()
  romeo.sends(xml`<message to="@@no-address" id="m1" type="chat"><body>where?</body></message>`)
  await romeo.receives(xml`<message type="error" id="m1">${stanzaError('jid-malformed')}</message>`)
  await romeo.phone.pingsItself()
})

story('RFC 6120 §10.4 — what is for a domain that cannot be reached is refused', async ({ romeo }) => {
  await romeo.comesOnline()
  romeo.sends(xml`<message to="juliet@capulet.invalid" id="m1" type="chat"><body>hello?</body></message>`)
  await romeo.receives(xml`<message type="error" id="m1">${stanzaError('remote-server-not-found')}</message>`)
})
