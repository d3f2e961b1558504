import assert from 'node:assert/strict'
import { type Actor, type Device, type Markup, xml } from '@jabiru/testkit'
import { child } from '@jabiru/xml'
import { story } from './stage.ts'

const NS = 'urn:xmpp:carbons:2'
const enable = xml`<iq type="set"><enable xmlns="${NS}"/></iq>`
const disable = xml`<iq type="set"><disable xmlns="${NS}"/></iq>`
const done = xml`<iq type="result"/>`

const carbon = (of: Actor, direction: 'sent' | 'received', message: Markup): Markup => {
  const forwarded = xml`<forwarded xmlns="urn:xmpp:forward:0">${message}</forwarded>`
  const copy =
    direction === 'sent'
      ? xml`<sent xmlns="${NS}">${forwarded}</sent>`
      : xml`<received xmlns="${NS}">${forwarded}</received>`
  return xml`<message from="${of}">${copy}</message>`
}
const chat = (from: Device, body: string): Markup =>
  xml`<message xmlns="jabber:client" from="${from}" type="chat"><body>${body}</body></message>`

async function twoDevices(romeo: Actor, juliet: Actor): Promise<void> {
  await romeo.comesOnline()
  await juliet.phone.comesOnline()
  await juliet.laptop.comesOnline()
}

story('XEP-0280 §4 — the server says that it has carbons', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const info = xml`<iq type="get" to="${house.domain}"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`
  const feature = xml`<query xmlns="http://jabber.org/protocol/disco#info"><feature var="${NS}"/></query>`
  await romeo.asks(info, xml`<iq type="result">${feature}</iq>`)
})

story('XEP-0280 §7 — what one device receives, the other gets a copy of', async ({ romeo, juliet }) => {
  await twoDevices(romeo, juliet)
  await juliet.laptop.asks(enable, done)
  romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>Hi</body></message>`)
  await juliet.phone.receives(chat(romeo.phone, 'Hi'))
  const copy = await juliet.laptop.receives(carbon(juliet, 'received', chat(romeo.phone, 'Hi')))
  assert.equal(copy.attrs['type'], 'chat')
  await juliet.phone.receivesNothingElse({ after: [romeo.phone] })
})

story('XEP-0280 §8 — what one device sends, the other gets a copy of', async ({ romeo, juliet }) => {
  await twoDevices(romeo, juliet)
  await juliet.laptop.asks(enable, done)
  juliet.phone.sends(xml`<message to="${romeo.phone}" type="chat"><body>Ay me</body></message>`)
  await juliet.laptop.receives(carbon(juliet, 'sent', chat(juliet.phone, 'Ay me')))
  await romeo.receives(chat(juliet.phone, 'Ay me'))
  await juliet.phone.receivesNothingElse()
})

story('XEP-0280 §5 — a device that has not asked, or asks no more, gets no copies', async ({ romeo, juliet }) => {
  await twoDevices(romeo, juliet)
  await juliet.laptop.asks(enable, done)
  await juliet.laptop.asks(disable, done)
  romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>Hi</body></message>`)
  await juliet.phone.receives(chat(romeo.phone, 'Hi'))
  await juliet.laptop.receivesNothingElse({ after: [romeo.phone] })
})

story('XEP-0280 §9 — a private message is not copied, and loses its mark', async ({ romeo, juliet }) => {
  await twoDevices(romeo, juliet)
  await juliet.laptop.asks(enable, done)
  const mark = xml`<private xmlns="${NS}"/><no-copy xmlns="urn:xmpp:hints"/>`
  romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>secret</body>${mark}</message>`)
  await juliet.phone.receives(chat(romeo.phone, 'secret'))
  await juliet.laptop.receivesNothingElse({ after: [romeo.phone] })
})

story('XEP-0280 §6.1 — a groupchat message and a headline are not copied', async ({ romeo, juliet }) => {
  await twoDevices(romeo, juliet)
  await juliet.laptop.asks(enable, done)
  for (const type of ['groupchat', 'headline']) {
    romeo.sends(xml`<message to="${juliet.phone}" type="${type}"><body>${type}</body></message>`)
    await juliet.phone.receives(xml`<message from="${romeo.phone}"><body>${type}</body></message>`)
  }
  await juliet.laptop.receivesNothingElse({ after: [romeo.phone] })
})

story(
  'XEP-0280 §7 — a message to the account is not given twice to a device that gets it anyway',
  async ({ romeo, juliet }) => {
    await twoDevices(romeo, juliet)
    await juliet.phone.asks(enable, done)
    await juliet.laptop.asks(enable, done)
    romeo.sends(xml`<message to="${juliet}" type="chat" id="m1"><body>Hi</body></message>`)
    for (const device of [juliet.phone, juliet.laptop]) {
      await device.receives(xml`<message/>`)
      await device.receivesNothingElse({ after: [romeo.phone] })
    }
  },
)

story('XEP-0280 §5 — enabling twice is no fault', async ({ romeo }) => {
  await romeo.comesOnline()
  const first = await romeo.asks(enable, done)
  assert.equal(child(first, 'enable', NS), undefined)
  await romeo.asks(enable, done)
})
