import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@jabiru/stanza'
import type { AccountReply } from '@jabiru/wire'
import { brief, candidate, header, localhost, TERMS, top } from '../testing/streams.ts'
import { initialState, isWaiting, step } from './machine.ts'
import type { Candidate, StreamState, Terms } from './state.ts'

const OPEN: Terms = { ...TERMS, registration: { passwordMin: 8 } }
const FRESH: StreamState = { at: 'unauthenticated', candidate }
const query = (inner = '') => `<query xmlns='jabber:iq:register'>${inner}</query>`
const iq = (type: string, inner = '', attrs = '') => `<iq type='${type}' id='r1'${attrs}>${query(inner)}</iq>`
const wish = (username: string, password: string) => `<username>${username}</username><password>${password}</password>`
const full = wish('bill', 'Calliope')

/** What a stanza comes to: the state, and the error if it is one. */
function outcome(xml: string, terms: Terms = OPEN, state: StreamState = FRESH): readonly string[] {
  const { state: next, actions } = step(state, { on: 'element', top: top(xml) }, terms)
  const said = actions.map((action) =>
    action.do === 'send' ? (errorOf(action.stanza)?.condition ?? 'result') : (brief([action])[0] ?? ''),
  )
  return [next.at, ...said]
}

const rows: readonly (readonly [title: string, xml: string, ...expected: readonly string[]])[] = [
  ['§3.1 what is asked for is told', iq('get'), 'unauthenticated', 'result'],
  ['§3.1 also to who asks the host', iq('get', '', " to='localhost'"), 'unauthenticated', 'result'],
  ['§3.1 what is given goes to auth', iq('set', full), 'registering', 'register'],
  ['§3.1 no password', iq('set', '<username>bill</username>'), 'unauthenticated', 'not-acceptable'],
  ['§3.1 an empty password', iq('set', wish('bill', '')), 'unauthenticated', 'not-acceptable'],
  ['§3.1 no name', iq('set', '<password>Calliope</password>'), 'unauthenticated', 'not-acceptable'],
  ['§3.1 what is no name', iq('set', wish('b i', 'Calliope')), 'unauthenticated', 'not-acceptable'],
  ['§3.1 an address for a name', iq('set', wish('bill@localhost', 'Calliope')), 'unauthenticated', 'not-acceptable'],
  ['§3.2 a removal by nobody', iq('set', '<remove/>'), 'unauthenticated', 'unexpected-request'],
  ['§3.1.1 an answer to nothing', iq('result'), 'closing', 'fail not-authorized'],
  ['§3.1.1 another host', iq('get', '', " to='example.org'"), 'closing', 'fail not-authorized'],
  ['§3.1.1 an account', iq('get', '', " to='bill@localhost'"), 'closing', 'fail not-authorized'],
  ['RFC 6120 §8.1.3 no id', `<iq type='get'>${query()}</iq>`, 'closing', 'fail not-authorized'],
  [
    'RFC 6120 §4.9.3.12 anything else',
    `<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>`,
    'closing',
    'fail not-authorized',
  ],
]
for (const [title, xml, ...expected] of rows)
  test(`XEP-0077 ${title}, before login`, () => assert.deepEqual(outcome(xml), expected))

test('XEP-0077 §3.1 where nobody can register, both are answered with service-unavailable', () => {
  for (const xml of [iq('get'), iq('set', full)])
    assert.deepEqual(outcome(xml, TERMS), ['unauthenticated', 'service-unavailable'])
})

test('XEP-0077 §8 the feature is told under TLS alone, and only where anybody can register', () => {
  const featuresOf = (state: StreamState, terms: Terms) => {
    const { actions } = step(state, { on: 'header', header: header() }, terms)
    return actions.flatMap((action) => (action.do === 'features' ? action.features.map(({ name }) => name) : []))
  }
  assert.ok(featuresOf(initialState(['tls-exporter']), OPEN).includes('register'))
  assert.ok(!featuresOf(initialState(['tls-exporter']), TERMS).includes('register'))
  assert.deepEqual(featuresOf(initialState(), OPEN), ['starttls'])
})

test('XEP-0077 §13 before TLS nobody registers', () => {
  const state: StreamState = { at: 'unprotected', host: localhost, failures: 0 }
  assert.deepEqual(outcome(iq('get'), OPEN, state), ['closing', 'fail not-authorized'])
})

const replies: readonly (readonly [AccountReply, string])[] = [
  ['done', 'result'],
  ['exists', 'conflict'],
  ['unusable', 'not-acceptable'],
  ['limited', 'resource-constraint'],
  ['failed', 'internal-server-error'],
]
for (const [reply, said] of replies) {
  test(`XEP-0077 §3.1 what auth says is told: ${reply}`, () => {
    const { state } = step(FRESH, { on: 'element', top: top(iq('set', full)) }, OPEN)
    assert.ok(isWaiting(state))
    const told = step(state, { on: 'registered', reply }, OPEN)
    const [action] = told.actions
    assert.ok(action?.do === 'send')
    assert.equal(action.stanza.id, 'r1')
    assert.equal(errorOf(action.stanza)?.condition ?? action.stanza.type, said)
    // XEP-0077 §3.3: a password is not sent back.
    assert.doesNotMatch(action.stanza.inner, /Calliope/)
    const again = outcome(iq('set', full), OPEN, told.state)
    assert.deepEqual(again, reply === 'done' ? ['unauthenticated', 'not-acceptable'] : ['registering', 'register'])
  })
}

test('XEP-0077 §3.1.1 who only ever asks is not heard for ever', () => {
  const tired: Candidate = { ...candidate, requests: 20 }
  assert.deepEqual(outcome(iq('get'), OPEN, { at: 'unauthenticated', candidate: tired }), [
    'closing',
    'fail policy-violation',
  ])
})

test('RFC 6120 §6.4.2 an exchange that goes on is dropped by who would rather register', () => {
  assert.deepEqual(outcome(iq('get'), OPEN, { at: 'challenged', candidate }), ['unauthenticated', 'abandon', 'result'])
})
