import assert from 'node:assert/strict'
import { LoginRefused, type Stranger, xml } from '@jabiru/testkit'
import { child, childOf, parseElement, textOf } from '@jabiru/xml'
import { story } from './stage.ts'

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const TLS = 'urn:ietf:params:xml:ns:xmpp-tls'
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind'

const MECHANISMS = [
  'SCRAM-SHA-512-PLUS',
  'SCRAM-SHA-512',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-1',
  'PLAIN',
]

for (const mechanism of MECHANISMS) {
  story(`RFC 6120 §6 — ${mechanism} logs in over STARTTLS and over direct TLS`, async ({ romeo }) => {
    await romeo.phone.logsIn({ mechanism, over: 'starttls' })
    await romeo.laptop.logsIn({ mechanism, over: 'tls' })
    await romeo.phone.reaches(romeo.laptop)
  })

  story(`RFC 6120 §6.5.10 — ${mechanism} refuses a wrong password`, async ({ romeo }) => {
    const refused = romeo.phone.logsIn({ mechanism, password: 'montague' })
    await assert.rejects(refused, (e) => e instanceof LoginRefused && e.condition === 'not-authorized')
  })

  story(`RFC 6120 §13.9.1 — ${mechanism} does not tell an unknown user from a wrong password`, async (stage) => {
    const { romeo } = stage
    await romeo.exists()
    const seen: string[] = []
    for (const username of [romeo.username, 'nobody-at-all']) {
      const stranger = await stage.stranger({ over: 'tls' })
      await stranger.opens()
      seen.push(await answersTo(stranger, { mechanism, username }))
    }
    assert.equal(seen[0], seen[1])
  })
}

interface Attempt {
  readonly mechanism: string
  readonly username: string
}

/** What a server says to an attempt with the wrong password, with all that may differ by chance left out. */
async function answersTo(stranger: Stranger, { mechanism, username }: Attempt): Promise<string> {
  if (mechanism === 'PLAIN') {
    stranger.writes(`<auth xmlns='${SASL}' mechanism='PLAIN'>${btoa(`\0${username}\0wrong`)}</auth>`)
    return JSON.stringify(await stranger.connection.element('a failure'))
  }
  const gs2 = mechanism.endsWith('-PLUS') ? 'p=tls-exporter,,' : 'n,,'
  const nonce = 'fyko+d2lbbFgONRv9qkxdawL'
  stranger.writes(`<auth xmlns='${SASL}' mechanism='${mechanism}'>${btoa(`${gs2}n=${username},r=${nonce}`)}</auth>`)
  const challenge = await stranger.connection.element('a challenge')
  assert.equal(challenge.name, 'challenge')
  const [text] = challenge.children
  const parts = atob(typeof text === 'string' ? text : '').split(',')
  const [server = '', salt = '', ...rest] = parts
  const proof = btoa('x'.repeat({ 1: 20, 256: 32, 512: 64 }[/\d+/.exec(mechanism)?.[0] ?? ''] ?? 20))
  stranger.writes(`<response xmlns='${SASL}'>${btoa(`c=${btoa(gs2)},${server},p=${proof}`)}</response>`)
  const failure = await stranger.connection.element('a failure')
  return JSON.stringify([challenge.name, server.length, salt.length, rest, failure])
}

story(
  'RFC 6120 §5.3.1 — before TLS there is STARTTLS to be had, required, and nothing to log in with',
  async (stage) => {
    const stranger = await stage.stranger()
    const features = await stranger.opens()
    const starttls = child(features, 'starttls', TLS)
    assert.ok(starttls && child(starttls, 'required', TLS), 'STARTTLS is not required')
    assert.equal(childOf(features, SASL), undefined)
  },
)

story('RFC 6120 §6.4.1 — authentication without TLS is not to be had', async (stage) => {
  const stranger = await stage.stranger()
  await stranger.opens()
  stranger.writes(`<auth xmlns='${SASL}' mechanism='PLAIN'>${btoa('\0a\0b')}</auth>`)
  const answer = await stranger.connection.element('a refusal')
  assert.ok(answer.name === 'failure' || answer.name === 'error', `received ${answer.name}`)
})

