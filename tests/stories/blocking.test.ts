import { type Actor, type Device, type Markup, xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { stanzaError } from './words.ts'

const NS = 'urn:xmpp:blocking'
const done = xml`<iq type="result"/>`
const item = (jid: string) => xml`<item jid="${jid}"/>`
const block = (jid: string) => xml`<iq type="set"><block xmlns="${NS}">${item(jid)}</block></iq>`
const unblock = (jid: string) => xml`<iq type="set"><unblock xmlns="${NS}">${item(jid)}</unblock></iq>`
const list = xml`<iq type="get"><blocklist xmlns="${NS}"/></iq>`
const chat = (to: string, body: string) => xml`<message to="${to}" type="chat"><body>${body}</body></message>`
const available = (of: Device) => xml`<presence from="${of}"/>`
const unavailable = (of: Device) => xml`<presence from="${of}" type="unavailable"/>`
const refused: Markup = xml`<message type="error"><error type="cancel">
  <not-acceptable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><blocked xmlns="${NS}:errors"/></error></message>`

/** They see each other, and romeo sees all of juliet that there is. */
async function befriend(romeo: Actor, juliet: Actor): Promise<void> {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
}

story('XEP-0191 §3.1 — the server says that one can block', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const info = xml`<iq type="get" to="${house.domain}"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`
  const feature = xml`<query xmlns="http://jabber.org/protocol/disco#info"><feature var="${NS}"/></query>`
  await romeo.asks(info, xml`<iq type="result">${feature}</iq>`)
})

story(
  'XEP-0191 §3.3, §3.4 — who is blocked sees nobody, gets through with nothing, and sees everybody when it ends',
  async ({ romeo, juliet }) => {
    await befriend(romeo, juliet)
    await juliet.laptop.logsIn()
    await juliet.laptop.asks(list, xml`<iq type="result"><blocklist xmlns="${NS}"/></iq>`)

    // 1. juliet blocks romeo: her other device is told, and for him she is gone
    await juliet.asks(block(romeo.jid), done)
    await juliet.laptop.receives(xml`<iq type="set"><block xmlns="${NS}">${item(romeo.jid)}</block></iq>`)
    await romeo.phone.receives(unavailable(juliet.phone))

    // 2. nothing that he does reaches her
    romeo.sends(chat(juliet.jid, 'wilt thou leave me so unsatisfied?'))
    await romeo.phone.receives(xml`<message type="error">${stanzaError('service-unavailable')}</message>`)
    const away = xml`<presence><show>away</show></presence>`
    romeo.sends(away)
    await romeo.phone.receives(xml`<presence from="${romeo.phone}"><show>away</show></presence>`)

    // 3. and she cannot write to him
    juliet.sends(chat(romeo.jid, 'what satisfaction canst thou have tonight?'))
    await juliet.phone.receives(refused)
    juliet.sends(xml`<presence><show>dnd</show></presence>`)
    await juliet.phone.receives(xml`<presence from="${juliet.phone}"><show>dnd</show></presence>`)

    // 4. a device that comes later is not seen by him either
    await juliet.tablet.comesOnline()

    // 5. it ends: he sees who is there, which is all that he has seen, and writes to her again
    await juliet.asks(unblock(romeo.jid), done)
    await romeo.phone.receives(xml`<presence from="${juliet.phone}"><show>dnd</show></presence>`)
    await romeo.phone.receives(available(juliet.tablet))
    romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>the exchange of thy love</body></message>`)
    await juliet.phone.receives(xml`<message from="${romeo.phone}"><body>the exchange of thy love</body></message>`)
    await juliet.phone.receivesNothingElse({ after: [romeo.phone] })
    await romeo.phone.receivesNothingElse({ after: [juliet.phone] })
  },
)

story('XEP-0191 §3.3 — a block lasts across sessions', async ({ romeo, juliet }) => {
  await befriend(romeo, juliet)
  await juliet.asks(block(romeo.jid), done)
  await romeo.phone.receives(unavailable(juliet.phone))
  await juliet.phone.leaves()
  romeo.sends(chat(juliet.jid, 'art thou gone so?'))
  await romeo.phone.receives(xml`<message type="error">${stanzaError('service-unavailable')}</message>`)
  await juliet.comesOnline()
  await juliet.phone.asks(list, xml`<iq type="result"><blocklist xmlns="${NS}">${item(romeo.jid)}</blocklist></iq>`)
  await juliet.asks(unblock(romeo.jid), done)
  await juliet.phone.receives(xml`<iq type="set"><unblock xmlns="${NS}">${item(romeo.jid)}</unblock></iq>`)
  await romeo.phone.receives(available(juliet.phone))
  await juliet.phone.receivesNothingElse({ after: [romeo.phone] })
  await romeo.phone.receivesNothingElse({ after: [juliet.phone] })
})
