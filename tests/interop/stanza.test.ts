import { fileURLToPath } from 'node:url'
import { type Actor, type Stage, xml } from '@jabiru/testkit'
import { story } from '../stories/stage.ts'
import { type Authority, authorityOf } from './authority.ts'
import { Driver } from './driver.ts'
import { resumes } from './extensions.ts'

const CLIENT = fileURLToPath(new URL('stanza-client.js', import.meta.url))

type Way = (stage: Stage) => string

const plain: Way = ({ house }) => `ws://127.0.0.1:${house.c2s[0]?.httpPort}/ws`
const secure: Way = ({ house }) => `wss://localhost:${house.c2s[0]?.httpsPort}/ws`

const WAYS: readonly (readonly [name: string, way: Way])[] = [
  ['WebSocket', plain],
  ['WebSocket with TLS', secure],
]

/** A stanza.js client that is online as this actor. */
async function stanzaClient(stage: Stage, actor: Actor, authority: Authority, way: Way): Promise<Driver> {
  await actor.exists()
  const command = [process.execPath, CLIENT, way(stage), actor.jid, actor.password] as const
  const env = { NODE_EXTRA_CA_CERTS: authority.file }
  const driver = new Driver({ name: 'stanza.js', command: [...command], env, deadline: stage.deadline })
  await driver.says('online', { jid: `${actor.jid}/stanzajs`, mechanism: 'SCRAM-SHA-256' })
  return driver
}

for (const [name, way] of WAYS) {
  story(`stanza.js — logs in by SCRAM over ${name}, pings, chats and leaves`, async (stage) => {
    const { romeo, juliet, house } = stage
    await using authority = await authorityOf(house)
    await using client = await stanzaClient(stage, juliet, authority, way)
    await romeo.comesOnline()
    client.does('ping', { to: house.domain })
    await client.says('done', { do: 'ping' })
    client.does('send', { to: romeo.jid, body: 'Hi <&> 💔', id: 'h1' })
    await romeo.receives(xml`<message from="${juliet.jid}/stanzajs" id="h1"><body>${'Hi <&> 💔'}</body></message>`)
    await client.says('acknowledged', { id: 'h1' })
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>Ho</body></message>`)
    await client.says('message', { sender: romeo.phone.jid, body: 'Ho', delayed: false })
    client.does('leave')
    await client.says('offline')
  })
}

story('stanza.js — subscribes, and sees its roster change and a friend come and go', async (stage) => {
  const { romeo, juliet } = stage
  await using authority = await authorityOf(stage.house)
  await using client = await stanzaClient(stage, juliet, authority, plain)
  await romeo.comesOnline()
  client.does('presence', { to: romeo.jid, kind: 'subscribe' })
  await romeo.receives(xml`<presence from="${juliet}" type="subscribe"/>`)
  romeo.sends(xml`<presence to="${juliet}" type="subscribed"/>`)
  await client.says('roster', { contact: romeo.jid, subscription: 'to' })
  await client.says('presence', { kind: 'subscribed', sender: romeo.jid })
  await client.says('presence', { kind: 'available', sender: romeo.phone.jid })
  await romeo.phone.leaves()
  await client.says('presence', { kind: 'unavailable', sender: romeo.phone.jid })
})

for (const [name, way] of WAYS) {
  story(`stanza.js — XEP-0198: resumes over ${name} after a cut, and gets what it missed once`, async (stage) => {
    await using authority = await authorityOf(stage.house)
    await using client = await stanzaClient(stage, stage.juliet, authority, way)
    await resumes(stage, client)
  })
}
