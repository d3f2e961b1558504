import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './log.ts'
import { Secret } from './secret.ts'

function lines(format: 'json' | 'line', level: 'info' | 'debug' = 'info') {
  const written: string[] = []
  const log = createLog({ level, format }, { destination: { write: (text) => void written.push(text) } })
  return { log, written }
}

void test('a JSON line holds time, level, event and fields', () => {
  const { log, written } = lines('json')
  log.child({ service: 'roster' }).warn({ items: 3 }, 'roster_is_long')
  const { time, ...rest } = JSON.parse(written.join(''))
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, { level: 'warn', service: 'roster', items: 3, event: 'roster_is_long' })
})

void test('a line for people holds the same, and no field can forge or hide a line', () => {
  const { log, written } = lines('line')
  log.info({ account: 'alice@localhost', nick: 'a\n12:00:00.000 ERROR you_are_hacked\u001b[2J' }, 'joined')
  const text = written.join('').slice(13)
  assert.equal(text, 'INFO  joined account=alice@localhost nick="a\\n12:00:00.000 ERROR you_are_hacked\\u001b[2J"\n')
})

void test('lines below the level are not written', () => {
  const { log, written } = lines('json')
  log.debug({}, 'not_this')
  log.trace({}, 'nor_this')
  assert.deepEqual(written, [])
})

void test('secrets are not written, by type and by name', () => {
  for (const format of ['json', 'line'] as const) {
    const { log, written } = lines(format)
    log.error({ url: new Secret('hunter2'), password: 'hunter2', sasl: { token: 'hunter2' } }, 'login_failed')
    assert.doesNotMatch(written.join(''), /hunter2/)
    assert.match(written.join(''), /\*\*\*/)
  }
})

void test('an error is written with its stack', () => {
  const { log, written } = lines('line')
  log.error({ err: new TypeError('broken') }, 'handler_failed')
  assert.match(written.join(''), /ERROR handler_failed\n {2}TypeError: broken\n {2} +at /)
})
