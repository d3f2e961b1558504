import assert from 'node:assert/strict'
import { type Stage, xml } from '@jabiru/testkit'
import type { Driver } from './driver.ts'

/** What any client does with an extension; the driven one is juliet's. */
interface Use {
  readonly title: string
  readonly tell: (stage: Stage, client: Driver) => Promise<void>
}

/** XEP-0198: its connection is cut, it comes back by itself, and gets what it missed once and in order. */
export async function resumes({ romeo, juliet }: Stage, client: Driver): Promise<void> {
  await romeo.comesOnline()
  client.does('cut')
  await client.says('lost')
  const bodies = ['1', '2', '3']
  for (const body of bodies) romeo.sends(xml`<message to="${juliet}" type="chat"><body>${body}</body></message>`)
  await client.says('resumed')
  for (const body of bodies) await client.says('message', { body, sender: romeo.phone.jid })
  client.does('send', { to: romeo.phone.jid, body: 'all three', id: 'h1' })
  await romeo.receives(xml`<message type="chat"><body>all three</body></message>`)
  assert.deepEqual(
    client.untaken.filter((e) => e.event === 'message'),
    [],
  )
}

async function readsArchive({ romeo, juliet }: Stage, client: Driver): Promise<void> {
  await romeo.comesOnline()
  const bodies = ['1', '2', '3', '4', '5']
  for (const body of bodies) romeo.sends(xml`<message to="${juliet}" type="chat"><body>${body}</body></message>`)
  await client.says('message', { body: '5' })
  client.does('send', { to: romeo.jid, body: '6', id: 'six' })
  await romeo.receives(xml`<message type="chat"><body>6</body></message>`)
  client.does('archive', { with: romeo.jid })
  const { fields } = await client.says('archive')
  assert.deepEqual(fields['bodies'], [...bodies, '6'])
}

async function isGivenCopies({ romeo, juliet }: Stage, client: Driver): Promise<void> {
  client.does('carbons')
  await client.says('done', { do: 'carbons' })
  await romeo.comesOnline()
  await juliet.comesOnline()
  juliet.sends(xml`<message to="${romeo.phone}" type="chat"><body>Ay me!</body></message>`)
  await client.says('copy', { kind: 'sent', sender: juliet.phone.jid, body: 'Ay me!' })
  romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>She speaks</body></message>`)
  await client.says('copy', { kind: 'received', sender: romeo.phone.jid, body: 'She speaks' })
}

async function blocks({ romeo, juliet, tybalt }: Stage, client: Driver): Promise<void> {
  await romeo.comesOnline()
  await tybalt.comesOnline()
  client.does('block', { to: tybalt.jid })
  assert.deepEqual((await client.says('blocked')).fields['jids'], [tybalt.jid])
  tybalt.sends(xml`<message to="${juliet}" type="chat" id="b1"><body>Boy!</body></message>`)
  await tybalt.receives(xml`<message type="error" id="b1"/>`)
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>after</body></message>`)
  await client.says('message', { body: 'after' })
  assert.ok(client.untaken.every(({ fields }) => fields['body'] !== 'Boy!'))
  client.does('unblock', { to: tybalt.jid })
  assert.deepEqual((await client.says('blocked')).fields['jids'], [])
  tybalt.sends(xml`<message to="${juliet}" type="chat"><body>Well met</body></message>`)
  await client.says('message', { body: 'Well met' })
}

/** A client at which nobody looks hears of presence later than her phone, and of messages at once. */
async function looksAway({ romeo, juliet }: Stage, client: Driver): Promise<void> {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await juliet.becomesFriendsWith(romeo)
  client.does('idle')
  client.does('send', { to: romeo.phone.jid, body: 'I sleep', id: 'sleep' })
  await romeo.receives(xml`<message type="chat"><body>I sleep</body></message>`)
  const isOfLaptop = ({ fields }: { readonly fields: Driver['untaken'][number]['fields'] }) =>
    fields['sender'] === romeo.laptop.jid

  // 1. romeo's laptop comes: her phone sees it
  await romeo.laptop.comesOnline()
  await juliet.phone.receives(xml`<presence from="${romeo.laptop}"/>`)
  assert.ok(!client.untaken.some(isOfLaptop))

  // 2. a message takes along what has waited
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>Wake</body></message>`)
  await client.says('message', { body: 'Wake' })
  assert.ok(client.untaken.some(isOfLaptop))

  // 3. the laptop goes: she looks
  await romeo.laptop.leaves()
  await juliet.phone.receives(xml`<presence from="${romeo.laptop}" type="unavailable"/>`)
  client.does('look')
  await client.says('presence', { kind: 'unavailable', sender: romeo.laptop.jid })
}

/** What a user has of a server, done by a client of another house. */
export const EXTENSIONS: readonly Use[] = [
  { title: 'XEP-0313: reads its archive page by page, in order', tell: readsArchive },
  { title: 'XEP-0280: is given copies of what its other device says and hears', tell: isGivenCopies },
  { title: 'XEP-0191: blocks, hears nothing, and unblocks', tell: blocks },
  { title: 'XEP-0352: hears of presence when somebody looks at it, and of messages at once', tell: looksAway },
]
