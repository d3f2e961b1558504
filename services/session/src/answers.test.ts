import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FullJid, parseFullJid } from '@jabiru/jid'
import type { Stanza } from '@jabiru/stanza'
import { Answers } from './answers.ts'

const ROMEO = parseFullJid('romeo@localhost/orchard')
const JULIET = parseFullJid('juliet@localhost/balcony')

const answer = (id: string, from: FullJid): Stanza => ({
  name: 'iq',
  type: 'result',
  id,
  from,
  payloads: [],
  inner: '',
})

test('RFC 6120 §8.2.3 the first answer of whom was asked is taken, and no second one until the id is used again', () => {
  const answers = new Answers()
  answers.asks('a')
  assert.equal(answers.takes(answer('a', ROMEO)), true)
  assert.equal(answers.takes(answer('a', ROMEO)), false)
  assert.equal(answers.takes(answer('a', JULIET)), true)
  answers.asks('a')
  assert.equal(answers.takes(answer('a', JULIET)), true)
})

test('RFC 6120 §8.2.3 what was answered under an owner before is not answered by the next', () => {
  const answers = new Answers([['a', ROMEO]])
  assert.equal(answers.takes(answer('a', ROMEO)), false)
  assert.equal(answers.takes(answer('b', ROMEO)), true)
})
