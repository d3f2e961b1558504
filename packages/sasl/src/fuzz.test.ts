import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { encodeUtf8 } from './encoding.ts'
import { parseClientFirst } from './scram-message.ts'
import { serverMechanism } from './server.ts'
import type { Principal, ServerStep } from './step.ts'
import { bound, pencil } from './testing.ts'

const ROUNDS = 20_000

/** Numbers below n, the same for the same seed (mulberry32). */
function random(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

const right: readonly (readonly [string, string])[] = [
  ['SCRAM-SHA-256', 'n,a=user@example.net,n=user,r=rOprNGfwEbeRWgbNEkqO'],
  ['SCRAM-SHA-256-PLUS', 'p=tls-exporter,,n=us=2Cer,r=abc,x=1'],
  ['PLAIN', 'user@example.net\0user\0pencil'],
]
const final = 'c=biws,r=rOprNGfwEbeRWgbNEkqOserver,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
const spice = encodeUtf8('\0,=nyparcm@/ é')

/** A message with some bytes changed, taken out or put in. */
function damaged(bytes: Uint8Array, below: (n: number) => number): Uint8Array {
  const out = [...bytes]
  for (let n = below(4); n >= 0; n--) {
    const byte = below(2) === 0 ? below(256) : (spice[below(spice.length)] ?? 0)
    out.splice(below(out.length + 1), below(3), ...(below(2) === 0 ? [byte] : []))
  }
  return Uint8Array.from(out)
}

void test('whatever is sent, a machine fails with a condition or asks on, and never lets anyone in', async () => {
  const seed = randomInt(2 ** 31)
  const below = random(seed)
  const context = { ...bound, offered: [...bound.offered, 'PLAIN'] }
  const principal: Principal = { standing: 'known', credentials: await pencil('SHA-256', 'W22ZaJ0SNY7soEsUEjb6gQ==') }
  const kinds = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const [mechanism, message] = right[below(right.length)] ?? ['PLAIN', '']
    let step: ServerStep = serverMechanism(mechanism, context)
    let said = message
    try {
      while (step.kind === 'challenge' || step.kind === 'lookup' || step.kind === 'derive') {
        kinds.add(step.kind)
        if (step.kind === 'lookup') step = step.next(principal)
        else if (step.kind === 'derive') step = step.next(new Uint8Array(32))
        else {
          step = step.next(damaged(encodeUtf8(said), below))
          said = final
        }
      }
    } catch (fault) {
      assert.fail(`seed ${seed} round ${round}: ${String(fault)}`)
    }
    assert.equal(step.kind, 'failure', `seed ${seed} round ${round}`)
  }
  assert.deepEqual(kinds, new Set(['challenge', 'lookup', 'derive']), `seed ${seed}`)
})

void test('what a client-first-message is read as is what it says', () => {
  const seed = randomInt(2 ** 31)
  const below = random(seed)
  let read = 0
  for (let round = 0; round < ROUNDS; round++) {
    const text = Buffer.from(damaged(encodeUtf8('n,a=ab,n=user,r=abc,x=1'), below)).toString()
    const first = parseClientFirst(text)
    if (first === undefined) continue
    read++
    assert.equal(first.header + first.bare, text, `seed ${seed} round ${round}`)
    assert.ok(!first.username.includes('\0') && first.username !== '', `seed ${seed} round ${round}`)
  }
  assert.ok(read > 0, `seed ${seed}`)
})
