// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parseFullJid } from '@jabiru/jid'
import { errorOf, payloadsOf, type Stanza, stanza } from '@jabiru/stanza'
import { children, type Element, el } from '@jabiru/xml'
import type { TestConnection } from '../../testing/client.ts'
import { startHouse } from '../../testing/house.ts'
import { NS_PRIVATE } from './private-storage.ts'

const house = await startHouse()
after(() => house[Symbol.asyncDispose]())

let asked = 0
const query = (type: 'get' | 'set', ...content: readonly Element[]) =>
  stanza({ name: 'iq', type, id: `private-${++asked}` }, el('query', NS_PRIVATE, {}, ...content))

async function ask(client: TestConnection, type: 'get' | 'set', ...content: readonly Element[]): Promise<Stanza> {
  const sent = client.send(query(type, ...content))
  const reply = await client.stanza()
  await sent
  return reply
}

const set = async (client: TestConnection, ...content: readonly Element[]) =>
  assert.equal((await ask(client, 'set', ...content)).type, 'result')

async function get(client: TestConnection, ...content: readonly Element[]): Promise<readonly Element[]> {
  const [kept] = payloadsOf(await ask(client, 'get', ...content))
  assert.ok(kept)
  return children(kept)
}

const delimiter = (text = '') => el('roster', 'roster:delimiter', {}, text)
const bookmarks = (...rooms: readonly string[]) =>
  el('storage', 'storage:bookmarks', {}, ...rooms.map((jid) => el('conference', 'storage:bookmarks', { jid })))

test('XEP-0049 §2.3 what one client keeps another one of the account reads, each element by its name', async () => {
  const account = await house.account()
  const [phone, laptop] = [await house.connect(account), await house.connect(account)]
  await set(phone, delimiter('::'))
  await set(phone, bookmarks('garden@chat.localhost'))
  assert.deepEqual(await get(laptop, delimiter()), [delimiter('::')])
  assert.deepEqual(await get(laptop, bookmarks()), [bookmarks('garden@chat.localhost')])
})

test('XEP-0049 §2.3 what is not kept is said to be empty; what is set empty is not kept any more', async () => {
  const account = await house.account()
  const client = await house.connect(account)
  assert.deepEqual(await get(client, bookmarks()), [bookmarks()])
  await set(client, bookmarks('garden@chat.localhost'), delimiter('::'))
  await set(client, bookmarks(), delimiter('/'))
  assert.deepEqual(await get(client, bookmarks()), [bookmarks()])
  const rows = await house.store.database.query('select name from private_data where owner = $1', [account])
  assert.deepEqual(rows, [{ name: 'roster' }])
})

test('XEP-0049 §2.3 several elements of one namespace are kept and told together', async () => {
  const client = await house.connect(await house.account())
  const note = (jid: string) => el('note', 'storage:rosternotes', { jid }, 'a note')
  const tag = el('tag', 'storage:rosternotes', {}, 'red')
  await set(client, note('a@x'), tag, note('b@x'))
  const [asksNote, asksTag] = [el('note', 'storage:rosternotes'), el('tag', 'storage:rosternotes')]
  assert.deepEqual(await get(client, asksNote, asksTag), [note('a@x'), note('b@x'), tag])
})

test('what was asked first is done first, whoever of the account asks', async () => {
  const account = await house.account()
  const [phone, laptop] = [await house.connect(account), await house.connect(account)]
  const texts = ['1', '2', '3', '4', '5']
  const sent = texts.map((text) => (Number(text) % 2 ? phone : laptop).send(query('set', delimiter(text))))
  sent.push(phone.send(query('get', delimiter())))
  await Promise.all(sent)
  const last = (await phone.all()).at(-1)
  assert.ok(last)
  assert.deepEqual(payloadsOf(last).flatMap(children), [delimiter('5')])
})

const refused: readonly (readonly [name: string, type: 'get' | 'set', content: readonly Element[], error: string])[] = [
  ['a get without an element', 'get', [], 'not-acceptable'],
  ['a set without an element', 'set', [], 'not-acceptable'],
  ['an element without a namespace of its own', 'set', [el('prefs', NS_PRIVATE)], 'not-acceptable'],
  ['a get of two namespaces', 'get', [delimiter(), bookmarks()], 'bad-request'],
]
for (const [name, type, content, error] of refused) {
  test(`XEP-0049 §2.3 ${name} is answered with ${error}`, async () => {
    const reply = await ask(await house.connect(await house.account()), type, ...content)
    assert.equal(errorOf(reply)?.condition, error)
  })
}

test('an account keeps no more than it may, and keeps what it had', async () => {
  const client = await house.connect(await house.account())
  await set(client, delimiter('x'.repeat(1000)))
  assert.equal(errorOf(await ask(client, 'set', bookmarks('y'.repeat(1000))))?.condition, 'resource-constraint')
  assert.equal(errorOf(await ask(client, 'set', delimiter('z'.repeat(2000))))?.condition, 'resource-constraint')
  assert.deepEqual(await get(client, delimiter()), [delimiter('x'.repeat(1000))])
  // What is replaced does not count.
  await set(client, delimiter('z'.repeat(1500)))
  await set(client, delimiter())
  await set(client, bookmarks('y'.repeat(1000)))
})

test('XEP-0049 §4 nobody else reads or writes it', async () => {
  const account = await house.account()
  const alice = await house.connect(account)
  await set(alice, delimiter('::'))
  for (const type of ['get', 'set'] as const) {
    const mallory = await house.connect(await house.account())
    const request = stanza(
      { name: 'iq', type, id: `m-${type}`, to: account },
      el('query', NS_PRIVATE, {}, delimiter('mine')),
    )
    await mallory.send(request)
    assert.equal(errorOf(await mallory.stanza())?.condition, 'service-unavailable')
  }
  const stranger = parseFullJid('romeo@montague.lit/home')
  await house.deliver([account], stanza({ name: 'iq', type: 'set', id: 'r', from: stranger, to: account }, delimiter()))
  assert.deepEqual(await get(alice, delimiter()), [delimiter('::')])
})

test('the database is away: the client is told so, and may ask again', async () => {
  const client = await house.connect(await house.account())
  house.store.away = true
  assert.equal(errorOf(await ask(client, 'set', delimiter('::')))?.condition, 'internal-server-error')
  house.store.away = false
  assert.equal(house.faults.splice(0).length, 1)
  await set(client, delimiter('::'))
  assert.deepEqual(await get(client, delimiter()), [delimiter('::')])
})

test('what is kept is there for the next owner', async () => {
  const account = await house.account()
  await set(await house.connect(account), bookmarks('garden@chat.localhost'))
  await house.restart()
  assert.deepEqual(await get(await house.connect(account), bookmarks()), [bookmarks('garden@chat.localhost')])
})
