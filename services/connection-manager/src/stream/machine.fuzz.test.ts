import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { StreamFault } from '@jabiru/stanza'
import type { TopElement } from '@jabiru/xml'
import { alice, bound, header, TERMS, top } from '../testing/streams.ts'
import { initialState, isWaiting, step } from './machine.ts'
import type { StreamAction, StreamEvent, StreamState } from './state.ts'

const SASL = `xmlns='urn:ietf:params:xml:ns:xmpp-sasl'`
const SM = `xmlns='urn:xmpp:sm:3'`

const ELEMENTS = [
  `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`,
  `<auth ${SASL} mechanism='PLAIN'>AGEAYg==</auth>`,
  `<auth ${SASL} mechanism='SCRAM-SHA-1'>=</auth>`,
  `<auth ${SASL} mechanism='NONE'/>`,
  `<response ${SASL}>AAAA</response>`,
  `<response ${SASL}>%</response>`,
  `<abort ${SASL}/>`,
  `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`,
  `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource/></bind></iq>`,
  `<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>`,
  `<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>`,
  `<iq type='put' id='1'/>`,
  `<message to='bob@localhost'><body>x</body></message>`,
  `<message to='@'/>`,
  `<message from='bob@localhost'/>`,
  `<presence/>`,
  `<presence type='away'/>`,
  `<enable ${SM} resume='true'/>`,
  `<resume ${SM} previd='x' h='0'/>`,
  `<r ${SM}/>`,
  `<a ${SM} h='1'/>`,
  `<a ${SM}/>`,
  `<x xmlns='urn:x'/>`,
  `<stream:error/>`,
].map(top)

/** What a client says that means to get on. */
const FITTING: Readonly<Record<string, readonly TopElement[]>> = {
  unprotected: ELEMENTS.slice(0, 1),
  unauthenticated: ELEMENTS.slice(1, 3),
  challenged: ELEMENTS.slice(4, 5),
  unbound: [...ELEMENTS.slice(7, 9), ...ELEMENTS.slice(18, 19)],
  bound: ELEMENTS.slice(9, 21).filter((top) => top.attrs['from'] === undefined),
}

/** Mulberry32: the same seed gives the same walk. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const pick = <T>(next: (below: number) => number, from: readonly T[]): T => {
  const chosen = from[next(from.length)]
  if (chosen === undefined) throw new Error('nothing to pick from')
  return chosen
}

/** What can happen in a state: what the rim and the others would say, and no more. */
function eventIn(state: StreamState, next: (below: number) => number): StreamEvent {
  const failed: StreamEvent = { on: 'sm-failed', condition: 'item-not-found', h: 3 }
  if (next(40) === 0) return { on: 'fault', fault: new StreamFault('not-well-formed') }
  if (next(40) === 0 && !isWaiting(state)) return { on: 'close' }
  if (state.at === 'opening')
    return {
      on: 'header',
      header: pick(next, [header(), header(), header({ to: 'x' }), header({ from: 'bob@localhost' })]),
    }
  if (state.at === 'securing') return { on: 'tls', bindings: ['tls-exporter'] }
  if (state.at === 'authenticating')
    return {
      on: 'auth',
      answer: pick(next, [
        { step: 'success', account: alice, data: null },
        { step: 'challenge', data: 'AA==' },
        { step: 'failure', condition: 'not-authorized' },
      ] as const),
    }
  if (state.at === 'binding')
    return pick<StreamEvent>(next, [
      { on: 'bound', session: bound.session },
      { on: 'bind-failed', condition: 'conflict' },
    ])
  if (state.at === 'resuming')
    return pick<StreamEvent>(next, [{ on: 'sm-resumed', session: bound.session, previd: 'x', h: 0 }, failed])
  if (state.at === 'bound' && state.sm === 'asked' && next(3) === 0)
    return pick<StreamEvent>(next, [{ on: 'sm-enabled', id: 'x' }, failed])
  const fitting = next(4) === 0 ? undefined : FITTING[state.at]
  return { on: 'element', top: pick(next, fitting ?? ELEMENTS) }
}

const ENDS: readonly string[] = ['fail', 'close']
const NEEDS_ACCOUNT: readonly string[] = ['bind', 'resume', 'enable', 'out', 'tell-handled', 'handled']

function check(
  before: StreamState,
  after: StreamState,
  actions: readonly StreamAction[],
  authenticated: boolean,
): void {
  const kinds = actions.map((action) => action.do)
  const end = kinds.findIndex((kind) => ENDS.includes(kind))
  // Whoever ends the stream says nothing after it, and every end is told.
  if (end >= 0) assert.equal(end, kinds.length - 1)
  assert.equal(end >= 0, after.at === 'closing' && before.at !== 'closing')
  // RFC 6120 §4.3.5: features follow a header, and nothing else.
  if (kinds.includes('features')) assert.deepEqual([before.at, kinds], ['opening', ['open', 'features']])
  if (!authenticated) assert.ok(!kinds.some((kind) => NEEDS_ACCOUNT.includes(kind)))
  for (const action of actions) {
    if (action.do !== 'out' || after.at !== 'bound') continue
    const { from, to } = action.stanza
    assert.ok(from === after.session.jid || to === after.session.jid)
  }
}

test('RFC 6120 §4, §4.3.5 whatever a client does, its stream stays in order, and features follow headers only', () => {
  const seed = randomInt(2 ** 31)
  const next = random(seed)
  const seen = new Set<string>()
  try {
    for (let walk = 0; walk < 3000; walk++) {
      let state: StreamState = initialState(walk % 2 === 0 ? undefined : ['tls-exporter'])
      let authenticated = false
      for (let i = 0; i < 40; i++) {
        const before: StreamState = state
        const { state: after, actions } = step(before, eventIn(before, next), TERMS)
        authenticated ||= actions.some((action) => action.do === 'authenticated')
        check(before, after, actions, authenticated)
        seen.add(after.at)
        state = after
      }
    }
  } catch (fault) {
    throw new Error(`seed ${seed}`, { cause: fault })
  }
  // A walk that never gets anywhere would prove nothing.
  for (const at of ['securing', 'challenged', 'unbound', 'binding', 'resuming', 'bound', 'closing'])
    assert.ok(seen.has(at), at)
})
