import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Actor } from '../src/actor.ts'
import { Deadline } from '../src/deadline.ts'
import type { Device } from '../src/device.ts'
import { xml } from '../src/markup.ts'
import { LoginRefused } from '../src/negotiation.ts'
import { HEADER, type Peer, type Script, scripted } from './peer.ts'

const LOGIN = { over: 'plain', mechanism: 'PLAIN' } as const
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const MECHANISMS = `<mechanisms xmlns='${SASL}'><mechanism>PLAIN</mechanism></mechanisms>`

async function takesLogin(peer: Peer): Promise<string> {
  await peer.reads('<stream:stream')
  peer.says(`${HEADER}<stream:features>${MECHANISMS}</stream:features>`)
  const auth = await peer.reads('</auth>')
  const name =
    Buffer.from(/>([^<]+)<\/auth>/.exec(auth)?.[1] ?? '', 'base64')
      .toString()
      .split('\0')[1] ?? ''
  peer.says(`<success xmlns='${SASL}'/>`)
  await peer.reads('<stream:stream')
  peer.says(`${HEADER}<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>`)
  return name
}

async function binds(peer: Peer): Promise<string> {
  const jid = `${await takesLogin(peer)}@house.test/phone`
  await peer.reads('</iq>')
  const bound = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind>`
  peer.says(`<iq type='result' id='bind'>${bound}</iq>`)
  return jid
}

/** A phone that has logged in on a scripted server, which then plays the rest of the script. */
async function withPhone(rest: (peer: Peer, jid: string) => Promise<void>, tell: (phone: Device) => Promise<void>) {
  const script: Script = async (peer) => rest(peer, await binds(peer))
  await using house = await scripted(script)
  using deadline = new Deadline(5_000)
  const romeo = new Actor('romeo', house, deadline)
  await romeo.phone.logsIn(LOGIN)
  await tell(romeo.phone)
  await house.played
}

void test('a device logs in, sends, asks and receives', async () => {
  await withPhone(
    async (peer, jid) => {
      assert.equal(await peer.reads('</message>'), "<message to='a@b'><body>Hi &amp; bye</body></message>")
      peer.says(`<message from='a@b' to='${jid}' id='x'><body>1</body></message><presence from='a@b/c'/>`)
      await peer.reads("id='q-romeo.phone-1'")
      peer.says(`<iq type='result' id='q-romeo.phone-1' to='${jid}'><ping xmlns='urn:xmpp:ping'/></iq>`)
    },
    async (phone) => {
      phone.sends(xml`<message to="a@b"><body>Hi &amp; bye</body></message>`)
      const ping = xml`<ping xmlns="urn:xmpp:ping"/>`
      await phone.receives(xml`<presence from="a@b/c"/>`)
      await phone.asks(xml`<iq type="get">${ping}</iq>`, xml`<iq type="result">${ping}</iq>`)
      await phone.receivesExactly(xml`<message from="a@b" to="${phone}" id="x"><body>1</body></message>`)
    },
  )
})

const FORBIDDEN = [
  ['a stanza for another account', () => "<message to='b@house.test'/>", /§8\.1\.1\.2/],
  ['an answer to nothing', () => "<iq type='result' id='none'/>", /answer to nothing/],
  ['an element of its own making', () => '<hello/>', /nothing a server may send/],
  ['XML that is not well-formed', () => '<message></iq>', /cannot be read: not-well-formed/],
  ['a comment', () => '<!-- x --><message/>', /cannot be read: restricted-xml/],
  ['bytes after the end of the stream', () => '</stream:stream><message/>', /bytes after|the connection is closed/],
] as const
for (const [title, text, expected] of FORBIDDEN) {
  void test(`a device does not put up with ${title}`, async () => {
    await withPhone(
      (peer) => {
        peer.says(text())
        peer.says(' ')
        return Promise.resolve()
      },
      async (phone) => {
        await assert.rejects(phone.receives(xml`<message id="never"/>`), expected)
      },
    )
  })
}

void test('a second answer to one question is a violation', async () => {
  await withPhone(
    async (peer) => {
      await peer.reads("id='q-romeo.phone-1'")
      peer.says("<iq type='result' id='q-romeo.phone-1'/><iq type='result' id='q-romeo.phone-1'/>")
    },
    async (phone) => {
      await phone.asks(xml`<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>`)
      await assert.rejects(phone.receives(xml`<message/>`), /answer to nothing that was asked, or the second/)
    },
  )
})

void test('an answer by someone else is a violation', async () => {
  await withPhone(
    async (peer) => {
      await peer.reads("id='q-romeo.phone-1'")
      peer.says("<iq type='result' id='q-romeo.phone-1' from='evil@house.test'/>")
    },
    async (phone) => {
      const ask = phone.asks(xml`<iq type="get" to="juliet@house.test"><ping xmlns="urn:xmpp:ping"/></iq>`)
      await assert.rejects(ask, /the one asked was 'juliet@house.test'|violation/)
    },
  )
})

/** Reads a ping and a letter that the phone sends to itself, and brings them there and the answer back. */
async function reflects(peer: Peer, jid: string): Promise<void> {
  const ping = await peer.reads('</iq>')
  const id = /id='([^']+)'/.exec(ping)?.[1] ?? ''
  peer.says(`<iq type='get' id='${id}' from='${jid}' to='${jid}'><ping xmlns='urn:xmpp:ping'/></iq>`)
  await peer.reads('/>')
  peer.says(`<iq type='result' id='${id}' from='${jid}' to='${jid}'/>`)
  const letter = /id='([^']+)'/.exec(await peer.reads('</message>'))?.[1] ?? ''
  peer.says(`<message id='${letter}' from='${jid}' to='${jid}'><body>fence</body></message>`)
}

void test('nothing else came: proved by a ping to itself, refuted by what came before it', async () => {
  await withPhone(
    async (peer, jid) => {
      await reflects(peer, jid)
      peer.says("<message from='a@b'/>")
      await reflects(peer, jid)
    },
    async (phone) => {
      await phone.receivesNothingElse()
      await assert.rejects(
        phone.receivesNothingElse(),
        /expected nothing else, and received\n {4}<message from='a@b'\/>/,
      )
    },
  )
})

void test('XEP-0198 §4 a device counts, answers requests, and holds the server to what it may confirm', async () => {
  await withPhone(
    async (peer) => {
      await peer.reads("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
      peer.says("<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true'/><message/><presence/><r xmlns='urn:xmpp:sm:3'/>")
      assert.match(await peer.reads('/>'), /<a xmlns='urn:xmpp:sm:3' h='2'\/>/)
      await peer.reads('<presence/>')
      await peer.reads("<r xmlns='urn:xmpp:sm:3'/>")
      peer.says("<a xmlns='urn:xmpp:sm:3' h='1'/>")
      peer.says("<a xmlns='urn:xmpp:sm:3' h='2'/>")
    },
    async (phone) => {
      await phone.enablesManagement()
      assert.equal(phone.management.id, 's1')
      await phone.receives(xml`<presence/>`)
      phone.sends(xml`<presence/>`)
      await phone.isAcknowledged()
      await assert.rejects(phone.receives(xml`<message id="never"/>`), /h went from 1 to 2, but 1 were sent/)
    },
  )
})

void test('RFC 6120 §6.5 a refused login gives the condition', async () => {
  await using house = await scripted(async (peer) => {
    await peer.reads('<stream:stream')
    peer.says(`${HEADER}<stream:features>${MECHANISMS}</stream:features>`)
    await peer.reads('</auth>')
    peer.says(`<failure xmlns='${SASL}'><not-authorized/><text>no</text></failure>`)
  })
  using deadline = new Deadline(5_000)
  await assert.rejects(new Actor('romeo', house, deadline).phone.logsIn(LOGIN), (error) => {
    assert.ok(error instanceof LoginRefused)
    assert.deepEqual([error.condition, error.text], ['not-authorized', 'no'])
    return true
  })
})

const HEADERS = [
  ['another version', HEADER.replace("version='1.0' xml:lang", "version='2.0' xml:lang"), /§4\.7\.5/],
  ['another host', HEADER.replace('house.test', 'evil.test'), /§4\.7\.1/],
  ['a short id', HEADER.replace('0123456789abcdef', '1'), /§4\.7\.3/],
  ['no language', HEADER.replace("xml:lang='en'", ''), /§4\.7\.4/],
] as const
for (const [title, header, rule] of HEADERS) {
  void test(`RFC 6120 ${rule.source.replaceAll('\\', '')} a header with ${title} is a violation`, async () => {
    await using house = await scripted(async (peer) => {
      await peer.reads('<stream:stream')
      peer.says(header)
    })
    using deadline = new Deadline(5_000)
    await assert.rejects(new Actor('romeo', house, deadline).phone.logsIn(LOGIN), rule)
  })
}

void test('a connection that ends fails what is awaited, at once and with the transcript', async () => {
  await withPhone(
    (peer) => {
      peer.closes()
      return Promise.resolve()
    },
    async (phone) => {
      const lost = /the connection is closed, nothing more will come[^]*romeo\.phone C: <auth/
      await assert.rejects(phone.receives(xml`<message/>`), lost)
    },
  )
})
