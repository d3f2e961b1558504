// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Jid, parseDomain } from '@jabiru/jid'
import { NS_REGISTER } from '@jabiru/protocol'
import { errorOf, payloadsOf, type Stanza, stanza } from '@jabiru/stanza'
import {
  type AccountReply,
  type AccountRequest,
  decodeAccountRequest,
  encodeAccountReply,
  subjects,
} from '@jabiru/wire'
import { child, type Element, el, textOf } from '@jabiru/xml'
import type { TestConnection } from '../../testing/client.ts'
import { startHouse } from '../../testing/house.ts'

const house = await startHouse()
const strict = await startHouse({ mayChangePassword: false, mayRemove: false })
after(async () => {
  await house[Symbol.asyncDispose]()
  await strict[Symbol.asyncDispose]()
})

const server = parseDomain('localhost')
const field = (name: string, text = '') => el(name, NS_REGISTER, {}, text)
let asked = 0

async function ask(client: TestConnection, type: 'get' | 'set', fields: readonly Element[], to?: Jid): Promise<Stanza> {
  const sent = client.send(
    stanza({ name: 'iq', type, id: `reg-${++asked}`, to }, el('query', NS_REGISTER, {}, ...fields)),
  )
  const reply = await client.stanza()
  await sent
  return reply
}

/** Plays auth; what it was asked is in the list. */
function auth(reply: AccountReply, { bus } = house) {
  const heard: AccountRequest[] = []
  const subscription = bus.subscribe(subjects.accounts, ({ payload, respond }) => {
    heard.push(decodeAccountRequest(payload))
    respond?.(encodeAccountReply(reply))
  })
  return { heard, close: subscription.unsubscribe }
}

const nameOf = ({ account }: TestConnection) => account.slice(0, account.indexOf('@'))

test('XEP-0077 §3.1 who has an account is told with which name', async () => {
  const client = await house.connect(await house.account())
  for (const to of [server, undefined]) {
    const [query] = payloadsOf(await ask(client, 'get', [], to))
    assert.ok(query && child(query, 'registered'))
    assert.equal(textOf(child(query, 'username')), nameOf(client))
    assert.equal(textOf(child(query, 'password')), '')
  }
})

test('XEP-0077 §3.3 a new password goes to auth, for the own account', async () => {
  const client = await house.connect(await house.account())
  const played = auth('done')
  const name = nameOf(client)
  const fields = (username: string) => [field('username', username), field('password', 'new')]
  assert.equal((await ask(client, 'set', fields(name), server)).type, 'result')
  assert.equal((await ask(client, 'set', fields(name.toUpperCase()), server)).type, 'result')
  const request = { do: 'password', account: client.account, password: 'new' }
  assert.deepEqual(played.heard, [request, request])
  assert.equal(errorOf(await ask(client, 'set', fields('somebody-else'), server))?.condition, 'not-allowed')
  assert.equal(errorOf(await ask(client, 'set', fields(`x@y/${name}`), server))?.condition, 'not-allowed')
  assert.equal(played.heard.length, 2)
  played.close()
})

const incomplete: readonly (readonly [string, readonly Element[]])[] = [
  ['nothing', []],
  ['no password', [field('username', 'x')]],
  ['an empty password', [field('username', 'x'), field('password')]],
  ['no name', [field('password', 'x')]],
  ['remove beside something', [field('remove'), field('username', 'x')]],
]
for (const [name, fields] of incomplete) {
  test(`XEP-0077 §3.2, §3.3 ${name} is answered with bad-request, and nobody is asked`, async () => {
    const played = auth('done')
    const client = await house.connect(await house.account())
    assert.equal(errorOf(await ask(client, 'set', fields, server))?.condition, 'bad-request')
    assert.deepEqual(played.heard, [])
    played.close()
  })
}

for (const [reply, error] of [
  ['unusable', 'not-acceptable'],
  ['gone', 'registration-required'],
  ['failed', 'internal-server-error'],
] as const) {
  test(`XEP-0077 §3.3 what auth says is told: ${reply}`, async () => {
    const played = auth(reply)
    const client = await house.connect(await house.account())
    const fields = [field('username', nameOf(client)), field('password', 'new')]
    assert.equal(errorOf(await ask(client, 'set', fields))?.condition, error)
    played.close()
  })
}

test('while no auth runs the client is told that it may try again', async () => {
  const client = await house.connect(await house.account())
  const error = errorOf(await ask(client, 'set', [field('remove')]))
  assert.deepEqual([error?.condition, error?.type], ['internal-server-error', 'wait'])
})

test('XEP-0077 §3.2 a removal is begun by auth, told to the client, and then finished', async () => {
  const client = await house.connect(await house.account())
  const played = auth('done')
  const finished = Promise.withResolvers<string>()
  const news = house.bus.subscribe(subjects.removals, ({ payload }) => finished.resolve(payload))
  assert.equal((await ask(client, 'set', [field('remove')])).type, 'result')
  assert.deepEqual(played.heard, [{ do: 'remove', account: client.account }])
  assert.equal(await finished.promise, client.account)
  news.unsubscribe()
  played.close()
})

test('what the operator does not allow is not done', async () => {
  const played = auth('done', strict)
  const client = await strict.connect(await strict.account())
  const fields = [field('username', nameOf(client)), field('password', 'new')]
  for (const what of [fields, [field('remove')]])
    assert.equal(errorOf(await ask(client, 'set', what))?.condition, 'not-allowed')
  assert.deepEqual(played.heard, [])
  played.close()
})

test('XEP-0077 §3.2 nobody does it to another account', async () => {
  const played = auth('done')
  const [alice, mallory] = [await house.account(), await house.connect(await house.account())]
  const reply = await ask(mallory, 'set', [field('remove')], alice)
  assert.equal(errorOf(reply)?.condition, 'service-unavailable')
  assert.deepEqual(played.heard, [])
  played.close()
})

test('XEP-0133 §4.3 a disabled account has no sessions, and gets none until it is enabled', async () => {
  const account = await house.account()
  const client = await house.connect(account)
  const stands = async (enabled: boolean) => {
    await house.store.database.query('update account set enabled = $2 where jid = $1', [account, enabled])
    await house.endpoint.send('session', house.endpoint.partitionOf(account), { k: 'standing-changed', account })
  }
  await stands(false)
  assert.equal((await client.next('close')).condition, 'not-authorized')
  const late = house.connection(account)
  late.ask({})
  assert.equal((await late.next('close')).condition, 'not-authorized')
  await stands(true)
  await house.connect(account)
})
