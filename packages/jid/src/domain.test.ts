import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JidError, type JidReason, parseDomain, parseJid } from './index.ts'

function refused(reason: JidReason): (err: unknown) => boolean {
  return (err) => err instanceof JidError && err.part === 'domainpart' && err.reason === reason
}

const label63 = 'a'.repeat(63)
// Its A-label has the prefix, 55 letters, a hyphen and three digits.
const uLabel63 = `${'a'.repeat(55)}\u00fc`
const name253 = [label63, label63, label63, 'a'.repeat(61)].join('.')

const accepted = [
  ['RFC 7622 §3.2 a fully qualified domain name is a domainpart', 'im.example.com', 'im.example.com'],
  ['RFC 7622 §3.2 an IPv4 address is a domainpart', '192.0.2.1', '192.0.2.1'],
  ['RFC 7622 §3.2 an IPv6 address is a domainpart', '[2001:db8::1]', '[2001:db8::1]'],
  ['RFC 7622 §3.2 an unqualified hostname is a domainpart', 'localhost', 'localhost'],
  ['RFC 7622 §3.2 a final dot is stripped', 'example.com.', 'example.com'],
  ['RFC 7622 §3.2 a final dot is stripped before A-labels are converted', 'xn--bcher-kva.', 'b\u00fccher'],
  ['RFC 7622 §3.2 a final dot is stripped after an IPv4 address', '192.0.2.1.', '192.0.2.1'],
  ['RFC 7622 §3.2 a final dot does not count for the length limits of RFC 1034', `${name253}.`, name253],
  ['RFC 7622 §3.1 what looks like an IPv4 address is one', '255.255.255.255', '255.255.255.255'],
  ['RFC 7622 §3.1 a name may begin like an IPv4 address', '192.0.2.1.example', '192.0.2.1.example'],
  ['RFC 7622 §3.1 a zone identifier may follow an IPv6 address', '[fe80::1%25eth0]', '[fe80::1%25eth0]'],
  ['RFC 7622 §3.2.1 an A-label is converted to a U-label', 'xn--fuball-cta.example', 'fu\u00dfball.example'],
  ['RFC 7622 §3.2.1 an A-label of any case is converted', 'XN--FUBALL-CTA.example', 'fu\u00dfball.example'],
  ['RFC 7622 §3.2.1 NR-LDH labels stay', 'a-1.b2.3c', 'a-1.b2.3c'],
  ['RFC 7622 §3.2.2 upper case is mapped', 'EXAMPLE.COM', 'example.com'],
  [
    'RFC 7622 §3.2.2 upper case of U-labels is mapped',
    '\u041f\u0420\u0418\u041c\u0415\u0420.example',
    '\u043f\u0440\u0438\u043c\u0435\u0440.example',
  ],
  ['RFC 7622 §3.2.2 full width is mapped', '\uff45\uff58\uff41mple.com', 'example.com'],
  ['RFC 7622 §3.2.2 half width is mapped and then composed', '\uff76\uff9e.example', '\u30ac.example'],
  ['RFC 7622 §3.2.2 U-labels are in Normalization Form C', 'bu\u0308cher.example', 'b\u00fccher.example'],
  ['RFC 5895 §2.3 an ideographic full stop separates labels', 'example\u3002com', 'example.com'],
  ['RFC 1034 §3.1 a label may have 63 octets', `${label63}.example`, `${label63}.example`],
  ['RFC 1034 §3.1 a name may have 253 octets', name253, name253],
  ['RFC 5890 §4.2 a U-label may have 63 octets as an A-label', uLabel63, uLabel63],
  ['RFC 5891 §4.2.3.1 hyphens may stand elsewhere', 'a-b--c.example', 'a-b--c.example'],
  ['RFC 5892 §2.6 sharp s is valid and is not ss', 'stra\u00dfe.example', 'stra\u00dfe.example'],
  ['RFC 5892 §2.6 final sigma is valid and is not sigma', '\u03b1\u03c2.example', '\u03b1\u03c2.example'],
  ['RFC 5893 §2 a label of digits may precede no right-to-left label, and here is none', '1a.example', '1a.example'],
  ['RFC 5952 §4.1 leading zeros go', '[2001:0db8:0000::0001]', '[2001:db8::1]'],
  ['RFC 5952 §4.2 the longest run of zeros is compressed', '[1:0:0:2:0:0:0:3]', '[1:0:0:2::3]'],
  ['RFC 5952 §4.3 hexadecimal digits are lower case', '[2001:DB8::A]', '[2001:db8::a]'],
] as const

for (const [title, text, canonical] of accepted) {
  void test(title, () => {
    assert.equal(parseDomain(text), canonical)
    assert.equal(parseDomain(canonical), canonical)
  })
}

