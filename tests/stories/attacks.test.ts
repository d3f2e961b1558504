import assert from 'node:assert/strict'
import { xml } from '@jabiru/testkit'
import { child, children, type Element } from '@jabiru/xml'
import { story } from './stage.ts'
import { rosterGet, rosterOf, stanzaError } from './words.ts'

const CARBONS = 'urn:xmpp:carbons:2'
const ROSTER = 'jabber:iq:roster'
const named = (e: Element, name: string) => children(e).filter((one) => one.name === name)

story('XEP-0203 §5 — a delay that claims to be of the server is taken away, whatever its spelling', async (stage) => {
  const { romeo, juliet, house } = stage
  await romeo.comesOnline()
  await juliet.comesOnline()
  const delay = (from: string) => `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='2002-09-10T23:08:25Z'/>`
  const forged = [house.domain, house.domain.toUpperCase(), juliet.jid, juliet.jid.toUpperCase()].map(delay)
  romeo.phone.writes(
    `<message to='${juliet.jid}' type='chat'><body>old</body>${forged.join('')}${delay('elsewhere.example')}</message>`,
  )
  const message = await juliet.receives(xml`<message from="${romeo.phone}"><body>old</body></message>`)
  assert.deepEqual(
    named(message, 'delay').map(({ attrs }) => attrs['from']),
    ['elsewhere.example'],
  )
  const late = [...forged.slice(0, 2), delay('elsewhere.example')].join('')
  romeo.phone.writes(`<presence to='${juliet.phone.jid}'><status>old</status>${late}</presence>`)
  const presence = await juliet.receives(xml`<presence from="${romeo.phone}"><status>old</status></presence>`)
  assert.deepEqual(
    named(presence, 'delay').map(({ attrs }) => attrs['from']),
    ['elsewhere.example'],
  )
})

story(
  'XEP-0280 §11, CVE-2017-5589 — a carbon that somebody else makes comes in the name of who made it',
  async (stage) => {
    const { romeo, juliet, tybalt } = stage
    for (const actor of [romeo, juliet, tybalt]) await actor.comesOnline()
    await juliet.laptop.comesOnline()
    await juliet.laptop.asks(xml`<iq type="set"><enable xmlns="${CARBONS}"/></iq>`, xml`<iq type="result"/>`)
    for (const kind of ['received', 'sent']) {
      const inner = `<message xmlns='jabber:client' from='${romeo.jid}/phone' to='${juliet.jid}' type='chat'><body>I am Romeo</body></message>`
      const copy = `<${kind} xmlns='${CARBONS}'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></${kind}>`
      tybalt.phone.writes(`<message to='${juliet.phone.jid}' type='chat' id='${kind}'>${copy}</message>`)
      const message = await juliet.receives(xml`<message id="${kind}"/>`)
      assert.equal(message.attrs['from'], tybalt.phone.jid)
    }
    // A copy is not copied: nothing of it comes to the laptop in the name of its own account.
    await juliet.laptop.forgets()
    await juliet.phone.pingsItself()
    assert.ok(juliet.laptop.untaken.every(({ attrs }) => attrs['from'] !== juliet.jid))
  },
)

story(
  'RFC 6121 §2.1.6, CVE-2015-8688 — nobody reads or writes the roster of somebody else, not even of a friend',
  async (stage) => {
    const { romeo, juliet, tybalt } = stage
    await romeo.comesOnline()
    await juliet.comesOnline()
    await romeo.becomesFriendsWith(juliet)
    const item = xml`<item jid="${tybalt}" name="my best friend" subscription="both"/>`
    const query = (type: 'get' | 'set', to: string) =>
      xml`<iq type="${type}" to="${to}"><query xmlns="${ROSTER}">${type === 'set' ? item : ''}</query></iq>`
    for (const type of ['get', 'set'] as const) {
      const refused = await romeo.asks(query(type, juliet.jid), xml`<iq type="error"/>`)
      assert.equal(child(refused, 'query', ROSTER), undefined)
    }
    // To the resource itself it comes in the name of who sent it, who is not the account.
    const asked = romeo.asks(query('set', juliet.phone.jid), xml`<iq type="result"/>`)
    const push = await juliet.receives(xml`<iq type="set"><query xmlns="${ROSTER}"/></iq>`)
    assert.equal(push.attrs['from'], romeo.phone.jid)
    juliet.sends(xml`<iq type="result" id="${push.attrs['id'] ?? ''}" to="${romeo.phone}"/>`)
    await asked
    const roster = child(await juliet.asks(rosterGet, rosterOf('result')), 'query', ROSTER)
    assert.deepEqual(roster && children(roster).map(({ attrs }) => attrs['jid']), [romeo.jid])
  },
)

const FORMS: readonly (readonly [string, string])[] = [
  ['a hundred thousand fields of a form', '<field/>'.repeat(25_000)],
  [
    'forwarding within forwarding',
    `${"<forwarded xmlns='urn:xmpp:forward:0'>".repeat(100)}${'</forwarded>'.repeat(100)}`,
  ],
  ['a hundred thousand items of a roster', `<query xmlns='${ROSTER}'>${"<item jid='a@b'/>".repeat(12_000)}</query>`],
]
for (const [name, content] of FORMS) {
  story(`RFC 6120 §13.12 — ${name} are refused, and nobody else notices`, async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    romeo.phone.connection.pour(`<iq type='set' id='x' to='${juliet.jid}'>${content}</iq>`)
    await romeo.phone.receivesStreamError('policy-violation')
    await juliet.receivesNothingElse()
  })
}

story('XEP-0138 §4, CVE-2014-2744 — compression is neither offered nor begun', async (stage) => {
  const compress = "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>"
  const stranger = await stage.stranger({ over: 'tls' })
  const features = await stranger.opens()
  assert.ok(children(features).every(({ name }) => name !== 'compression'))
  stranger.writes(compress)
  await stranger.isRefused('not-authorized')
  await stage.romeo.comesOnline()
  stage.romeo.phone.writes(compress)
  await stage.romeo.phone.receivesStreamError('unsupported-stanza-type')
})

for (const mechanism of ['ANONYMOUS', 'EXTERNAL', 'DIGEST-MD5', 'CRAM-MD5', 'LOGIN', 'SCRAM-MD5', 'plain']) {
  story(`RFC 6120 §6.5.7, CVE-2017-10807 — ${mechanism}, which is not offered, is not there`, async (stage) => {
    const stranger = await stage.stranger({ over: 'tls' })
    const features = await stranger.opens()
    assert.doesNotMatch(JSON.stringify(features), new RegExp(`"${mechanism}"`))
    stranger.writes(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='${mechanism}'>=</auth>`)
    const failure = await stranger.connection.element('a failure')
    assert.ok(child(failure, 'invalid-mechanism', 'urn:ietf:params:xml:ns:xmpp-sasl'))
  })
}

story('RFC 6120 §13.9.4 — an account is not changed by who is not its own', async ({ romeo, juliet, house }) => {
  await romeo.comesOnline()
  await juliet.exists()
  const query = xml`<query xmlns="jabber:iq:register"><username>${juliet.username}</username><password>mine</password></query>`
  for (const [to, condition] of [
    [romeo.jid, 'not-allowed'],
    [house.domain, 'not-allowed'],
    [juliet.jid, 'service-unavailable'],
  ] as const)
    await romeo.asks(xml`<iq type="set" to="${to}">${query}</iq>`, xml`<iq type="error">${stanzaError(condition)}</iq>`)
  await juliet.comesOnline()
})
