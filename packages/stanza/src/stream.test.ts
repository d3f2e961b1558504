import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStreamParser, DEFAULT_LIMITS, type TopElement } from '@jabiru/xml'
import { NS } from './namespaces.ts'
import { fromTop } from './shape.ts'
import { payloadsOf, renderStanza, type Stanza } from './stanza.ts'

/** Stanzas as a stream brings them, whatever the pieces in which its bytes come. */
function streamed(ns: string, xml: string, piece: number): readonly Stanza[] {
  const tops: TopElement[] = []
  const parser = createStreamParser(DEFAULT_LIMITS, {
    open: () => undefined,
    top: (top) => void tops.push(top),
    close: () => undefined,
  })
  const bytes = Buffer.from(
    `<stream:stream xmlns='${ns}' xmlns:stream='${NS.streams}' xmlns:p='urn:p'>${xml}</stream:stream>`,
  )
  for (let at = 0; at < bytes.length; at += piece) parser.write(bytes.subarray(at, at + piece))
  return tops.map((top) => fromTop(top))
}

const STANZAS: readonly (readonly [string, string, string])[] = [
  ['a roster get', "<iq id='1' type='get'><query xmlns='jabber:iq:roster'/></iq>", "<query xmlns='jabber:iq:roster'/>"],
  ['an empty element', '<presence/>', ''],
  ['an element without content', '<presence></presence>', ''],
  [
    'text and references',
    "<message id='&#97;'><body>a &lt; b &amp; ž</body></message>",
    '<body>a &lt; b &amp; ž</body>',
  ],
  ['a prefix from outside', '<message><p:x/></message>', "<x xmlns='urn:p'/>"],
  ['white space between payloads', '<message> <body>a</body>\n</message>', ' <body>a</body>\n'],
]
for (const ns of [NS.client, NS.server]) {
  for (const [title, xml, inner] of STANZAS) {
    void test(`RFC 6120 §4.8.3 what a stream of ${ns} brings can be read and written: ${title}`, () => {
      for (const piece of [1, 7, 1000]) {
        const [stanza, ...rest] = streamed(ns, xml, piece)
        assert.ok(stanza)
        assert.deepEqual(rest, [])
        assert.equal(stanza.inner, inner)
        assert.deepEqual(
          payloadsOf(stanza).map((e) => `{${e.ns}}${e.name}`),
          stanza.payloads,
        )
        // What is written is read as the same stanza.
        assert.deepEqual(streamed(NS.client, renderStanza(stanza), piece), [stanza])
      }
    })
  }
}
