// An @xmpp/client that does what JSON lines on stdin say, and says on stdout what happens to it.
// Plain JavaScript: the package has no types.

import { createInterface } from 'node:readline'
import { client, xml } from '@xmpp/client'

const ARCHIVE = 'urn:xmpp:mam:2'
const BLOCKING = 'urn:xmpp:blocking'
const CARBONS = 'urn:xmpp:carbons:2'
const CSI = 'urn:xmpp:csi:0'
const RSM = 'http://jabber.org/protocol/rsm'

const [service, domain, username, password] = process.argv.slice(2)
const xmpp = client({ service, domain, username, password, resource: 'xmppjs' })

function tell(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

xmpp.on('error', (error) => tell('error', { error: String(error), condition: error.condition }))
xmpp.on('online', async (address) => {
  const roster = await xmpp.iqCaller.get(xml('query', { xmlns: 'jabber:iq:roster' }))
  const items = Object.fromEntries(roster.getChildren('item').map((item) => [item.attrs.jid, item.attrs.subscription]))
  await xmpp.send(xml('presence'))
  tell('online', { jid: address.toString(), items })
})
xmpp.on('offline', () => tell('offline'))
xmpp.on('disconnect', () => tell('lost'))
xmpp.streamManagement.on('resumed', () => tell('resumed'))
xmpp.streamManagement.on('ack', (stanza) => tell('acknowledged', { id: stanza.attrs.id }))

xmpp.on('stanza', (stanza) => {
  const { from, type } = stanza.attrs
  if (stanza.is('message') && stanza.getChild('body')) {
    const delayed = stanza.getChild('delay', 'urn:xmpp:delay') !== undefined
    tell('message', { sender: from, body: stanza.getChildText('body'), type, delayed })
  }
  for (const kind of ['sent', 'received']) {
    const copy = stanza.getChild(kind, CARBONS)?.getChild('forwarded')?.getChild('message')
    if (copy) tell('copy', { kind, sender: copy.attrs.from, body: copy.getChildText('body') })
  }
  const found = stanza.getChild('result', ARCHIVE)
  if (found) page.push(found.getChild('forwarded').getChild('message').getChildText('body'))
  if (stanza.is('presence')) tell('presence', { sender: from, kind: type ?? 'available' })
})

/** Messages of the page of the archive that is being read. */
const page = []

/** Pages of two, by what the last one says of its end. */
async function readArchive(after) {
  const place = after === undefined ? [] : [xml('after', {}, after)]
  const query = xml('query', { xmlns: ARCHIVE }, xml('set', { xmlns: RSM }, xml('max', {}, '2'), ...place))
  const fin = (await xmpp.iqCaller.request(xml('iq', { type: 'set' }, query))).getChild('fin', ARCHIVE)
  const bodies = page.splice(0)
  if (fin.attrs.complete === 'true') return bodies
  return [...bodies, ...(await readArchive(fin.getChild('set', RSM).getChildText('last')))]
}

async function setBlocked(name, jid) {
  await xmpp.iqCaller.set(xml(name, { xmlns: BLOCKING }, xml('item', { jid })))
  const list = await xmpp.iqCaller.get(xml('blocklist', { xmlns: BLOCKING }))
  tell('blocked', { jids: list.getChildren('item').map(({ attrs }) => attrs.jid) })
}

const DEEDS = {
  send: ({ to, body, id }) => xmpp.send(xml('message', { to, type: 'chat', id }, xml('body', {}, body))),
  presence: ({ to, kind }) => xmpp.send(xml('presence', { to, type: kind })),
  ping: async ({ to }) => {
    await xmpp.iqCaller.get(xml('ping', { xmlns: 'urn:xmpp:ping' }), to)
    tell('done', { do: 'ping' })
  },
  archive: async () => tell('archive', { bodies: await readArchive() }),
  carbons: async () => {
    await xmpp.iqCaller.set(xml('enable', { xmlns: CARBONS }))
    tell('done', { do: 'carbons' })
  },
  block: ({ to }) => setBlocked('block', to),
  unblock: ({ to }) => setBlocked('unblock', to),
  idle: () => xmpp.send(xml('inactive', { xmlns: CSI })),
  look: () => xmpp.send(xml('active', { xmlns: CSI })),
  cut: () => {
    // A WebSocket of Node cannot be torn, only closed; without <close/> the stream stays (RFC 7395 §3.6).
    const socket = xmpp.socket.socket ?? xmpp.socket
    if (socket.destroy) socket.destroy()
    else socket.close()
  },
  leave: () => xmpp.stop(),
}

async function obey(line) {
  const command = JSON.parse(line)
  await DEEDS[command.do](command)
}

createInterface({ input: process.stdin }).on('line', (line) => {
  obey(line).catch((error) => tell('failed', { error: String(error) }))
})

xmpp.start().catch((error) => tell('refused', { error: String(error), condition: error.condition }))
