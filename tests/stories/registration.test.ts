import assert from 'node:assert/strict'
import { LoginRefused, xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { rosterGet, rosterOf, stanzaError } from './words.ts'

const NS = 'jabber:iq:register'
const done = xml`<iq type="result"/>`
const set = (to: string, username: string, password: string) =>
  xml`<iq type="set" to="${to}"><query xmlns="${NS}"><username>${username}</username><password>${password}</password></query></iq>`
const refusedWith = (condition: string) => (fault: unknown) =>
  fault instanceof LoginRefused && fault.condition === condition

story('XEP-0077 §3.3 — a new password is the only one from then on', async ({ romeo, juliet, house }) => {
  await romeo.comesOnline()
  await romeo.asks(set(house.domain, romeo.username, 'a rose by any other name'), done)
  await assert.rejects(romeo.laptop.logsIn(), refusedWith('not-authorized'))
  await romeo.tablet.logsIn({ password: 'a rose by any other name' })
  await juliet.exists()
  const forged = set(house.domain, juliet.username, 'poison')
  await romeo.asks(forged, xml`<iq type="error">${stanzaError('not-allowed')}</iq>`)
  await juliet.comesOnline()
})

story('XEP-0077 §3.2 — an account that is removed is gone, for itself and for others', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  const card = xml`<vCard xmlns="vcard-temp"><FN>Romeo</FN></vCard>`
  await romeo.asks(xml`<iq type="set">${card}</iq>`, done)

  // 1. the client is told, and its stream ends
  await romeo.asks(xml`<iq type="set"><query xmlns="${NS}"><remove/></query></iq>`, done)
  await romeo.phone.receivesStreamError('not-authorized')

  // 2. its friend sees it go, and sees and is seen no more
  await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
  await juliet.receives(xml`<presence from="${romeo}" type="unsubscribed"/>`)
  await juliet.receives(xml`<presence from="${romeo}" type="unsubscribe"/>`)
  const item = xml`<item jid="${romeo}" subscription="none"/>`
  await juliet.receives(rosterOf('set', item))
  await juliet.asks(rosterGet, rosterOf('result', item))

  // 3. nobody logs in, and when its rows are gone it is like one that never was
  await assert.rejects(romeo.laptop.logsIn(), LoginRefused)
  const ask = xml`<iq type="get" to="${romeo}"><vCard xmlns="vcard-temp"/></iq>`
  let reply = await juliet.asks(ask)
  while (reply.attrs['type'] === 'result') reply = await juliet.asks(ask)
  await juliet.asks(ask, xml`<iq type="error">${stanzaError('service-unavailable')}</iq>`)
})
