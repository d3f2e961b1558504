import assert from 'node:assert/strict'
import { type Stage, type Stranger, xml } from '@jabiru/testkit'
import { hasty, story } from './stage.ts'
import { filler } from './words.ts'

const OPEN =
  "<?xml version='1.0'?><stream:stream to='localhost' version='1.0'" +
  " xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

/** What a stream may not contain, and the condition it ends with. The same before and after authentication. */
const BAD: readonly (readonly [title: string, bytes: string | Uint8Array, condition: string])[] = [
  ['RFC 6120 §4.9.3.13 — a wrong end tag', '<message></iq>', 'not-well-formed'],
  ['RFC 6120 §4.9.3.13 — an unbound prefix', '<a:message/>', 'not-well-formed'],
  ['RFC 6120 §4.9.3.13 — an attribute twice', "<message to='a' to='b'/>", 'not-well-formed'],
  ['RFC 6120 §4.9.3.13 — an attribute without quotes', '<message to=a/>', 'not-well-formed'],
  ['RFC 6120 §11.1 — an entity that is not predefined', '<message><body>&nbsp;</body></message>', 'restricted-xml'],
  ['RFC 6120 §4.9.3.13 — a reference to NUL', '<message><body>&#0;</body></message>', 'not-well-formed'],
  ['RFC 6120 §4.9.3.13 — a reference to a surrogate', '<message><body>&#xD800;</body></message>', 'not-well-formed'],
  ['RFC 6120 §4.9.3.13 — a control character', '<message><body>\u0001</body></message>', 'not-well-formed'],
  ['RFC 6120 §11.1 — a comment', '<!-- hello -->', 'restricted-xml'],
  ['RFC 6120 §11.1 — a comment in a stanza', '<message><!-- hello --></message>', 'restricted-xml'],
  ['RFC 6120 §11.1 — a processing instruction', "<?php echo 'hello' ?>", 'restricted-xml'],
  ['RFC 6120 §11.1 — a document type', '<!DOCTYPE a>', 'restricted-xml'],
  ['RFC 6120 §11.1 — a billion laughs', "<!DOCTYPE a [<!ENTITY b 'ha'>]>", 'restricted-xml'],
  [
    'RFC 6120 §11.6 — bytes that are no UTF-8',
    bytes('<message><body>', [0xc3, 0x28], '</body></message>'),
    'unsupported-encoding',
  ],
  [
    'RFC 6120 §11.6 — an overlong form',
    bytes('<message><body>', [0xc0, 0xbc], '</body></message>'),
    'unsupported-encoding',
  ],
  [
    'RFC 6120 §11.6 — a lone surrogate',
    bytes('<message><body>', [0xed, 0xa0, 0x80], '</body></message>'),
    'unsupported-encoding',
  ],
  ['RFC 6120 §4.9.3.10 — a stanza without a namespace', "<message xmlns=''/>", 'invalid-namespace'],
  ['RFC 6120 §4.9.3.10 — a stanza of the server namespace', "<message xmlns='jabber:server'/>", 'invalid-namespace'],
]

function bytes(before: string, middle: readonly number[], after: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), Buffer.from(middle), Buffer.from(after)])
}

/** Conditions that are as right as the expected one: what is not of UTF-8 is not well-formed either, and so on. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  'unsupported-encoding': ['not-well-formed', 'bad-format'],
  'restricted-xml': [],
  'not-well-formed': ['bad-format'],
  'invalid-namespace': ['unsupported-stanza-type', 'bad-format'],
}

for (const [title, text, condition] of BAD) {
  const conditions = [condition, ...(ALSO[condition] ?? [])]
  story(`${title} ends a stream before authentication with ${condition}`, async (stage) => {
    const stranger = await stage.stranger({ over: 'tls' })
    await stranger.opens()
    stranger.writes(text)
    await stranger.isRefused(...conditions, 'not-authorized')
    await lives(stage)
  })

  story(`${title} ends an authenticated stream with ${condition}`, async (stage) => {
    const { romeo, juliet } = stage
    await juliet.comesOnline()
    await romeo.comesOnline()
    romeo.phone.writes(text)
    await romeo.phone.receivesStreamError(...conditions)
    await juliet.receivesNothingElse()
  })
}

/** The server takes the next client as if nothing had been. */
async function lives({ stranger }: Stage): Promise<void> {
  const next = await stranger()
  await next.opens()
}

const HEADERS: readonly (readonly [title: string, text: string, conditions: readonly string[]])[] = [
  ['RFC 6120 §4.9.3.6 — a host that is not served', OPEN.replace('localhost', 'capulet.invalid'), ['host-unknown']],
  ['RFC 6120 §4.7.2 — no host', OPEN.replace("to='localhost' ", ''), ['host-unknown', 'improper-addressing']],
  [
    'RFC 6120 §4.9.3.25 — no version',
    OPEN.replace(" version='1.0'\n", '')
      .replace("' version='1.0' xmlns", "' xmlns")
      .replace("to='localhost' version='1.0'", "to='localhost'"),
    ['unsupported-version'],
  ],
  ['RFC 6120 §4.9.3.10 — another namespace of streams', OPEN.replace('etherx', 'example'), ['invalid-namespace']],
  [
    'RFC 6120 §4.8.2 — another content namespace',
    OPEN.replace('jabber:client', 'jabber:server'),
    ['invalid-namespace'],
  ],
  [
    'RFC 6120 §4.8.1 — another root',
    OPEN.replace('<stream:stream', '<stream:flow'),
    ['bad-format', 'invalid-namespace', 'not-well-formed'],
  ],
  ['RFC 6120 §11.6 — another encoding', OPEN.replace('?>', " encoding='ISO-8859-1'?>"), ['unsupported-encoding']],
  ['RFC 6120 §11.1 — a document type', OPEN.replace('?>', '?><!DOCTYPE a>'), ['restricted-xml']],
  [
    'RFC 6120 §4.9.3.13 — no XML at all',
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    ['not-well-formed', 'bad-format'],
  ],
  [
    'RFC 6120 §4.9.3.13 — a TLS handshake where TLS was not begun',
    '\u0016\u0003\u0001\u0002\u0000\u0001',
    ['not-well-formed', 'bad-format', 'unsupported-encoding'],
  ],
]
for (const [title, text, conditions] of HEADERS) {
  story(`${title} in the header ends the stream with ${conditions[0] ?? ''}`, async (stage) => {
    const stranger = await stage.stranger()
    stranger.writes(text)
    await stranger.isRefused(...conditions)
    await lives(stage)
  })
}

