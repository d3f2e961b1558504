import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bareOf,
  domainOf,
  isBare,
  isDomain,
  isFull,
  JidError,
  type JidPart,
  type JidReason,
  localOf,
  makeBare,
  parseBareJid,
  parseDomain,
  parseFullJid,
  parseJid,
  resourceOf,
  withResource,
} from './index.ts'

function refused(part: JidPart, reason: JidReason): (err: unknown) => boolean {
  return (err) => err instanceof JidError && err.part === part && err.reason === reason
}

// RFC 7622 §3.5, Table 1, in its order, each with its canonical form.
const legal = [
  ['juliet@example.com', 'juliet@example.com'],
  ['juliet@example.com/foo', 'juliet@example.com/foo'],
  ['juliet@example.com/foo bar', 'juliet@example.com/foo bar'],
  ['juliet@example.com/foo@bar', 'juliet@example.com/foo@bar'],
  ['foo\\20bar@example.com', 'foo\\20bar@example.com'],
  ['fussball@example.com', 'fussball@example.com'],
  ['fu\u00dfball@example.com', 'fu\u00dfball@example.com'],
  ['\u03c0@example.com', '\u03c0@example.com'],
  ['\u03a3@example.com/foo', '\u03c3@example.com/foo'],
  ['\u03c3@example.com/foo', '\u03c3@example.com/foo'],
  ['\u03c2@example.com/foo', '\u03c2@example.com/foo'],
  ['king@example.com/\u265a', 'king@example.com/\u265a'],
  ['example.com', 'example.com'],
  ['example.com/foobar', 'example.com/foobar'],
  ['a.example.com/b@example.net', 'a.example.com/b@example.net'],
] as const

legal.forEach(([text, canonical], i) => {
  void test(`RFC 7622 §3.5 example ${i + 1} is an address`, () => {
    assert.equal(parseJid(text), canonical)
  })
})

// RFC 7622 §3.5, Table 2, in its order.
const illegal = [
  ['"juliet"@example.com', 'localpart', 'disallowed'],
  ['foo bar@example.com', 'localpart', 'disallowed'],
  ['juliet@example.com/ foo', 'resourcepart', 'leading-space'],
  ['@example.com/', 'localpart', 'empty'],
  ['henry\u2163@example.com', 'localpart', 'disallowed'],
  ['\u265a@example.com', 'localpart', 'disallowed'],
  ['juliet@', 'domainpart', 'empty'],
  ['/foobar', 'domainpart', 'empty'],
] as const

illegal.forEach(([text, part, reason], i) => {
  void test(`RFC 7622 §3.5 example ${i + 16} is no address`, () => {
    assert.throws(() => parseJid(text), refused(part, reason))
  })
})

const PARTS: readonly [text: string, local: string | undefined, domain: string, resource: string | undefined][] = [
  ['juliet@example.com', 'juliet', 'example.com', undefined],
  ['juliet@example.com/balcony', 'juliet', 'example.com', 'balcony'],
  ['example.com', undefined, 'example.com', undefined],
  ['example.com/foobar', undefined, 'example.com', 'foobar'],
  ['a.example.com/b@example.net', undefined, 'a.example.com', 'b@example.net'],
  ['room@chat.example.com/user@host/1', 'room', 'chat.example.com', 'user@host/1'],
  ['juliet@[::1]/a', 'juliet', '[::1]', 'a'],
]

for (const [text, local, domain, resource] of PARTS) {
  void test(`RFC 7622 §3.1 <${text}> has its parts and its kind`, () => {
    const jid = parseJid(text)
    assert.equal(localOf(jid), local)
    assert.equal(domainOf(jid), domain)
    assert.equal(resourceOf(jid), resource)
    assert.equal(bareOf(jid), local === undefined ? domain : `${local}@${domain}`)
    assert.equal(isFull(jid), resource !== undefined)
    assert.equal(isBare(jid), local !== undefined && resource === undefined)
    assert.equal(isDomain(jid), local === undefined && resource === undefined)
  })
}

const kinds = [
  ['parseBareJid', parseBareJid, 'juliet@example.com', ['juliet@example.com/a', 'example.com', 'example.com/a']],
  ['parseFullJid', parseFullJid, 'juliet@example.com/a', ['juliet@example.com', 'example.com']],
  ['parseDomain', parseDomain, 'example.com', ['juliet@example.com', 'example.com/a', 'juliet@example.com/a']],
] as const

