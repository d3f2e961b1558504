import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gathered } from './gathered.ts'

/** A database whose statements answer when they are told to. */
function house() {
  const statements: { readonly keys: readonly number[]; readonly done: PromiseWithResolvers<undefined> }[] = []
  const left = new EventTarget()
  const read = gathered<number, string>(async (keys) => {
    const done = Promise.withResolvers<undefined>()
    statements.push({ keys, done })
    left.dispatchEvent(new Event('left'))
    await done.promise
    return new Map(keys.filter((key) => key >= 0).map((key) => [key, `value ${key}`]))
  })
  /** Settles when so many statements have left. */
  const leaving = async (count: number) => {
    while (statements.length < count)
      await new Promise((resolve) => left.addEventListener('left', resolve, { once: true }))
    return statements.map(({ keys }) => keys)
  }
  return { read, statements, leaving }
}

void test('what is asked in one turn goes in one statement, and each has its own answer', async () => {
  const { read, statements, leaving } = house()
  const answers = Promise.all([read(1), read(2), read(-1), read(1)])
  assert.deepEqual(await leaving(1), [[1, 2, -1]])
  statements[0]?.done.resolve(undefined)
  assert.deepEqual(await answers, ['value 1', 'value 2', undefined, 'value 1'])
})

void test('what is asked meanwhile goes with a later statement, also where it is the same', async () => {
  const { read, statements, leaving } = house()
  const first = read(1)
  await leaving(1)
  const again = read(1)
  await leaving(2)
  const more = [read(2), read(3)]
  statements[0]?.done.resolve(undefined)
  assert.equal(await first, 'value 1')
  // The second hangs, and holds nobody up.
  assert.deepEqual(await leaving(3), [[1], [1], [2, 3]])
  statements[2]?.done.resolve(undefined)
  assert.deepEqual(await Promise.all(more), ['value 2', 'value 3'])
  statements[1]?.done.resolve(undefined)
  assert.equal(await again, 'value 1')
})

void test('a statement that fails fails for those that it was for, and for nobody after', async () => {
  const { read, statements, leaving } = house()
  const failing = Promise.allSettled([read(1), read(2)])
  await leaving(1)
  statements[0]?.done.reject(new Error('away'))
  assert.deepEqual(
    (await failing).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  const next = read(1)
  await leaving(2)
  statements[1]?.done.resolve(undefined)
  assert.equal(await next, 'value 1')
})

void test('a crowd is asked for in statements of a bounded size', async () => {
  const { read, statements, leaving } = house()
  const answers = Promise.all(Array.from({ length: 300 }, (_, key) => read(key)))
  assert.deepEqual(
    (await leaving(2)).map(({ length }) => length),
    [256, 44],
  )
  for (const { done } of statements) done.resolve(undefined)
  assert.equal((await answers).at(-1), 'value 299')
})
