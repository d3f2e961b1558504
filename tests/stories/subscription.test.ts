import assert from 'node:assert/strict'
import { type Markup, xml } from '@jabiru/testkit'
import { child, children } from '@jabiru/xml'
import { story } from './stage.ts'
import { rosterGet, rosterOf, rosterSet } from './words.ts'

const done = xml`<iq type="result"/>`
const to = (jid: string, type: string): Markup => xml`<presence to="${jid}" type="${type}"/>`
const from = (jid: string, type: string): Markup => xml`<presence from="${jid}" type="${type}"/>`
const item = (jid: string, subscription: string): Markup =>
  rosterOf('set', xml`<item jid="${jid}" subscription="${subscription}"/>`)

story('RFC 6121 §3.1 — a subscription is asked for, approved, and pushed on both sides', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()

  // 1. romeo asks; his roster shows it as pending
  romeo.sends(to(juliet.jid, 'subscribe'))
  await romeo.receives(rosterOf('set', xml`<item jid="${juliet}" subscription="none" ask="subscribe"/>`))
  await juliet.receives(from(romeo.jid, 'subscribe'))

  // 2. juliet approves; both rosters change, and romeo sees her
  juliet.sends(to(romeo.jid, 'subscribed'))
  await juliet.receives(item(romeo.jid, 'from'))
  await romeo.receives(from(juliet.jid, 'subscribed'))
  const push = await romeo.receives(item(juliet.jid, 'to'))
  await romeo.receives(xml`<presence from="${juliet.phone}"/>`)
  const [only] = children(child(push, 'query', 'jabber:iq:roster') ?? push)
  assert.equal(only?.attrs['ask'], undefined)

  // 3. and the other way round
  juliet.sends(to(romeo.jid, 'subscribe'))
  await romeo.receives(from(juliet.jid, 'subscribe'))
  romeo.sends(to(juliet.jid, 'subscribed'))
  await romeo.receives(item(juliet.jid, 'both'))
  await juliet.receives(from(romeo.jid, 'subscribed'))
  await juliet.receives(item(romeo.jid, 'both'))
  await juliet.receives(xml`<presence from="${romeo.phone}"/>`)
})

story('RFC 6121 §3.1.2 — the request is sent from the bare address', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.sends(xml`<presence to="${juliet.phone}" type="subscribe" id="s1"><status>Pray thee</status></presence>`)
  const request = await juliet.receives(xml`<presence type="subscribe"><status>Pray thee</status></presence>`)
  assert.equal(request.attrs['from'], romeo.jid)
})

story(
  'RFC 6121 §3.1.3 — a request waits for one who is not online, and comes at each login until it is answered',
  async ({ romeo, juliet }) => {
    await juliet.exists()
    await romeo.comesOnline()
    romeo.sends(to(juliet.jid, 'subscribe'))
    await romeo.receives(rosterOf('set', xml`<item jid="${juliet}" ask="subscribe"/>`))
    await juliet.phone.comesOnline()
    await juliet.phone.receives(from(romeo.jid, 'subscribe'))
    await juliet.phone.leaves()
    await juliet.laptop.comesOnline()
    await juliet.laptop.receives(from(romeo.jid, 'subscribe'))
    juliet.laptop.sends(to(romeo.jid, 'subscribed'))
    await romeo.receives(from(juliet.jid, 'subscribed'))
    await juliet.laptop.leaves()
    await juliet.tablet.comesOnline()
    await juliet.tablet.receivesNothingElse()
  },
)

story(
  'RFC 6121 §3.1.3 — a pending request is not part of the roster of the one who is asked',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    romeo.sends(to(juliet.jid, 'subscribe'))
    await juliet.receives(from(romeo.jid, 'subscribe'))
    const roster = await juliet.asks(rosterGet)
    assert.deepEqual(children(child(roster, 'query', 'jabber:iq:roster') ?? roster), [])
  },
)

story('RFC 6121 §3.2 — a request that is refused is no more pending', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.sends(to(juliet.jid, 'subscribe'))
  await romeo.receives(rosterOf('set', xml`<item jid="${juliet}" ask="subscribe"/>`))
  await juliet.receives(from(romeo.jid, 'subscribe'))
  juliet.sends(to(romeo.jid, 'unsubscribed'))
  await romeo.receives(from(juliet.jid, 'unsubscribed'))
  const push = await romeo.receives(item(juliet.jid, 'none'))
  const [only] = children(child(push, 'query', 'jabber:iq:roster') ?? push)
  assert.equal(only?.attrs['ask'], undefined)
})

story(
  'RFC 6121 §3.1.3 — who is subscribed already is told so without asking the contact again',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await romeo.becomesFriendsWith(juliet)
    romeo.sends(to(juliet.jid, 'subscribe'))
    romeo.sends(xml`<presence to="${juliet.phone}"><status>after it</status></presence>`)
    await juliet.receives(xml`<presence from="${romeo.phone}"><status>after it</status></presence>`)
    assert.deepEqual(
      juliet.phone.untaken.filter((e) => e.attrs['type'] === 'subscribe'),
      [],
    )
  },
)

story('RFC 6121 §3.2.1 — a subscription is cancelled by the one who gave it', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  juliet.sends(to(romeo.jid, 'unsubscribed'))
  await juliet.receives(item(romeo.jid, 'to'))
  await romeo.receives(from(juliet.jid, 'unsubscribed'))
  await romeo.receives(item(juliet.jid, 'from'))
  await romeo.receives(xml`<presence from="${juliet.phone}" type="unavailable"/>`)

  juliet.sends(xml`<presence><show>away</show></presence>`)
  juliet.sends(xml`<presence to="${romeo.phone}"><status>after it</status></presence>`)
  await romeo.receives(xml`<presence from="${juliet.phone}"><status>after it</status></presence>`)
  await romeo.receivesNothingElse({ after: [juliet] })
})

story('RFC 6121 §3.3 — a subscription is given back by the one who has it', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  romeo.sends(to(juliet.jid, 'unsubscribe'))
  await romeo.receives(item(juliet.jid, 'from'))
  await juliet.receives(from(romeo.jid, 'unsubscribe'))
  await juliet.receives(item(romeo.jid, 'to'))
  await romeo.receives(xml`<presence from="${juliet.phone}" type="unavailable"/>`)
})

story('RFC 6121 §2.5.2 — removing a friend ends the subscriptions of both', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  await romeo.asks(rosterSet(xml`<item jid="${juliet}" subscription="remove"/>`), done)
  await romeo.receives(item(juliet.jid, 'remove'))
  await juliet.receives(from(romeo.jid, 'unsubscribe'))
  await juliet.receives(from(romeo.jid, 'unsubscribed'))
  await juliet.receives(item(romeo.jid, 'none'))
  await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
})

story(
  'RFC 6121 §8.5.1 — a request to nobody stays pending and nobody answers it with more than a refusal',
  async ({ romeo, house }) => {
    await romeo.comesOnline()
    const nobody = `nobody@${house.domain}`
    romeo.sends(to(nobody, 'subscribe'))
    await romeo.receives(rosterOf('set', xml`<item jid="${nobody}" ask="subscribe"/>`))
    await romeo.phone.pingsItself()
    const answers = romeo.phone.untaken.filter((e) => e.name === 'presence' && e.attrs['from'] === nobody)
    assert.ok(answers.every((e) => e.attrs['type'] === 'unsubscribed' || e.attrs['type'] === 'unavailable'))
  },
)
