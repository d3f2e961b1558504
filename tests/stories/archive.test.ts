import assert from 'node:assert/strict'
import { type Actor, any, type Device, type Markup, xml } from '@jabiru/testkit'
import { child, children, type Element, textOf } from '@jabiru/xml'
import { story } from './stage.ts'
import { rosterSet, stanzaError } from './words.ts'

const MAM = 'urn:xmpp:mam:2'
const RSM = 'http://jabber.org/protocol/rsm'
const FORMS = 'jabber:x:data'
const done = xml`<iq type="result"/>`

const field = (name: string, ...values: readonly string[]) =>
  xml`<field var="${name}">${values.map((value) => xml`<value>${value}</value>`)}</field>`
const form = (...fields: readonly Markup[]) =>
  xml`<x xmlns="${FORMS}" type="submit">${[field('FORM_TYPE', MAM), ...fields]}</x>`
const set = (...places: readonly Markup[]) => xml`<set xmlns="${RSM}">${places}</set>`
const max = (n: number) => xml`<max>${String(n)}</max>`
const query = (...content: readonly Markup[]) =>
  xml`<iq type="set"><query xmlns="${MAM}" queryid="f27">${content}</query></iq>`
const error = (condition: Parameters<typeof stanzaError>[0]) => xml`<iq type="error">${stanzaError(condition)}</iq>`

/** One page as the client got it. */
interface Page {
  readonly bodies: readonly string[]
  readonly ids: readonly string[]
  readonly fin: Element
  readonly complete: boolean
}

/** Asks, and takes what comes: XEP-0313 §4 wants the results before the end. */
async function page(device: Device, ...content: readonly Markup[]): Promise<Page> {
  device.takesAll()
  const reply = await device.asks(query(...content), done)
  const results = device.takesAll().flatMap((e) => child(e, 'result', MAM) ?? [])
  const fin = child(reply, 'fin', MAM)
  assert.ok(fin)
  for (const result of results) assert.equal(result.attrs['queryid'], 'f27')
  return {
    bodies: results.map(bodyOf),
    ids: results.map((result) => result.attrs['id'] ?? ''),
    fin,
    complete: fin.attrs['complete'] === 'true',
  }
}

function bodyOf(result: Element): string {
  const forwarded = child(result, 'forwarded', 'urn:xmpp:forward:0')
  const message = forwarded && child(forwarded, 'message', 'jabber:client')
  return textOf(message && child(message, 'body'))
}

const told = ({ fin }: Page, name: string) => {
  const rsm = child(fin, 'set', RSM)
  return rsm && child(rsm, name)
}

/** Says these to juliet, and is in no doubt that they are in both archives. */
async function says(romeo: Actor, to: Actor, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) romeo.sends(xml`<message to="${to}" type="chat"><body>${body}</body></message>`)
  for (const body of bodies) await to.receives(xml`<message from="${romeo.phone}"><body>${body}</body></message>`)
}

async function online(...actors: readonly Actor[]): Promise<void> {
  for (const actor of actors) await actor.comesOnline()
}

story('XEP-0313 §7 — an account says that it has an archive, and with all of what is extended', async ({ juliet }) => {
  await juliet.comesOnline()
  const info = xml`<iq type="get" to="${juliet}"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`
  const features = [MAM, `${MAM}#extended`, `${MAM}#groupchat-field`, RSM, 'urn:xmpp:sid:0']
  const listed = features.map((name) => xml`<feature var="${name}"/>`)
  await juliet.asks(
    info,
    xml`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info">${listed}</query></iq>`,
  )
})

story('XEP-0313 §4 — what was sent and received is given in order, and then the end', async ({ romeo, juliet }) => {
  await online(romeo, juliet)
  await says(romeo, juliet, 'one', 'two')
  await says(juliet, romeo, 'three')
  for (const device of [romeo.phone, juliet.phone]) {
    const { bodies, ids, fin, complete } = await page(device)
    assert.deepEqual(bodies, ['one', 'two', 'three'])
    assert.equal(complete, true)
    const rsm = child(fin, 'set', RSM)
    assert.ok(rsm)
    assert.deepEqual(children(rsm).map(textOf), [ids[0], ids[2], '3'])
  }
})

