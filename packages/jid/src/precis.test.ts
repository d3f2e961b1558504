import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  JidError,
  type JidPart,
  type JidReason,
  nicknameKey,
  parseJid,
  prepareLocal,
  preparePassword,
  prepareResource,
} from './index.ts'

function refused(part: JidPart, reason: JidReason): (err: unknown) => boolean {
  return (err) => err instanceof JidError && err.part === part && err.reason === reason
}

const locals = [
  ['RFC 7622 §3.3 a localpart may have 1023 octets', 'a'.repeat(1023), 'a'.repeat(1023)],
  ['RFC 7622 §3.3 its length counts after case mapping', '\u212a'.repeat(1023), 'k'.repeat(1023)],
  ['RFC 7622 §3.3 its length counts after width mapping', '\uff41'.repeat(1023), 'a'.repeat(1023)],
  ['RFC 7622 §3.3 its length counts after normalization', 'u\u0308\u0304'.repeat(511), '\u01d6'.repeat(511)],
  ['RFC 7622 §4 what can be mapped is accepted', '\u212b', '\u00e5'],
  ['RFC 8264 §7 normalization comes before the check of code points', '\u1112\u1161\u11ab', '\ud55c'],
  ['RFC 8265 §3.3.1 (1) full-width code points are mapped', '\uff21\uff42\uff11', 'ab1'],
  ['RFC 8265 §3.3.1 (1) half-width code points are mapped', '\uff71', '\u30a2'],
  ['RFC 8265 §3.3.1 (2) there is no additional mapping', 'a\\20b', 'a\\20b'],
  ['RFC 8265 §3.3.1 (3) upper case is mapped', 'JULIET\u00c9\u0410', 'juliet\u00e9\u0430'],
  ['RFC 8265 §3.3.1 (3) title case is mapped', '\u1f88', '\u1f80'],
  ['RFC 8265 §3.3.1 (3) sigma becomes no final sigma', '\u0391\u03a3', '\u03b1\u03c3'],
  ['RFC 8265 §3.3.1 (3) dotless i stays', '\u0131', '\u0131'],
  ['RFC 8265 §3.3.1 (4) the form is NFC', 'e\u0301', '\u00e9'],
  ['RFC 8265 §3.3.1 (5) a right-to-left string may obey the Bidi rule', '\u05d0\u05d11', '\u05d0\u05d11'],
  ['RFC 8265 §3.6 example 2', 'fussball', 'fussball'],
  ['RFC 8265 §3.6 example 3', 'fu\u00dfball', 'fu\u00dfball'],
  ['RFC 8265 §3.6 example 4', '\u03c0', '\u03c0'],
  ['RFC 8265 §3.6 example 5', '\u03a3', '\u03c3'],
  ['RFC 8265 §3.6 example 6', '\u03c3', '\u03c3'],
  ['RFC 8265 §3.6 example 7', '\u03c2', '\u03c2'],
] as const

for (const [title, text, canonical] of locals) {
  void test(title, () => {
    assert.equal(prepareLocal(text), canonical)
    assert.equal(prepareLocal(canonical), canonical)
  })
}

const noLocals = [
  ['RFC 7622 §3.3 a localpart has at least one octet', '', 'empty'],
  ['RFC 7622 §3.3 a localpart has at most 1023 octets', 'a'.repeat(1024), 'too-long'],
  ['RFC 7622 §3.3 octets are counted and not characters', '\u00e9'.repeat(512), 'too-long'],
  ['RFC 7622 §3.3 a length that case mapping makes too long is refused', '\u0130'.repeat(342), 'too-long'],
  ['RFC 7622 §3.3 input that cannot come down to 1023 octets is not mapped', 'A'.repeat(100_000), 'too-long'],
  ['RFC 8264 §4.2.3 old Hangul jamo are disallowed', '\u1100', 'disallowed'],
  ['RFC 8264 §4.2.3 controls are disallowed', 'a\u0001', 'disallowed'],
  ['RFC 8264 §4.2.3 ignorable code points are disallowed', 'a\u00ad', 'disallowed'],
  ['RFC 8264 §4.2.3 noncharacters are disallowed', 'a\ufdd0', 'disallowed'],
  ['RFC 8264 §4.2.3 spaces are disallowed', 'a b', 'disallowed'],
  ['RFC 8264 §4.2.3 symbols are disallowed', 'a\u20ac', 'disallowed'],
  ['RFC 8264 §4.2.3 punctuation is disallowed', 'a\u2019', 'disallowed'],
  ['RFC 8264 §4.2.3 code points with compatibility equivalents are disallowed', '\ufb01', 'disallowed'],
  ['RFC 8264 §4.2.3 other letters and digits are disallowed', '\u2180', 'disallowed'],
  ['RFC 8264 §4.2.4 unassigned code points are disallowed', 'a\u0378', 'unassigned'],
  ['RFC 8264 §8 private use is disallowed', 'a\ue000', 'disallowed'],
  ['RFC 8264 §8 a lone surrogate is disallowed', 'a\udfff', 'disallowed'],
  ['RFC 8264 §8 a contextual rule must be met', 'a\u200db', 'context'],
  ['RFC 8265 §3.3.1 (5) a right-to-left string must obey the Bidi rule', 'a\u05d0', 'bidi'],
  ['RFC 8265 §3.6 example 8', 'foo bar', 'disallowed'],
  ['RFC 8265 §3.6 example 9', '', 'empty'],
  ['RFC 8265 §3.6 example 10', 'henry\u2163', 'disallowed'],
  ['RFC 8265 §3.6 example 11', '\u221e', 'disallowed'],
] as const

