import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareOf, parseBareJid, parseDomain } from '@jabiru/jid'
import { stanza } from '@jabiru/stanza'
import { from, house, iq, juliet, orchard, own, presence, romeo, settled } from './testing-house.ts'

void test('a set is committed before it is answered and pushed', async () => {
  const { handle, lines, store } = house()
  await handle(iq('set', `<item jid='${juliet}'/>`))
  assert.equal((await store.read(romeo))?.items.size, 1)
  assert.deepEqual(lines, ["session <iq to='romeo@example.net/orchard' id='q' type='result'/>", 'session none to none'])
})

void test('a refusal is answered to the resource that asked', async () => {
  const { handle, lines, faults } = house()
  await handle(iq('set', "<item jid='a@b@c'/>"))
  await handle(own('subscribe', romeo))
  assert.equal(lines.length, 2)
  assert.ok(lines[0]?.startsWith("session <iq to='romeo@example.net/orchard' id='q' type='error'>"))
  assert.ok(lines[1]?.includes("to='romeo@example.net/orchard' type='error'><error type='cancel'><not-allowed"))
  assert.deepEqual(faults, [])
})

void test('a contact at a domain that is not served is answered with remote-server-not-found', async () => {
  const { handle, lines } = house()
  await handle(own('subscribe', parseBareJid('friar@far.example')))
  assert.equal(lines.length, 1)
  assert.ok(lines[0]?.includes("<presence from='friar@far.example' to='romeo@example.net/orchard' type='error'>"))
  assert.ok(lines[0]?.includes('<remote-server-not-found '))
})

void test('RFC 6121 §3.2.2 unsubscribed waits until presence has said unavailable, and what comes later waits too', async () => {
  const { handle, lines, hold, release } = house()
  await handle(from('subscribe'))
  await handle(own('subscribed'))
  lines.length = 0
  hold('presence')
  const cancelled = handle(own('unsubscribed'))
  const asked = handle(own('subscribe'))
  await settled()
  assert.deepEqual(lines, ['presence from to none'])
  release('presence')
  await Promise.all([cancelled, asked])
  assert.deepEqual(
    lines.slice(1, 3).map((text) => /type='(\w+)'/.exec(text)?.[1] ?? text),
    ['unsubscribed', 'session from to none'],
  )
  assert.ok(lines[3]?.includes("type='subscribe'"))
})

void test('what is asked again at a login is not waited for', async () => {
  const { handle, lines, hold } = house()
  await handle(own('subscribe'))
  lines.length = 0
  hold('roster')
  await handle({
    k: 'availability',
    account: romeo,
    session: orchard,
    stanza: stanza({ name: 'presence' }),
    initial: true,
  })
  assert.equal(lines.length, 1)
})

void test('an answer on the user’s behalf is committed by the contact before the request counts as done', async () => {
  const { handle, hold, release } = house()
  await handle(from('subscribe'))
  await handle(own('subscribed'))
  hold('roster')
  let isDone = false
  const done = handle(from('subscribe')).then(() => {
    isDone = true
    return undefined
  })
  await settled()
  assert.equal(isDone, false)
  release('roster')
  await done
})

void test('a subscription is committed by the contact before it counts as done', async () => {
  const { handle, hold, release } = house()
  hold('roster')
  let isDone = false
  const done = handle(own('subscribe')).then(() => {
    isDone = true
    return undefined
  })
  await settled()
  assert.equal(isDone, false)
  release('roster')
  await done
})

void test('RFC 6121 §8.5.1 a request to nobody’s address is ignored', async () => {
  const { handle, lines } = house()
  const nobody = parseBareJid('nobody@example.net')
  await handle({ k: 'in', accounts: [nobody], stanza: presence('subscribe', nobody) })
  assert.deepEqual(lines, [])
})

void test('only the first presence of a resource is a login', async () => {
  const { handle, lines } = house()
  await handle(from('subscribe'))
  lines.length = 0
  const available = {
    k: 'availability',
    account: romeo,
    session: orchard,
    stanza: stanza({ name: 'presence' }),
  } as const
  await handle({ ...available, initial: false })
  assert.deepEqual(lines, [])
  await handle({ ...available, initial: true })
  assert.deepEqual(lines, [
    "session <presence from='juliet@example.net' to='romeo@example.net/orchard' type='subscribe'/>",
  ])
})

void test('what is no business of the roster is no command of it', async () => {
  const { handle, lines } = house()
  await assert.rejects(handle({ k: 'gone', account: romeo, session: orchard, closed: true }))
  await handle({ k: 'in', accounts: [romeo, bareOf(parseDomain('example.net'))], stanza: stanza({ name: 'presence' }) })
  await handle({ k: 'own', account: romeo, session: orchard, stanza: stanza({ name: 'message' }) })
  assert.deepEqual(lines, [])
})
