import type { Bus, Subscription } from '@jabiru/bus'
import type { Envelope, InstanceRef } from './envelope.ts'
import { type Ack, decodeAck, decodeFrame, encodeAck, encodeFrame, type Frame } from './frame.ts'
import { subjects } from './subjects.ts'

interface PostDeps {
  readonly bus: Pick<Bus, 'publish' | 'subscribe'>
  readonly self: InstanceRef
  /** Runs once, later in this turn of the loop or in the next. */
  readonly soon: (run: () => void) => void
  readonly onFault: (fault: unknown, what: string) => void
}

/**
 * Carries frames and acknowledgements: over the bus as text, and as they are where the receiver is this process. Either
 * way they come in a later turn of the loop, in order, and are lost where nobody listens.
 */
export interface Post {
  /** Throws while the bus is away. */
  readonly sendFrame: (subject: string, frame: Frame) => void
  readonly sendAck: (to: InstanceRef, ack: Ack) => void
  /** What comes on a subject that no other process listens to. */
  readonly onFrames: <E extends Envelope>(subject: string, take: (frame: Frame<E>) => void) => Subscription
  readonly onAcks: (take: (ack: Ack) => void) => Subscription
}

export function createPost({ bus, self, soon, onFault }: PostDeps): Post {
  const here = new Map<string, (carried: Frame | Ack) => void>()

  const send = <T extends Frame | Ack>(subject: string, carried: T, encode: (carried: T) => string) => {
    if (here.has(subject)) soon(() => here.get(subject)?.(carried))
    else bus.publish(subject, encode(carried))
  }

  const listen = <T extends Frame | Ack>(subject: string, decode: (text: string) => T, take: (carried: T) => void) => {
    const guarded = (carry: () => void) => {
      try {
        carry()
      } catch (fault) {
        onFault(fault, 'frame')
      }
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the subject says what travels on it
    const takeHere = (carried: Frame | Ack) => guarded(() => take(carried as T))
    here.set(subject, takeHere)
    const subscription = bus.subscribe(subject, ({ payload }) => guarded(() => take(decode(payload))))
    return {
      unsubscribe: () => {
        if (here.get(subject) === takeHere) here.delete(subject)
        subscription.unsubscribe()
      },
    }
  }

  return {
    sendFrame: (subject, frame) => send(subject, frame, encodeFrame),
    sendAck: (to, ack) => send(subjects.acks(to), ack, encodeAck),
    onFrames: <E extends Envelope>(subject: string, take: (frame: Frame<E>) => void) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the subject says which kinds travel on it
      const takeAny = (frame: Frame) => take(frame as Frame<E>)
      return listen(subject, decodeFrame, takeAny)
    },
    onAcks: (take) => listen(subjects.acks(self), decodeAck, take),
  }
}