for (const [title, text, reason] of noLocals) {
  void test(title, () => {
    assert.throws(() => prepareLocal(text), refused('localpart', reason))
  })
}

for (const character of '"&\'/:<>@') {
  const wide = String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0)
  void test(`RFC 7622 §3.3.1 ${character} is disallowed in a localpart`, () => {
    assert.throws(() => prepareLocal(`a${character}b`), refused('localpart', 'disallowed'))
  })
  void test(`RFC 7622 §3.3.1 full-width ${wide} is disallowed in a localpart, since it maps to ${character}`, () => {
    assert.throws(() => prepareLocal(`a${wide}b`), refused('localpart', 'disallowed'))
  })
}

void test('RFC 7622 §3.3.1 every other printable ASCII character is allowed in a localpart', () => {
  for (let cp = 0x21; cp <= 0x7e; cp++) {
    const character = String.fromCodePoint(cp)
    if (!'"&\'/:<>@'.includes(character)) assert.equal(prepareLocal(character), character.toLowerCase())
  }
})

// RFC 8265 §3.3.4: pairs that are one localpart, and pairs that look alike and are two.
const pairs = [
  ['JULIET', 'juliet', true],
  ['\uff4a\uff55liet', 'juliet', true],
  ['caf\u00e9', 'cafe\u0301', true],
  ['\u212a', 'k', true],
  ['\u03a3', '\u03c3', true],
  ['\u03c3', '\u03c2', false],
  ['stra\u00dfe', 'strasse', false],
  ['juliet', 'ju1iet', false],
  ['juliet', 'jul\u0456et', false],
  ['i', '\u0131', false],
  ['a\\20b', 'a\\5c20b', false],
] as const

for (const [a, b, equal] of pairs) {
  void test(`RFC 8265 §3.3.4 ${a} and ${b} are ${equal ? 'equal' : 'different'}`, () => {
    assert.equal(prepareLocal(a) === prepareLocal(b), equal)
  })
}

const resources = [
  ['RFC 7622 §3.4 a resourcepart may have 1023 octets', 'a'.repeat(1023), 'a'.repeat(1023)],
  ['RFC 7622 §3.4 its length counts after mapping', 'a\u2003'.repeat(511), 'a '.repeat(511)],
  ['RFC 7622 §3.4 a slash in it separates nothing', 'foo/bar', 'foo/bar'],
  ['RFC 7622 §3.4 a commercial at in it separates nothing', 'user@host', 'user@host'],
  ['RFC 8264 §4.3.1 spaces are valid', 'a b', 'a b'],
  ['RFC 8264 §4.3.1 symbols are valid', '\u265a', '\u265a'],
  ['RFC 8264 §4.3.1 punctuation is valid', '\u2019', '\u2019'],
  ['RFC 8264 §4.3.1 code points with compatibility equivalents are valid', '\ufb01\u2163', '\ufb01\u2163'],
  ['RFC 8264 §4.3.1 other letters and digits are valid', '\u01c5\u2180\u00b2\u20dd', '\u01c5\u2180\u00b2\u20dd'],
  ['RFC 8265 §4.2.2 (1) width is not mapped', '\uff21', '\uff21'],
  ['RFC 8265 §4.2.2 (2) non-ASCII space becomes space', 'a\u00a0\u1680\u2003\u202f\u205f\u3000b', 'a      b'],
  ['RFC 8265 §4.2.2 (3) case is not mapped', 'Balcony', 'Balcony'],
  ['RFC 8265 §4.2.2 (4) the form is NFC', 'e\u0301', '\u00e9'],
  ['RFC 8265 §4.2.2 (5) there is no directionality rule', 'a\u05d0\u0661', 'a\u05d0\u0661'],
] as const

for (const [title, text, canonical] of resources) {
  void test(title, () => {
    assert.equal(prepareResource(text), canonical)
    assert.equal(prepareResource(canonical), canonical)
  })
}

