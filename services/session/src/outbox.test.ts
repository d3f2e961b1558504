import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutbox, depart, departWhen } from './outbox.ts'

const turn = () => new Promise((resolve) => void setImmediate(resolve))
const unexpected = (fault: unknown) => assert.fail(String(fault))

test('what waits for nothing is said at once', () => {
  const outbox = createOutbox(unexpected)
  const said: string[] = []
  outbox.add(() => said.push('a'))
  assert.deepEqual(said, ['a'])
  assert.equal(outbox.empty(), true)
})

test('what waits holds back what was decided after it, and nothing else', async () => {
  const outbox = createOutbox(unexpected)
  const said: string[] = []
  const [one, two] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  outbox.addWhen(one.promise, (text) => said.push(text), unexpected)
  outbox.addWhen(two.promise, (text) => said.push(text), unexpected)
  outbox.add(() => said.push('last'))
  two.resolve('two')
  await turn()
  assert.deepEqual(said, [])
  one.resolve('one')
  await turn()
  assert.deepEqual(said, ['one', 'two', 'last'])
})

test('what fails is told in its turn', async () => {
  const outbox = createOutbox(unexpected)
  const said: string[] = []
  const [one, two] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  outbox.addWhen(one.promise, (text) => said.push(text), unexpected)
  outbox.addWhen(two.promise, unexpected, (fault) => said.push(String(fault)))
  two.reject(new Error('refused'))
  one.resolve('one')
  await turn()
  assert.deepEqual(said, ['one', 'Error: refused'])
})

test('a slot that throws does not keep those behind it from their say', async () => {
  const faults: unknown[] = []
  const outbox = createOutbox((fault) => faults.push(fault))
  const said: string[] = []
  const broken = () => {
    throw new Error('a bug')
  }
  outbox.addWhen(Promise.resolve(), broken, unexpected)
  outbox.add(broken)
  outbox.add(() => said.push('after'))
  await turn()
  assert.deepEqual(said, ['after'])
  assert.deepEqual(faults.map(String), ['Error: a bug', 'Error: a bug'])
})

test('what a slot adds while it is said comes after everything that waits', async () => {
  const outbox = createOutbox(unexpected)
  const said: string[] = []
  const first = () => {
    said.push('first')
    outbox.add(() => said.push('third'))
  }
  outbox.addWhen(Promise.resolve(), first, unexpected)
  outbox.add(() => said.push('second'))
  await turn()
  assert.deepEqual(said, ['first', 'second', 'third'])
})

test('a deed that throws in its turn rejects, and those behind it have theirs', async () => {
  const outbox = createOutbox(unexpected)
  const broken = () => {
    throw new Error('a bug')
  }
  const done = Promise.allSettled([
    departWhen(outbox, Promise.resolve(), broken),
    depart(outbox, broken),
    depart(outbox, async () => undefined),
  ])
  assert.deepEqual(
    (await done).map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  )
})