story('XEP-0313 §4.2 — a result holds the message as it was received, and when', async ({ romeo, juliet }) => {
  await online(romeo, juliet)
  romeo.sends(xml`<message to="${juliet}" type="chat" id="m1"><body>O</body></message>`)
  const live = await juliet.receives(
    xml`<message><body>O</body><stanza-id xmlns="urn:xmpp:sid:0" id="${any}"/></message>`,
  )
  const id = child(live, 'stanza-id', 'urn:xmpp:sid:0')?.attrs['id'] ?? ''
  juliet.sends(query())
  const original = xml`<message xmlns="jabber:client" from="${romeo.phone}" to="${juliet}" type="chat" id="m1"><body>O</body></message>`
  const forwarded = xml`<forwarded xmlns="urn:xmpp:forward:0"><delay xmlns="urn:xmpp:delay" stamp="${any}"/>${original}</forwarded>`
  await juliet.receives(
    xml`<message from="${juliet}" to="${juliet.phone}"><result xmlns="${MAM}" queryid="f27" id="${id}">${forwarded}</result></message>`,
  )
})

story(
  'XEP-0313 §4.3 — pages follow each other both ways, and flipped ones come last first',
  async ({ romeo, juliet }) => {
    await online(romeo, juliet)
    const all = ['1', '2', '3', '4', '5']
    await says(romeo, juliet, ...all)
    const first = await page(juliet.phone, set(max(2)))
    assert.deepEqual([first.bodies, first.complete], [['1', '2'], false])
    assert.equal(told(first, 'first')?.attrs['index'], '0')
    const second = await page(juliet.phone, set(max(2), xml`<after>${first.ids[1] ?? ''}</after>`))
    assert.deepEqual([second.bodies, second.complete], [['3', '4'], false])
    const third = await page(juliet.phone, set(max(2), xml`<after>${second.ids[1] ?? ''}</after>`))
    assert.deepEqual([third.bodies, third.complete], [['5'], true])
    const last = await page(juliet.phone, set(max(2), xml`<before/>`))
    assert.deepEqual([last.bodies, last.complete], [['4', '5'], false])
    const before = await page(juliet.phone, set(max(3), xml`<before>${last.ids[0] ?? ''}</before>`))
    assert.deepEqual([before.bodies, before.complete], [['1', '2', '3'], true])
    const flipped = await page(juliet.phone, set(max(2), xml`<before/>`), xml`<flip-page/>`)
    assert.deepEqual(flipped.bodies, ['5', '4'])
    assert.equal(textOf(told(flipped, 'first')), flipped.ids[1])
  },
)

story('XEP-0313 §4.1 — filters by contact, resource, time and id', async ({ romeo, juliet, nurse }) => {
  await online(romeo, juliet, nurse)
  await says(romeo, juliet, '1', '2')
  await says(nurse, juliet, '3')
  await says(romeo, juliet, '4')
  const { ids } = await page(juliet.phone)
  const [one = '', two = '', three = '', four = ''] = ids
  const found = async (...fields: readonly Markup[]) => (await page(juliet.phone, form(...fields))).bodies
  assert.deepEqual(await found(field('with', romeo.jid)), ['1', '2', '4'])
  assert.deepEqual(await found(field('with', nurse.phone.jid)), ['3'])
  assert.deepEqual(await found(field('with', `${nurse.jid}/elsewhere`)), [])
  assert.deepEqual(await found(field('with', juliet.jid)), [])
  assert.deepEqual(await found(field('after-id', one), field('before-id', four)), ['2', '3'])
  assert.deepEqual(await found(field('ids', three, one)), ['1', '3'])
  assert.deepEqual(await found(field('end', '2001-01-01T00:00:00Z')), [])
  assert.deepEqual(await found(field('start', '2001-01-01T00:00:00Z'), field('with', romeo.jid)), ['1', '2', '4'])
  await juliet.asks(query(form(field('after-id', 'nobody'))), error('item-not-found'))
  await juliet.asks(query(form(field('ids', two, 'nobody'))), error('item-not-found'))
  await juliet.asks(query(set(xml`<after>nobody</after>`)), error('item-not-found'))
  await juliet.asks(query(form(field('start', 'yesterday'))), error('bad-request'))
})

story('XEP-0313 §5 — metadata tell the first and the last message', async ({ romeo, juliet }) => {
  await online(romeo, juliet)
  const ask = xml`<iq type="get"><metadata xmlns="${MAM}"/></iq>`
  const empty = await juliet.asks(ask, xml`<iq type="result"><metadata xmlns="${MAM}"/></iq>`)
  assert.deepEqual(children(child(empty, 'metadata', MAM) ?? empty), [])
  await says(romeo, juliet, '1', '2', '3')
  const { ids } = await page(juliet.phone)
  const start = xml`<start id="${ids[0] ?? ''}" timestamp="${any}"/>`
  const end = xml`<end id="${ids[2] ?? ''}" timestamp="${any}"/>`
  await juliet.asks(ask, xml`<iq type="result"><metadata xmlns="${MAM}">${[start, end]}</metadata></iq>`)
})

