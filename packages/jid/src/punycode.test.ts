import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codePointsOf } from './classes.ts'
import { decodePunycode, encodePunycode } from './punycode.ts'

// The sample strings of RFC 3492 §7.1, with their mixed-case annotation left out: labels are lower case before they come here.
const samples = [
  [
    'A',
    '\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a\u061f',
    'egbpdaj6bu4bxfgehfvwxn',
  ],
  ['B', '\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587', 'ihqwcrb4cv8a8dqg056pqjye'],
  ['C', '\u4ed6\u5011\u7232\u4ec0\u9ebd\u4e0d\u8aaa\u4e2d\u6587', 'ihqwctvzc91f659drss3x8bo0yb'],
  ['D', 'pro\u010dprost\u011bnemluv\u00ed\u010desky', 'proprostnemluvesky-uyb24dma41a'],
  [
    'E',
    '\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd\u05e2\u05d1\u05e8\u05d9\u05ea',
    '4dbcagdahymbxekheh6e0a7fei0b',
  ],
  [
    'F',
    '\u092f\u0939\u0932\u094b\u0917\u0939\u093f\u0928\u094d\u0926\u0940\u0915\u094d\u092f\u094b\u0902\u0928\u0939\u0940\u0902\u092c\u094b\u0932\u0938\u0915\u0924\u0947\u0939\u0948\u0902',
    'i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd',
  ],
  [
    'G',
    '\u306a\u305c\u307f\u3093\u306a\u65e5\u672c\u8a9e\u3092\u8a71\u3057\u3066\u304f\u308c\u306a\u3044\u306e\u304b',
    'n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa',
  ],
  [
    'H',
    '\uc138\uacc4\uc758\ubaa8\ub4e0\uc0ac\ub78c\ub4e4\uc774\ud55c\uad6d\uc5b4\ub97c\uc774\ud574\ud55c\ub2e4\uba74\uc5bc\ub9c8\ub098\uc88b\uc744\uae4c',
    '989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c',
  ],
  [
    'I',
    '\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433\u043e\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438',
    'b1abfaaepdrnnbgefbadotcwatmq2g4l',
  ],
  ['J', 'porqu\u00e9nopuedensimplementehablarenespa\u00f1ol', 'porqunopuedensimplementehablarenespaol-fmd56a'],
  [
    'K',
    't\u1ea1isaoh\u1ecdkh\u00f4ngth\u1ec3ch\u1ec9n\u00f3iti\u1ebfngvi\u1ec7t',
    'tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g',
  ],
  ['L', '3\u5e74b\u7d44\u91d1\u516b\u5148\u751f', '3b-ww4c5e180e575a65lsy2b'],
  ['M', '\u5b89\u5ba4\u5948\u7f8e\u6075-with-super-monkeys', '-with-super-monkeys-pc58ag80a8qai00g7n9n'],
  ['N', 'hello-another-way-\u305d\u308c\u305e\u308c\u306e\u5834\u6240', 'hello-another-way--fc4qua05auwb3674vfr0b'],
  ['O', '\u3072\u3068\u3064\u5c4b\u6839\u306e\u4e0b2', '2-u9tlzr9756bt3uc0v'],
  ['P', 'maji\u3067koi\u3059\u308b5\u79d2\u524d', 'majikoi5-783gue6qz075azm5e'],
  ['Q', '\u30d1\u30d5\u30a3\u30fcde\u30eb\u30f3\u30d0', 'de-jg4avhby1noc0d'],
  ['R', '\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067', 'd9juau41awczczp'],
  ['S', '-> $1.00 <-', '-> $1.00 <--'],
] as const

for (const [letter, text, encoded] of samples) {
  void test(`RFC 3492 §7.1 sample ${letter} is encoded and decoded`, () => {
    assert.equal(encodePunycode(codePointsOf(text)), encoded)
    assert.equal(String.fromCodePoint(...(decodePunycode(encoded) ?? [])), text)
  })
}

const malformed = [
  ['an integer is cut short', 'ihqwcrb4cv8a8dqg056pqjy'],
  ['a character is no digit', 'bcher-kv_'],
  ['an upper-case digit was not mapped', 'bcher-kvA'],
  ['a basic code point is not ASCII', 'b\u00fccher-kva'],
  ['a code point is above U+10FFFF', '999999b'],
  ['an integer overflows', '9'.repeat(59)],
] as const

for (const [name, text] of malformed) {
  void test(`RFC 3492 §6.2 decoding fails where ${name}`, () => {
    assert.equal(decodePunycode(text), undefined)
  })
}
