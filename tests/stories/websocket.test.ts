import assert from 'node:assert/strict'
import { connectWebSocket, type Stage, xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { filler } from './words.ts'

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing'

for (const over of ['ws', 'wss'] as const) {
  story(`RFC 7395 §3 — a client logs in, chats and leaves over ${over}://`, async ({ romeo, juliet }) => {
    await romeo.phone.comesOnline({ over })
    await juliet.phone.comesOnline()
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>Mañana &lt;3 💔</body></message>`)
    await juliet.receives(xml`<message from="${romeo.phone}"><body>Mañana &lt;3 💔</body></message>`)
    juliet.sends(xml`<message to="${romeo}" type="chat"><body>Sì</body></message>`)
    await romeo.receives(xml`<message from="${juliet.phone}"><body>Sì</body></message>`)
    await romeo.receivesNothingElse({ after: [juliet] })
    await romeo.phone.leaves()
  })
}

story('XEP-0198 §5 — a session moves from TCP to WebSocket and back', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await juliet.phone.enablesManagement()
  for (const over of ['ws', 'tls', 'wss'] as const) {
    juliet.phone.vanishes()
    await juliet.phone.seesLoss()
    romeo.sends(xml`<message to="${juliet}" type="chat" id="${over}"><body>${over}</body></message>`)
    await juliet.phone.resumes({ over })
    await juliet.receives(xml`<message id="${over}"/>`)
    await juliet.receivesNothingElse({ after: [romeo] })
  }
})

async function opened({ stranger, house }: Stage) {
  const stream = await stranger({ over: 'ws' })
  await stream.opens()
  return { stream, house }
}

const BAD = [
  ['RFC 7395 §3.3.3 — two elements in a frame', "<a xmlns='x'/><b xmlns='x'/>", ['not-well-formed', 'bad-format']],
  [
    'RFC 7395 §3.3.3 — half an element in a frame',
    "<message xmlns='jabber:client'>",
    ['not-well-formed', 'bad-format'],
  ],
  ['RFC 7395 §3.3.3 — a frame of white space', ' ', ['not-well-formed', 'bad-format']],
  ['RFC 7395 §3.3.3 — a stanza without a namespace', '<message/>', ['invalid-namespace', 'not-authorized']],
  ['RFC 7395 §3.3.3 — a prefix that is bound elsewhere', '<stream:error/>', ['not-well-formed', 'bad-format']],
  ['RFC 6120 §11.1 — a document type in a frame', "<!DOCTYPE a><a xmlns='x'/>", ['restricted-xml', 'not-well-formed']],
  ['RFC 6120 §11.1 — a comment in a frame', "<a xmlns='x'><!-- b --></a>", ['restricted-xml']],
] as const
for (const [title, frame, conditions] of BAD) {
  story(`${title} ends the stream`, async (stage) => {
    const { stream } = await opened(stage)
    stream.writes(frame)
    await stream.isRefused(...conditions)
  })
}

story('RFC 7395 §3.2 — a binary frame ends the connection', async (stage) => {
  const { stream } = await opened(stage)
  stream.writes(Buffer.from("<message xmlns='jabber:client'/>"))
  await stream.connection.closed()
})

story('RFC 6120 §13.12 — a frame too large ends the connection', async (stage) => {
  const { stream } = await opened(stage)
  stream.connection.pour(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${'A'.repeat(20_000)}</auth>`)
  await stream.connection.closed()
  const { romeo } = stage
  await romeo.phone.logsIn({ over: 'ws' })
  romeo.phone.connection.pour(`<message xmlns='jabber:client'><body>${filler(2_000_000)}</body></message>`)
  await romeo.phone.seesLoss()
})

story('RFC 7395 §3.6.1 — a stream that the client closes is closed by the server too', async (stage) => {
  const { stream } = await opened(stage)
  stream.writes(`<close xmlns='${FRAMING}'/>`)
  await stream.connection.ended()
})

story('RFC 7395 §3.1 — without the subprotocol there is no WebSocket', async ({ house }) => {
  const [place] = house.c2s
  const url = `ws://${place?.host}:${place?.httpPort}`
  const trust = { servername: house.domain }
  await assert.rejects(connectWebSocket(`${url}/elsewhere`, trust), /404/)
  const plain = new WebSocket(`${url}/ws`)
  const { promise, resolve } = Promise.withResolvers<string>()
  plain.addEventListener('error', () => resolve('refused'))
  plain.addEventListener('open', () => resolve('opened'))
  assert.equal(await promise, 'refused')
})
