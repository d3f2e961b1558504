import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { type Actor, type Stage, xml } from '@jabiru/testkit'
import { story } from '../stories/stage.ts'
import { type Authority, authorityOf } from './authority.ts'
import { Driver } from './driver.ts'
import { EXTENSIONS, resumes } from './extensions.ts'

const CLIENT = fileURLToPath(new URL('xmpp-client.js', import.meta.url))

interface Way {
  readonly name: string
  readonly service: (stage: Stage) => string
}

const WAYS: readonly Way[] = [
  { name: 'STARTTLS', service: ({ house }) => `xmpp://localhost:${house.c2s[0]?.port}` },
  { name: 'direct TLS', service: ({ house }) => `xmpps://localhost:${house.c2s[0]?.tlsPort}` },
  { name: 'WebSocket', service: ({ house }) => `ws://127.0.0.1:${house.c2s[0]?.httpPort}/ws` },
  { name: 'WebSocket with TLS', service: ({ house }) => `wss://localhost:${house.c2s[0]?.httpsPort}/ws` },
]

async function xmppClient(stage: Stage, actor: Actor, authority: Authority, way: Way): Promise<Driver> {
  await actor.exists()
  const { house, deadline } = stage
  const args = [CLIENT, way.service(stage), house.domain, actor.username, actor.password]
  const env = { NODE_EXTRA_CA_CERTS: authority.file }
  const driver = new Driver({ name: '@xmpp/client', command: [process.execPath, ...args], env, deadline })
  await driver.says('online', { jid: `${actor.jid}/xmppjs` })
  return driver
}

for (const way of WAYS) {
  story(`@xmpp/client — logs in over ${way.name}, pings, chats and leaves`, async (stage) => {
    const { romeo, juliet, house } = stage
    await using authority = await authorityOf(house)
    await using client = await xmppClient(stage, juliet, authority, way)
    await romeo.comesOnline()
    client.does('ping', { to: house.domain })
    await client.says('done', { do: 'ping' })
    client.does('send', { to: romeo.jid, body: 'Hi <&> 💔', id: 'h1' })
    await romeo.receives(xml`<message from="${juliet.jid}/xmppjs" id="h1"><body>${'Hi <&> 💔'}</body></message>`)
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>Ho</body></message>`)
    await client.says('message', { sender: romeo.phone.jid, body: 'Ho' })
    client.does('leave')
    await client.says('offline')
  })
}

story('@xmpp/client — subscribes and sees a friend come and go', async (stage) => {
  const { romeo, juliet } = stage
  await using authority = await authorityOf(stage.house)
  const [way] = WAYS
  assert.ok(way)
  await using client = await xmppClient(stage, juliet, authority, way)
  await romeo.comesOnline()
  client.does('presence', { to: romeo.jid, kind: 'subscribe' })
  await romeo.receives(xml`<presence from="${juliet}" type="subscribe"/>`)
  romeo.sends(xml`<presence to="${juliet}" type="subscribed"/>`)
  await client.says('presence', { kind: 'subscribed', sender: romeo.jid })
  await client.says('presence', { kind: 'available', sender: romeo.phone.jid })
  await romeo.phone.leaves()
  await client.says('presence', { kind: 'unavailable', sender: romeo.phone.jid })
})

for (const way of WAYS) {
  story(
    `@xmpp/client — XEP-0198: resumes over ${way.name} after a cut, and gets what it missed once`,
    async (stage) => {
      await using authority = await authorityOf(stage.house)
      await using client = await xmppClient(stage, stage.juliet, authority, way)
      await resumes(stage, client)
    },
  )
}

for (const { title, tell } of EXTENSIONS) {
  story(`@xmpp/client — ${title}`, async (stage) => {
    const [way] = WAYS
    assert.ok(way)
    await using authority = await authorityOf(stage.house)
    await using client = await xmppClient(stage, stage.juliet, authority, way)
    await tell(stage, client)
  })
}
