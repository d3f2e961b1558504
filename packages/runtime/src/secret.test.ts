import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from './secret.ts'

void test('a secret is shown nowhere but where it is revealed', () => {
  const secret = new Secret('hunter2')
  const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true, depth: 9 })]
  for (const text of shown) {
    assert.match(text, /\*\*\*/)
    assert.doesNotMatch(text, /hunter2/)
  }
  assert.equal(secret.reveal(), 'hunter2')
})
