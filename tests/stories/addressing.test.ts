import assert from 'node:assert/strict'
import { xml } from '@jabiru/testkit'
import { child, children, parseElement } from '@jabiru/xml'
import { story } from './stage.ts'
import { rosterGet, stanzaError } from './words.ts'

const PING = xml`<ping xmlns="urn:xmpp:ping"/>`
const UNKNOWN = xml`<query xmlns="urn:example:nobody-knows"/>`

story(
  'RFC 6120 §8.1.2.1 — what the server answers for the account comes from nobody or from the account',
  async ({ romeo }) => {
    await romeo.comesOnline()
    for (const request of [
      rosterGet,
      xml`<iq type="get">${PING}</iq>`,
      xml`<iq type="get" to="${romeo}">${PING}</iq>`,
    ]) {
      const from = (await romeo.asks(request, xml`<iq type="result"/>`)).attrs['from']
      assert.ok(from === undefined || from === romeo.jid, `from ${from}`)
    }
  },
)

story('RFC 6120 §10.1 — what a stanza changes holds for the next one already', async ({ romeo }) => {
  await romeo.phone.comesOnline()
  await romeo.laptop.comesOnline()
  await romeo.phone.forgets()
  const body = `<message to='${romeo.jid}' type='chat'><body>to whom it may concern</body></message>`
  romeo.phone.writes(`<presence><priority>-1</priority></presence>${body}`)
  await romeo.laptop.receives(xml`<message from="${romeo.phone}"><body>to whom it may concern</body></message>`)
  romeo.phone.writes(`<presence type='unavailable'/><presence><priority>1</priority></presence>${body}`)
  await romeo.phone.receives(xml`<message from="${romeo.phone}"><body>to whom it may concern</body></message>`)
})

for (const [section, resource] of [
  ['RFC 6120 §10.5.1 — a request to the domain', ''],
  ['RFC 6120 §10.5.2 — a request to a resource of the domain', '/nowhere'],
] as const) {
  story(`${section} is answered, and a message is answered or ignored`, async ({ romeo, house }) => {
    await romeo.comesOnline()
    const to = `${house.domain}${resource}`
    const unavailable = xml`<iq type="error" from="${to}">${stanzaError('service-unavailable')}</iq>`
    await romeo.asks(xml`<iq type="get" to="${to}">${UNKNOWN}</iq>`, unavailable)
    romeo.sends(xml`<presence to="${to}"/>`)
    romeo.sends(xml`<presence to="${to}" type="subscribe" id="s1"/>`)
    await romeo.receives(
      xml`<presence from="${house.domain}" type="error" id="s1">${stanzaError('service-unavailable')}</presence>`,
    )
    romeo.sends(xml`<message to="${to}" id="m1"><body>anybody?</body></message>`)
    await romeo.receives(
      xml`<message from="${to}" type="error" id="m1">${stanzaError('service-unavailable')}</message>`,
    )
    await romeo.receivesNothingElse()
  })
}

story('RFC 6120 §13.10.2 — a stranger gets the same answer whoever is asked, there or not', async (stage) => {
  const { romeo, juliet, tybalt, house } = stage
  await romeo.comesOnline()
  await juliet.comesOnline()
  await tybalt.exists()
  const answers = new Set<string>()
  for (const to of [
    juliet.jid,
    juliet.phone.jid,
    `${juliet.jid}/nowhere`,
    tybalt.jid,
    `${tybalt.jid}/phone`,
    `nobody@${house.domain}`,
    `nobody@${house.domain}/phone`,
  ]) {
    const answer = await romeo.asks(
      xml`<iq type="get" to="${to}">${UNKNOWN}</iq>`,
      xml`<iq type="error" from="${to}"/>`,
    )
    const error = child(answer, 'error')
    answers.add(JSON.stringify(error && [error.attrs['type'], children(error).map(({ name }) => name)]))
  }
  assert.deepEqual([...answers], ['["cancel",["service-unavailable"]]'])
  await juliet.receivesNothingElse()
})

story('RFC 6120 §8.1.5 — a language that a client names is passed on as it is', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.phone.writes(
    `<message to='${juliet.jid}' xml:lang='fr-CA'><body>bonjour</body><body xml:lang='de'>Tag</body></message>`,
  )
  const message = await juliet.receives(xml`<message from="${romeo.phone}"/>`)
  assert.equal(message.attrs['xml:lang'], 'fr-CA')
  const [, german] = children(message)
  assert.deepEqual(german, parseElement(`<body xml:lang='de'>Tag</body>`, 'jabber:client'))
})

story('RFC 6120 §8.4 — presence in which nobody knows anything but that it is there is presence', async (stage) => {
  const { romeo, juliet } = stage
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  juliet.phone.writes(`<presence id='p1'><x xmlns='urn:example:nobody-knows'/></presence>`)
  await romeo.receives(xml`<presence from="${juliet.phone}" id="p1"><x xmlns="urn:example:nobody-knows"/></presence>`)
})

story('RFC 6120 §8.4 — a message to the server of which it knows nothing is refused', async ({ romeo, house }) => {
  await romeo.comesOnline()
  romeo.sends(xml`<message to="${house.domain}" id="m1">${UNKNOWN}</message>`)
  await romeo.receives(
    xml`<message from="${house.domain}" type="error" id="m1">${stanzaError('service-unavailable')}</message>`,
  )
  await romeo.receivesNothingElse()
})
