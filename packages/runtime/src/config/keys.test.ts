import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keys, sections } from './keys.ts'
import { UNSERVED } from './schema.ts'

void test('no two keys share an environment variable', () => {
  const variables = keys.flatMap((k) => (k.schema.secret === true ? [k.variable, `${k.variable}_FILE`] : [k.variable]))
  assert.deepEqual(
    variables.filter((v, i) => variables.indexOf(v) !== i),
    [],
  )
})

void test('every key and section has a sentence for the operator', () => {
  for (const { name, schema } of keys) assert.match(schema.description, /^[A-Z/].*\.$/, name)
  for (const { name, description } of sections) if (name !== '') assert.match(description, /^[A-Z].*\.$/, name)
})

void test('keys without effect are keys', () => {
  for (const name of UNSERVED)
    assert.ok(
      keys.some((k) => k.name === name),
      name,
    )
})

void test('a number has bounds, and its unit stands in its name where it has one', () => {
  for (const { name, schema } of keys) {
    if (schema.type !== 'integer' && schema.type !== 'number') continue
    assert.ok(schema.minimum !== undefined && schema.maximum !== undefined, name)
    if (/Time|[Hh]ow long|After this long/.test(schema.description)) assert.match(name, /_ms$/, name)
  }
})
