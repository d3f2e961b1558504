// A stanza.js client that does what JSON lines on stdin say, and says on stdout what happens to it.
// Plain JavaScript, as its events are not typed closely enough to be checked.

import { createInterface } from 'node:readline'
import { createClient } from 'stanza'

const [url, jid, password] = process.argv.slice(2)
const xmpp = createClient({
  jid,
  password,
  resource: 'stanzajs',
  autoReconnect: false,
  transports: { websocket: url, bosh: false },
})

function tell(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

const wrapped = (deed) => (value) => deed(value).catch((error) => tell('failed', { error: String(error) }))

let authenticatedBy
xmpp.on('raw:outgoing', (data) => {
  authenticatedBy = /<auth .*mechanism="([^"]+)"/.exec(data)?.[1] ?? authenticatedBy
})
xmpp.on('auth:failed', () => tell('refused'))
xmpp.on(
  'session:started',
  wrapped(async (bound) => {
    const { items } = await xmpp.getRoster()
    xmpp.sendPresence()
    const roster = Object.fromEntries(items.map((item) => [item.jid, item.subscription]))
    tell('online', { jid: bound, mechanism: authenticatedBy, items: roster })
  }),
)
xmpp.on('stream:management:resumed', () => tell('resumed'))
xmpp.on('stream:management:failed', () => tell('not resumed'))
xmpp.on('stream:error', (error) => tell('error', { condition: error.condition }))
xmpp.on('message:acked', (message) => tell('acknowledged', { id: message.id }))
xmpp.on('roster:update', ({ roster }) => {
  for (const item of roster.items) tell('roster', { contact: item.jid, subscription: item.subscription })
})
xmpp.on('message', ({ from, type, body, delay }) => {
  if (body !== undefined) tell('message', { sender: from, body, type, delayed: delay !== undefined })
})
xmpp.on('presence', ({ from, type }) => tell('presence', { sender: from, kind: type ?? 'available' }))

let cut = false
xmpp.on('disconnected', () => {
  tell(cut ? 'lost' : 'offline')
  if (cut) xmpp.connect()
  cut = false
})

const DEEDS = {
  send: ({ to, body, id }) => xmpp.sendMessage({ to, type: 'chat', id, body }),
  presence: ({ to, kind }) => xmpp.sendPresence({ to, type: kind }),
  ping: async ({ to }) => {
    await xmpp.ping(to)
    tell('done', { do: 'ping' })
  },
  cut: () => {
    cut = true
    xmpp.transport.socket.terminate()
  },
  leave: () => xmpp.disconnect(),
}

createInterface({ input: process.stdin }).on(
  'line',
  wrapped(async (line) => {
    const command = JSON.parse(line)
    await DEEDS[command.do](command)
  }),
)

xmpp.connect()
