import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJid } from '@jabiru/jid'
import { createManualClock } from '@jabiru/runtime'
import { errorOf, type Stanza, stanza } from '@jabiru/stanza'
import { createRecipients } from './recipients.ts'

const from = parseJid('alice@localhost/balcony')
const message = (to: string): Stanza => stanza({ name: 'message', id: 'm', from, to: parseJid(to) })

test('RFC 6120 §13.12 what is for one recipient too many within a minute is not processed and gets policy-violation', () => {
  const clock = createManualClock()
  const limited = createRecipients({ perMinute: 2, now: clock.now })
  for (const to of ['bob@localhost', 'bob@localhost/a', 'bob@localhost/b', 'carol@localhost']) {
    const sent = message(to)
    assert.equal(limited(sent), sent)
  }
  const refused = limited(message('dave@localhost'))
  assert.deepEqual([refused.name, refused.type, refused.id], ['message', 'error', 'm'])
  assert.deepEqual([refused.from, refused.to], ['dave@localhost', from])
  const { condition, type } = errorOf(refused) ?? {}
  assert.deepEqual([condition, type], ['policy-violation', 'wait'])
  const asked = stanza({ name: 'presence', type: 'subscribe', from, to: parseJid('erin@localhost') })
  assert.equal(limited(asked).type, 'error')
  assert.equal(limited(message('bob@localhost')).type, undefined)
  clock.advance(60_000)
  assert.equal(limited(message('dave@localhost')).type, undefined)
})

test('what is for the account, for nobody, or an answer is not held to it', () => {
  const limited = createRecipients({ perMinute: 1, now: createManualClock().now })
  limited(message('bob@localhost'))
  const others = [
    message('alice@localhost/orchard'),
    stanza({ name: 'presence', from }),
    stanza({ name: 'iq', type: 'result', id: '1', from, to: parseJid('carol@localhost') }),
  ]
  for (const sent of others) assert.equal(limited(sent), sent)
})
