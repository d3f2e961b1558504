import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { prepareDomain } from './domain.ts'
import {
  domainOf,
  type Jid,
  JidError,
  localOf,
  parseJid,
  preparePassword,
  prepareResource,
  resourceOf,
} from './index.ts'
import { isPlain } from './plain.ts'

const ROUNDS = 20_000

// Pieces that rules of different parts trip over; each is tried beside any other.
const PIECES = [
  ['a', 'B', 'z', '0', '9', '-', '--', '.', '..', ' ', '@', '/', '\\20', '\\40', ':', '[', ']', '%25', '"', '\0'],
  ['juliet', 'EXAMPLE.com', 'xn--', 'xn--bcher-kva', 'XN--N3H', '::1', '127.0.0.1', '192.0.2'],
  ['\u00df', '\u1e9e', '\u0130', '\u0131', '\u017f', '\u03a3', '\u03c2', '\u212a', '\u212b', '\u1f88', '\u01c5'],
  ['e\u0301', '\u00e9', '\u0301', '\u0345', '\u0327', '\u1100', '\u1161', '\u11a8', '\uac00', '\u3099'],
  ['\uff21', '\uff41', '\uff0e', '\u3002', '\uff61', '\uff0f', '\uff20', '\uff76', '\uff9e', '\u3000', '\u00a0'],
  ['\u05d0', '\u0627', '\u0661', '\u06f1', '\u064b', '\u200f', '\u202e', '\u2067'],
  ['\u200b', '\u200c', '\u200d', '\u00ad', '\ufeff', '\ufe0f', '\u094d', '\u0915', '\u00b7', 'l', '\u30fb'],
  ['\u0378', '\u{50000}', '\ufdd0', '\ue000', '\ud800', '\udc00', '\u{1f600}', '\u{10400}', '\u{2f800}', '\u265a'],
].flat()

/** Numbers below 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function text(next: () => number, most: number): string {
  return Array.from({ length: 1 + Math.floor(next() * most) }, () => {
    if (next() < 0.1) return String.fromCodePoint(Math.floor(next() * 0x110000))
    return PIECES[Math.floor(next() * PIECES.length)] ?? ''
  }).join('')
}

function address(next: () => number): string {
  const shape = next()
  const most = next() < 0.02 ? 1200 : 4
  if (shape < 0.25) return text(next, most)
  if (shape < 0.5) return `${text(next, most)}@example.com`
  if (shape < 0.75) return `juliet@${text(next, most)}`
  return `${text(next, 3)}@${text(next, 3)}.example/${text(next, most)}`
}

/** The canonical form, or nothing where the text is refused as it should be. */
function attempt<T>(prepare: (text: string) => T, from: string): T | undefined {
  try {
    return prepare(from)
  } catch (err) {
    assert.ok(err instanceof JidError, String(err))
    return undefined
  }
}

function checkParts(jid: Jid, told: string): void {
  const local = localOf(jid)
  const resource = resourceOf(jid)
  for (const part of [local, domainOf(jid), resource]) {
    if (part === undefined) continue
    assert.ok(part.length > 0 && Buffer.byteLength(part) <= 1023, told)
    assert.ok(part.isWellFormed() && part.normalize('NFC') === part, told)
  }
  assert.doesNotMatch(local ?? '', /["&'/:<>@\s\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Lu}]/u, told)
  assert.doesNotMatch(domainOf(jid), /[@/\s\p{Lu}]|^\.|\.\.|\.$|(?:^|\.)xn--/u, told)
  assert.equal(
    (local === undefined ? '' : `${local}@`) + domainOf(jid) + (resource === undefined ? '' : `/${resource}`),
    jid,
  )
}

/** Other spellings of one address: the same canonical form must come of them. */
function spellings(jid: Jid): readonly string[] {
  const local = localOf(jid)
  const resource = resourceOf(jid)
  const respell = (change: (part: string) => string): string =>
    (local === undefined ? '' : `${change(local)}@`) + domainOf(jid) + (resource === undefined ? '' : `/${resource}`)
  const wide = (part: string): string =>
    part.replace(/[!-~]/gu, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0))
  const decomposed = respell((part) => part.normalize('NFD'))
  return decomposed.length < 1500 ? [respell(wide), decomposed, jid.normalize('NFD')] : []
}

void test('any string has one canonical form, which stays as it is, or is refused with JidError', () => {
  const seed = randomInt(2 ** 32)
  const next = random(seed)
  let accepted = 0
  for (let round = 0; round < ROUNDS; round++) {
    const from = address(next)
    const told = `seed ${seed}, round ${round}, ${JSON.stringify(from)}`
    const jid = attempt(parseJid, from)
    if (jid === undefined) continue
    accepted++
    checkParts(jid, told)
    assert.equal(parseJid(jid), jid, told)
    for (const other of spellings(jid)) assert.equal(attempt(parseJid, other), jid, `${told}, ${JSON.stringify(other)}`)
  }
  assert.ok(accepted > ROUNDS / 100, `seed ${seed}: but ${accepted} were accepted`)
})

void test('any password and resourcepart is prepared once for all, or is refused with JidError', () => {
  const seed = randomInt(2 ** 32)
  const next = random(seed)
  for (let round = 0; round < ROUNDS; round++) {
    const from = text(next, 5)
    for (const prepare of [preparePassword, prepareResource]) {
      const prepared = attempt(prepare, from)
      if (prepared !== undefined) assert.equal(prepare(prepared), prepared, `seed ${seed}, round ${round}`)
    }
  }
})

void test('what passes for plain is what the long way leaves as it is', () => {
  const seed = randomInt(2 ** 32)
  const next = random(seed)
  let plain = 0
  for (let round = 0; round < ROUNDS; round++) {
    const domain = Array.from({ length: 1 + Math.floor(next() * 6) }, () =>
      'ab01-.'.charAt(Math.floor(next() * 6)),
    ).join('')
    if (!isPlain(domain)) continue
    plain++
    assert.equal(attempt(prepareDomain, domain), domain, `seed ${seed}, round ${round}`)
  }
  assert.ok(plain > ROUNDS / 100, `seed ${seed}: but ${plain} were plain`)
  for (const length of [63, 64]) assert.equal(isPlain('a'.repeat(length)), length < 64)
})
