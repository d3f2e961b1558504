import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Silence } from './silence.ts'
import { seat } from './testing/guest.ts'
import { LIMITS, startHouse } from './testing/house.ts'

const LIMIT = { ...LIMITS, silenceMs: 600, silenceGraceMs: 60 }

test('RFC 6120 §4.6.1 silence is asked about once, and ends the stream only when nothing answers', () => {
  const silence = new Silence(0)
  assert.deepEqual(
    [599, 600, 601, 659, 660].map((now) => silence.check(now, LIMIT)),
    ['bearable', 'suspect', 'bearable', 'bearable', 'over'],
  )
  silence.heard(661)
  assert.deepEqual(
    [1260, 1261].map((now) => silence.check(now, LIMIT)),
    ['bearable', 'suspect'],
  )
})

test('RFC 6120 §4.6.1 white space between stanzas is a sign of life, and nothing else', async () => {
  await using house = await startHouse()
  const { client } = await seat(house)
  for (let i = 0; i < 3; i++) {
    house.clock.advance(LIMITS.silenceMs - LIMITS.silenceGraceMs)
    // What comes after the white space tells when it was read.
    client.send(i === 2 ? ' \n' : `\t<presence id='p${i}'/>`)
    if (i < 2) assert.equal((await house.owner.next('out')).stanza.id, `p${i}`)
  }
  client.send(`<presence id='last'/>`)
  assert.equal((await house.owner.next('out')).n, 3)
  assert.equal(client.text, '')
  client.destroy()
})
