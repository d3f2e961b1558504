import { type Actor, xml } from '@jabiru/testkit'
import type { Random } from '@jabiru/testkit/random'
import { type Attrs, children, type Element, isElement, type Node } from '@jabiru/xml'

/** Stanzas as clients send them; what is fuzzed is put together from their parts. */
export const stanzasTo = (to: Actor): readonly Element[] =>
  [
    xml`<message to="${to}" type="chat"><body>Hi</body><delay xmlns="urn:xmpp:delay" stamp="2026-01-01T00:00:00Z"/></message>`,
    xml`<message to="${to.phone}"><x xmlns="jabber:x:data" type="submit"><field var="a"><value>b</value></field></x></message>`,
    xml`<message to="${to}"><sent xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client"/></forwarded></sent></message>`,
    xml`<message to="${to}" type="error"><error type="cancel"><gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>`,
    xml`<presence><show>away</show><priority>5</priority></presence>`,
    xml`<presence to="${to}" type="subscribe"/>`,
    xml`<presence to="${to.phone}" type="unavailable"><status>x</status></presence>`,
    xml`<presence type="probe" to="${to}"/>`,
    xml`<iq type="get"><query xmlns="jabber:iq:roster" ver="0"/></iq>`,
    xml`<iq type="set"><query xmlns="jabber:iq:roster"><item jid="a@localhost" name="A"><group>g</group></item></query></iq>`,
    xml`<iq type="set"><query xmlns="jabber:iq:roster"><item jid="a@localhost" subscription="remove"/></query></iq>`,
    xml`<iq type="get" to="localhost"><query xmlns="http://jabber.org/protocol/disco#info" node="x"/></iq>`,
    xml`<iq type="get" to="${to}"><query xmlns="http://jabber.org/protocol/disco#items"/></iq>`,
    xml`<iq type="get" to="${to.phone}"><ping xmlns="urn:xmpp:ping"/></iq>`,
    xml`<iq type="set"><enable xmlns="urn:xmpp:carbons:2"/></iq>`,
    xml`<iq type="get" to="localhost"><query xmlns="jabber:iq:version"/></iq>`,
    xml`<iq type="get"><time xmlns="urn:xmpp:time"/></iq>`,
    xml`<iq type="get" to="${to}"><query xmlns="jabber:iq:last"/></iq>`,
  ].map((markup) => markup.element())

const VALUES = [
  '',
  ' ',
  '0',
  '-1',
  '128',
  'get',
  'set',
  'error',
  'subscribe',
  'a@b@c',
  '@',
  'localhost',
  'LOCALHOST',
  'x'.repeat(2000),
  '\u{1F494}',
  '\'"<&>',
  'a@localhost/\u00AD',
  'ß@localhost',
  '../../etc',
  "' OR 1=1 --",
]

/** Takes stanzas apart and puts the parts together anew. */
export class Mutator {
  readonly #random: Random
  readonly #seeds: readonly Element[]
  readonly #parts: readonly Element[]

  constructor(random: Random, seeds: readonly Element[]) {
    this.#random = random
    this.#seeds = seeds
    this.#parts = seeds.flatMap((seed) => [...children(seed), ...children(seed).flatMap(children)])
  }

  stanza(): Element {
    let e = this.#one(this.#seeds)
    for (let times = this.#random.int(0, 4); times > 0; times -= 1) e = this.#mutate(e, 0)
    return e
  }

  #mutate(e: Element, depth: number): Element {
    const inner = e.children.findIndex(isElement)
    const node = e.children[inner]
    if (depth < 6 && node !== undefined && isElement(node) && this.#random.chance(0.5)) {
      return { ...e, children: e.children.with(inner, this.#mutate(node, depth + 1)) }
    }
    switch (this.#random.int(0, 6)) {
      case 0:
        return { ...e, attrs: this.#attrs(e) }
      case 1:
        return { ...e, children: [...e.children, this.#one(this.#parts)] }
      case 2:
        return { ...e, children: e.children.toSpliced(this.#random.int(0, e.children.length), 1) }
      case 3:
        return { ...e, children: [...e.children, this.#one(VALUES)] }
      case 4:
        return depth === 0 ? e : { ...e, ns: this.#one(this.#parts).ns }
      case 5:
        return depth === 0 ? e : { ...e, name: this.#one(this.#parts).name }
      default:
        return { ...e, children: e.children.flatMap((node): Node[] => (isElement(node) ? [node, node] : [node])) }
    }
  }

  #attrs(e: Element): Attrs {
    const name = this.#one(['to', 'from', 'type', 'jid', 'subscription', 'node', 'ver', 'xml:lang', 'name'])
    const { [name]: _, ...rest } = e.attrs
    return this.#random.chance(0.3) ? rest : { ...rest, [name]: this.#one(VALUES) }
  }

  #one<T>(list: readonly T[]): T {
    const chosen = list[this.#random.int(0, list.length - 1)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }
}
