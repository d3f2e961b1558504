import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { StoreUnavailable } from '@jabiru/store'
import { NotOwner } from '@jabiru/wire'
import type { Account, AccountRecord } from './account.ts'
import { createActors } from './actors.ts'

const juliet = parseBareJid('juliet@capulet.lit')
const nobody = parseBareJid('nobody@capulet.lit')
const lease = { part: 3, token: 7 }
const RECORD: AccountRecord = { position: 0, watermark: 0, undelivered: [] }

/** A store whose answers the test gives. */
function house() {
  const clock = createManualClock()
  const waiting: PromiseWithResolvers<AccountRecord | undefined>[] = []
  const wake = () => {
    const answer = Promise.withResolvers<AccountRecord | undefined>()
    waiting.push(answer)
    return answer.promise
  }
  const faults: unknown[] = []
  const actors = createActors({ store: { wake }, clock, onFault: (fault) => faults.push(fault) })
  const asked = async () => {
    await new Promise((resolve) => void setImmediate(resolve))
    return waiting.splice(0)
  }
  const run = async (...args: Parameters<typeof actors.run>) => actors.run(...args)
  return { actors, run, clock, asked, faults }
}

/** Notes in which order tasks ran, and whether they had an account. */
function notes() {
  const seen: string[] = []
  const task = (name: string) => (account: Account | undefined) => void seen.push(`${name} ${account?.jid}`)
  return { seen, task }
}

test('tasks of an account that is being woken run in the order they came, after one question to the store', async () => {
  const { actors, run, asked } = house()
  const { seen, task } = notes()
  const done = [run(lease, juliet, task('a')), run(lease, juliet, task('b'))]
  const [question, ...more] = await asked()
  assert.equal(more.length, 0)
  question?.resolve(RECORD)
  await Promise.all(done)
  assert.deepEqual(seen, ['a juliet@capulet.lit', 'b juliet@capulet.lit'])
  assert.equal(actors.run(lease, juliet, task('c')), undefined)
  assert.equal(seen.length, 3)
})

test('everything for an account that does not exist is told so, and nothing is kept', async () => {
  const { actors, run, asked } = house()
  const { seen, task } = notes()
  const done = Promise.all(['a', 'b', 'c'].map((name) => run(lease, nobody, task(name))))
  for (let i = 0; i < 3; i++) for (const question of await asked()) question.resolve(undefined)
  await done
  assert.deepEqual(seen, ['a undefined', 'b undefined', 'c undefined'])
  assert.equal(actors.count(), 0)
})

test('while the store is away an account is woken again and again, and nobody is told a lie', async () => {
  const { run, clock, asked, faults } = house()
  const { seen, task } = notes()
  const done = Promise.all([run(lease, juliet, task('a')), run(lease, juliet, task('b'))])
  for (let i = 0; i < 3; i++) {
    for (const question of await asked()) question.reject(new StoreUnavailable('away'))
    await new Promise((resolve) => void setImmediate(resolve))
    clock.advance(5_000)
  }
  for (const question of await asked()) question.resolve(RECORD)
  await done
  assert.deepEqual(seen, ['a juliet@capulet.lit', 'b juliet@capulet.lit'])
  assert.equal(faults.length, 3)
})

test('what waits for an account whose partition moves is left to the next owner', async () => {
  const { actors, run, asked } = house()
  const { seen, task } = notes()
  const done = Promise.allSettled([run(lease, juliet, task('a')), run(lease, juliet, task('b'))])
  const [question] = await asked()
  actors.forgetPartition(3)
  question?.resolve(RECORD)
  for (const result of await done) assert.ok(result.status === 'rejected' && result.reason instanceof NotOwner)
  assert.deepEqual(seen, [])
})

test('an account that was removed is read again', async () => {
  const { actors, run, asked } = house()
  const { seen, task } = notes()
  const first = run(lease, juliet, () => actors.forget(juliet))
  const second = run(lease, juliet, task('after'))
  for (const answer of [RECORD, undefined]) for (const question of await asked()) question.resolve(answer)
  await Promise.all([first, second])
  assert.deepEqual(seen, ['after undefined'])
  assert.equal(actors.count(), 0)
})

test('generations never come again, also when the account has slept', async () => {
  const { actors, run, asked, clock } = house()
  const next = async () => {
    let generation = ''
    const done = run(lease, juliet, (account) => {
      generation = account?.nextGeneration() ?? ''
    })
    for (const question of await asked()) question.resolve(RECORD)
    await done
    return generation
  }
  const first = await next()
  clock.advance(1_000)
  actors.sleep(clock.now())
  assert.equal(actors.count(), 0)
  assert.notEqual(await next(), first)
})
