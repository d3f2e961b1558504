import assert from 'node:assert/strict'
import { type Device, NotReceived, xml } from '@jabiru/testkit'
import { randomOf } from '@jabiru/testkit/random'
import { type Element, withAttrs } from '@jabiru/xml'
import { Mutator, stanzasTo } from './fuzz/mutator.ts'
import { story } from './stage.ts'

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)
const ROUNDS = 25
const STANZAS = 60

const isAnswer = ({ name, attrs }: Element) => name === 'iq' && ['result', 'error'].includes(attrs['type'] ?? '')

/** Sends what the mutator makes, and waits for the answer to each request. Gives how many stanzas the server took. */
async function pelt(device: Device, mutator: Mutator): Promise<number> {
  for (let n = 0; n < STANZAS; n += 1) {
    const stanza = withAttrs(mutator.stanza(), { id: `f${n}` })
    try {
      if (stanza.name === 'iq' && !isAnswer(stanza)) await device.asks(stanza)
      else device.sends(stanza)
    } catch (error) {
      // A server may end the stream of one who claims to be somebody else (RFC 6120 §8.1.2.1), and says so.
      const ended = device.untaken.some((e) => e.name === 'error' && e.ns === 'http://etherx.jabber.org/streams')
      if (error instanceof NotReceived && ended) return n
      throw error
    }
  }
  return STANZAS
}

story(
  `RFC 6120 §8 — whatever stanzas come, requests are answered once and others chat on (seed ${SEED})`,
  async ({ romeo, juliet, tybalt }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    let taken = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      await tybalt.phone.logsIn()
      taken += await pelt(tybalt.phone, new Mutator(randomOf(SEED * 1000 + round), stanzasTo(juliet)))
      tybalt.phone.vanishes()
      romeo.sends(xml`<message to="${juliet.phone}" type="chat" id="b${round}"><body>Still here</body></message>`)
      await juliet.receives(xml`<message from="${romeo.phone}" id="b${round}"/>`)
      const senders = juliet.phone.takesAll().map((e) => e.attrs['from'] ?? juliet.jid)
      const forged = senders.filter((from) => !from.startsWith(tybalt.jid) && !from.startsWith(juliet.jid))
      assert.deepEqual(forged, [], `seed ${SEED}, round ${round}`)
    }
    assert.ok(taken > (ROUNDS * STANZAS) / 2, `only ${taken} of ${ROUNDS * STANZAS} stanzas were taken`)
  },
)
