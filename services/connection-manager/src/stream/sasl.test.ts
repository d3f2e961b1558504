import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StreamFault } from '@jabiru/stanza'
import { alice, brief, candidate, localhost, TERMS, top } from '../testing/streams.ts'
import { step } from './machine.ts'
import type { AuthStep, StreamState } from './state.ts'

const SASL = `xmlns='urn:ietf:params:xml:ns:xmpp-sasl'`
const TLS = `xmlns='urn:ietf:params:xml:ns:xmpp-tls'`
const UNPROTECTED: StreamState = { at: 'unprotected', host: localhost, failures: 0 }
const FRESH: StreamState = { at: 'unauthenticated', candidate }
const CHALLENGED: StreamState = { at: 'challenged', candidate }
const LAST: StreamState = { at: 'unauthenticated', candidate: { ...candidate, failures: 2 } }
const WAITING = { at: 'authenticating', candidate } as const

const auth = (data: string, mechanism = 'PLAIN') => `<auth ${SASL} mechanism='${mechanism}'>${data}</auth>`

const rows: readonly (readonly [string, StreamState, string, string, readonly string[]])[] = [
  ['RFC 6120 §5.4.2.3 <starttls/> is proceeded with', UNPROTECTED, `<starttls ${TLS}/>`, 'securing', ['write proceed']],
  [
    'RFC 6120 §6.5.4 SASL before TLS fails',
    UNPROTECTED,
    auth('AA=='),
    'unprotected',
    ['write failure encryption-required'],
  ],
  [
    'RFC 6120 §4.9.3.12 a stanza before TLS ends the stream',
    UNPROTECTED,
    '<presence/>',
    'closing',
    ['fail not-authorized'],
  ],
  [
    'RFC 6120 §4.9.3.12 any other element before TLS ends the stream',
    UNPROTECTED,
    `<a xmlns='urn:x'/>`,
    'closing',
    ['fail not-authorized'],
  ],
  ['RFC 6120 §6.4.2 an initial response goes to auth', FRESH, auth('AGEAYg=='), 'authenticating', ['authenticate']],
  [
    'RFC 6120 §6.5.7 a mechanism that was not offered fails',
    FRESH,
    auth('', 'X-OAUTH'),
    'unauthenticated',
    ['write failure invalid-mechanism'],
  ],
  [
    'RFC 6120 §6.5.7 no mechanism fails',
    FRESH,
    `<auth ${SASL}/>`,
    'unauthenticated',
    ['write failure invalid-mechanism'],
  ],
  [
    'RFC 6120 §6.5.5 what is no base64 fails',
    FRESH,
    auth('a b'),
    'unauthenticated',
    ['write failure incorrect-encoding'],
  ],
  [
    'RFC 6120 §6.5.5 base64 without its padding fails',
    FRESH,
    auth('AGE'),
    'unauthenticated',
    ['write failure incorrect-encoding'],
  ],
  [
    'RFC 6120 §6.5.5 a line break within base64 fails',
    FRESH,
    auth('AGEA\nYg=='),
    'unauthenticated',
    ['write failure incorrect-encoding'],
  ],
  [
    'RFC 6120 §6.5.8 an element within <auth/> fails',
    FRESH,
    auth('<x/>'),
    'unauthenticated',
    ['write failure malformed-request'],
  ],
  [
    'RFC 6120 §6.5.8 a response to no challenge fails',
    FRESH,
    `<response ${SASL}/>`,
    'unauthenticated',
    ['write failure malformed-request'],
  ],
  [
    'RFC 6120 §6.4.3 a response goes to auth',
    CHALLENGED,
    `<response ${SASL}>AAAA</response>`,
    'authenticating',
    ['respond'],
  ],
  ['RFC 6120 §6.4.3 an empty response goes to auth', CHALLENGED, `<response ${SASL}/>`, 'authenticating', ['respond']],
  [
    'RFC 6120 §6.5.5 a response that is no base64 drops the exchange',
    CHALLENGED,
    `<response ${SASL}>%</response>`,
    'unauthenticated',
    ['abandon', 'write failure incorrect-encoding'],
  ],
  [
    'RFC 6120 §6.4.4 an abort is answered and drops the exchange',
    CHALLENGED,
    `<abort ${SASL}/>`,
    'unauthenticated',
    ['abandon', 'write failure aborted'],
  ],
  [
    'RFC 6120 §6.4.2 another <auth/> takes the place of the exchange',
    CHALLENGED,
    auth('='),
    'authenticating',
    ['abandon', 'authenticate'],
  ],
  [
    'RFC 6120 §6.4.5 the last attempt ends the stream',
    LAST,
    auth('%'),
    'closing',
    ['write failure incorrect-encoding', 'fail policy-violation'],
  ],
  [
    'XEP-0368 §2 STARTTLS within TLS ends the stream',
    FRESH,
    `<starttls ${TLS}/>`,
    'closing',
    ['write failure', 'close'],
  ],
  [
    'RFC 6120 §4.9.3.12 a stanza before SASL ends the stream',
    FRESH,
    `<iq type='get' id='1'><q xmlns='urn:x'/></iq>`,
    'closing',
    ['fail not-authorized'],
  ],
  [
    'RFC 6120 §4.9.3.12 a stanza within SASL ends the stream',
    CHALLENGED,
    '<message/>',
    'closing',
    ['fail not-authorized'],
  ],
  [
    'XEP-0198 §5 who resumes has logged in before: with the password of now',
    FRESH,
    `<resume xmlns='urn:xmpp:sm:3' previd='a' h='0'/>`,
    'closing',
    ['fail not-authorized'],
  ],
  [
    'XEP-0198 §3 stream management before SASL ends the stream',
    FRESH,
    `<enable xmlns='urn:xmpp:sm:3'/>`,
    'closing',
    ['fail not-authorized'],
  ],
]
for (const [name, state, xml, at, actions] of rows) {
  test(name, () => {
    const next = step(state, { on: 'element', top: top(xml) }, TERMS)
    assert.deepEqual(brief(next.actions), actions)
    assert.equal(next.state.at, at)
  })
}

