import assert from 'node:assert/strict'
import { test } from 'node:test'
import { only } from '../test/hear.ts'
import { createRandom, type Random } from '../test/random.ts'
import { type Element, el, escapeAttr, escapeText, type Node, parseElement, serialize } from './index.ts'

const NAMESPACES = ['', 'jabber:client', 'urn:1', 'urn:é', 'http://www.w3.org/XML/1998/namespace'] as const
const CHARACTERS = [
  'a',
  ' ',
  '\t',
  '\n',
  '\r',
  '<',
  '>',
  '&',
  '"',
  "'",
  ']]>',
  '&amp;',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\uFFFD',
  '\u{1F600}',
] as const
const KEYS = ['id', 'xml:lang', '{urn:1}a', '{urn:2}a', '{urn:2}b', 'a0', '__proto__'] as const

function text(random: Random): string {
  return Array.from({ length: random.below(6) }, () => random.pick(CHARACTERS)).join('')
}

function tree(random: Random, depth: number): Element {
  const attrs = Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(KEYS), text(random)]))
  const children: Node[] = []
  for (let n = random.below(depth > 3 ? 1 : 4); n > 0; n--) children.push(text(random), tree(random, depth + 1))
  return el(random.pick(['a', 'b', 'é', '_1']), random.pick(NAMESPACES), attrs, ...children, text(random))
}

for (const seed of [1, 2, 3]) {
  void test(`RFC 6120 §11.3, §11.1 what is written is well-formed and read back the same, under any default namespace and in a stream, seed ${seed}`, () => {
    const random = createRandom(seed)
    for (let round = 0; round < 100; round++) {
      const element = tree(random, 0)
      const inherited = random.pick(['', 'jabber:client', 'urn:1', 'urn:é'])
      const xml = serialize(element, inherited)
      assert.deepEqual(parseElement(xml, inherited), element, xml)
      assert.deepEqual(only(serialize(element, 'jabber:client')).element, element, xml)
    }
  })
}

void test('escaped text cannot leave its place', () => {
  const all = String.fromCharCode(...Array.from({ length: 0x5f }, (_, i) => i + 0x20))
  assert.deepEqual(
    only(`<a b='${escapeAttr(all)}' c="${escapeAttr(all)}">${escapeText(all)}</a>`).element,
    el('a', 'jabber:client', { b: all, c: all }, all),
  )
})