const noResources = [
  ['RFC 7622 §3.4 a resourcepart has at least one octet', '', 'empty'],
  ['RFC 7622 §3.4 a resourcepart has at most 1023 octets', 'a'.repeat(1024), 'too-long'],
  ['RFC 7622 §3.4 octets are counted and not characters', '\u265a'.repeat(342), 'too-long'],
  ['RFC 7622 §3.5 a resourcepart does not begin with a space', ' foo', 'leading-space'],
  ['RFC 7622 §3.5 nor with what is mapped to a space', '\u3000foo', 'leading-space'],
  ['RFC 8264 §4.3.3 old Hangul jamo are disallowed', '\u1100', 'disallowed'],
  ['RFC 8264 §4.3.3 controls are disallowed', 'a\u0000', 'disallowed'],
  ['RFC 8264 §4.3.3 ignorable code points are disallowed', 'a\u200e', 'disallowed'],
  ['RFC 8264 §4.3.4 unassigned code points are disallowed', 'a\u0378', 'unassigned'],
  ['RFC 8264 §8 line separators are disallowed', 'a\u2028', 'disallowed'],
  ['RFC 8264 §8 private use is disallowed', 'a\ue000', 'disallowed'],
  ['RFC 8264 §8 a lone surrogate is disallowed', '\ud800', 'disallowed'],
  ['RFC 8264 §8 a contextual rule must be met', 'a\u200d', 'context'],
] as const

for (const [title, text, reason] of noResources) {
  void test(title, () => {
    assert.throws(() => prepareResource(text), refused('resourcepart', reason))
  })
}

const passwords = [
  ['RFC 8265 §4.3 example 12', 'correct horse battery staple', 'correct horse battery staple'],
  ['RFC 8265 §4.3 example 13', 'Correct Horse Battery Staple', 'Correct Horse Battery Staple'],
  ['RFC 8265 §4.3 example 14', '\u03c0\u00df\u00e5', '\u03c0\u00df\u00e5'],
  ['RFC 8265 §4.3 example 15', 'Jack of \u2666s', 'Jack of \u2666s'],
  ['RFC 8265 §4.3 example 16', 'foo\u1680bar', 'foo bar'],
  ['RFC 8265 §4.2.2 a password may begin and end with a space', ' a ', ' a '],
  ['RFC 4616 §2 a password may have 255 octets', 'p'.repeat(255), 'p'.repeat(255)],
] as const

for (const [title, text, prepared] of passwords) {
  void test(title, () => {
    assert.equal(preparePassword(text), prepared)
  })
}

const noPasswords = [
  ['RFC 8265 §4.3 example 17', '', 'empty'],
  ['RFC 8265 §4.3 example 18', 'my cat is a \tby', 'disallowed'],
  ['RFC 8265 §4.1 private use is disallowed', '\ue000', 'disallowed'],
  ['RFC 8265 §4.1 surrogates are disallowed', '\ud800', 'disallowed'],
] as const

for (const [title, text, reason] of noPasswords) {
  void test(title, () => {
    assert.throws(() => preparePassword(text), refused('password', reason))
  })
}

void test('an error never repeats the password', () => {
  assert.throws(
    () => preparePassword('open\u0000sesame'),
    (err) => err instanceof JidError && !`${err.message}${err.stack}`.includes('sesame'),
  )
})

// RFC 8266 §3, Table 1: a nickname and what it is compared by.
const nicknames = [
  ['Foo', 'foo'],
  ['foo', 'foo'],
  ['Foo Bar', 'foo bar'],
  ['foo bar', 'foo bar'],
  ['\u03a3', '\u03c3'],
  ['\u03c3', '\u03c3'],
  ['\u03c2', '\u03c2'],
  ['\u03d4', '\u03cb'],
  ['\u221e', '\u221e'],
  ['Richard \u2163', 'richard iv'],
] as const

nicknames.forEach(([nickname, key], i) => {
  void test(`RFC 8266 §3 example ${i + 1}`, () => {
    assert.equal(nicknameKey(nickname), key)
    assert.equal(nicknameKey(key), key)
  })
})

void test('RFC 8266 §2.1 (2) spaces are trimmed and made single', () => {
  assert.equal(nicknameKey('\u3000 St  Peter '), 'st peter')
})

void test('RFC 8266 §2.3 a nickname that comes to nothing is refused', () => {
  assert.throws(() => nicknameKey(' \u00a0 '), refused('nickname', 'empty'))
})

void test('RFC 8266 §2.2 compatibility letters are valid, though NFKC makes jamo of them', () => {
  assert.equal(nicknameKey('\u314b'), '\u110f')
})

void test('RFC 8266 §2.2 a nickname consists of code points of the FreeformClass', () => {
  assert.throws(() => nicknameKey('a\u202e'), refused('nickname', 'disallowed'))
})

// RFC 7622 §3.1: separators are matched before anything is mapped, so no mapping makes one.
const separators = [
  '\uff20',
  '\uff0f',
  '\ufe6b',
  '\u2100',
  '\u2101',
  '\u2105',
  '\u2044',
  '\u2215',
  '\u29f8',
  '\u226e\u0338',
]

for (const text of separators) {
  void test(`RFC 7622 §3.1 ${text} makes no separator in any part`, () => {
    assert.throws(() => parseJid(`juliet${text}evil@example.com`), JidError)
    assert.throws(() => parseJid(`juliet@example.com${text}evil`), JidError)
    assert.ok(parseJid(`juliet@example.com/a${text}b`).startsWith('juliet@example.com/a'))
  })
}
