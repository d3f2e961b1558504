import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { JidError, parseJid } from './index.ts'

function unescape(text: string): string {
  return text.replace(/\\u\{([0-9a-f]+)\}/gu, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)))
}

function rowsOf(file: string): readonly (readonly string[])[] {
  const lines = readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8').split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'))
}

for (const [written = '', expected = written] of rowsOf('valid.txt')) {
  void test(`RFC 7622 §3 <${written}> is an address`, () => {
    const canonical = parseJid(unescape(written))
    assert.equal(canonical, unescape(expected))
    assert.equal(parseJid(canonical), canonical)
  })
}

for (const [written = '', fault] of rowsOf('invalid.txt')) {
  void test(`RFC 7622 §3 <${written}> is no address`, () => {
    assert.throws(
      () => parseJid(unescape(written)),
      (err) => err instanceof JidError && `${err.part} ${err.reason}` === fault,
    )
  })
}
