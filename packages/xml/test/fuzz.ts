import assert from 'node:assert/strict'
import { isElement, parseFragment } from '../src/index.ts'
import { bytewise, hear, type Told } from './hear.ts'
import { createRandom, type Random } from './random.ts'
import { type Reference, reference } from './reference.ts'
import { cut, generated, mutated, someStream } from './streams.ts'

/** Where our framing and saxes over the whole stream may differ, and why that is right. */
const EXPLAINED: readonly { readonly why: string; readonly applies: (told: Told, other: Reference) => boolean }[] = [
  {
    why: 'to saxes a stream that is not begun is an unfinished document, to us it may be about to begin',
    applies: (told, other) => told.error === undefined && told.events.length === 0 && other.refused !== undefined,
  },
  {
    why: 'RFC 6120 §11.7 allows whitespace between elements, which a reference to whitespace is not',
    applies: (told, other) => told.error?.condition === 'bad-format' && other.refused === undefined,
  },
]

/** Counts of what a run of the fuzz met, to show that it met all sorts. */
export interface Tally {
  accepted: number
  readonly refused: Record<string, number>
  readonly explained: Record<string, number>
  elements: number
}

/** A tally to count in. */
export function emptyTally(): Tally {
  return { accepted: 0, refused: {}, explained: {}, elements: 0 }
}

/**
 * Tries `rounds` random streams. Throws AssertionError, with the seed and the bytes, when the result depends on the
 * chunks, when the forwarded content does not mean what was received, or when saxes over the whole stream sees it
 * otherwise. Any error but XmlError goes through.
 */
export function fuzz(seed: number, rounds: number): Tally {
  const random = createRandom(seed)
  const tally = emptyTally()
  for (let round = 0; round < rounds; round++) {
    const bytes = random.once(4) ? Buffer.from(generated(random)) : mutated(someStream(random), random)
    try {
      tryOut(bytes, random, tally)
    } catch (cause) {
      throw new Error(`seed ${seed}, round ${round}: ${JSON.stringify(bytes.toString('latin1'))}`, { cause })
    }
  }
  return tally
}

/** Tries one stream, as fuzz does with many. */
export function tryOut(bytes: Buffer, random: Random, tally: Tally): void {
  const told = hear([bytes])
  assert.deepEqual(hear(bytewise(bytes)), told, 'one byte at a time')
  assert.deepEqual(hear(cut(bytes, random)), told, 'in random chunks')
  for (const event of told.events) {
    if (event === 'close' || !('inner' in event)) continue
    tally.elements++
    const { element, inner, ns, name, attrs, payloads } = event
    assert.deepEqual(parseFragment(inner, ns), element.children)
    assert.deepEqual({ name, ns, attrs }, { name: element.name, ns: element.ns, attrs: element.attrs })
    assert.deepEqual(
      payloads,
      element.children.filter(isElement).map(({ name, ns }) => ({ name, ns })),
    )
  }
  compare(told, reference(bytes), tally)
  if (told.error === undefined) tally.accepted++
  else count(tally.refused, told.error.condition)
}

function compare(told: Told, other: Reference, tally: Tally): void {
  const ours = told.events.map((event) =>
    event === 'close' ? event : 'inner' in event ? event.element : `{${event.ns}}${event.name}`,
  )
  // What both have told before one refused must be the same in any case.
  const both = Math.min(ours.length, other.events.length)
  assert.deepEqual(ours.slice(0, both), other.events.slice(0, both), 'the same elements')
  const explained = EXPLAINED.find(({ applies }) => applies(told, other))
  if (explained !== undefined) {
    count(tally.explained, explained.why)
    return
  }
  assert.equal(told.error === undefined, other.refused === undefined, `${told.error?.message} / ${other.refused}`)
  if (told.error === undefined) assert.deepEqual(ours, other.events)
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
