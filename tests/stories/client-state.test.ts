import { xml } from '@jabiru/testkit'
import { story } from './stage.ts'

const active = xml`<active xmlns="urn:xmpp:csi:0"/>`
const inactive = xml`<inactive xmlns="urn:xmpp:csi:0"/>`
const present = (show: string) => xml`<presence><show>${show}</show></presence>`
const composing = xml`<composing xmlns="http://jabber.org/protocol/chatstates"/>`

story('XEP-0352 §3, §5 — what may wait does until the client is looked at', async ({ romeo }) => {
  await romeo.phone.comesOnline()
  await romeo.laptop.comesOnline()
  romeo.phone.sends(inactive)
  await romeo.phone.pingsItself()

  // 1. of presence the latest is enough, and it waits
  for (const show of ['away', 'xa', 'dnd']) {
    romeo.laptop.sends(present(show))
    await romeo.laptop.receives(xml`<presence from="${romeo.laptop}"><show>${show}</show></presence>`)
  }
  romeo.laptop.sends(xml`<message to="${romeo.phone}" type="chat">${composing}</message>`)
  await romeo.laptop.pingsItself()

  // 2. the client is looked at: it has it before the answer to what it asks next
  romeo.phone.sends(active)
  await romeo.phone.asks(xml`<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>`, xml`<iq type="result"/>`)
  await romeo.phone.receivesExactly(
    xml`<presence from="${romeo.laptop}" to="${romeo}" xml:lang="en"><show>dnd</show></presence>`,
    xml`<message from="${romeo.laptop}" to="${romeo.phone}" type="chat" xml:lang="en">${composing}</message>`,
  )
})

story('XEP-0352 §3 — a message is given at once, after what has waited for it', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  juliet.phone.sends(inactive)
  await juliet.phone.pingsItself()
  romeo.sends(xml`<message to="${juliet.phone}" type="chat">${composing}</message>`)
  romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>But soft</body></message>`)
  await juliet.phone.receives(xml`<message from="${romeo.phone}">${composing}</message>`)
  await juliet.phone.receives(xml`<message from="${romeo.phone}"><body>But soft</body></message>`)
})
