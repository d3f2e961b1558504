import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNotes } from './notes.ts'

/** Notes whose rests end by hand or with their signal. */
function book(write: () => Promise<unknown> = () => Promise.resolve()) {
  const written: (readonly (readonly [string, number])[])[] = []
  const faults: unknown[] = []
  const rests: (() => void)[] = []
  const notes = createNotes<string, number>({
    write: (noted) => {
      written.push([...noted])
      return write()
    },
    onFault: (fault) => void faults.push(fault),
    rest: (_, signal) =>
      new Promise<undefined>((resolve) => {
        rests.push(() => resolve(undefined))
        signal.addEventListener('abort', () => resolve(undefined))
      }),
  })
  const restEnds = async () => {
    rests.shift()?.()
    await turns()
  }
  return { notes, written, faults, restEnds }
}

/** Enough for what has nothing to wait for. */
const turns = () => new Promise((resolve) => void setImmediate(resolve))

void test('the first is written at once, and what comes while it rests goes together, the last of each account', async () => {
  const { notes, written, restEnds } = book()
  notes.note('alice', 1)
  assert.deepEqual(written, [[['alice', 1]]])
  await turns()
  notes.note('bob', 1)
  notes.note('alice', 2)
  notes.note('bob', 3)
  assert.equal(written.length, 1)
  await restEnds()
  assert.deepEqual(written.slice(1), [
    [
      ['bob', 3],
      ['alice', 2],
    ],
  ])
  await restEnds()
  notes.note('carol', 4)
  assert.deepEqual(written.slice(2), [[['carol', 4]]])
})

void test('a flush waits for no rest, and for what is being written', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const { notes, written } = book(() => promise)
  notes.note('alice', 1)
  notes.note('alice', 2)
  let isFlushed = false
  const flushed = notes.flush().then(() => (isFlushed = true))
  await turns()
  assert.equal(isFlushed, false)
  resolve(undefined)
  await flushed
  assert.deepEqual(written, [[['alice', 1]], [['alice', 2]]])
})

void test('what is noted after a flush rests again', async () => {
  const { notes, written } = book()
  notes.note('alice', 1)
  await notes.flush()
  notes.note('alice', 2)
  await turns()
  notes.note('alice', 3)
  await turns()
  assert.deepEqual(written, [[['alice', 1]], [['alice', 2]]])
})

void test('what cannot be written is told and given up, and the next is written', async () => {
  const fault = new Error('away')
  const { notes, written, faults, restEnds } = book(() => Promise.reject(fault))
  notes.note('alice', 1)
  await turns()
  await restEnds()
  notes.note('bob', 1)
  await turns()
  assert.deepEqual(faults, [fault, fault])
  assert.equal(written.length, 2)
})

void test('what was noted is written when it is disposed of', async () => {
  const { notes, written } = book()
  {
    await using open = notes
    open.note('alice', 1)
    await turns()
    open.note('alice', 2)
  }
  assert.deepEqual(written, [[['alice', 1]], [['alice', 2]]])
})