const rejected = [
  ['RFC 7622 §3.2 a domainpart has at least one octet', '', 'empty'],
  ['RFC 7622 §3.2 a domainpart has at least one octet after the final dot is stripped', '.', 'empty'],
  ['RFC 7622 §3.2 but one final dot is stripped', 'example.com..', 'empty'],
  ['RFC 7622 §3.2 a domainpart has at most 1023 octets', `${'a.'.repeat(511)}ab`, 'too-long'],
  ['RFC 7622 §3.2 input that cannot come down to 1023 octets is not mapped', 'a'.repeat(100_000), 'too-long'],
  ['RFC 7622 §3.1 an IPv6 address needs square brackets', '2001:db8::1', 'disallowed'],
  ['RFC 7622 §3.2 an IP literal of a future version is no IPv4 or IPv6 address', '[v7.x]', 'ip-literal'],
  ['RFC 7622 §3.2.1 an A-label that is no Punycode is refused', 'xn--bcher-kv.example', 'a-label'],
  ['RFC 7622 §3.2.1 an A-label without non-ASCII code points is refused', 'xn--abc-.example', 'a-label'],
  ['RFC 7622 §3.2.1 a lone surrogate has no UTF-8', 'a\ud800.example', 'disallowed'],
  ['RFC 1034 §3.1 a label has at most 63 octets', `${'a'.repeat(64)}.example`, 'label-too-long'],
  ['RFC 1034 §3.1 a name has at most 253 octets', `${name253}a`, 'too-long'],
  ['RFC 1123 §2.1 no name has the form of an IPv4 address', '10.0.0.256', 'ip-literal'],
  ['RFC 5890 §2.3.1 a label of letters, digits and hyphens holds nothing else', 'a_b.example', 'disallowed'],
  ['RFC 5890 §2.3.1 a reserved LDH label is refused', 'ab--cd.example', 'hyphens'],
  ['RFC 5890 §2.3.2.1 a decoded label must be in Normalization Form C', 'xn--uber-vwc.example', 'a-label'],
  ['RFC 5890 §2.3.2.1 a decoded label must be lower case', 'xn--wca.example', 'disallowed'],
  ['RFC 5890 §4.2 a U-label has at most 63 octets as an A-label', `a${uLabel63}`, 'label-too-long'],
  ['RFC 5890 §4.2 an A-label has at most 63 octets', `xn--${'a'.repeat(60)}`, 'label-too-long'],
  ['RFC 5891 §4.2.2 disallowed code points are refused', '\u2603.example', 'disallowed'],
  ['RFC 5891 §4.2.2 unassigned code points are refused', 'a\u0378.example', 'unassigned'],
  ['RFC 5891 §4.2.3.1 no label begins with a hyphen', '-a.example', 'hyphens'],
  ['RFC 5891 §4.2.3.1 no label ends with a hyphen', 'a-.example', 'hyphens'],
  ['RFC 5891 §4.2.3.1 no U-label begins with a hyphen', '-\u00fc.example', 'hyphens'],
  ['RFC 5891 §4.2.3.1 no U-label ends with a hyphen', '\u00fc-.example', 'hyphens'],
  ['RFC 5891 §4.2.3.1 no U-label has hyphens third and fourth', '\u00fcb--c.example', 'hyphens'],
  ['RFC 5891 §4.2.3.2 no label begins with a combining mark', '\u0903a.example', 'leading-mark'],
  ['RFC 5891 §4.2.3.3 a contextual rule must be met', 'a\u00b7b.example', 'context'],
  ['RFC 5891 §4.2.3.4 labels with right-to-left code points meet the Bidi rule', 'a\u05d0.example', 'bidi'],
  ['RFC 5891 §5.4 no label is empty', 'a..example', 'empty'],
  ['RFC 5893 §2 a right-to-left label binds all labels of the name', '\u05d0.1a', 'bidi'],
] as const

for (const [title, text, reason] of rejected) {
  void test(title, () => {
    assert.throws(() => parseDomain(text), refused(reason))
  })
}

// RFC 7622 §3.2.3: two spellings of one domainpart, and pairs that are two.
const pairs = [
  ['Example.COM', 'example.com.', true],
  ['b\u00fccher.example', 'xn--bcher-kva.example', true],
  ['B\u00dcCHER.example', 'bu\u0308cher.example', true],
  ['\uff25xample.com', 'example.com', true],
  ['[::1]', '[0:0:0:0:0:0:0:1]', true],
  ['fa\u00df.de', 'fass.de', false],
  ['example.com', 'ex\u0430mple.com', false],
  ['xn--ex-6kc.example', 'ex.example', false],
] as const

for (const [a, b, equal] of pairs) {
  void test(`RFC 7622 §3.2.3 ${a} and ${b} are ${equal ? 'equal' : 'different'}`, () => {
    assert.equal(parseDomain(a) === parseDomain(b), equal)
  })
}

void test('RFC 7622 §3.2 the domainpart ends at the first slash and begins after the first commercial at', () => {
  assert.equal(parseJid('a.example.com/b@example.net'), 'a.example.com/b@example.net')
  assert.throws(() => parseJid('a@b@example.com'), refused('disallowed'))
})