const initials: readonly (readonly [string, string, string | null])[] = [
  ['§6.4.2 no initial response is null', '', null],
  ['§6.4.2 an initial response of length zero stays what it was', '=', '='],
  ['§6.4.2 an initial response is passed on as it stands', 'AGEAYg==', 'AGEAYg=='],
]
for (const [name, data, expected] of initials) {
  test(`RFC 6120 ${name}`, () => {
    const [action] = step(FRESH, { on: 'element', top: top(auth(data)) }, TERMS).actions
    assert.ok(action?.do === 'authenticate')
    assert.equal(action.initial, expected)
  })
}

const answers: readonly (readonly [string, AuthStep, string, readonly string[], string])[] = [
  ['§6.4.3 a challenge is written', { step: 'challenge', data: 'Y2g=' }, 'challenged', ['write challenge'], '>Y2g=<'],
  [
    '§6.4.6 success restarts the stream',
    { step: 'success', account: alice, data: null },
    'opening',
    ['write success', 'authenticated', 'restart'],
    '/>',
  ],
  [
    '§6.4.6 success may carry data',
    { step: 'success', account: alice, data: 'dj0=' },
    'opening',
    ['write success', 'authenticated', 'restart'],
    '>dj0=<',
  ],
  [
    '§6.4.6 data of length zero is an equals sign',
    { step: 'success', account: alice, data: '' },
    'opening',
    ['write success', 'authenticated', 'restart'],
    '>=<',
  ],
  [
    '§6.4.5 failure lets the client try again',
    { step: 'failure', condition: 'not-authorized' },
    'unauthenticated',
    ['write failure not-authorized'],
    '<not-authorized/>',
  ],
  [
    '§6.5.2 failure may say why',
    { step: 'failure', condition: 'account-disabled', text: 'Call <us>' },
    'unauthenticated',
    ['write failure account-disabled'],
    'Call &lt;us&gt;',
  ],
]
for (const [name, answer, at, actions, text] of answers) {
  test(`RFC 6120 ${name}`, () => {
    const next = step(WAITING, { on: 'auth', answer }, TERMS)
    assert.deepEqual(brief(next.actions), actions)
    assert.equal(next.state.at, at)
    const [first] = next.actions
    assert.ok(first?.do === 'write' && first.xml.includes(text))
  })
}

test('RFC 6120 §6.4.6 an identity other than the one the header claimed ends the stream', () => {
  const claimed = { at: 'authenticating', candidate: { ...candidate, claimed: localhost } } as const
  const { actions } = step(claimed, { on: 'auth', answer: { step: 'success', account: alice, data: null } }, TERMS)
  assert.deepEqual(brief(actions), ['fail invalid-from'])
})

test('RFC 6120 §5.4.3.3 after the handshake a new stream begins, for the host of the one before', () => {
  const { state, actions } = step({ at: 'securing', host: localhost }, { on: 'tls', bindings: ['tls-exporter'] }, TERMS)
  assert.deepEqual(brief(actions), ['restart'])
  assert.deepEqual(state, { at: 'opening', leg: { done: 'tls', host: 'localhost', bindings: ['tls-exporter'] } })
})

test('RFC 6120 §4.9.1.2 what fails before any header gets a header first', () => {
  const fault = new StreamFault('not-well-formed')
  const { actions } = step({ at: 'opening', leg: { done: 'nothing' } }, { on: 'fault', fault }, TERMS)
  assert.deepEqual(brief(actions), ['open', 'fail not-well-formed'])
})
