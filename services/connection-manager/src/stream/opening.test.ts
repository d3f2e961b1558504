import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamHeader } from '@jabiru/xml'
import { alice, brief, header, localhost, TERMS } from '../testing/streams.ts'
import { initialState, step } from './machine.ts'
import type { Opening } from './state.ts'

const PLAIN = initialState()
const SECURED: Opening = {
  at: 'opening',
  leg: { done: 'tls', host: localhost, bindings: ['tls-exporter', 'tls-unique'] },
}
const DIRECT = initialState(['tls-exporter'])
const AUTHENTICATED: Opening = { at: 'opening', leg: { done: 'sasl', host: localhost, account: alice } }

const refused: readonly (readonly [string, Opening, StreamHeader, string])[] = [
  ['§4.9.3.6 no host', PLAIN, header({ to: undefined }), 'host-unknown'],
  ['§4.9.3.6 a host that is not served', PLAIN, header({ to: 'example.net' }), 'host-unknown'],
  ['§4.9.3.6 an account in place of a host', PLAIN, header({ to: 'alice@localhost' }), 'host-unknown'],
  ['§4.9.3.6 a host that is no name', PLAIN, header({ to: 'local host' }), 'host-unknown'],
  ['§4.9.3.10 another stream namespace', PLAIN, header({}, { ns: 'http://wrong.example/' }), 'invalid-namespace'],
  ['§4.8.2 another content namespace', PLAIN, header({}, { defaultNs: 'jabber:server' }), 'invalid-namespace'],
  [
    '§4.8.2 the namespace of streams as content namespace',
    PLAIN,
    header({}, { defaultNs: 'http://etherx.jabber.org/streams' }),
    'invalid-namespace',
  ],
  ['§4.8.2 no content namespace', PLAIN, header({}, { defaultNs: '' }), 'invalid-namespace'],
  ['§4.9.3.1 a root that is no stream', PLAIN, header({}, { name: 'flow' }), 'bad-format'],
  ['§4.7.5 no version is 0.9', PLAIN, header({ version: undefined }), 'unsupported-version'],
  ['§4.9.3.25 version 0.9', PLAIN, header({ version: '0.9' }), 'unsupported-version'],
  ['§4.9.3.25 a version that is none', PLAIN, header({ version: 'one' }), 'unsupported-version'],
  ['§4.9.3.9 a malformed from', PLAIN, header({ from: '@localhost' }), 'invalid-from'],
  ['§4.9.3.6 another host after TLS', SECURED, header({ to: 'example.org' }), 'host-unknown'],
  ['§4.9.3.6 another host after SASL', AUTHENTICATED, header({ to: 'example.org' }), 'host-unknown'],
  ['§4.9.3.9 another identity after SASL', AUTHENTICATED, header({ from: 'bob@localhost' }), 'invalid-from'],
]
for (const [name, state, bad, condition] of refused) {
  test(`RFC 6120 ${name} is answered with a header and ${condition}`, () => {
    const { state: next, actions } = step(state, { on: 'header', header: bad }, TERMS)
    assert.deepEqual(brief(actions), ['open', `fail ${condition}`])
    assert.equal(next.at, 'closing')
  })
}

const taken: readonly (readonly [string, Opening, StreamHeader, string])[] = [
  ['§4.7 the plainest header', PLAIN, header(), 'unprotected'],
  ['§4.7.5 a higher minor version', PLAIN, header({ version: '1.13' }), 'unprotected'],
  ['§4.7.5 leading zeros', PLAIN, header({ version: '01.00' }), 'unprotected'],
  ['§4.7.2 a host in another form', PLAIN, header({ to: 'LOCALHOST' }), 'unprotected'],
  ['§4.7.2 the second served host', DIRECT, header({ to: 'example.org' }), 'unauthenticated'],
  ['§4.7.3 an id of the client, ignored', PLAIN, header({ id: 'mine' }), 'unprotected'],
  ['§5.4.3.3 the same host after TLS', SECURED, header(), 'unauthenticated'],
  ['§6.4.6 the same identity after SASL', AUTHENTICATED, header({ from: 'alice@localhost' }), 'unbound'],
  ['§6.4.6 its full address after SASL', AUTHENTICATED, header({ from: 'alice@localhost/x' }), 'unbound'],
]
for (const [name, state, good, at] of taken) {
  test(`RFC 6120 ${name} is answered with a header and features`, () => {
    const { state: next, actions } = step(state, { on: 'header', header: good }, TERMS)
    assert.deepEqual(brief(actions), ['open', 'features'])
    assert.equal(next.at, at)
  })
}

