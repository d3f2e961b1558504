import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderStanza } from '@jabiru/stanza'
import { alice, bound, brief, TERMS, top, unbound } from '../testing/streams.ts'
import { step } from './machine.ts'
import type { StreamEvent, StreamState } from './state.ts'

const SM = `xmlns='urn:xmpp:sm:3'`
const bind = (inner: string, attrs = `type='set' id='b'`) =>
  `<iq ${attrs}><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${inner}</bind></iq>`
const LAST: StreamState = { ...unbound, refused: 5 }
const BINDING: StreamState = { at: 'binding', identity: unbound.identity, refused: 0, id: 'b' }
const RESUMING: StreamState = { at: 'resuming', identity: unbound.identity, refused: 0 }

const rows: readonly (readonly [string, StreamState, string, string, readonly string[]])[] = [
  ['RFC 6120 §7.6.1 a bind without resource goes to the owner', unbound, bind(''), 'binding', ['bind']],
  [
    'RFC 6120 §7.7.1 a bind with resource goes to the owner',
    unbound,
    bind('<resource>balcony</resource>'),
    'binding',
    ['bind'],
  ],
  ['RFC 6120 §7.7.2.1 an empty resource is refused', unbound, bind('<resource/>'), 'unbound', ['send iq error']],
  [
    'RFC 7622 §3.4 a resource of more than 1023 bytes is refused',
    unbound,
    bind(`<resource>${'x'.repeat(1024)}</resource>`),
    'unbound',
    ['send iq error'],
  ],
  [
    'RFC 6120 §7.6.1 a bind of type get is refused',
    unbound,
    bind('', `type='get' id='b'`),
    'unbound',
    ['send iq error'],
  ],
  [
    'RFC 6120 §7.7.3 one refusal too many ends the stream',
    LAST,
    bind('<resource/>'),
    'closing',
    ['send iq error', 'fail policy-violation'],
  ],
  [
    'RFC 6120 §7.1 another request to the server is refused before bind',
    unbound,
    `<iq type='get' id='1' to='localhost'><q xmlns='urn:x'/></iq>`,
    'unbound',
    ['send iq error'],
  ],
  ['RFC 6120 §8.2.3 an answer asks for nothing', unbound, `<iq type='result' id='1'/>`, 'unbound', []],
  [
    'RFC 6120 §7.1 a request to somebody else ends the stream',
    unbound,
    `<iq type='get' id='1' to='bob@localhost'><q xmlns='urn:x'/></iq>`,
    'closing',
    ['fail not-authorized'],
  ],
  [
    'RFC 6120 §7.1 a message before bind ends the stream',
    unbound,
    `<message to='alice@localhost'/>`,
    'closing',
    ['fail not-authorized'],
  ],
  ['RFC 6120 §7.1 presence before bind ends the stream', unbound, '<presence/>', 'closing', ['fail not-authorized']],
  [
    'RFC 6120 §8.2.3 a malformed iq before bind ends the stream',
    unbound,
    `<iq type='set'/>`,
    'closing',
    ['fail not-authorized'],
  ],
  [
    'RFC 6120 §4.9.3.24 what is no stanza ends the stream',
    unbound,
    `<x xmlns='urn:x'/>`,
    'closing',
    ['fail unsupported-stanza-type'],
  ],
  ['XEP-0198 §3 enable before bind fails', unbound, `<enable ${SM}/>`, 'unbound', ['write failed unexpected-request']],
  [
    'XEP-0198 §4 an acknowledgement before bind fails',
    unbound,
    `<a ${SM} h='0'/>`,
    'unbound',
    ['write failed unexpected-request'],
  ],
  ['XEP-0198 §5 resume goes to the owner', unbound, `<resume ${SM} previd='x' h='3'/>`, 'resuming', ['resume']],
  [
    'XEP-0198 §5 resume without previd fails',
    unbound,
    `<resume ${SM} h='3'/>`,
    'unbound',
    ['write failed bad-request'],
  ],
  [
    'XEP-0198 §5 resume without h fails',
    unbound,
    `<resume ${SM} previd='x'/>`,
    'unbound',
    ['write failed bad-request'],
  ],
  [
    'XEP-0198 §5 resume with an h that no counter reaches fails',
    unbound,
    `<resume ${SM} previd='x' h='4294967296'/>`,
    'unbound',
    ['write failed bad-request'],
  ],
]
for (const [name, state, xml, at, actions] of rows) {
  test(name, () => {
    const next = step(state, { on: 'element', top: top(xml) }, TERMS)
    assert.deepEqual(brief(next.actions), actions)
    assert.equal(next.state.at, at)
  })
}