for (const [name, parse, own, others] of kinds) {
  void test(`${name} takes its own kind of address and no other`, () => {
    assert.equal(parse(own), own)
    for (const other of others) assert.throws(() => parse(other), refused('jid', 'kind'))
  })
}

void test('parseFullJid takes a domainpart with a resourcepart', () => {
  assert.equal(parseFullJid('example.com/a'), 'example.com/a')
})

void test('RFC 7622 §4 parts put together are enforced as parts', () => {
  assert.equal(makeBare('JULIET', 'Example.COM.'), 'juliet@example.com')
  assert.equal(withResource(parseBareJid('juliet@example.com'), 'a\u00a0b/c@d'), 'juliet@example.com/a b/c@d')
  assert.equal(withResource(parseDomain('example.com'), 'a'), 'example.com/a')
  assert.throws(() => makeBare('a@b', 'example.com'), refused('localpart', 'disallowed'))
  assert.throws(() => makeBare('', 'example.com'), refused('localpart', 'empty'))
  assert.throws(() => makeBare('juliet', ''), refused('domainpart', 'empty'))
  assert.throws(() => makeBare('juliet', 'example.com/a'), refused('jid', 'kind'))
  assert.throws(() => makeBare('juliet', 'evil@example.com'), refused('jid', 'kind'))
  assert.throws(() => withResource(parseDomain('example.com'), ''), refused('resourcepart', 'empty'))
})

void test('RFC 7622 §3.1 each part may have its full length at once', () => {
  const label = 'd'.repeat(63)
  const text = `${'l'.repeat(1023)}@${label}.${label}.${label}.${'d'.repeat(61)}/${'r'.repeat(1023)}`
  assert.equal(parseJid(text), text)
})

void test('RFC 7622 §3.3 plain text too is held to 1023 octets', () => {
  assert.throws(() => parseJid(`${'l'.repeat(1024)}@example.com`), refused('localpart', 'too-long'))
})

void test('RFC 7622 §3.4 plain text too is held to 1023 octets', () => {
  assert.throws(() => parseJid(`example.com/${'r'.repeat(1024)}`), refused('resourcepart', 'too-long'))
})

void test('RFC 7622 §3.2 plain text too is held to the limits of RFC 1034', () => {
  assert.throws(() => parseJid(`${'d'.repeat(64)}.example`), refused('domainpart', 'label-too-long'))
  assert.throws(() => parseJid(`${'d.'.repeat(127)}d`), refused('domainpart', 'too-long'))
})

void test('RFC 7622 §5 IDNA2008, UsernameCaseMapped and OpaqueString each have their part of an address', () => {
  const text = '\uff26U\u00dfBALL@XN--Bcher-KVA.example./\u00dcber\u2003\uff21'
  assert.equal(parseJid(text), 'fu\u00dfball@b\u00fccher.example/\u00dcber \uff21')
})

void test('RFC 7622 §4 what cannot be mapped is refused in whichever part it stands', () => {
  assert.throws(() => parseJid('a\u202e@example.com/a'), refused('localpart', 'disallowed'))
  assert.throws(() => parseJid('a@a\u202e.example/a'), refused('domainpart', 'disallowed'))
  assert.throws(() => parseJid('a@example.com/a\u202e'), refused('resourcepart', 'disallowed'))
})

void test('RFC 7622 §3.1 no address takes long to be read, whatever it is made of', () => {
  const pieces = ['a', 'a-', '-', 'a.', '.', '@', '/', '[', 'xn--', '\u0301', '\u1100\u1161', '\uff21', '\u05d0', '1']
  const began = performance.now()
  for (const piece of pieces) {
    for (const length of [20, 60, 63, 1000, 16_000]) {
      const text = piece.repeat(length)
      for (const whole of [text, `${text}!`, `${text}@b`, `a@${text}`, `a@${text}!`, `a@b/${text}`]) {
        try {
          parseJid(whole)
        } catch (err) {
          assert.ok(err instanceof JidError)
        }
      }
    }
  }
  // A pattern that goes back over what it has read takes minutes for one of these.
  assert.ok(performance.now() - began < 5000)
})
