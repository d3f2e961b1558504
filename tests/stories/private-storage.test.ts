import { xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { filler, stanzaError } from './words.ts'

const PRIVATE = 'jabber:iq:private'
const done = xml`<iq type="result"/>`
const delimiter = xml`<roster xmlns="roster:delimiter">::</roster>`
const garden = xml`<storage xmlns="storage:bookmarks">
  <conference name="The Garden" autojoin="true" jid="garden@chat.shakespeare.lit"><nick>Romeo</nick></conference>
</storage>`

story('XEP-0049 §2.3 — bookmarks and the delimiter of groups are there for the next client', async ({ romeo }) => {
  await romeo.comesOnline()
  await romeo.asks(xml`<iq type="set"><query xmlns="${PRIVATE}">${garden}</query></iq>`, done)
  await romeo.asks(xml`<iq type="set"><query xmlns="${PRIVATE}">${delimiter}</query></iq>`, done)

  await romeo.laptop.logsIn()
  await romeo.laptop.asks(
    xml`<iq type="get"><query xmlns="${PRIVATE}"><storage xmlns="storage:bookmarks"/></query></iq>`,
    xml`<iq type="result"><query xmlns="${PRIVATE}">${garden}</query></iq>`,
  )
  await romeo.laptop.asks(
    xml`<iq type="get"><query xmlns="${PRIVATE}"><roster xmlns="roster:delimiter"/></query></iq>`,
    xml`<iq type="result"><query xmlns="${PRIVATE}">${delimiter}</query></iq>`,
  )
})

story('XEP-0049 §4 — nobody else reads it, and nobody keeps more than they may', async ({ romeo, juliet, house }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.asks(xml`<iq type="set"><query xmlns="${PRIVATE}">${garden}</query></iq>`, done)
  await juliet.asks(
    xml`<iq type="get" to="${romeo}"><query xmlns="${PRIVATE}"><storage xmlns="storage:bookmarks"/></query></iq>`,
    xml`<iq type="error">${stanzaError('service-unavailable')}</iq>`,
  )
  for (const name of ['one', 'two']) {
    const much = xml`<kept xmlns="urn:example:${name}">${filler(140_000)}</kept>`
    const expected =
      name === 'one'
        ? done
        : xml`<iq type="error"><error><resource-constraint xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`
    await romeo.asks(xml`<iq type="set"><query xmlns="${PRIVATE}">${much}</query></iq>`, expected)
  }
  await romeo.asks(
    xml`<iq type="get" to="${house.domain}"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`,
    xml`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><feature var="${PRIVATE}"/></query></iq>`,
  )
})
