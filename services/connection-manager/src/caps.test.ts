import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCaps } from './caps.ts'

void test('XEP-0115 §6.3 — the hash changes with the features, and is made once for each list', () => {
  const contacts = { abuse: [], admin: [], feedback: [], sales: [], security: [], status: [], support: [] }
  let features = ['urn:xmpp:ping']
  const caps = createCaps(() => features, contacts)
  const before = caps()
  assert.equal(caps(), before)
  features = ['urn:xmpp:ping', 'jabber:iq:version']
  assert.notEqual(caps().attrs['ver'], before.attrs['ver'])
})