story('RFC 6120 §4.3.3 — each stream of a connection has an id of its own', async ({ stranger, house }) => {
  const ids = new Set<string>()
  for (let i = 0; i < 20; i += 1) {
    const { connection } = await stranger()
    connection.openStream(house.domain)
    ids.add((await connection.header()).attrs['id'] ?? '')
  }
  assert.equal(ids.size, 20)
})

story('RFC 6120 §6.4.3 — after SASL a client that logs in again is refused', async ({ romeo }) => {
  await romeo.phone.logsIn()
  romeo.phone.writes(`<auth xmlns='${SASL}' mechanism='PLAIN'>${btoa('\0a\0b')}</auth>`)
  await assert.rejects(romeo.receives(xml`<message/>`), /stream:error|xmpp-streams|nothing a server may send|closed/)
})

story('RFC 6120 §6.3.8 — nobody acts as somebody else', async ({ romeo, juliet, house }) => {
  await juliet.exists()
  const authzid = `${juliet.username}@${house.domain}`
  const refused = romeo.phone.logsIn({ mechanism: 'PLAIN', authzid })
  await assert.rejects(refused, (e) => e instanceof LoginRefused && e.condition === 'invalid-authzid')
})

const REFUSED = [
  ['RFC 6120 §6.5.7 — a mechanism that was not offered', `mechanism='CRAM-MD5'>=`, 'invalid-mechanism'],
  ['RFC 6120 §6.5.5 — what is no base64', `mechanism='PLAIN'>***`, 'incorrect-encoding'],
  ['RFC 6120 §6.5.8 — PLAIN without a password', `mechanism='PLAIN'>${btoa('\0romeo')}`, 'malformed-request'],
  ['RFC 4616 §2 — PLAIN with one NUL too many', `mechanism='PLAIN'>${btoa('\0romeo\0a\0b')}`, 'malformed-request'],
  ['RFC 4616 §2 — PLAIN without a name', `mechanism='PLAIN'>${btoa('\0\0b')}`, 'malformed-request'],
  ['RFC 5802 §5.1 — SCRAM with an unknown extension', `mechanism='SCRAM-SHA-256'>${btoa('n,,m=x,n=a,r=b')}`, undefined],
] as const
for (const [title, auth, condition] of REFUSED) {
  story(`${title} is refused`, async (stage) => {
    const stranger = await stage.stranger({ over: 'tls' })
    await stranger.opens()
    stranger.writes(`<auth xmlns='${SASL}' ${auth}</auth>`)
    const failure = await stranger.connection.element('a failure')
    assert.equal(failure.name, 'failure')
    if (condition !== undefined) assert.ok(child(failure, condition, SASL), JSON.stringify(failure))
  })
}

story('RFC 6120 §6.4.4 — a client may give an exchange up and begin another', async (stage) => {
  const stranger = await stage.stranger({ over: 'tls' })
  await stranger.opens()
  stranger.writes(`<auth xmlns='${SASL}' mechanism='SCRAM-SHA-256'>${btoa('n,,n=a,r=abcdefghijklmnop')}</auth>`)
  assert.equal((await stranger.connection.element('a challenge')).name, 'challenge')
  stranger.writes(`<abort xmlns='${SASL}'/>`)
  const failure = await stranger.connection.element('a failure')
  assert.ok(child(failure, 'aborted', SASL))
  stranger.writes(`<auth xmlns='${SASL}' mechanism='PLAIN'>${btoa('\0a\0b')}</auth>`)
  assert.ok(child(await stranger.connection.element('a failure'), 'not-authorized', SASL))
})

