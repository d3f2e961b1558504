import { parseFullJid } from '@jabiru/jid'
import { fromTop, NS, payloadsOf, renderStanza, withHead } from '@jabiru/stanza'
import { serialize } from '@jabiru/xml'
import { begunStream, messageXml, phoneOf, samplesOf, stanzaSamples, topSamples } from './samples.ts'
import { flat, type Unit, unitOver } from './unit.ts'

/** XEP-0198 §4. */
const ASK = `<r xmlns='urn:xmpp:sm:3'/>`

function reading(named: Pick<Unit, 'name' | 'what'>, xml: (n: number) => string): Unit {
  let sum = 0
  const parser = begunStream((top) => {
    sum += top.inner.length + top.payloads.length
  })
  const chunks = samplesOf((n) => Buffer.from(xml(n)))
  return unitOver(chunks, named, (chunk) => {
    sum = 0
    parser.write(chunk)
    return sum
  })
}

/** From bytes to stanzas and back. */
export async function parserUnits(): Promise<readonly Unit[]> {
  const tops = topSamples()
  const stanzas = stanzaSamples()
  const from = parseFullJid(phoneOf(1))
  const elements = stanzas.flatMap((stanza) => payloadsOf(stanza))
  const listed = elements.slice(0, 128)
  return [
    reading(
      { name: 'parser', what: 'a chat message of 4 payloads and `<r/>` of XEP-0198 are read out of a chunk' },
      (n) => messageXml(n) + ASK,
    ),
    reading(
      {
        name: 'parser, not plain',
        what: 'the same with a character reference in its text, which the fast reader leaves',
      },
      (n) => messageXml(n, 'It was the best of times,&#10;it was the worst of times') + ASK,
    ),
    unitOver(
      tops,
      { name: 'stanza', what: 'what was read is checked as a stanza, its addresses too' },
      (top) => fromTop(top).payloads.length,
    ),
    unitOver(
      stanzas,
      { name: 'payloads', what: 'the payloads of a message that nobody looked into become elements' },
      (stanza) => payloadsOf({ ...stanza }).length,
    ),
    unitOver(stanzas, { name: 'writer', what: 'a message gets its sender and becomes text' }, (stanza) =>
      flat(renderStanza(withHead(stanza, { from }))),
    ),
    unitOver(listed, { name: 'writer, element', what: 'one payload becomes text' }, (element) =>
      flat(serialize(element, NS.client)),
    ),
  ]
}
