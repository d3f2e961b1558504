import { renderStanza } from '@jabiru/stanza'
import { type Envelope, type InstanceRef, sizeOf } from './envelope.ts'
import type { Ack, Frame } from './frame.ts'
import { createSendWindow, type Settle } from './window.ts'

/** Frames stay below the 1 MiB that a NATS server takes, also where each character is three bytes. */
const MAX_ENVELOPES = 256
const MAX_FRAME_CHARS = 192 * 1024
/** So many heartbeats pass at most between two questions. */
const MOST_PATIENCE = 4

export interface OutletDeps {
  readonly stream: string
  /** Numbers that no outlet of this process has had before: each receiver of a stream, and each stream, has its own. */
  readonly nextLife: () => number
  readonly from: InstanceRef
  /** Where the stream goes at this moment; undefined while nobody is known to own the partition. */
  readonly subject: () => string | undefined
  /** Throws while the bus is away; the window keeps what did not leave. */
  readonly publish: (subject: string, frame: Frame) => void
  /** Runs once, later in this turn of the loop or in the next. */
  readonly soon: (run: () => void) => void
  readonly now: () => number
  /** After so many milliseconds without progress the receiver is told how much was sent, and asks for what it lacks; then more seldom. */
  readonly heartbeatMs: number
  /** No progress: the receiver may have moved. */
  readonly onStalled: () => void
  /** So many envelopes were sent that had been sent before. */
  readonly onResent: (envelopes: number) => void
}

/** The sending side of one stream: gathers what is pushed in one turn of the loop into few frames. */
export interface Outlet {
  /** `settled` runs when the receiver has committed the envelope; with a fault only where the stream is abandoned. */
  readonly send: (envelope: Envelope, settled: Settle) => void
  readonly onAck: (ack: Ack) => void
  /**
   * The receiver is another one now, and a new stream begins: `preamble`, then everything that is not acknowledged.
   */
  readonly moved: (preamble: readonly Envelope[]) => void
  /** Told to the present receiver alone, after what it was sent before. */
  readonly introduce: (preamble: readonly Envelope[]) => void
  /** Called at a steady rate: where there was no progress, the receiver is asked what it has. */
  readonly tick: () => void
  readonly bytes: () => number
  /** Envelopes that are sent or wait to be, and are not acknowledged. */
  readonly waiting: () => number
  readonly abandon: (reason: Error) => void
}

interface Item {
  readonly envelope: Envelope
  readonly size: number
  sent: boolean
  /** Told to this receiver alone. */
  readonly preamble?: boolean
}

interface Waiting {
  readonly item: Item
  readonly bytes: number
  readonly settle: Settle
}

/**
 * An owner that comes back tells of the same presence anew: of those that say the same to the same accounts the last one
 * stays in its place. Otherwise more would wait with each owner that is too slow to keep its leases.
 */
function lastOfEach(waiting: readonly Waiting[]): Iterable<Waiting> {
  const kept = new Map<string | Waiting, Waiting>()
  for (const one of waiting) {
    const key = presenceOf(one.item.envelope) ?? one
    const before = kept.get(key)
    kept.delete(key)
    kept.set(key, before === undefined ? one : inPlaceOf(before, one))
  }
  return kept.values()
}

const inPlaceOf = (before: Waiting, one: Waiting): Waiting => ({
  ...one,
  settle: (fault) => {
    before.settle(fault)
    one.settle(fault)
  },
})

function presenceOf(envelope: Envelope): string | undefined {
  if (envelope.k !== 'in' || envelope.stanza.name !== 'presence') return undefined
  return `${envelope.accounts.join(' ')}\n${renderStanza(envelope.stanza)}`
}

/** Who tells whom that it is there, where that is told to all who may see it. RFC 6121 §4.4. */
function broadcastOf(envelope: Envelope): string | undefined {
  if (envelope.k !== 'in' || envelope.stanza.name !== 'presence') return undefined
  const { type, to, from = '' } = envelope.stanza
  return type === undefined && to === undefined ? `${from} ${envelope.accounts.join(' ')}` : undefined
}

/** A stream begins anew with each receiver: the name that goes over the bus says which one it is. */
const nameOf = (stream: string, life: number) => `${stream}~${life}`

/** The outlet to which an acknowledgement belongs. */
export const outletOf = (stream: string) => stream.slice(0, stream.lastIndexOf('~'))

