import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { Actor, type Stage, xml } from '@jabiru/testkit'
import { arranged, story } from '../stories/stage.ts'
import { type Authority, authorityOf } from './authority.ts'
import { Driver } from './driver.ts'
import { EXTENSIONS, resumes } from './extensions.ts'
import { needs } from './packages.ts'

const CLIENT = fileURLToPath(new URL('slixmpp_client.py', import.meta.url))

/** A slixmpp client that is online as this actor; with `register` it has made the account itself. */
async function slixmpp(
  { house, deadline }: Stage,
  actor: Actor,
  authority: Authority,
  ...how: readonly 'register'[]
): Promise<Driver> {
  await needs({ name: 'python3-slixmpp', file: '/usr/lib/python3/dist-packages/slixmpp/__init__.py' })
  if (!how.includes('register')) await actor.exists()
  const [place] = house.c2s
  const args = [place?.host ?? '', String(place?.port), actor.jid, actor.password, authority.file, ...how]
  // Debian's packages are for Debian's own Python.
  const driver = new Driver({ name: 'slixmpp', command: ['/usr/bin/python3', CLIENT, ...args], deadline })
  await using failed = new AsyncDisposableStack()
  failed.use(driver)
  if (how.includes('register')) await driver.says('registered')
  await driver.says('online')
  failed.move()
  return driver
}

story('slixmpp — logs in, asks what the server can, and is pinged', async (stage) => {
  const { juliet, house } = stage
  await using authority = await authorityOf(house)
  await using client = await slixmpp(stage, juliet, authority)
  client.does('info', { to: house.domain })
  const { fields } = await client.says('info')
  assert.ok(Array.isArray(fields['features']) && fields['features'].includes('urn:xmpp:ping'))
  client.does('ping', { to: house.domain })
  await client.says('done', { do: 'ping' })
})

story('slixmpp — subscribes and is subscribed to, names a friend and loses one', async (stage) => {
  const { romeo, juliet } = stage
  await using authority = await authorityOf(stage.house)
  await using client = await slixmpp(stage, juliet, authority)
  await romeo.comesOnline()

  // 1. it asks, romeo approves
  client.does('subscribe', { to: romeo.jid })
  await romeo.receives(xml`<presence from="${juliet}" type="subscribe"/>`)
  romeo.sends(xml`<presence to="${juliet}" type="subscribed"/>`)
  await client.says('subscription', { kind: 'subscribed', sender: romeo.jid })
  await client.says('presence', { kind: 'available', sender: romeo.phone.jid })

  // 2. romeo asks, it approves
  romeo.sends(xml`<presence to="${juliet}" type="subscribe"/>`)
  await client.says('subscription', { kind: 'subscribe', sender: romeo.jid })
  client.does('subscribed', { to: romeo.jid })
  await romeo.receives(xml`<presence from="${juliet}" type="subscribed"/>`)

  // 3. it gives romeo a name, and then removes him
  client.does('name', { to: romeo.jid, name: 'Montague' })
  await client.says('done', { do: 'name' })
  client.does('remove', { to: romeo.jid })
  await client.says('done', { do: 'remove' })
  await romeo.receives(xml`<presence from="${juliet}" type="unsubscribed"/>`)
})

story('slixmpp — chats', async (stage) => {
  const { romeo, juliet } = stage
  await using authority = await authorityOf(stage.house)
  await using client = await slixmpp(stage, juliet, authority)
  await romeo.comesOnline()
  client.does('send', { to: romeo.jid, body: 'Wherefore art thou? <&> 💔' })
  await romeo.receives(xml`<message type="chat"><body>${'Wherefore art thou? <&> 💔'}</body></message>`)
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>${'Here <&> 💔'}</body></message>`)
  await client.says('message', { sender: romeo.phone.jid, body: 'Here <&> 💔', delayed: false })
})

story('slixmpp — finds what was sent while it was away, with a delay', async (stage) => {
  const { romeo, juliet } = stage
  await using authority = await authorityOf(stage.house)
  await juliet.exists()
  await romeo.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>Good night</body></message>`)
  await romeo.phone.pingsItself()
  await using client = await slixmpp(stage, juliet, authority)
  await client.says('message', { sender: romeo.phone.jid, body: 'Good night', delayed: true })
})

story('slixmpp — XEP-0198: resumes after its connection was cut, and gets what it missed once', async (stage) => {
  await using authority = await authorityOf(stage.house)
  await using client = await slixmpp(stage, stage.juliet, authority)
  await client.says('managed')
  await resumes(stage, client)
})

arranged('slixmpp — XEP-0077: makes its account before it logs in', async (stage) => {
  await using authority = await authorityOf(stage.house)
  await using client = await slixmpp(stage, stage.nurse, authority, 'register')
  client.does('ping', { to: stage.house.domain })
  await client.says('done', { do: 'ping' })
})

arranged('slixmpp — XEP-0050, XEP-0133: an administrator finds the commands and fills in a form', async (stage) => {
  const { house, deadline, romeo } = stage
  const watchman = { username: 'watchman', password: 'the keys of Verona' }
  await house.addUser(watchman.username, watchman.password)
  await using authority = await authorityOf(house)
  await using client = await slixmpp(stage, new Actor('watchman', house, deadline, watchman), authority)
  const node = 'http://jabber.org/protocol/admin#end-user-session'
  client.does('commands', { to: house.domain })
  const { fields } = await client.says('commands')
  assert.ok(Array.isArray(fields['nodes']) && fields['nodes'].includes(node))
  await romeo.comesOnline()
  client.does('run', { to: house.domain, node, fields: { accountjids: [romeo.jid] } })
  await romeo.phone.receivesStreamError('policy-violation')
  await client.says('ran', { status: 'completed' })
})

for (const { title, tell } of EXTENSIONS) {
  story(`slixmpp — ${title}`, async (stage) => {
    await using authority = await authorityOf(stage.house)
    await using client = await slixmpp(stage, stage.juliet, authority)
    await tell(stage, client)
  })
}
