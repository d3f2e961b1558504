import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderStanza, StreamFault } from '@jabiru/stanza'
import { bound, brief, TERMS, top } from '../testing/streams.ts'
import { step } from './machine.ts'
import type { Bound, StreamState } from './state.ts'

const SM = `xmlns='urn:xmpp:sm:3'`
const CSI = `xmlns='urn:xmpp:csi:0'`
const ON: Bound = { ...bound, sm: 'on' }
const ASKED: Bound = { ...bound, sm: 'asked' }

const rows: readonly (readonly [string, StreamState, string, string, readonly string[]])[] = [
  ['RFC 6120 §8 a message goes up', bound, `<message to='bob@localhost'><body/></message>`, 'bound', ['out message -']],
  [
    'RFC 6120 §4.9.3.9 another account as sender ends the stream',
    bound,
    `<message from='bob@localhost'/>`,
    'closing',
    ['fail invalid-from'],
  ],
  [
    'RFC 6120 §4.9.3.9 another resource as sender ends the stream',
    bound,
    `<message from='alice@localhost/attic'/>`,
    'closing',
    ['fail invalid-from'],
  ],
  [
    'RFC 6120 §4.9.3.9 a malformed sender ends the stream',
    bound,
    `<message from='@'/>`,
    'closing',
    ['fail invalid-from'],
  ],
  [
    'RFC 6120 §4.9.3.10 a stanza of servers ends the stream',
    bound,
    `<message xmlns='jabber:server'/>`,
    'closing',
    ['fail invalid-namespace'],
  ],
  [
    'RFC 6120 §4.9.3.24 another element of clients ends the stream',
    bound,
    '<pubsub/>',
    'closing',
    ['fail unsupported-stanza-type'],
  ],
  [
    'RFC 6120 §4.9.3.24 an element of another language ends the stream',
    bound,
    `<x xmlns='urn:x'/>`,
    'closing',
    ['fail unsupported-stanza-type'],
  ],
  ['XEP-0352 §5 the client is not looked at', bound, `<inactive ${CSI}/>`, 'bound', ['client-state']],
  ['XEP-0352 §5 the client is looked at', bound, `<active ${CSI}/>`, 'bound', ['client-state']],
  [
    'RFC 6120 §4.9.3.24 another state of the client ends the stream',
    bound,
    `<asleep ${CSI}/>`,
    'closing',
    ['fail unsupported-stanza-type'],
  ],
  ['RFC 6120 §8.3.3.8 a malformed recipient is answered', bound, `<message to='@'/>`, 'bound', ['out message error']],
  ['RFC 6120 §8.2.3 an iq of unknown type is answered', bound, `<iq type='put' id='1'/>`, 'bound', ['out iq error']],
  [
    'RFC 6120 §8.3.1 an error that is malformed is not answered',
    bound,
    `<message type='error' to='@'/>`,
    'bound',
    ['out iq result'],
  ],
  [
    'RFC 6120 §7.6.2.2 a second resource is refused',
    bound,
    `<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`,
    'bound',
    ['out iq error'],
  ],
  [
    'RFC 3921 §3 a session is granted to who asks',
    bound,
    `<iq type='set' id='1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>`,
    'bound',
    ['out iq result'],
  ],
  ['XEP-0198 §3 enable goes to the owner', bound, `<enable ${SM} resume='1' max='60'/>`, 'bound', ['enable']],
  [
    'XEP-0198 §3 a second enable fails while the first is asked',
    ASKED,
    `<enable ${SM}/>`,
    'bound',
    ['write failed unexpected-request'],
  ],
  ['XEP-0198 §3 a second enable fails', ON, `<enable ${SM}/>`, 'bound', ['write failed unexpected-request']],
  [
    'XEP-0198 §5 resume after bind fails',
    bound,
    `<resume ${SM} previd='x' h='0'/>`,
    'bound',
    ['write failed unexpected-request'],
  ],
  [
    'XEP-0198 §4 a request without stream management fails',
    bound,
    `<r ${SM}/>`,
    'bound',
    ['write failed unexpected-request'],
  ],
  ['XEP-0198 §4 a request is answered', ON, `<r ${SM}/>`, 'bound', ['tell-handled']],
  ['XEP-0198 §4 a request may come before the answer to enable', ASKED, `<r ${SM}/>`, 'bound', ['tell-handled']],
  ['XEP-0198 §4 an acknowledgement is noted', ON, `<a ${SM} h='4294967295'/>`, 'bound', ['handled']],
  ['XEP-0198 §4 an acknowledgement without h ends the stream', ON, `<a ${SM}/>`, 'closing', ['fail bad-format']],
  ['XEP-0198 §4 an h that is no count ends the stream', ON, `<a ${SM} h='-1'/>`, 'closing', ['fail bad-format']],
  [
    'RFC 6120 §4.9.1.1 a stream error of the client closes the stream',
    bound,
    `<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    'closing',
    ['close'],
  ],
  [
    'RFC 6120 §4.9.2 an error of a client that nobody knows is one like any other',
    bound,
    `<stream:error><bored xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    'closing',
    ['close'],
  ],
  [
    'RFC 6120 §4.9.2 whatever its text asks for, an error of a client closes the stream',
    bound,
    `<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>go on</text></stream:error>`,
    'closing',
    ['close'],
  ],
]
for (const [name, state, xml, at, actions] of rows) {
  test(name, () => {
    const next = step(state, { on: 'element', top: top(xml) }, TERMS)
    assert.deepEqual(brief(next.actions), actions)
    assert.equal(next.state.at, at)
  })
}

