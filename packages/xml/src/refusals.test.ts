import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytewise, hear, OPEN } from '../test/hear.ts'
import type { XmlCondition } from './index.ts'

const utf8 = (...bytes: number[]): Uint8Array =>
  Buffer.concat([Buffer.from(`${OPEN}<a>`), Uint8Array.from(bytes), Buffer.from('</a>')])
const inBody = (xml: string): string => OPEN + xml

/** What a whole stream is refused with. */
const REFUSED: Readonly<Record<XmlCondition, readonly (readonly [string, string | Uint8Array])[]>> = {
  'not-well-formed': [
    ['XML 1.0 §2.1 text before the root', 'GET / HTTP/1.1\r\n'],
    ['XML 1.0 §2.8 whitespace only half a byte order mark', Uint8Array.of(0xef, 0xbb, 0x20)],
    ['XML 1.0 §2.1 an end tag first', '</stream:stream>'],
    ['XML 1.0 §2.1 an end tag without a name first', '</>'],
    ['XML 1.0 §2.1 an end tag after the declaration', "<?xml version='1.0'?></>"],
    ['XML 1.0 §2.8 no version', "<?xml encoding='UTF-8'?>"],
    ['XML 1.0 §2.8 the declaration in the wrong order', "<?xml encoding='UTF-8' version='1.0'?>"],
    ['XML 1.0 §2.8 something else in the declaration', "<?xml version='1.0' lang='en'?>"],
    ['RFC 6120 §11.8 XML 1.1', "<?xml version='1.1'?>"],
    ['XML 1.0 §3 another end tag than the root', inBody('</stream>')],
    ['XML 1.0 §2.3 a no-break space in the end tag', inBody('</stream:stream\u00A0>')],
    ['XML 1.0 §3 crossed tags', inBody('<a><b></a></b>')],
    ['XML 1.0 §3 an end tag with an attribute', inBody("<a></a b='1'>")],
    ['XML 1.0 §3.1 a tag without a name', inBody('<a>< b/></a>')],
    ['XML 1.0 §3.1 a name starting with a digit', inBody('<1/>')],
    ['XML 1.0 §3.1 a less-than sign in a value', inBody("<a b='<'/>")],
    ['XML 1.0 §3.1 a value without quotes', inBody('<a b=c/>')],
    ['XML 1.0 §3.1 an attribute without value', inBody('<a b/>')],
    ['XML 1.0 §3.1 no whitespace between attributes', inBody("<a b='1'c='2'/>")],
    ['XML 1.0 §3.1 a slash within a tag', inBody("<a / b='1'>")],
    ['XML 1.0 §3.1 an attribute twice', inBody("<a b='1' b='1'/>")],
    ['XML 1.0 §2.4 the end of a CDATA section in text', inBody('<a>]]></a>')],
    ['XML 1.0 §2.2 a control character', inBody('<a>\u0008</a>')],
    ['XML 1.0 §2.2 U+FFFE', inBody('<a>\uFFFE</a>')],
    ['XML 1.0 §4.1 a reference to U+0000', inBody('<a>&#0;</a>')],
    ['XML 1.0 §4.1 a reference to a surrogate', inBody('<a>&#xD800;</a>')],
    ['XML 1.0 §4.1 a reference to U+FFFE', inBody('<a>&#xFFFE;</a>')],
    ['XML 1.0 §4.1 a reference beyond Unicode', inBody('<a>&#x110000;</a>')],
    ['XML 1.0 §4.1 a reference without a name', inBody('<a>&;</a>')],
    ['XML 1.0 §4.1 a reference that does not end', inBody('<a>&amp</a>')],
    ['Namespaces in XML §5 an unbound prefix', inBody('<p:a/>')],
    ['Namespaces in XML §5 an unbound prefix of an attribute', inBody("<a p:b='1'/>")],
    ['Namespaces in XML §5 an unbound prefix of the root', '<p:a>'],
    ['Namespaces in XML §5 a prefix undeclared', inBody("<a xmlns:stream=''/>")],
    ['Namespaces in XML §6.3 an expanded name twice', inBody("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>")],
    ['Namespaces in XML §3 the prefix xml bound to another', inBody("<a xmlns:xml='urn:x'/>")],
    [
      'Namespaces in XML §3 the namespace of xml bound to another',
      inBody("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"),
    ],
    [
      'Namespaces in XML §3 the namespace of xml as default',
      inBody("<a xmlns='http://www.w3.org/XML/1998/namespace'/>"),
    ],
    ['Namespaces in XML §3 the prefix xmlns declared', inBody("<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>")],
    ['Namespaces in XML §3 the namespace of xmlns as default', inBody("<a xmlns='http://www.w3.org/2000/xmlns/'/>")],
    ['Namespaces in XML §3 an element with the prefix xmlns', inBody('<xmlns:a/>')],
    ['Namespaces in XML §4 two colons', inBody("<a:b:c xmlns:a='u'/>")],
    ['Namespaces in XML §4 an empty prefix', inBody('<:a/>')],
    ['Namespaces in XML §4 a local part starting with a digit', inBody('<stream:1/>')],
    ['CVE-2022-25236 a line feed in a namespace', inBody("<a xmlns='jabber:client&#10;x'/>")],
    ['CVE-2022-25236 a form feed in a namespace', inBody("<a xmlns='urn:x\f'/>")],
    ['CVE-2022-25236 a brace in a namespace', inBody("<a xmlns='urn:x}b'/>")],
    ['RFC 3987 §2.2 a namespace with a no-break space', inBody("<a xmlns='\u00A0jabber:client'/>")],
    ['XML 1.0 §2.1 the end within an element', inBody('<a>')],
    ['XML 1.0 §2.1 the end within a tag', '<stream'],
    ['XML 1.0 §2.1 the end within a byte order mark', Uint8Array.of(0xef, 0xbb)],
  ],
  'restricted-xml': [
    ['RFC 6120 §11.1 a comment', inBody('<!--')],
    ['RFC 6120 §11.1 a comment within an element', inBody('<a>x<!-- -')],
    ['RFC 6120 §11.1 a comment before the root', '<!-- -->'],
    ['RFC 6120 §11.1 a document type', "<?xml version='1.0'?><!DOCTYPE"],
    [
      'RFC 6120 §11.1 billion laughs',
      "<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]>\n<lolz>&lol2;</lolz>",
    ],
    ['RFC 6120 §11.1 a document type within an element', inBody('<a><!DOCTYPE')],
    ['RFC 6120 §11.1 a foreign entity', inBody('<a>&lol;</a>')],
    ['RFC 6120 §11.1 a foreign entity in a value', inBody("<a b='&nbsp;'/>")],
    ['RFC 6120 §11.1 a foreign entity in the header', "<a b='&nbsp;'>"],
    ['RFC 6120 §11.1 a processing instruction', inBody('<?p')],
    ['RFC 6120 §11.1 a processing instruction before the root', '<?xml-stylesheet'],
    ['RFC 6120 §11.1 a processing instruction within an element', inBody('<a><?p')],
    ['RFC 6120 §11.5 a declaration after whitespace', " <?xml version='1.0'?>"],
    ['XML 1.0 §2.8 a declaration twice', "<?xml version='1.0'?><?xml version='1.0'?>"],
    ['XML 1.0 §2.6 a declaration in capitals', "<?XML version='1.0'?>"],
  ],
  'unsupported-encoding': [
    ['RFC 6120 §11.6 an encoding of one byte', "<?xml version='1.0' encoding='ISO-8859-1'?>"],
    ['RFC 6120 §11.6 an encoding of two bytes', '<?xml version="1.0" encoding="utf-16"?>'],
    ['RFC 6120 §11.6 an encoding that ASCII is part of', '<?xml version="1.0" encoding="US-ASCII"?>'],
    ['RFC 6120 §11.6 UTF-16, little end first, marked', Uint8Array.of(0xff, 0xfe, 0x3c, 0)],
    ['RFC 6120 §11.6 UTF-16, big end first, marked', Uint8Array.of(0xfe, 0xff, 0, 0x3c)],
    ['RFC 6120 §11.6 UTF-16, little end first', Buffer.from('<a/>', 'utf16le')],
    ['RFC 6120 §11.6 UTF-16, big end first', Buffer.from('<a/>', 'utf16le').swap16()],
    ['RFC 3629 §3 an overlong less-than sign', utf8(0xc0, 0xbc)],
    ['RFC 3629 §3 an overlong NUL', utf8(0xe0, 0x80, 0x80)],
    ['RFC 3629 §3 a high surrogate', utf8(0xed, 0xa0, 0xbd)],
    ['RFC 3629 §3 a pair of surrogates', utf8(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
    ['RFC 3629 §3 beyond U+10FFFF', utf8(0xf4, 0x90, 0x80, 0x80)],
    ['RFC 3629 §3 a continuation alone', utf8(0x80)],
    ['RFC 3629 §3 a sequence cut short before a tag', utf8(0xf0, 0x9f, 0x98)],
    ['RFC 3629 §3 a byte that never occurs', utf8(0xff)],
    ['RFC 3629 §3 a byte that never occurs, between elements', Buffer.concat([Buffer.from(OPEN), Uint8Array.of(0xff)])],
  ],
  'bad-format': [
    ['RFC 6120 §11.7 text between elements', inBody('<a/>x')],
    ['RFC 6120 §11.7 a reference between elements', inBody('&#32;')],
    ['RFC 6120 §11.7 a no-break space between elements', inBody('\u00A0')],
    ['RFC 6120 §11.7 a zero width no-break space between elements', inBody('\uFEFF')],
    ['RFC 6120 §11.7 a CDATA section between elements', inBody('<![CDATA[ ]]>')],
  ],
  'policy-violation': [
    ['a namespace name longer than 512 bytes', inBody(`<a xmlns='${'u'.repeat(513)}'/>`)],
    [
      'content that grows beyond the limit when its prefixes are resolved',
      inBody(`<a xmlns:p='${'u'.repeat(500)}'>${'<p:b/>'.repeat(1000)}</a>`),
    ],
    ['content that grows beyond the limit when it is escaped', inBody(`<a><![CDATA[${'&'.repeat(100_000)}]]></a>`)],
  ],
}
for (const [condition, rows] of Object.entries(REFUSED)) {
  for (const [what, data] of rows) {
    void test(`${what} is ${condition}, in one chunk or in many`, () => {
      const told = hear([data])
      assert.equal(told.error?.condition, condition)
      const bytes = hear(bytewise(data))
      assert.equal(bytes.error?.condition, condition)
      assert.deepEqual(bytes.events, told.events)
    })
  }
}

const ACCEPTED: readonly (readonly [string, string | Uint8Array])[] = [
  ['RFC 6120 §11.6 a declared encoding in lower case', "<?xml version='1.0' encoding='utf-8'?><a/>"],
  ['XML 1.0 §4.3.3 a declared encoding in mixed case', '<?xml version="1.0" encoding="Utf-8" ?><a/>'],
  ['RFC 6120 §11.5 a standalone declaration', "<?xml version='1.0' standalone='no'?><a/>"],
  ['XML 1.0 §2.8 whitespace in the declaration', "<?xml\r\n\tversion = '1.0' ?>\n<a/>"],
  ['RFC 6120 §11.6 a byte order mark', '\uFEFF<a/>'],
  ['RFC 6120 §11.6 a byte order mark before a declaration', "\uFEFF<?xml version='1.0'?><a/>"],
  ['RFC 6120 §11.6 U+FEFF in text', `${OPEN}<a>\uFEFF</a>`],
  ['XML 1.0 §2.2 the last character', `${OPEN}<a>\u{10FFFF}&#x10FFFF;</a>`],
  ['XML 1.0 §2.3 names beyond ASCII', `${OPEN}<é ñ='\u{1F600}'/>`],
  [
    'Namespaces in XML §3 the prefix xml declared as it is',
    `${OPEN}<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>`,
  ],
  ['Namespaces in XML §6.3 one local name in two namespaces', `${OPEN}<a xmlns:p='u' b='' p:b=''/>`],
  ['XML 1.0 §2.7 brackets in a CDATA section', `${OPEN}<a><![CDATA[]]]]><![CDATA[>]]></a>`],
  ['an attribute called __proto__', `${OPEN}<a __proto__='1'><__proto__/></a>`],
  ['a prefix called __proto__', "<a xmlns:__proto__='u'><__proto__:b/></a>"],
]
for (const [what, data] of ACCEPTED) {
  void test(`${what} is accepted, in one chunk or in many`, () => {
    const told = hear([data])
    assert.equal(told.error, undefined)
    assert.ok(told.events.length > 0)
    assert.deepEqual(hear(bytewise(data)), told)
  })
}