const answers: readonly (readonly [string, StreamState, StreamEvent, string, readonly string[]])[] = [
  [
    'RFC 6120 §7.6.1 the bound address is told',
    BINDING,
    { on: 'bound', session: bound.session },
    'bound',
    ['send iq result'],
  ],
  [
    'RFC 6120 §7.7.2.2 a conflict is told',
    BINDING,
    { on: 'bind-failed', condition: 'conflict' },
    'unbound',
    ['send iq error'],
  ],
  [
    'XEP-0198 §5 resumption is told',
    RESUMING,
    { on: 'sm-resumed', session: bound.session, previd: 'x', h: 4 },
    'bound',
    ['write resumed'],
  ],
  [
    'XEP-0198 §5 a failed resumption lets the client bind',
    RESUMING,
    { on: 'sm-failed', condition: 'item-not-found', h: 4 },
    'unbound',
    ['write failed item-not-found'],
  ],
  [
    'XEP-0198 §3 enabled is told',
    { ...bound, sm: 'asked' },
    { on: 'sm-enabled', id: 'x', max: 300 },
    'bound',
    ['write enabled'],
  ],
  [
    'XEP-0198 §3 a refused enable is told',
    { ...bound, sm: 'asked' },
    { on: 'sm-failed', condition: 'unexpected-request' },
    'bound',
    ['write failed unexpected-request'],
  ],
]
for (const [name, state, event, at, actions] of answers) {
  test(name, () => {
    const next = step(state, event, TERMS)
    assert.deepEqual(brief(next.actions), actions)
    assert.equal(next.state.at, at)
  })
}

test('RFC 6120 §7.7.1 what is asked for is the prepared resource', () => {
  const [action] = step(unbound, { on: 'element', top: top(bind('<resource>e\u0301</resource>')) }, TERMS).actions
  assert.deepEqual(action, { do: 'bind', request: { account: alice, resource: '\u00e9' } })
})

test('RFC 6120 §7.6.1 the result repeats the id and holds the full address', () => {
  const [action] = step(BINDING, { on: 'bound', session: bound.session }, TERMS).actions
  assert.ok(action?.do === 'send')
  assert.equal(
    renderStanza(action.stanza),
    `<iq id='b' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/balcony</jid></bind></iq>`,
  )
})

test('XEP-0198 §5 what is written on enabling, resuming and failing is what the XEP prints', () => {
  const xml = (state: StreamState, event: StreamEvent) => {
    const [action] = step(state, event, TERMS).actions
    return action?.do === 'write' ? action.xml : undefined
  }
  const asked: StreamState = { ...bound, sm: 'asked' }
  assert.equal(
    xml(asked, { on: 'sm-enabled', id: 'x', max: 300 }),
    `<enabled xmlns='urn:xmpp:sm:3' id='x' resume='true' max='300'/>`,
  )
  assert.equal(xml(asked, { on: 'sm-enabled' }), `<enabled xmlns='urn:xmpp:sm:3'/>`)
  const [told] = step(asked, { on: 'sm-enabled', id: 'x' }, { ...TERMS, location: '[2001:db8::1]:9222' }).actions
  assert.deepEqual(told, {
    do: 'write',
    xml: `<enabled xmlns='urn:xmpp:sm:3' id='x' resume='true' location='[2001:db8::1]:9222'/>`,
  })
  assert.equal(
    xml(RESUMING, { on: 'sm-resumed', session: bound.session, previd: 'x', h: 4 }),
    `<resumed xmlns='urn:xmpp:sm:3' previd='x' h='4'/>`,
  )
  assert.equal(
    xml(RESUMING, { on: 'sm-failed', condition: 'item-not-found', h: 4 }),
    `<failed xmlns='urn:xmpp:sm:3' h='4'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
  )
})
