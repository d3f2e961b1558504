import { ageOf, type Count, createMetrics, SECONDS } from '@jabiru/runtime'
import { errorOf, type Stanza, type StanzaName, type StreamCondition } from '@jabiru/stanza'

/** What this service measures. */
export interface Measures {
  /** A client has sent a stanza. */
  readonly onReceived: (stanza: Stanza) => void
  /** So many clients are given a stanza. */
  readonly onGiven: (stanza: Stanza, clients: number) => void
  /** A stanza that is traced has been written to its sockets. */
  readonly onWritten: (trace: string) => void
  readonly onStreamError: (condition: StreamCondition) => void
  /** A connection to the port of terminators was closed before its stream began. */
  readonly onUnproxied: () => void
}

/** What is looked at when somebody asks. */
interface Gauges {
  readonly connections: () => number
  /** Connections that wait for their turn to log in. */
  readonly waiting: () => number
}

export function createMeasures({ connections, waiting }: Gauges): Measures {
  const { counter, gauge, histogram } = createMetrics()
  gauge('connections', () => [[connections()]])
  gauge('connectionsWaiting', () => [[waiting()]])
  const [stanzas, errors] = [counter('stanzas'), counter('errors')]
  const byKind = (direction: 'in' | 'out'): Readonly<Record<StanzaName, Count>> => ({
    message: stanzas({ kind: 'message', direction }),
    presence: stanzas({ kind: 'presence', direction }),
    iq: stanzas({ kind: 'iq', direction }),
  })
  const [received, given] = [byKind('in'), byKind('out')]
  const stanzaErrors = byCondition((condition) => errors({ kind: 'stanza', condition }))
  const streamErrors = byCondition((condition) => errors({ kind: 'stream', condition }))
  const seconds = histogram('deliverySeconds', SECONDS)
  return {
    onReceived: ({ name }) => received[name](),
    onGiven: (stanza, clients) => {
      given[stanza.name](clients)
      const error = errorOf(stanza)
      if (error) stanzaErrors(error.condition)
    },
    onWritten: (trace) => seconds(ageOf(trace, Date.now())),
    onStreamError: (condition) => streamErrors(condition),
    onUnproxied: errors({ kind: 'proxied' }),
  }
}

/** Conditions are few, and most never come. */
function byCondition(create: (condition: string) => Count): (condition: string) => void {
  const known = new Map<string, Count>()
  return (condition) => {
    const count = known.get(condition) ?? create(condition)
    known.set(condition, count)
    count()
  }
}
