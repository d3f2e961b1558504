import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyCaps } from './caps.ts'
import { parseDiscoInfo, renderDiscoInfo } from './disco.ts'
import { formTypeOf, formValues } from './forms/form.ts'
import { type Contacts, serverCaps, serverInfo } from './server-info.ts'

const nobody: Contacts = { abuse: [], admin: [], feedback: [], sales: [], security: [], status: [], support: [] }
const somebody: Contacts = { ...nobody, abuse: ['mailto:abuse@x.y', 'xmpp:abuse@x.y'], status: ['https://status.x.y'] }

test('XEP-0157 §3 who can be reached is told in a form of its own', () => {
  const [form, ...others] = serverInfo([], somebody).forms
  assert.ok(form)
  assert.deepEqual(others, [])
  assert.equal(formTypeOf(form), 'http://jabber.org/network/serverinfo')
  assert.deepEqual(formValues(form, 'abuse-addresses'), somebody.abuse)
  assert.deepEqual(formValues(form, 'status-addresses'), somebody.status)
  assert.equal(form.fields.length, 3)
})

test('XEP-0128 §2 where nobody is named there is no form', () => {
  assert.deepEqual(serverInfo([], nobody).forms, [])
})

test('XEP-0115 §5 what is told proves the hash, as it comes over the wire', () => {
  for (const contacts of [nobody, somebody]) {
    const info = serverInfo(['urn:xmpp:ping', 'jabber:iq:version'], contacts)
    const heard = parseDiscoInfo(renderDiscoInfo(info))
    assert.equal(verifyCaps(serverCaps(info), heard), 'valid')
    const more = { ...heard, features: [...heard.features, 'urn:example:more'] }
    assert.equal(verifyCaps(serverCaps(info), more), 'mismatch')
  }
})

test('XEP-0115 §7 a server that tells its caps says so, once', () => {
  const caps = 'http://jabber.org/protocol/caps'
  assert.deepEqual(serverInfo(['a', caps], nobody).features, ['a', caps])
})