test('RFC 6120 §4.7.2 the response is addressed to the bare address in from, and to nobody without it', () => {
  const [named] = step(PLAIN, { on: 'header', header: header({ from: 'Alice@localhost/x' }) }, TERMS).actions
  assert.deepEqual(named, { do: 'open', from: 'localhost', to: 'alice@localhost', lang: 'en', version: '1.0' })
  const [unnamed] = step(PLAIN, { on: 'header', header: header() }, TERMS).actions
  assert.deepEqual(unnamed, { do: 'open', from: 'localhost', lang: 'en', version: '1.0' })
})

test('RFC 6120 §4.9.1.3 an unknown host is answered by one that is served', () => {
  const [open] = step(PLAIN, { on: 'header', header: header({ to: 'example.net' }) }, TERMS).actions
  assert.deepEqual(open, { do: 'open', from: 'localhost', lang: 'en', version: '1.0' })
})

test('RFC 6120 §4.7.4 the language of the last header is the language of the stream', () => {
  const { state } = step(AUTHENTICATED, { on: 'header', header: header({ 'xml:lang': 'de-CH' }) }, TERMS)
  assert.deepEqual(state, {
    at: 'unbound',
    identity: { host: 'localhost', account: 'alice@localhost', lang: 'de-CH' },
    refused: 0,
  })
})

const offers: readonly (readonly [string, Opening, readonly string[]])[] = [
  ['RFC 6120 §5.3.1 before TLS nothing but STARTTLS', PLAIN, ['starttls']],
  ['XEP-0440 §2 under TLS mechanisms and what they bind to', SECURED, ['sasl-channel-binding', 'mechanisms']],
  [
    'RFC 6120 §7.4, RFC 6121 §2.6.1, §3.4, XEP-0170 §2, XEP-0115 §6.3 after SASL bind and what may follow it',
    AUTHENTICATED,
    ['bind', 'session', 'sm', 'csi', 'ver', 'sub', 'c'],
  ],
]
for (const [name, state, expected] of offers) {
  test(`${name} is offered`, () => {
    const { actions } = step(state, { on: 'header', header: header() }, TERMS)
    const features = actions.flatMap((action) => (action.do === 'features' ? action.features : []))
    assert.deepEqual(
      features.map(({ name }) => name),
      expected,
    )
  })
}

test('XEP-0440 §2 tls-unique is taken and not announced', () => {
  const { state } = step(SECURED, { on: 'header', header: header() }, TERMS)
  assert.ok(state.at === 'unauthenticated')
  assert.deepEqual(state.candidate.announced, ['tls-exporter'])
  assert.ok(state.candidate.offered.includes('SCRAM-SHA-1-PLUS'))
})

test('RFC 6120 §6.3.3, §13.9.4 mechanisms are offered in the order of their strength, those that bind to the channel first', () => {
  const { state } = step(SECURED, { on: 'header', header: header() }, TERMS)
  assert.ok(state.at === 'unauthenticated')
  assert.deepEqual(state.candidate.offered, [
    'SCRAM-SHA-512-PLUS',
    'SCRAM-SHA-256-PLUS',
    'SCRAM-SHA-1-PLUS',
    'SCRAM-SHA-512',
    'SCRAM-SHA-256',
    'SCRAM-SHA-1',
    'PLAIN',
  ])
})

test('RFC 5802 §4 without anything to bind to no -PLUS is offered', () => {
  const { state } = step(initialState([]), { on: 'header', header: header() }, TERMS)
  assert.ok(state.at === 'unauthenticated')
  assert.deepEqual(state.candidate.offered, ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])
})
