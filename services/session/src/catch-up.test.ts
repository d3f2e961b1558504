import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { renderStanza } from '@jabiru/stanza'
import { StoreUnavailable } from '@jabiru/store'
import type { Account } from './account.ts'
import { catchUp } from './catch-up.ts'
import { CATCH_UP_BYTES, confirm, deliver } from './delivery.ts'
import type { Archived } from './store/accounts.ts'
import { awake, ear, JULIET, message, sessionOf } from './testing/account.ts'
import { bodyOf } from './testing/client.ts'

const turn = () => new Promise((resolve) => void setImmediate(resolve))

const archived = (position: number, text = `m${position}`): Archived => ({
  position,
  id: `id${position}`,
  at: new Date(1_700_000_000_000 + position),
  stanza: renderStanza(message(text)),
  archived: true,
})

/** An archive that answers when the test says so. */
function house(positions: readonly number[], text?: string) {
  const account = awake({ undelivered: positions.map((position) => ({ position, held: false })) })
  const clock = createManualClock()
  const { egress, delivered } = ear()
  const faults: unknown[] = []
  const asked: (PromiseWithResolvers<readonly Archived[]> & { readonly positions: readonly number[] })[] = []
  const messages = (_: unknown, positions: readonly number[]) => {
    const answer = { ...Promise.withResolvers<readonly Archived[]>(), positions }
    asked.push(answer)
    return answer.promise
  }
  const deps = { egress, clock, store: { messages }, onFault: (fault: unknown) => faults.push(fault) }
  const answer = async () => {
    const question = asked.shift()
    assert.ok(question, 'nothing was asked')
    question.resolve(question.positions.toSorted((a, b) => a - b).map((position) => archived(position, text)))
    await turn()
    return question.positions
  }
  const said = () => delivered.map(({ conn, stanza }) => `${conn} ${bodyOf(stanza)}`)
  return { account, clock, deps, asked, answer, said, faults, egress }
}

const live = (account: Account, position: number) => {
  account.undelivered.set(position, { held: false })
  for (const session of account.sessions.values()) session.backlog?.push(position)
}

test('XEP-0160 §3 what nobody confirmed comes in order, with the time at which it came', async () => {
  const { account, deps, answer, said } = house([1, 2, 5])
  const phone = sessionOf(account, 'phone')
  catchUp(deps, account, phone)
  await answer()
  assert.deepEqual(said(), ['phone m1', 'phone m2', 'phone m5'])
  assert.equal(phone.backlog, undefined)
  const [first] = phone.queue
  assert.match(first?.stanza.inner ?? '', /<delay xmlns='urn:xmpp:delay' from='capulet.lit' stamp='2023-11-14T22:13:20/)
  assert.match(first?.stanza.inner ?? '', new RegExp(`<stanza-id xmlns='urn:xmpp:sid:0' id='id1' by='${JULIET}'/>`))
})

test('what comes in the meantime lines up behind it', async () => {
  const { account, deps, answer, said } = house([1, 2])
  catchUp(deps, account, sessionOf(account, 'phone'))
  live(account, 3)
  assert.deepEqual(await answer(), [1, 2])
  assert.deepEqual(await answer(), [3])
  assert.deepEqual(said(), ['phone m1', 'phone m2', 'phone m3'])
})

test('older ones that join while a page is read are not taken for the page', async () => {
  const { account, deps, answer, said } = house([4, 5])
  const phone = sessionOf(account, 'phone')
  catchUp(deps, account, phone)
  account.undelivered.set(1, { held: false })
  account.undelivered.set(2, { held: false })
  catchUp(deps, account, phone)
  await answer()
  assert.deepEqual(await answer(), [1, 2])
  assert.deepEqual(said(), ['phone m4', 'phone m5', 'phone m1', 'phone m2'])
})

test('what another device with a socket has been sent is left to it; what one without has is not', () => {
  const { account, deps, asked, egress } = house([1, 2])
  const [laptop, tablet, phone] = ['laptop', 'tablet', 'phone'].map((name) => sessionOf(account, name))
  assert.ok(laptop && tablet && phone)
  deliver(egress, account, laptop, { stanza: message('m1'), position: 1 })
  deliver(egress, account, tablet, { stanza: message('m2'), position: 2 })
  tablet.at = undefined
  catchUp(deps, account, phone)
  assert.deepEqual(
    asked.map(({ positions }) => positions),
    [[2]],
  )
})

test('a session without a socket is not given again what waits for it', () => {
  const { account, deps, asked, egress } = house([1, 2])
  const phone = sessionOf(account, 'phone')
  phone.at = undefined
  deliver(egress, account, phone, { stanza: message('m1'), position: 1 })
  phone.backlog = [2]
  catchUp(deps, account, phone)
  assert.deepEqual(asked, [])
  assert.deepEqual(phone.backlog, [2])
})

test('a read that fails is tried again, and nothing is left out', async () => {
  const { account, clock, deps, asked, answer, said, faults } = house([1])
  catchUp(deps, account, sessionOf(account, 'phone'))
  asked.shift()?.reject(new StoreUnavailable('away'))
  await turn()
  live(account, 2)
  clock.advance(5_000)
  await turn()
  await answer()
  assert.deepEqual(said(), ['phone m1', 'phone m2'])
  assert.equal(faults.length, 1)
})

test('what cannot be read any more does not keep back what comes after it', async () => {
  const { account, deps, asked, said, faults } = house([1, 2])
  catchUp(deps, account, sessionOf(account, 'phone'))
  asked.shift()?.resolve([{ ...archived(1), stanza: '<message' }, archived(2)])
  await turn()
  assert.deepEqual(said(), ['phone m2'])
  assert.equal(faults.length, 1)
})

test('the archive is read only as fast as the client confirms', async () => {
  const positions = Array.from({ length: 500 }, (_, i) => i + 1)
  const { account, deps, asked, answer } = house(positions, 'x'.repeat(CATCH_UP_BYTES / 100))
  const phone = sessionOf(account, 'phone')
  catchUp(deps, account, phone)
  await answer()
  assert.deepEqual(asked, [])
  confirm(phone, phone.sent)
  await turn()
  assert.equal(asked.length, 1)
})

test('a session that ends in the midst of it gets nothing more', async () => {
  const { account, deps, answer, said } = house([1])
  catchUp(deps, account, sessionOf(account, 'phone'))
  account.sessions.delete('phone')
  await answer()
  assert.deepEqual(said(), [])
})