/** Resolves when the receiver has committed the envelope. Rejects only where the stream is abandoned. */
export const sending = (outlet: Pick<Outlet, 'send'>, envelope: Envelope) =>
  new Promise<void>((resolve, reject) => {
    outlet.send(envelope, (fault) => (fault === undefined ? resolve() : reject(fault)))
  })

export function createOutlet(deps: OutletDeps): Outlet {
  let window = createSendWindow<Item>()
  let name = nameOf(deps.stream, deps.nextLife())
  let scheduled = false
  let progressAt = deps.now()
  let patienceMs = deps.heartbeatMs
  /** What was to leave could not, for nobody is known to own the partition or the bus is away. */
  let isHeldUp = false
  /** Numbers of what somebody broadcast last, meanwhile. */
  const heldUp = new Map<string, number>()

  const noteProgress = () => {
    progressAt = deps.now()
    patienceMs = deps.heartbeatMs
  }

  /** Of what is broadcast about being there only the last waits. */
  const supersede = (envelope: Envelope, n: number) => {
    const key = isHeldUp ? broadcastOf(envelope) : undefined
    if (key === undefined) return
    const older = heldUp.get(key)
    if (older !== undefined) window.skip(older)
    heldUp.set(key, n)
  }

  const publishNext = (subject: string) => {
    let chars = 0
    const { first, items } = window.take(MAX_ENVELOPES)
    let count = 0
    for (const item of items) {
      const size = item?.size ?? 0
      if (count > 0 && chars + size > MAX_FRAME_CHARS) break
      chars += size
      count++
    }
    const envelopes = items.slice(0, count).map((item) => item?.envelope)
    try {
      publishFrame(subject, first, envelopes)
    } catch (fault) {
      window.rewind(first)
      throw fault
    }
    if (count < items.length) window.rewind(first + count)
    noteSent(items, count)
  }

  const noteSent = (items: readonly (Item | undefined)[], count: number) => {
    let again = 0
    for (let i = 0; i < count; i++) {
      const item = items[i]
      if (item?.sent) again++
      else if (item) item.sent = true
    }
    if (again > 0) deps.onResent(again)
  }

  const publishFrame = (subject: string, first: number, envelopes: readonly (Envelope | undefined)[]) => {
    const { from } = deps
    deps.publish(subject, { stream: name, from, base: window.base(), first, high: window.high(), envelopes })
  }

  const flush = () => {
    scheduled = false
    const subject = deps.subject()
    isHeldUp = true
    if (subject === undefined) return
    while (window.unsent()) publishNext(subject)
    isHeldUp = false
    heldUp.clear()
  }

  const schedule = () => {
    if (scheduled) return
    scheduled = true
    deps.soon(flush)
  }

  const send: Outlet['send'] = (envelope, settled) => {
    const size = sizeOf(envelope)
    if (!window.unacknowledged()) noteProgress()
    const n = window.push({ envelope, size, sent: false }, size, settled)
    supersede(envelope, n)
    schedule()
  }

  const introduce = (preamble: readonly Envelope[]) => {
    for (const envelope of preamble) {
      const size = sizeOf(envelope)
      window.push({ envelope, size, sent: false, preamble: true }, size, () => {})
    }
    noteProgress()
    schedule()
  }

  const onAck = (ack: Ack) => {
    if (ack.stream !== name) return
    if (window.ack(ack.upTo, ack.beyond)) noteProgress()
    if (ack.expect === undefined) return
    window.rewind(ack.expect)
    schedule()
  }

  const tick = () => {
    if (!window.unacknowledged() || deps.now() - progressAt < patienceMs) return
    progressAt = deps.now()
    deps.onStalled()
    const subject = deps.subject()
    if (window.unsent() || subject === undefined) return schedule()
    publishFrame(subject, window.high() + 1, [])
    // Slow is not lost: who asks a busy receiver again and again makes it slower.
    patienceMs = Math.min(patienceMs * 2, deps.heartbeatMs * MOST_PATIENCE)
  }

  return {
    send,
    onAck,
    moved: (preamble) => {
      const rest = lastOfEach(window.rest().filter(({ item }) => item.preamble !== true))
      name = nameOf(deps.stream, deps.nextLife())
      window = createSendWindow()
      heldUp.clear()
      introduce(preamble)
      for (const { item, bytes, settle } of rest) window.push(item, bytes, settle)
    },
    introduce,
    tick,
    bytes: () => window.bytes(),
    waiting: () => window.high() - window.base() + 1,
    abandon: (reason) => {
      for (const { settle } of window.rest()) settle(reason)
      window = createSendWindow()
    },
  }
}
