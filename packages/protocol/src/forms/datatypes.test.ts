import assert from 'node:assert/strict'
import { test } from 'node:test'
import { datatypeOf } from './datatypes.ts'

const rows: readonly (readonly [datatype: string, values: readonly string[], none: readonly string[]])[] = [
  ['xs:string', ['', 'anything at all'], []],
  ['xs:anyURI', ['', 'http://example.org/a?b#c', 'a'], ['a b', '<a>']],
  ['xs:boolean', ['true', 'false', '0', '1'], ['', 'TRUE', 'yes']],
  ['xs:byte', ['-128', '127', '+5', '007'], ['-129', '128', '', '1.0', 'x']],
  ['xs:date', ['2003-10-05', '2003-10-05Z', '2003-10-05+14:00'], ['2003-02-30', '2003-1-1', '2003-10-05+15:00']],
  ['xs:dateTime', ['2003-10-06T11:22:00-07:00', '2003-10-06T11:22:00.123'], ['2003-10-06', '2003-10-06T25:00:00Z']],
  ['xs:decimal', ['1', '-1.5', '.5', '1.', '+0'], ['', '.', '1e5', '1,5', '9'.repeat(1_000)]],
  ['xs:double', ['1', '-1.5e10', '.5', 'INF', '-INF', 'NaN'], ['', 'e', '1e', 'inf']],
  ['xs:int', ['-2147483648', '2147483647'], ['-2147483649', '2147483648']],
  ['xs:integer', ['-5', '9'.repeat(200)], ['', '-', '1.0', '9'.repeat(100_000)]],
  ['xs:language', ['en', 'en-US', 'x-klingon'], ['', 'en_US', 'toolonglanguage']],
  ['xs:long', ['-9223372036854775808', '9223372036854775807'], ['9223372036854775808']],
  ['xs:nonNegativeInteger', ['0', '5'], ['-1']],
  ['xs:positiveInteger', ['1'], ['0']],
  ['xs:short', ['-32768', '32767'], ['32768']],
  ['xs:time', ['11:22:00', '11:22:00.5Z', '23:59:59+02:00'], ['24:00:01', '11:22']],
  ['xs:unsignedInt', ['0', '4294967295'], ['-1', '4294967296']],
]
for (const [datatype, values, none] of rows) {
  void test(`XEP-0122 §9.2.2 ${datatype}`, () => {
    const read = datatypeOf(datatype)
    for (const value of values) assert.notEqual(read(value), undefined, value)
    for (const value of none) assert.equal(read(value), undefined, value)
  })
}

const ordered: readonly (readonly [datatype: string, less: string, more: string])[] = [
  ['xs:integer', '-10', '9'],
  ['xs:decimal', '1.05', '1.5'],
  ['xs:decimal', '-1.5', '-1.05'],
  ['xs:double', '-INF', '1e-5'],
  ['xs:date', '2003-10-05', '2003-10-06'],
  ['xs:time', '11:22:00+02:00', '11:22:00Z'],
]
for (const [datatype, less, more] of ordered) {
  void test(`XEP-0122 §3.2.3 ${datatype}: ${less} is less than ${more}`, () => {
    const [a, b] = [datatypeOf(datatype)(less), datatypeOf(datatype)(more)]
    assert.ok(a !== undefined && b !== undefined && a < b)
  })
}
