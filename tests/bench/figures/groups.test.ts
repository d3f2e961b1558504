import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contactsOf } from './groups.ts'

void test('users of a group have each other and nobody else; the last group may be smaller', () => {
  assert.deepEqual(contactsOf(4, { users: 8, groupOf: 3 }), [3, 5])
  assert.deepEqual(contactsOf(7, { users: 8, groupOf: 3 }), [6])
  assert.deepEqual(contactsOf(7, { users: 8, groupOf: 0 }), [])
})
