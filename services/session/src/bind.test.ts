import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Session } from './account.ts'
import { type BindDeps, bind } from './bind.ts'
import { at, awake, ear } from './testing/account.ts'

const ignore = () => undefined

function house(deps: Partial<BindDeps> = {}) {
  const account = awake()
  const { egress, down } = ear()
  const replaced: string[] = []
  const replace = (_: Account, session: Session) => {
    replaced.push(session.resource)
    account.sessions.delete(session.resource)
  }
  const ask = (conn: string, wanted?: string) =>
    bind({ egress, conflict: 'replace', sessionsPerAccount: 3, replace, ...deps }, account, at(conn), wanted)
  const park = (resource: string) => {
    const session = account.sessions.get(resource)
    assert.ok(session)
    session.at = undefined
    session.parked = {
      maxBytes: 0,
      until: 0,
      cancelExpiry: ignore,
      overflow: ignore,
      was: undefined,
      rowSent: undefined,
    }
  }
  const answers = () => down.splice(0).map((one) => ('condition' in one ? one.condition : one.k))
  return { account, ask, park, answers, replaced }
}

test('RFC 6120 §7.7 the resource that was asked for is bound', () => {
  const { account, ask, answers } = house()
  ask('c1', 'balcony')
  assert.deepEqual(answers(), ['bound'])
  assert.equal(account.sessions.get('balcony')?.jid, 'juliet@capulet.lit/balcony')
})

test('RFC 6120 §7.6 resources that the server makes differ and are long', () => {
  const { account, ask } = house()
  ask('c1')
  ask('c2')
  const [one = '', two = ''] = account.sessions.keys()
  assert.notEqual(one, two)
  assert.ok(one.length >= 22 && two.length >= 22)
})

const conflicts = [
  ['replace', ['bound'], ['balcony'], 1],
  ['refuse', ['conflict'], [], 1],
  ['rename', ['bound'], [], 2],
] as const
for (const [conflict, answer, gone, count] of conflicts) {
  test(`RFC 6120 §7.7.2.2 a resource in use: ${conflict}`, () => {
    const { account, ask, answers, replaced } = house({ conflict })
    ask('c1', 'balcony')
    answers()
    ask('c2', 'balcony')
    assert.deepEqual(answers(), answer)
    assert.deepEqual(replaced, gone)
    assert.equal(account.sessions.size, count)
  })

  test(`a resource whose session waits for its client is given to the client, also where the policy is ${conflict}`, () => {
    const { ask, park, answers, replaced } = house({ conflict })
    ask('c1', 'balcony')
    park('balcony')
    answers()
    ask('c2', 'balcony')
    assert.deepEqual(answers(), ['bound'])
    assert.deepEqual(replaced, ['balcony'])
  })
}

test('RFC 6120 §7.7.2.3 one session too many is refused, and one that replaces another is not too many', () => {
  const { ask, answers } = house()
  for (const resource of ['a', 'b', 'c']) ask(resource, resource)
  answers()
  ask('d', 'd')
  assert.deepEqual(answers(), ['resource-constraint'])
  ask('d', 'b')
  assert.deepEqual(answers(), ['bound'])
})

test('where there is no room, the session that has waited longest for its client gives way', () => {
  const { ask, park, answers, replaced } = house()
  for (const resource of ['a', 'b', 'c']) ask(resource, resource)
  park('b')
  park('c')
  answers()
  ask('d', 'd')
  assert.deepEqual(answers(), ['bound'])
  assert.deepEqual(replaced, ['b'])
})

test('sessions of one resource have different generations and births', () => {
  const { account, ask } = house()
  ask('c1', 'balcony')
  const first = account.sessions.get('balcony')
  ask('c2', 'balcony')
  const second = account.sessions.get('balcony')
  assert.notEqual(first?.gen, second?.gen)
  assert.notEqual(first?.birth, second?.birth)
})
