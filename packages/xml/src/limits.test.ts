import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytewise, hear, OPEN } from '../test/hear.ts'
import type { Limits } from './index.ts'

const small: Limits = {
  bytes: 100,
  depth: 3,
  attributes: 2,
  children: 2,
  elements: 5,
  nameBytes: 6,
  attributeBytes: 8,
  namespaceBytes: 7,
}
const LIMITED: readonly (readonly [keyof Limits, string, string])[] = [
  ['bytes', `<a>${'x'.repeat(93)}</a>`, `<a>${'x'.repeat(94)}</a>`],
  ['bytes', `<a>${'é'.repeat(46)}x</a>`, `<a>${'é'.repeat(47)}</a>`],
  ['bytes', `<a>${' '.repeat(96)}`, `<a>${' '.repeat(97)}`],
  ['depth', '<a><a><a/></a></a>', '<a><a><a><a'],
  ['attributes', "<a b='1' c='2'/>", "<a b='1' c='2' d='"],
  ['children', '<a><b/><b/></a>', '<a><b/><b/><b'],
  ['elements', '<a><b><c/></b><b><c/></b></a>', '<a><b><c/></b><b><c/><c'],
  ['nameBytes', "<abcdef ghijkl='1'/>", '<abcdefg'],
  ['nameBytes', "<ab abcdef='1'/>", '<ab abcdefg'],
  ['attributeBytes', "<a b='12345678'/>", "<a b='123456789"],
  ['attributeBytes', "<a b='éééé'/>", "<a b='ééééé"],
  ['namespaceBytes', "<a xmlns='urn:abc'/>", "<a xmlns='urn:abcd'/>"],
]
for (const [limit, within, beyond] of LIMITED) {
  void test(`the limit ${limit} is held to exactly and as soon as it is exceeded: ${beyond.slice(0, 30)}`, () => {
    for (const cut of [(data: string) => [data], bytewise]) {
      assert.notEqual(hear(['<r>', ...cut(within)], small).error?.condition, 'policy-violation')
      const { error } = hear(['<r>', ...cut(beyond)], small)
      assert.deepEqual([error?.condition, error?.limit], ['policy-violation', limit])
    }
  })
}

void test('the limits hold for the header and the declaration', () => {
  assert.equal(hear([`<?xml ${' '.repeat(100)}`], small).error?.limit, 'bytes')
  assert.equal(hear([`<r ${' '.repeat(100)}`], small).error?.limit, 'bytes')
  assert.equal(hear(["<r a='' b='' c=''>"], small).error?.limit, 'attributes')
  assert.equal(hear(["<r xmlns='urn:abcd'>"], small).error?.limit, 'namespaceBytes')
})

void test('nesting 50,000 deep is refused at the limit, before anything is parsed', () => {
  const { error } = hear([OPEN, '<a>'.repeat(50_000)])
  assert.equal(error?.limit, 'depth')
})
