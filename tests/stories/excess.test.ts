import assert from 'node:assert/strict'
import { Actor, xml } from '@jabiru/testkit'
import { checkLatencies, latencies } from './bystander.ts'
import { arranged, story } from './stage.ts'
import { filler } from './words.ts'

const many = (count: number, text: string) => text.repeat(count)
const query = (inner: string) => `<query xmlns='urn:xmpp:mam:2'>${inner}</query>`
const FORM_TYPE = "<field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
const form = (fields: string) => query(`<x xmlns='jabber:x:data' type='submit'>${fields}</x>`)
const page = (inner: string) => query(`<set xmlns='http://jabber.org/protocol/rsm'>${inner}</set>`)
const forwarded = (depth: number) =>
  `${"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'>".repeat(depth)}${'</message></forwarded>'.repeat(depth)}`

/** What a stanza may hold and is too much all the same: each is answered with its error, and the stream goes on. */
const EXCESS: readonly (readonly [title: string, payload: string, condition: string])[] = [
  ['RFC 6121 §2.3.3 — a roster set of a thousand items', rosterItems(1_000), 'bad-request'],
  ['XEP-0059 §2.2 — a marker of 200,000 characters', page(`<after>${filler(200_000)}</after>`), 'item-not-found'],
  ['XEP-0059 §2.1 — a page of more than can be counted', page(`<max>${'9'.repeat(1_000)}</max>`), 'bad-request'],
  ['XEP-0004 §4 — a form of a thousand fields', form(many(1_000, "<field var='with'/>")), 'bad-request'],
  [
    'XEP-0313 §4.1.3 — ids by the thousand',
    form(`${FORM_TYPE}<field var='ids'>${ids(1_000)}</field>`),
    'not-acceptable',
  ],
]

/** What no stanza may hold: the stream ends before it is read. */
const BEYOND: readonly (readonly [title: string, payload: string])[] = [
  ['RFC 6121 §2.3.3 — a roster set of 100,000 items', rosterItems(100_000)],
  ['XEP-0059 §2.2 — a marker of a megabyte', page(`<after>${filler(1_000_000)}</after>`)],
  ['XEP-0004 §4 — a form of 100,000 fields', form(many(100_000, "<field var='a'/>"))],
  ['XEP-0297 §3 — a message forwarded fifty times', forwarded(50)],
]

function rosterItems(count: number): string {
  const items = Array.from({ length: count }, (_, i) => `<item jid='u${i}@x'/>`)
  return `<query xmlns='jabber:iq:roster'>${items.join('')}</query>`
}

function ids(count: number): string {
  return Array.from({ length: count }, (_, i) => `<value>${i}</value>`).join('')
}

story('RFC 6120 §13.12 — what is too much has its error, and a bystander notices nothing', async (stage) => {
  const { tybalt, juliet, nurse } = stage
  for (const actor of [juliet, nurse]) await actor.comesOnline()
  const asking = async () => {
    await tybalt.phone.logsIn()
    for (const [title, payload, condition] of EXCESS) {
      tybalt.phone.writesIq('much', `<iq type='set' id='much'>${payload}</iq>`)
      const { children } = await tybalt.phone.receives(xml`<iq type="error" id="much"/>`)
      const [error] = children.flatMap((e) => (typeof e === 'object' && e.name === 'error' ? [e] : []))
      const [told] = error?.children.flatMap((e) => (typeof e === 'object' ? [e.name] : [])) ?? []
      assert.equal(told, condition, title)
    }
    for (const [i, [, payload]] of BEYOND.entries()) {
      if (i > 0) await tybalt.phone.logsIn()
      tybalt.phone.connection.pour(`<iq type='set' id='much'>${payload}</iq>`)
      await tybalt.phone.receivesStreamError('policy-violation')
    }
  }
  const [took] = await Promise.all([latencies(juliet.phone, nurse.phone, 20), asking()])
  checkLatencies(took)
})

story('XEP-0059 §2.1 — a million messages are asked for, and a page is what there is', async ({ romeo }) => {
  await romeo.comesOnline()
  const max = xml`<set xmlns="http://jabber.org/protocol/rsm"><max>1000000</max></set>`
  const fin = xml`<fin xmlns="urn:xmpp:mam:2" complete="true"/>`
  await romeo.asks(
    xml`<iq type="set"><query xmlns="urn:xmpp:mam:2">${max}</query></iq>`,
    xml`<iq type="result">${fin}</iq>`,
  )
})

story('XEP-0297 §3 — a message forwarded ten times comes as it was sent', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.phone.writes(`<message to='${juliet.phone.jid}' id='deep'>${forwarded(10)}</message>`)
  await juliet.receives(xml`<message from="${romeo.phone}" id="deep"><forwarded xmlns="urn:xmpp:forward:0"/></message>`)
})

arranged('RFC 6120 §7.6.2.1 — an account has so many sessions, and one more is refused', async (stage) => {
  const { romeo, house, deadline } = stage
  for (const device of romeo.devices) await device.logsIn()
  const more = new Actor('romeo', house, deadline, romeo)
  await more.phone.logsIn({ resource: 'fourth' })
  await more.laptop.logsIn({ resource: 'fifth' })
  await more.tablet.authenticates()
  more.tablet.writes("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
  const refused = await more.tablet.connection.element('iq')
  const [error] = refused.children.flatMap((e) => (typeof e === 'object' && e.name === 'error' ? [e] : []))
  assert.deepEqual(
    error?.children.map((e) => (typeof e === 'object' ? e.name : e)),
    ['resource-constraint'],
  )
  await romeo.phone.pingsItself()
})
