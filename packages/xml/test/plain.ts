import assert from 'node:assert/strict'
import { DEFAULT_LIMITS } from '../src/index.ts'
import { readOutline } from '../src/outline.ts'
import { readPlain } from '../src/plain.ts'

const XML_NS = 'http://www.w3.org/XML/1998/namespace'
const XMLNS_NS = 'http://www.w3.org/2000/xmlns/'
const SCOPE: Readonly<Record<string, string>> = { '': 'jabber:client', p: 'urn:p' }

/** What an element is put together from; the first and the last are chosen so that many sequences are sound. */
const TOKENS: readonly string[] = [
  '<a',
  '<ab>',
  '<a>',
  '<b/>',
  '>',
  '/>',
  '/',
  '</a>',
  '</ab',
  '</b\n>',
  " c='",
  ' c="',
  "\nd='",
  '=',
  "'",
  '"',
  ' ',
  '\r\n',
  'x',
  ']]',
  ']',
  '&amp;',
  '&#65;',
  '&',
  ';',
  'é',
  '\u{1F600}',
  '\u0001',
  '\uFFFE',
  " xmlns=''",
  " xmlns='urn:x'",
  ` xmlns='${XML_NS}'`,
  ` xmlns='${XMLNS_NS}'`,
  " xmlns='a b'",
  ' xmlns="{"',
  " xmlns:p='urn:q'",
  'p:',
  ':',
  " xml:lang='en'",
  " xml:id='1'",
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?x?>',
  "c='1'",
  " __proto__='1'",
  '-',
  '1',
]
/** Where sequences are put. */
const FRAMES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['<a>', '</a>'],
  ['<a', '/>'],
  ["<a><b c='1'", '</a>'],
  ['<a><b>', '</b></a>'],
  ["<a b='", "'></a>"],
  ["<a><b xmlns='", "'><c/></b>x</a >"],
]

/** How many texts were tried, and how many of them the plain reader took. */
export interface Count {
  readonly tried: number
  readonly plain: number
}

/** Tries all sequences of up to so many tokens in all frames. Throws an error with the text. */
export function checkTokens(length: number): Count {
  let tried = 0
  let plain = 0
  const extend = (text: string, left: number): void => {
    for (const [before, after] of FRAMES) {
      tried++
      if (isSame(before + text + after)) plain++
    }
    if (left > 0) for (const token of TOKENS) extend(text + token, left - 1)
  }
  extend('', length)
  return { tried, plain }
}

/** Tries every character of the ranges, ends included, in every place of an element. Throws an error with the text. */
export function checkCharacters(ranges: readonly (readonly [number, number])[]): Count {
  let tried = 0
  let plain = 0
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code++) {
      const char = String.fromCodePoint(code)
      const texts = [
        `<a>x${char}</a>`,
        `<a b='1${char}'/>`,
        `<a><b c="1${char}"/></a>`,
        `<${char}/>`,
        `<a${char}/>`,
        `<a ${char}='1'/>`,
        `<a b${char}='1'/>`,
        `<a xmlns='u${char}'/>`,
        `<a><b xmlns='${char}u'/></a>`,
        `<a${char}b='1'/>`,
        `<a b=${char}1'/>`,
        `<a></a${char}>`,
        `<a>&${char};</a>`,
      ]
      for (const text of texts) {
        tried++
        if (isSame(text)) plain++
      }
    }
  }
  return { tried, plain }
}

/** Whether the plain reader takes the text, which it may only if the parser takes it for the same. */
function isSame(text: string): boolean {
  const plain = readPlain(text, 'jabber:client', DEFAULT_LIMITS)
  if (plain === undefined) return false
  try {
    const outline = readOutline(text, (prefix) => SCOPE[prefix], DEFAULT_LIMITS)
    assert.deepEqual({ ...plain, isPortable: true }, outline)
  } catch (cause) {
    throw new Error(JSON.stringify(text), { cause })
  }
  return true
}
