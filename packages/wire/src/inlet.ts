import type { Envelope, InstanceRef } from './envelope.ts'
import type { Ack, Frame } from './frame.ts'
import { createReceiveWindow, type ReceiveWindow } from './window.ts'

/**
 * Handles one envelope. Calls come in the order of the stream. What is returned settles when everything
 * that the envelope asked for is durable; only then is it acknowledged. A handler that throws NotOwner
 * at once is given the envelope again; one that rejects with it leaves the envelope to the next owner.
 */
export type Handler<E extends Envelope> = (envelope: E, from: InstanceRef) => Promise<void> | void

/** This process may not act for the partition any more: what came is not acknowledged. */
export class NotOwner extends Error {
  override readonly name = 'NotOwner'
}

export interface InletDeps<E extends Envelope> {
  readonly handler: Handler<E>
  readonly sendAck: (to: InstanceRef, ack: Ack) => void
  readonly soon: (run: () => void) => void
  /** A handler threw: the envelope counts as handled, and the fault is ours. */
  readonly onFault: (fault: unknown, envelope: E) => void
}

interface Stream {
  readonly name: string
  readonly from: InstanceRef
  readonly window: ReceiveWindow
  ackDue: boolean
  /** Something is missing: the acknowledgement says from where on. */
  gap: boolean
}

/** The receiving side of every stream that arrives on one subject. */
export interface Inlet<E extends Envelope> {
  readonly onFrame: (frame: Frame<E>) => void
  /** Takes nothing more; settles when all that was taken is settled. */
  readonly drain: () => Promise<void>
  readonly close: () => void
}

export function createInlet<E extends Envelope>(deps: InletDeps<E>): Inlet<E> {
  const streams = new Map<string, Stream>()
  /** The one that was heard last is most often heard next. */
  let last: Stream | undefined
  let taking = true
  let open = true
  let unsettled = 0
  let onDrained: (() => void) | undefined

  const streamOf = (frame: Frame<E>): Stream => {
    const { stream: name, from } = frame
    if (last?.name === name && last.from.id === from.id && last.from.epoch === from.epoch) return last
    const key = `${from.id}.${from.epoch} ${name}`
    last = streams.get(key)
    if (last) return last
    last = { name, from, window: createReceiveWindow(frame.base), ackDue: false, gap: false }
    streams.set(key, last)
    return last
  }

  const ackSoon = (stream: Stream) => {
    if (stream.ackDue) return
    stream.ackDue = true
    deps.soon(() => {
      if (open) acknowledge(stream)
    })
  }

  const acknowledge = (stream: Stream) => {
    const { name, window, gap } = stream
    stream.ackDue = stream.gap = false
    const ack = { stream: name, upTo: window.settled(), beyond: window.beyond() }
    deps.sendAck(stream.from, gap ? { ...ack, expect: window.expected() } : ack)
  }

  /** False where this process may not handle it now. */
  const handle = (stream: Stream, n: number, envelope: E | undefined): boolean => {
    try {
      const done = envelope && deps.handler(envelope, stream.from)
      if (done === undefined) settle(stream, n)
      else follow(stream, n, envelope, done)
    } catch (fault) {
      if (fault instanceof NotOwner) return false
      fail(stream, n, envelope, fault)
    }
    return true
  }

  const settle = (stream: Stream, n: number) => {
    stream.window.settle(n)
    ackSoon(stream)
  }
  const fail = (stream: Stream, n: number, envelope: E | undefined, fault: unknown) => {
    if (fault instanceof NotOwner) return
    if (envelope) deps.onFault(fault, envelope)
    settle(stream, n)
  }

  const leave = () => {
    unsettled -= 1
    if (unsettled === 0) onDrained?.()
  }
  const follow = (stream: Stream, n: number, envelope: E | undefined, done: Promise<void>) => {
    unsettled += 1
    done.then(
      () => {
        settle(stream, n)
        leave()
      },
      (fault: unknown) => {
        fail(stream, n, envelope, fault)
        leave()
      },
    )
  }

  const onFrame = (frame: Frame<E>) => {
    if (!taking) return
    const stream = streamOf(frame)
    const { window } = stream
    const { skip, gap } = window.accept(frame.first, frame.envelopes.length)
    const heartbeat = frame.envelopes.length === 0
    if (gap || (heartbeat && frame.high >= window.expected())) stream.gap = true
    // A repeated frame means that an acknowledgement was lost.
    if (stream.gap || heartbeat || skip > 0) ackSoon(stream)
    for (let i = skip; i < frame.envelopes.length; i++) {
      const n = frame.first + i
      if (!handle(stream, n, frame.envelopes[i])) return window.refuse(n)
    }
  }

  return {
    onFrame,
    drain: () => {
      taking = false
      const { promise, resolve } = Promise.withResolvers<undefined>()
      onDrained = () => resolve(undefined)
      if (unsettled === 0) onDrained()
      return promise
    },
    close: () => {
      // What is settled and not yet told would be done a second time by the next owner.
      for (const stream of streams.values()) if (stream.ackDue) acknowledge(stream)
      taking = open = false
      streams.clear()
      last = undefined
    },
  }
}
