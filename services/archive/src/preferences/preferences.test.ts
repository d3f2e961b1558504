import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@jabiru/stanza'
import { parseElement, serialize } from '@jabiru/xml'
import { parsePreferences, renderPreferences } from './preferences.ts'

const prefs = (policy: string, inner = '') =>
  parseElement(`<prefs xmlns='urn:xmpp:mam:2'${policy === '' ? '' : ` default='${policy}'`}>${inner}</prefs>`, '')
const jids = (...list: readonly string[]) => list.map((jid) => `<jid>${jid}</jid>`).join('')

void test('XEP-0441 §2.1 what is set is told, with both lists', () => {
  for (const [policy, inner] of [
    ['roster', `<always>${jids('romeo@montague.lit')}</always><never>${jids('montague@montague.lit')}</never>`],
    ['never', '<always/><never/>'],
    ['always', '<always/><never/>'],
  ] as const) {
    const set = prefs(policy, inner)
    assert.equal(serialize(renderPreferences(parsePreferences(set, 10))), serialize(set))
  }
})

void test('XEP-0441 §2.1.2, §2.1.3 a list that is missing is empty', () => {
  assert.deepEqual(parsePreferences(prefs('always'), 10), { policy: 'always', always: [], never: [] })
})

void test('addresses are kept in canonical form, each once, and never wins', () => {
  const set = prefs('roster', `<always>${jids('A@b', 'a@B', 'c@d')}</always><never>${jids(' C@D ')}</never>`)
  assert.deepEqual(parsePreferences(set, 2), { policy: 'roster', always: ['a@b'], never: ['c@d'] })
})

const refused = [
  ['XEP-0441 §2.1.1 no default', prefs(''), 'bad-request'],
  ['XEP-0441 §2.1.1 another default', prefs('sometimes'), 'bad-request'],
  ['what is no address', prefs('never', `<always>${jids('@')}</always>`), 'bad-request'],
  [
    'too many addresses',
    prefs('never', `<always>${jids('a@b', 'c@d')}</always><never>${jids('e@f')}</never>`),
    'not-acceptable',
  ],
] as const
for (const [title, set, condition] of refused) {
  void test(`${title} is refused`, () =>
    assert.throws(
      () => parsePreferences(set, 2),
      (err) => err instanceof Refusal && err.condition === condition,
    ))
}