const sent: readonly (readonly [string, string, string])[] = [
  [
    'RFC 6120 §8.1.2.1 a stanza without sender gets the full address',
    `<presence xml:lang='en'/>`,
    `<presence from='alice@localhost/balcony' xml:lang='en'/>`,
  ],
  [
    'RFC 6120 §8.1.2.1 the bare address becomes the full one',
    `<presence from='alice@localhost' xml:lang='en'/>`,
    `<presence from='alice@localhost/balcony' xml:lang='en'/>`,
  ],
  [
    'RFC 6120 §8.1.5 a stanza inherits the language of the stream',
    `<message to='bob@localhost' from='alice@localhost/balcony'/>`,
    `<message from='alice@localhost/balcony' to='bob@localhost' xml:lang='de'/>`,
  ],
  [
    'RFC 6120 §8.3.1 an error answers the client under its id, by the owner',
    `<iq type='set' id='7' to='bob@localhost'/>`,
    `<iq from='bob@localhost' to='alice@localhost/balcony' id='7' type='error'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>a request has exactly one child element</text></error></iq>`,
  ],
  [
    'RFC 3921 §3 the result of a session goes to the client, by the owner',
    `<iq type='set' id='8'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>`,
    `<iq to='alice@localhost/balcony' id='8' type='result'/>`,
  ],
  [
    'XEP-0198 §4 what has no answer is counted all the same',
    `<message type='error' to='@'/>`,
    `<iq from='alice@localhost/balcony' to='localhost' id='' type='result'/>`,
  ],
]
for (const [name, xml, expected] of sent) {
  test(name, () => {
    const [action] = step(bound, { on: 'element', top: top(xml) }, TERMS).actions
    assert.ok(action?.do === 'out')
    assert.equal(renderStanza(action.stanza), expected)
  })
}

test('XEP-0198 §3 the wish to resume is read as a boolean, and max as a count', () => {
  const enable = (attrs: string) =>
    step(bound, { on: 'element', top: top(`<enable ${SM} ${attrs}/>`) }, TERMS).actions[0]
  assert.deepEqual(enable(`resume='true' max='60'`), { do: 'enable', resume: true, max: 60 })
  assert.deepEqual(enable(`resume='0' max='soon'`), { do: 'enable', resume: false })
})

test('RFC 6120 §4.4 a closed stream is closed', () => {
  const { state, actions } = step(bound, { on: 'close' }, TERMS)
  assert.deepEqual(brief(actions), ['close'])
  assert.equal(state.at, 'closing')
  const fault = new StreamFault('bad-format')
  assert.deepEqual(step(state, { on: 'fault', fault }, TERMS), { state, actions: [] })
})
