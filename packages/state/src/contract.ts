import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type Fence, type LiveState, type SessionRow, type Standing, StateUnavailable } from './live-state.ts'

/** A twin, as the suite needs it. */
export interface Subject {
  /** Opens the state; the suite names its partitions so that it may share what is stored. */
  readonly open: (standing: Standing) => Promise<LiveState>
  /** A time to live that may be waited for, and the wait until an entry of that age is gone. */
  readonly shortMs: number
  readonly pass: () => Promise<undefined>
}

const LONG = 60_000

/** What Redis and the twin in memory both do. */
export function stateContract(name: string, subject: Subject): void {
  /** A state whose leases vouch for every token, and a partition that nobody else uses. */
  const start = async (standing: Standing = () => Promise.resolve(true)) => {
    const scope = `session.${randomUUID()}`
    const state = await subject.open(standing)
    const fence = { scope, token: 1_000 }
    return { state, scope, fence, later: { scope, token: 1_001 } }
  }
  const manager = { id: 'cm.1', epoch: 1_700_000_000_000 }
  const row = (resource: string, change: Partial<SessionRow> = {}): SessionRow => ({
    account: 'romeo@montague.example',
    resource,
    manager,
    generation: '1000.1',
    value: `{"priority":1,"of":"${resource}","é":"👋"}`,
    ...change,
  })
  const sorted = (rows: readonly SessionRow[]): readonly SessionRow[] =>
    rows.toSorted((a, b) => a.resource.localeCompare(b.resource))

  void test(`[${name}] the rows of an account are what was put`, async () => {
    const { state, scope, fence } = await start()
    const odd = row('"]\\u0000 \n/@:{}é', { value: '' })
    for (const one of [row('balcony'), row('orchard'), odd, row('home', { account: 'juliet@capulet.example' })])
      assert.equal(await state.put(fence, one, LONG), 'written')
    assert.deepEqual(
      sorted(await state.rowsOf(scope, 'romeo@montague.example')),
      sorted([row('balcony'), row('orchard'), odd]),
    )
    assert.deepEqual(await state.rowsOf(scope, 'nobody@montague.example'), [])
    assert.deepEqual(await state.rowsOf(`${scope}x`, 'romeo@montague.example'), [])
  })

  void test(`[${name}] a time to live may have a fraction, as times of a monotonic clock do`, async () => {
    const { state, scope, fence } = await start()
    const ttlMs = LONG + 0.123
    assert.equal(await state.put(fence, row('balcony'), ttlMs), 'written')
    assert.deepEqual(await state.refresh(fence, [row('balcony')], ttlMs), [])
    assert.equal(await state.mirror(fence, new Map([['queue', 'kept']]), ttlMs), 'written')
    assert.deepEqual(await state.read(scope, ['queue']), new Map([['queue', 'kept']]))
    assert.equal(await state.count(scope, ttlMs), 1)
  })

  void test(`[${name}] a row put again is replaced, under its new connection manager only`, async () => {
    const { state, scope, fence } = await start()
    const moved = row('balcony', { manager: { id: 'cm.2', epoch: 5 }, generation: '1000.2', value: '{}' })
    await state.put(fence, row('balcony'), LONG)
    await state.put(fence, moved, LONG)
    assert.deepEqual(await state.rowsOf(scope, moved.account), [moved])
    assert.deepEqual(await state.rowsAt(scope, moved.manager), [moved])
    assert.deepEqual(await state.rowsAt(scope, manager), [])
  })

  void test(`[${name}] the rows at a connection manager are those of that life of it`, async () => {
    const { state, scope, fence } = await start()
    const other = row('home', { account: 'juliet@capulet.example' })
    const reborn = row('orchard', { manager: { ...manager, epoch: manager.epoch + 1 } })
    for (const one of [row('balcony'), other, reborn]) await state.put(fence, one, LONG)
    assert.deepEqual(sorted(await state.rowsAt(scope, manager)), sorted([row('balcony'), other]))
    assert.deepEqual(await state.rowsAt(scope, reborn.manager), [reborn])
  })

  void test(`[${name}] clean-up removes a row only if it is still held by whom it names`, async () => {
    const { state, scope, fence } = await start()
    await state.put(fence, row('balcony'), LONG)
    const others = [
      { manager: { id: 'cm.2', epoch: manager.epoch }, generation: '1000.1' },
      { manager: { id: manager.id, epoch: manager.epoch - 1 }, generation: '1000.1' },
      { manager, generation: '1000.2' },
    ]
    for (const other of others) assert.equal(await state.remove(fence, row('balcony'), other), 'kept')
    assert.equal((await state.rowsOf(scope, row('balcony').account)).length, 1)
    assert.equal(await state.remove(fence, row('balcony'), row('balcony')), 'removed')
    assert.equal(await state.remove(fence, row('balcony'), row('balcony')), 'kept')
    assert.deepEqual(await state.rowsOf(scope, row('balcony').account), [])
    assert.deepEqual(await state.rowsAt(scope, manager), [])
  })

  void test(`[${name}] a lower token than the highest seen writes nothing`, async () => {
    const { state, scope, fence, later } = await start()
    await state.put(fence, row('balcony'), LONG)
    await state.mirror(fence, new Map([['queue', 'old']]), LONG)
    assert.equal(await state.put(later, row('orchard'), LONG), 'written')
    assert.equal(await state.put(fence, row('balcony', { value: 'stale' }), LONG), 'fenced')
    assert.equal(await state.put(fence, row('garden'), LONG), 'fenced')
    assert.equal(await state.remove(fence, row('balcony'), row('balcony')), 'fenced')
    assert.equal(await state.refresh(fence, [row('balcony')], LONG), 'fenced')
    assert.equal(await state.mirror(fence, new Map([['queue', 'stale']]), LONG), 'fenced')
    assert.deepEqual(sorted(await state.rowsOf(scope, row('').account)), [row('balcony'), row('orchard')])
    assert.deepEqual(await state.read(scope, ['queue']), new Map([['queue', 'old']]))
    assert.equal(await state.put({ ...fence, scope: `${scope}x` }, row('balcony'), LONG), 'written')
  })

  void test(`[${name}] where no token is known the leases are asked, once for all who wait, and an old owner stays out`, async () => {
    const asked: Fence[] = []
    const { state, scope, fence, later } = await start(async (fence) => {
      asked.push(fence)
      return fence.token === 1_001
    })
    assert.equal(await state.put(fence, row('garden'), LONG), 'fenced')
    assert.deepEqual(asked, [fence])
    const outcomes = await Promise.all([state.put(later, row('balcony'), LONG), state.put(later, row('orchard'), LONG)])
    assert.deepEqual(outcomes, ['written', 'written'])
    assert.equal(await state.put(fence, row('garden'), LONG), 'fenced')
    assert.deepEqual(asked, [fence, later])
    assert.deepEqual(sorted(await state.rowsOf(scope, row('').account)), [row('balcony'), row('orchard')])
  })

  void test(`[${name}] writes that wait for the leases keep their order`, async () => {
    const question = Promise.withResolvers<boolean>()
    const begun = Promise.withResolvers<undefined>()
    const { state, scope, fence } = await start(() => {
      begun.resolve(undefined)
      return question.promise
    })
    const writes = [1, 2].map((n) => state.put(fence, row('balcony', { value: String(n) }), LONG))
    await begun.promise
    writes.push(...[3, 4].map((n) => state.put(fence, row('balcony', { value: String(n) }), LONG)))
    question.resolve(true)
    await Promise.all(writes)
    assert.deepEqual(await state.rowsOf(scope, row('').account), [row('balcony', { value: '4' })])
  })

  void test(`[${name}] leases that cannot be asked let nobody write, until they can`, async () => {
    let away = true
    const { state, fence } = await start(() => (away ? Promise.reject(new Error('away')) : Promise.resolve(true)))
    await assert.rejects(state.put(fence, row('balcony'), LONG), StateUnavailable)
    away = false
    assert.equal(await state.put(fence, row('balcony'), LONG), 'written')
  })

  void test(`[${name}] a row is gone after its time, from every index`, async () => {
    const { state, scope, fence } = await start()
    await state.put(fence, row('balcony'), subject.shortMs)
    await state.put(fence, row('orchard'), LONG)
    await subject.pass()
    assert.deepEqual(await state.rowsOf(scope, row('').account), [row('orchard')])
    assert.deepEqual(await state.rowsAt(scope, manager), [row('orchard')])
  })

  void test(`[${name}] a row that is refreshed in time stays, and one that was not is named`, async () => {
    const { state, scope, fence } = await start()
    for (const resource of ['balcony', 'orchard']) await state.put(fence, row(resource), subject.shortMs)
    assert.deepEqual(await state.refresh(fence, [row('balcony')], LONG), [])
    await subject.pass()
    assert.deepEqual(await state.rowsOf(scope, row('').account), [row('balcony')])
    assert.deepEqual(await state.rowsAt(scope, manager), [row('balcony')])
    const lost = await state.refresh(fence, [row('balcony'), row('orchard'), row('never')], LONG)
    assert.deepEqual(lost, [row('orchard'), row('never')])
  })

  void test(`[${name}] a longer row keeps an index that a shorter one shares`, async () => {
    const { state, scope, fence } = await start()
    await state.put(fence, row('orchard'), LONG)
    await state.put(fence, row('balcony'), subject.shortMs)
    await state.refresh(fence, [row('balcony')], subject.shortMs)
    await subject.pass()
    assert.deepEqual(await state.rowsOf(scope, row('').account), [row('orchard')])
    assert.deepEqual(await state.rowsAt(scope, manager), [row('orchard')])
  })

  void test(`[${name}] documents are mirrored, replaced and removed in one step, and expire`, async () => {
    const { state, scope, fence } = await start()
    await state.mirror(
      fence,
      new Map([
        ['a', '1'],
        ['b', '2'],
        ['c', ''],
      ]),
      LONG,
    )
    assert.deepEqual(
      await state.read(scope, ['a', 'b', 'c', 'd']),
      new Map([
        ['a', '1'],
        ['b', '2'],
        ['c', ''],
      ]),
    )
    await state.mirror(
      fence,
      new Map([
        ['a', '3'],
        ['b', undefined],
        ['d', '4'],
      ]),
      subject.shortMs,
    )
    assert.deepEqual(
      await state.read(scope, ['a', 'b', 'c', 'd']),
      new Map([
        ['a', '3'],
        ['c', ''],
        ['d', '4'],
      ]),
    )
    await subject.pass()
    assert.deepEqual(await state.read(scope, ['a', 'b', 'c', 'd']), new Map([['c', '']]))
    assert.deepEqual(await state.read(scope, []), new Map())
    assert.deepEqual(await state.read(`${scope}x`, ['c']), new Map())
  })

  void test(`[${name}] a counter counts within its window and starts again after it`, async () => {
    const { state, scope } = await start()
    const counts = await Promise.all([1, 2, 3].map(() => state.count(scope, subject.shortMs)))
    assert.deepEqual(counts, [1, 2, 3])
    assert.equal(await state.count(`${scope}x`, LONG), 1)
    await subject.pass()
    assert.equal(await state.count(scope, LONG), 1)
    assert.equal(await state.count(scope, LONG), 2)
  })

  void test(`[${name}] a state that works passes its check`, async () => {
    const { state } = await start()
    await state.check()
  })
}