story('XEP-0313 §8.1 — an archive is not for others', async ({ romeo, juliet }) => {
  await online(romeo, juliet)
  const foreign = xml`<iq type="set" to="${juliet}"><query xmlns="${MAM}"/></iq>`
  await romeo.asks(foreign, error('service-unavailable'))
  await romeo.becomesFriendsWith(juliet)
  await romeo.asks(foreign, error('forbidden'))
  await romeo.asks(xml`<iq type="set" to="${romeo}"><query xmlns="${MAM}"/></iq>`, done)
})

const prefs = (policy: string, always: readonly string[] = [], never: readonly string[] = []): Markup => {
  const jids = (list: readonly string[]) => list.map((jid) => xml`<jid>${jid}</jid>`)
  return xml`<prefs xmlns="${MAM}" default="${policy}"><always>${jids(always)}</always><never>${jids(never)}</never></prefs>`
}

story('XEP-0441 §2 — preferences are told, set, and obeyed at once', async ({ romeo, juliet, nurse }) => {
  await online(romeo, juliet, nurse)
  await juliet.asks(xml`<iq type="get"><prefs xmlns="${MAM}"/></iq>`, xml`<iq type="result">${prefs('always')}</iq>`)
  const apply = (set: Markup) => juliet.asks(xml`<iq type="set">${set}</iq>`, xml`<iq type="result">${set}</iq>`)
  await apply(prefs('never', [nurse.jid]))
  await says(romeo, juliet, 'unwanted')
  await says(nurse, juliet, 'wanted')
  await says(juliet, romeo, 'unwanted too')
  assert.deepEqual((await page(juliet.phone)).bodies, ['wanted'])

  // 2. the contacts of the roster
  await apply(prefs('roster', [], [nurse.jid]))
  await juliet.asks(rosterSet(xml`<item jid="${romeo}"/>`), done)
  await says(romeo, juliet, 'a contact')
  await says(nurse, juliet, 'named')
  assert.deepEqual((await page(juliet.phone)).bodies, ['wanted', 'a contact'])
  await juliet.asks(rosterSet(xml`<item jid="${romeo}" subscription="remove"/>`), done)
  await says(romeo, juliet, 'a contact no more')
  assert.deepEqual((await page(juliet.phone)).bodies, ['wanted', 'a contact'])
  await juliet.asks(xml`<iq type="set">${prefs('sometimes')}</iq>`, error('bad-request'))
})

story(
  'XEP-0441 §2, XEP-0334 §4 — what must not be archived waits for a device all the same',
  async ({ romeo, juliet }) => {
    await online(romeo, juliet)
    await juliet.asks(xml`<iq type="set">${prefs('never')}</iq>`, done)
    await juliet.phone.leaves()
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>while away</body></message>`)
    romeo.sends(
      xml`<message to="${juliet}" type="chat"><body>hinted</body><no-permanent-store xmlns="urn:xmpp:hints"/></message>`,
    )
    await romeo.phone.reaches(romeo.phone)
    await juliet.laptop.comesOnline()
    for (const body of ['while away', 'hinted']) {
      const message = await juliet.laptop.receives(
        xml`<message from="${romeo.phone}"><body>${body}</body><delay xmlns="urn:xmpp:delay" stamp="${any}"/></message>`,
      )
      // XEP-0313 §3.3: no id of an archive that does not have it.
      assert.equal(child(message, 'stanza-id', 'urn:xmpp:sid:0'), undefined)
    }
    assert.deepEqual((await page(juliet.laptop)).bodies, [])
  },
)

story('XEP-0359 §3 — an id that a sender has forged in our name is not in the archive', async ({ romeo, juliet }) => {
  await online(romeo, juliet)
  const forged = xml`<stanza-id xmlns="urn:xmpp:sid:0" id="forged" by="${juliet}"/>`
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>1</body>${forged}</message>`)
  await juliet.receives(xml`<message><body>1</body></message>`)
  juliet.sends(query())
  const result = await juliet.receives(xml`<message><result xmlns="${MAM}"/></message>`)
  assert.doesNotMatch(JSON.stringify(result), /forged/)
})
