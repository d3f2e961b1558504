import { createInProcessBus } from '@jabiru/bus'
import { DEFAULT_PARTITIONS } from '@jabiru/cluster'
import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { createEndpoint, type LaneEnvelope } from '@jabiru/wire'
import { phoneOf, stanzaSamples, userAt } from './samples.ts'
import type { Units } from './unit.ts'

/** Envelopes under way at a time. */
const AT_ONCE = 32
const [PART, TOKEN] = [3, 7]

/** From one process to another, as far as both are one. */
export const busUnits: Units = async (open) => {
  const bus = createInProcessBus()
  const endpointOf = (id: string) => {
    const onFault = (fault: unknown) => {
      throw fault
    }
    const endpoint = createEndpoint({ bus, self: { id, epoch: 1 }, partitions: DEFAULT_PARTITIONS, onFault })
    open.defer(() => endpoint.close())
    return endpoint
  }
  const [from, to] = [endpointOf('from'), endpointOf('to')]
  let heard = 0
  to.serve('session', PART, TOKEN, (envelope) => {
    heard += 'stanza' in envelope ? envelope.stanza.payloads.length : 0
  })
  const announcement = to.announce('session', () => [[PART, TOKEN]])
  open.defer(() => announcement.close())
  const envelopes = stanzaSamples().map((stanza, n): LaneEnvelope => {
    const session = { jid: parseFullJid(phoneOf(n)), gen: `41.${n}` }
    return { k: 'out', account: parseBareJid(userAt(n)), session, n, stanza, conn: `c${n}` }
  })
  const run = async (operations: number) => {
    heard = 0
    for (let done = 0; done < operations; done += AT_ONCE) {
      const some = envelopes.slice(0, Math.min(AT_ONCE, operations - done))
      await Promise.all(some.map((envelope) => from.send('session', PART, envelope)))
    }
    return heard
  }
  const what = `an envelope goes to an owner over the bus within the process and is acknowledged, ${AT_ONCE} at a time`
  return [{ name: 'bus', what, run }]
}
