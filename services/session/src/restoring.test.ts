import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { createMemoryState, StateUnavailable } from '@jabiru/state'
import { NotOwner } from '@jabiru/wire'
import type { Session } from './account.ts'
import { parkedRow } from './parked-row.ts'
import { createRestoring } from './restoring.ts'
import { awake, message, sessionOf } from './testing/account.ts'

const lease = { part: 3, token: 9 }
const before = { scope: 'session.3', token: 7 }
const turn = () => new Promise((resolve) => void setImmediate(resolve))
const turns = async () => {
  for (let i = 0; i < 10; i++) await turn()
}

/** A session that an earlier owner has parked, which is over at `until`; two stanzas wait with it. */
async function house(until: number) {
  const clock = createManualClock()
  const state = createMemoryState({ now: clock.now })
  const former = awake()
  const phone = sessionOf(former, 'phone')
  phone.sm = { id: 'resume me', maxMs: 60_000, inBase: 0, outBase: 0 }
  former.undelivered.set(4, { held: false })
  const plain = { to: undefined, position: undefined }
  phone.queue.push(
    { n: 1, stanza: message('copy'), ...plain },
    { ...plain, n: 2, stanza: message('gone'), position: 4 },
  )
  phone.sent = 2
  phone.early.add(5, message('done'))
  phone.unstored.add(3)
  await state.put(before, parkedRow(former, phone, until, { clock: 0, wall: 1_000_000 }), 1_000_000)

  const account = awake()
  const control = { away: false, complete: false, rowSent: undefined as number | undefined }
  const seen: string[] = []
  const restoring = createRestoring({
    state: {
      ...state,
      rowsAt: async (...args) => {
        if (control.away) throw new StateUnavailable('away, for the test')
        return state.rowsAt(...args)
      },
    },
    store: { messages: () => Promise.resolve([]) },
    clock,
    now: () => 1_000_000 + clock.now(),
    isComplete: () => control.complete,
    hold: (_lease, _jid, work) => work(account),
    park: (_account, { resource }: Session, forMs, rowSent) => {
      seen.push(`${resource} for ${forMs}`)
      control.rowSent = rowSent
    },
    onRestored: (_account, { resource }) => void seen.push(`${resource} is there`),
    onUnavailable: () => void seen.push('away'),
    onFault: assert.ifError,
  })
  const come = async (name: string) => restoring.whenRead(lease, () => void seen.push(name))
  return { clock, state, account, control, seen, restoring, come }
}

test('what was parked is there before anything is handled, for the time that it has left', async () => {
  const { restoring, seen, come, account } = await house(1_040_000)
  restoring.begin(lease)
  const handled = [come('one'), come('two')]
  await Promise.all(handled)
  await turns()
  assert.deepEqual([...seen].sort(), ['one', 'phone for 40000', 'phone is there', 'two'])
  assert.ok(seen.indexOf('one') < seen.indexOf('two'))
  const third = come('three')
  assert.equal(seen.at(-1), 'three')
  await third
  const phone = account.sessions.get('phone')
  assert.deepEqual([phone?.sm?.id, phone?.sent, phone?.queue.length], ['resume me', 2, 2])
  assert.deepEqual([phone?.answered.takes(5, message('done')), [...(phone?.unstored ?? [])]], [true, [3]])
})

test('XEP-0198 §4 what is gone from the archive leaves a stanza that counts and says nothing', async () => {
  const { restoring, account } = await house(1_040_000)
  restoring.begin(lease)
  await turns()
  const [copy, gone] = account.sessions.get('phone')?.queue ?? []
  assert.deepEqual([copy?.stanza.inner, gone?.n, gone?.stanza.inner], [message('copy').inner, 2, ''])
})

test('a row without a socket may be older than the resumption: it tells of so many deliveries and no more', async () => {
  const { restoring, control } = await house(1_040_000)
  restoring.begin(lease)
  await turns()
  assert.equal(control.rowSent, 2)
})

test('a session whose time was over while nobody owned it ends at once', async () => {
  const { restoring, seen } = await house(990_000)
  restoring.begin(lease)
  await turns()
  assert.deepEqual(seen, ['phone for 0', 'phone is there'])
})

test('from the moment of reading what an earlier owner writes is refused', async () => {
  const { restoring, state } = await house(1_040_000)
  restoring.begin(lease)
  await turns()
  const row = { account: 'a@localhost', resource: 'r', manager: { id: 'parked', epoch: 0 }, generation: '7.1' }
  assert.equal(await state.put(before, { ...row, value: '' }, 1_000), 'fenced')
})

test('while the state is away the partition works without, and what was parked comes when it is back', async () => {
  const { restoring, seen, come, control, clock } = await house(1_040_000)
  control.away = true
  restoring.begin(lease)
  await come('handled')
  assert.deepEqual(seen, ['away', 'handled'])
  control.away = false
  await turns()
  clock.advance(1_000)
  await turns()
  assert.deepEqual(seen.slice(2), ['phone for 39000', 'phone is there'])
})

test('a session that was bound meanwhile stays, and the row of the older one goes', async () => {
  const { restoring, account, seen, state } = await house(1_040_000)
  const bound = sessionOf(account, 'phone')
  bound.gen = '9.1'
  restoring.begin(lease)
  await turns()
  assert.deepEqual(seen, [])
  assert.equal(account.sessions.get('phone'), bound)
  assert.deepEqual(await state.rowsOf(before.scope, account.jid), [])
})

test('what waits when the partition is lost is left to the next owner', async () => {
  const { restoring, come, seen } = await house(1_040_000)
  restoring.begin(lease)
  const waiting = come('handled')
  restoring.forget(lease.part)
  await assert.rejects(waiting, NotOwner)
  await turns()
  assert.deepEqual(seen, [])
})
