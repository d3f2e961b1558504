import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createExchanges } from './exchanges.ts'

function exchanges() {
  let now = 0
  let ids = 0
  const limits = { exchange_deadline_ms: 1000, max_exchanges: 5, max_exchanges_per_address: 2 }
  return {
    ...createExchanges<string>(limits, { clock: () => now, id: () => `id ${++ids}` }),
    at: (time: number) => {
      now = time
    },
  }
}

function place(of: ReturnType<typeof exchanges>, peer: string) {
  const found = of.enter(peer)
  assert.ok(found)
  return found
}

void test('what is held is taken once', () => {
  const all = exchanges()
  const id = all.hold(place(all, 'a'), 'state')
  assert.equal(all.take(id)?.value, 'state')
  assert.equal(all.take(id), undefined)
})

void test('past its deadline it is gone, and its place free', () => {
  const all = exchanges()
  const id = all.hold(place(all, 'a'), 'state')
  all.at(1000)
  assert.equal(all.take(id), undefined)
  assert.equal(all.size(), 0)
})

void test('no step moves the deadline', () => {
  const all = exchanges()
  const first = all.hold(place(all, 'a'), 'first')
  all.at(900)
  const younger = all.hold(place(all, 'b'), 'younger')
  const held = all.take(first)
  assert.ok(held)
  const second = all.hold(held.place, 'second')
  all.at(1000)
  assert.equal(all.take(second), undefined)
  assert.equal(all.take(younger)?.value, 'younger')
})

void test('a peer has so many places, and one that leaves gives its place back once', () => {
  const all = exchanges()
  const first = place(all, 'a')
  place(all, 'a')
  assert.equal(all.enter('a'), undefined)
  all.leave(first)
  all.leave(first)
  place(all, 'a')
  assert.equal(all.enter('a'), undefined)
  assert.equal(all.size(), 2)
})

void test('all peers together have so many places, freed by time without any timer', () => {
  const all = exchanges()
  for (const peer of ['a', 'b', 'c', 'd', 'e']) all.hold(place(all, peer), peer)
  assert.equal(all.enter('f'), undefined)
  all.at(1000)
  place(all, 'f')
  assert.equal(all.size(), 1)
})