story('RFC 6120 §4.9.3.12 — a stanza before authentication ends the stream, whatever it is', async (stage) => {
  for (const stanza of ['<message/>', '<presence/>', "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"]) {
    const stranger = await stage.stranger({ over: 'tls' })
    await stranger.opens()
    stranger.writes(stanza)
    await stranger.isRefused('not-authorized')
  }
})

story('RFC 6120 §4.9.3.24 — an element that is no stanza ends an authenticated stream', async ({ romeo }) => {
  await romeo.comesOnline()
  romeo.phone.writes('<sonnet/>')
  await romeo.phone.receivesStreamError('unsupported-stanza-type')
})

story('RFC 6120 §5.4.3.3 — what a man in the middle slips in before TLS is forgotten', async (stage) => {
  const stranger = await stage.stranger()
  await stranger.opens()
  stranger.writes("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><message to='x@localhost'/>")
  const proceed = await stranger.connection.next('<proceed/>, or a refusal')
  if (proceed.kind !== 'element' || proceed.element.name !== 'proceed') return
  await assert.rejects(
    stranger.connection.startTls({ servername: stage.house.domain, ca: stage.house.ca }).then(() => stranger.opens()),
  )
})

story('RFC 6120 §13.12 — a stanza too large ends a stream before authentication, before it is whole', async (stage) => {
  const stranger = await stage.stranger({ over: 'tls' })
  await stranger.opens()
  stranger.connection.pour(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${'A'.repeat(20_000)}`)
  await stranger.isRefused('policy-violation')
})

story('RFC 6120 §13.12 — a stanza too large ends an authenticated stream', async ({ romeo, juliet }) => {
  await juliet.comesOnline()
  await romeo.comesOnline()
  romeo.phone.connection.pour(`<message to='${juliet.jid}'><body>${filler(2_000_000)}</body></message>`)
  await romeo.phone.receivesStreamError('policy-violation')
  await juliet.receivesNothingElse()
})

story('RFC 6120 §13.12 — a stanza of 10,000 bytes is taken, and one of 200,000', async ({ romeo, juliet }) => {
  await juliet.comesOnline()
  await romeo.comesOnline()
  for (const length of [9_000, 200_000]) {
    const body = filler(length)
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>${body}</body></message>`)
    await juliet.receives(xml`<message from="${romeo.phone}"><body>${body}</body></message>`)
  }
})

for (const [title, text] of [
  ['elements within elements without end', '<a>'.repeat(5_000)],
  ['a name without end', `<${'a'.repeat(50_000)}`],
  ['attributes without end', `<message ${Array.from({ length: 5_000 }, (_, i) => `a${i}=''`).join(' ')}`],
  ['children without end', `<message>${'<a/>'.repeat(100_000)}`],
] as const) {
  story(`RFC 6120 §13.12 — ${title} end the stream before and after authentication`, async (stage) => {
    const stranger = await stage.stranger({ over: 'tls' })
    await stranger.opens()
    stranger.connection.pour(text)
    await stranger.isRefused('policy-violation')
    await stage.romeo.comesOnline()
    stage.romeo.phone.connection.pour(text)
    await stage.romeo.phone.receivesStreamError('policy-violation')
  })
}

story('RFC 6120 §4.6.1 — bytes that come one at a time are understood all the same', async (stage) => {
  const stranger = await stage.stranger({ over: 'tls' })
  const header = Buffer.from(OPEN)
  for (let at = 0; at < header.length; at += 1) {
    stranger.connection.pour(header.subarray(at, at + 1))
    await stranger.connection.transport.drained()
  }
  await stranger.connection.header()
  assert.equal((await stranger.connection.element('features')).name, 'features')
})

for (const [title, begin] of [
  ['says nothing', () => Promise.resolve()],
  ['opens a stream and falls silent', (stranger: Stranger) => stranger.opens()],
  ['turns to TLS and falls silent', (stranger: Stranger) => stranger.secures()],
  ['stops within a stanza', begunStanza],
] as const) {
  hasty(
    `RFC 6120 §13.12 — a connection that ${title} is closed at the deadline for logging in`,
    async ({ stranger }) => {
      const connected = await stranger()
      await begin(connected)
      await connected.connection.closed()
    },
  )
}

async function begunStanza(stranger: Stranger): Promise<void> {
  await stranger.secures()
  stranger.writes("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AA")
}

hasty('RFC 6120 §13.12 — whitespace does not put the deadline off', async ({ stranger }) => {
  const { connection } = await stranger()
  const state = { closed: false }
  const end = connection.closed().then(() => {
    state.closed = true
  })
  while (!state.closed) {
    connection.pour(' ')
    await Promise.race([connection.transport.drained(), end])
  }
})
