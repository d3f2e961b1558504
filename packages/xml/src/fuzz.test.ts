import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyTally, fuzz, tryOut } from '../test/fuzz.ts'
import { OPEN } from '../test/hear.ts'
import { createRandom } from '../test/random.ts'

// More seeds: `node packages/xml/scripts/fuzz.ts`.
for (const seed of [1, 2, 3]) {
  void test(`RFC 6120 §11.3 what is read is what another parser reads, however it is cut, seed ${seed}`, () => {
    const tally = fuzz(seed, 300)
    assert.ok(tally.accepted > 30 && tally.elements > 100, 'enough streams are sound')
    assert.ok(Object.keys(tally.refused).length >= 3, 'enough streams are refused, for enough reasons')
  })
}

for (const xml of ["<?xml version='1.0'?> ", `${OPEN}<a/>&#32;<b/>`]) {
  void test(`the difference to saxes alone has an explanation: ${xml.slice(-20)}`, () => {
    const tally = emptyTally()
    tryOut(Buffer.from(xml), createRandom(1), tally)
    assert.deepEqual(Object.values(tally.explained), [1])
  })
}
