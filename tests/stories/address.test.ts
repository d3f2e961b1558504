import assert from 'node:assert/strict'
import { type Stranger, xml } from '@jabiru/testkit'
import { child, textOf } from '@jabiru/xml'
import { story } from './stage.ts'
import { rosterGet, rosterOf, rosterSet, stanzaError } from './words.ts'

const BIND = 'urn:ietf:params:xml:ns:xmpp-bind'
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const PING = xml`<ping xmlns="urn:xmpp:ping"/>`

const wide = (text: string): string =>
  text.replaceAll(/[!-~]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0))
const saslPlain = (...parts: readonly string[]): string =>
  `<auth xmlns='${SASL}' mechanism='PLAIN'>${Buffer.from(['', ...parts].join('\0')).toString('base64')}</auth>`

/** The address that a client gets that logs in under a name. */
async function boundAs(stranger: Stranger, username: string, password: string): Promise<string> {
  await stranger.opens()
  stranger.writes(saslPlain(username, password))
  assert.equal((await stranger.connection.element('success')).name, 'success')
  await stranger.opens()
  stranger.writes(`<iq type='set' id='b'><bind xmlns='${BIND}'><resource>${wide('x')}</resource></bind></iq>`)
  const bound = child(await stranger.connection.element('a bound resource'), 'bind', BIND)
  const jid = bound && child(bound, 'jid', BIND)
  return jid === undefined ? '' : textOf(jid)
}

const SPELLINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['upper case', (text) => text.toUpperCase()],
  ['full width', wide],
  ['full width and upper case', (text) => wide(text.toUpperCase())],
]
for (const [name, respell] of SPELLINGS) {
  story(`RFC 7622 §4 — an address in ${name} is the same address wherever it is read`, async (stage) => {
    const { romeo, juliet, house } = stage
    const [local, domain] = [respell(juliet.username), house.domain.toUpperCase()]
    const other = `${local}@${domain}`
    await romeo.comesOnline()
    await juliet.comesOnline()
    // 1. At login.
    const stranger = await stage.stranger({ over: 'tls' })
    assert.equal(await boundAs(stranger, local, juliet.password), `${juliet.jid}/${wide('x')}`)
    // 2. In the roster.
    await romeo.asks(rosterSet(xml`<item jid="${other}" name="Jule"/>`), xml`<iq type="result"/>`)
    await romeo.asks(rosterGet, rosterOf('result', xml`<item jid="${juliet}" name="Jule"/>`))
    await romeo.asks(rosterSet(xml`<item jid="${juliet}" subscription="remove"/>`), xml`<iq type="result"/>`)
    // 3. As a recipient of every kind of stanza.
    romeo.sends(xml`<message to="${other}/phone" type="chat"><body>hello</body></message>`)
    await juliet.receives(xml`<message from="${romeo.phone}" to="${juliet.phone}"><body>hello</body></message>`)
    romeo.sends(xml`<presence to="${other}" type="subscribe"/>`)
    await juliet.receives(xml`<presence from="${romeo}" to="${juliet}" type="subscribe"/>`)
    await romeo.asks(xml`<iq type="get" to="${other}">${PING}</iq>`)
  })
}

const NO_ADDRESSES: readonly (readonly [string, (text: string) => string])[] = [
  ['a right-to-left mark', (text) => `${text}\u200f`],
  ['a right-to-left override', (text) => `\u202e${text}`],
  ['a zero-width space', (text) => `${text.slice(0, 3)}\u200b${text.slice(3)}`],
  ['a zero-width joiner', (text) => `${text.slice(0, 3)}\u200d${text.slice(3)}`],
  ['a soft hyphen', (text) => `${text.slice(0, 3)}\u00ad${text.slice(3)}`],
  ['an unassigned code point', (text) => `${text}\u0378`],
  ['a noncharacter', (text) => `${text}\ufdd0`],
  ['a full-width commercial at', (text) => `${text}\uff20localhost`],
  ['a space', (text) => `${text} `],
  ['1024 bytes', (text) => text.padEnd(1024, 'x')],
]
for (const [name, spoil] of NO_ADDRESSES) {
  story(`RFC 7622 §4 — what has ${name} is no address, wherever it is read`, async (stage) => {
    const { romeo, juliet, house } = stage
    await romeo.comesOnline()
    await juliet.comesOnline()
    const local = spoil(juliet.username)
    const none = `${local}@${house.domain}`
    const stranger = await stage.stranger({ over: 'tls' })
    await stranger.opens()
    stranger.writes(saslPlain(local, juliet.password))
    assert.equal((await stranger.connection.element('a failure')).name, 'failure')
    await romeo.asks(rosterSet(xml`<item jid="${none}"/>`), xml`<iq type="error"/>`)
    romeo.sends(xml`<message to="${none}" id="m"><body>hello</body></message>`)
    await romeo.receives(xml`<message type="error" id="m">${stanzaError('jid-malformed')}</message>`)
    romeo.sends(xml`<presence to="${none}" type="subscribe" id="p"/>`)
    await romeo.receives(xml`<presence type="error" id="p">${stanzaError('jid-malformed')}</presence>`)
    await romeo.asks(
      xml`<iq type="get" to="${none}">${PING}</iq>`,
      xml`<iq type="error">${stanzaError('jid-malformed')}</iq>`,
    )
    await juliet.receivesNothingElse()
  })
}

const TWO: readonly (readonly [string, (text: string) => string])[] = [
  ['a sharp s at its end', (text) => `${text}\u00df`],
  ['a dotless i in place of i', (text) => text.replace('i', '\u0131')],
  ['a Cyrillic letter in place of a Latin one', (text) => text.replace('e', '\u0435')],
  ['an escaped space of XEP-0106', (text) => `${text}\\20`],
]
for (const [name, alike] of TWO) {
  story(`RFC 7622 §3.3 — ${name} makes another address`, async (stage) => {
    const { romeo, juliet, house } = stage
    await romeo.comesOnline()
    await juliet.comesOnline()
    const other = alike(juliet.username)
    romeo.sends(xml`<message to="${other}@${house.domain}" id="m"><body>hello</body></message>`)
    await romeo.receives(xml`<message type="error" id="m">${stanzaError('service-unavailable')}</message>`)
    const stranger = await stage.stranger({ over: 'tls' })
    await stranger.opens()
    stranger.writes(saslPlain(other, juliet.password))
    const failure = await stranger.connection.element('a failure')
    assert.ok(child(failure, 'not-authorized', SASL))
    await juliet.receivesNothingElse()
  })
}
