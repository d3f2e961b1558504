import type { Tokens } from '@jabiru/cluster'
import { bareOf, isBare, type Jid } from '@jabiru/jid'
import type { Hops } from '@jabiru/runtime'
import { STREAM_CONDITIONS, type Stanza, StreamFault, withHead } from '@jabiru/stanza'
import type { DownEnvelope, SessionRef } from '@jabiru/wire'
import type { Connection } from './connection.ts'
import type { Framing } from './framing/framing.ts'
import type { Lanes } from './lanes.ts'
import type { Measures } from './measures.ts'
import { handledTooHigh } from './stream/management.ts'

interface EgressDeps {
  readonly find: (conn: string) => Connection | undefined
  readonly lanes: Lanes
  readonly tokens: Tokens
  readonly measures: Pick<Measures, 'onGiven' | 'onWritten'>
  readonly hops: Pick<Hops, 'follow'>
}

/** What owners say to connections. */
export function createEgress({ find, lanes, tokens, measures, hops }: EgressDeps): (envelope: DownEnvelope) => void {
  const give = (envelope: Extract<DownEnvelope, { k: 'deliver' }>) => {
    const hop = hops.follow(envelope.trace, 'deliver', envelope.stanza)
    deliver(envelope, find)
    measures.onGiven(envelope.stanza, envelope.to.length)
    if (hop === undefined) return
    // By then the sockets are written to, at the end of this turn.
    setImmediate(() => {
      hop.end()
      measures.onWritten(hop.trace)
    })
  }

  /** A session for a connection that has gone in the meantime. */
  const orphan = (session: SessionRef, closed: boolean) => {
    const account = bareOf(session.jid)
    if (isBare(account)) lanes.up({ k: 'gone', account, session, closed })
  }

  return (envelope) => {
    // What an owner says after it was replaced is dropped.
    if (!tokens.admit(envelope.part, envelope.token)) return
    if (envelope.k === 'deliver') return give(envelope)
    const connection = find(envelope.conn)
    switch (envelope.k) {
      case 'bound':
        if (!connection?.onBound(envelope.session)) orphan(envelope.session, true)
        return
      case 'bind-failed':
        return connection?.onBindFailed(envelope)
      case 'sm-enabled':
        return connection?.onManaged(envelope)
      case 'sm-resumed':
        if (!connection?.onResumed(envelope)) orphan(envelope.session, false)
        return
      case 'sm-failed':
        return connection?.onManagementFailed(envelope)
      case 'keep':
      case 'hold':
        return connection?.keep(envelope)
      case 'close':
        return connection?.fail(faultOf(envelope))
      default:
        // Whoever says it is of a later version. It is told of, and acknowledged.
        throw new Error(`a connection manager does not answer ${(envelope satisfies never as DownEnvelope).k}`)
    }
  }
}

type TextFor = (framing: Framing, stanza: Stanza, to: Jid | undefined) => string

const textOf: TextFor = (framing, stanza, to) => framing.stanza(to === undefined ? stanza : withHead(stanza, { to }))

/** One text per address and framing, however many sessions get it. */
function createTexts(): TextFor {
  const texts = new Map<Framing, Map<Jid | undefined, string>>()
  return (framing, stanza, to) => {
    const known = texts.get(framing) ?? new Map<Jid | undefined, string>()
    const text = known.get(to) ?? textOf(framing, stanza, to)
    texts.set(framing, known.set(to, text))
    return text
  }
}

function deliver({ to, stanza }: Extract<DownEnvelope, { k: 'deliver' }>, find: EgressDeps['find']): void {
  const textFor = to.length === 1 ? textOf : createTexts()
  for (const delivery of to) {
    const connection = find(delivery.conn)
    if (connection === undefined) continue
    connection.deliver(delivery, stanza, textFor(connection.channel.framing, stanza, delivery.to))
  }
}

function faultOf({ condition, text, tooHigh }: Extract<DownEnvelope, { k: 'close' }>): StreamFault {
  if (tooHigh !== undefined) return handledTooHigh(tooHigh.h, tooHigh.sent)
  // RFC 6120 §4.9.3.21: an undefined condition says nothing without one of an application.
  const known = STREAM_CONDITIONS.find((known) => known === condition) ?? 'internal-server-error'
  return new StreamFault(known, text === undefined ? {} : { text })
}