story('RFC 6120 §6.4.5 — after 2 to 5 refusals the stream is closed', async (stage) => {
  const stranger = await stage.stranger({ over: 'tls' })
  await stranger.opens()
  for (let refusals = 0; ; refusals += 1) {
    assert.ok(refusals <= 5, `${refusals} refusals, and the stream is open`)
    stranger.writes(`<auth xmlns='${SASL}' mechanism='PLAIN'>${btoa('\0a\0b')}</auth>`)
    const arrival = await stranger.connection.next('a failure, or the end')
    if (arrival.kind === 'element' && arrival.element.name === 'failure') continue
    assert.ok(refusals >= 2, `closed after ${refusals} refusals`)
    await stranger.connection.closed()
    return
  }
})

story('RFC 6120 §4.3.3 — a restart may not change the host', async (stage) => {
  const stranger = await stage.stranger()
  const features = await stranger.opens()
  assert.ok(child(features, 'starttls', TLS))
  stranger.writes(`<starttls xmlns='${TLS}'/>`)
  assert.equal((await stranger.connection.element('<proceed/>')).name, 'proceed')
  await stranger.connection.startTls({ servername: stage.house.domain, ca: stage.house.ca })
  stranger.connection.openStream('elsewhere.test')
  await stranger.isRefused('host-unknown')
})

story('RFC 6120 §7.6 — the server makes a resource that cannot be guessed', async ({ romeo }) => {
  const features = await romeo.phone.authenticates()
  assert.ok(child(features, 'bind', BIND))
  romeo.phone.writes(`<iq type='set' id='b1'><bind xmlns='${BIND}'/></iq>`)
  const bound = await romeo.phone.connection.element('a result')
  const jid = child(child(bound, 'bind', BIND) ?? parseElement('<none/>', BIND), 'jid', BIND)
  assert.match(textOf(jid), new RegExp(`^${romeo.jid}/.{16,}$`))
})

story('RFC 6120 §7.7.2.1 — a resource that is none is refused', async ({ romeo }) => {
  await romeo.phone.authenticates()
  romeo.phone.writes(
    `<iq type='set' id='b1'><bind xmlns='${BIND}'><resource>${'x'.repeat(1024)}</resource></bind></iq>`,
  )
  const reply = await romeo.phone.connection.element('an error')
  assert.deepEqual([reply.name, reply.attrs['type'], reply.attrs['id']], ['iq', 'error', 'b1'])
  assert.ok(childOf(reply, 'jabber:client'))
})

story('RFC 6120 §7.7.2.2 — a second client of the same resource takes the place of the first', async ({ romeo }) => {
  await romeo.phone.logsIn({ resource: 'orchard' })
  await romeo.laptop.logsIn({ resource: 'orchard' })
  await romeo.phone.receivesStreamError('conflict')
  assert.equal(romeo.phone.jid, romeo.laptop.jid)
  await romeo.laptop.pingsItself()
})

story('RFC 6120 §7.7 — two resources of an account live side by side', async ({ romeo }) => {
  await romeo.phone.logsIn()
  await romeo.laptop.logsIn()
  await romeo.phone.reaches(romeo.laptop)
  await romeo.laptop.reaches(romeo.phone)
})

story('RFC 6120 §7.1 — before binding, a stanza for others is not taken', async ({ romeo, juliet }) => {
  await juliet.comesOnline()
  await romeo.phone.authenticates()
  romeo.phone.writes(`<message to='${juliet.jid}'><body>too early</body></message>`)
  const answer = await romeo.phone.connection.element('a refusal')
  assert.ok(answer.name === 'error' || answer.attrs['type'] === 'error')
  await juliet.receivesNothingElse()
})

story('RFC 6120 §4.4 — a stream that the client closes is closed by the server too', async ({ romeo }) => {
  await romeo.phone.logsIn()
  await romeo.phone.leaves()
})

story('RFC 3921 §3 — session establishment is answered for clients that still ask for it', async ({ romeo }) => {
  await romeo.phone.logsIn()
  await romeo.asks(
    xml`<iq type="set"><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/></iq>`,
    xml`<iq type="result"/>`,
  )
})
