import { randomBytes } from 'node:crypto'
import { type Attributes, isSpanContextValid, ROOT_CONTEXT, type Span, TraceFlags, trace } from '@opentelemetry/api'

/** What a hop is about, as far as it is told: never an address, never content. */
export interface Hopping {
  /** message, presence or iq. */
  readonly name: string
  readonly type?: string
  /** The id that its sender gave it. */
  readonly id?: string
}

/** One stretch of a stanza's way through the house. */
export interface Hop {
  /** What the next hop is told, as W3C Trace Context §3.2 writes it. */
  readonly trace: string
  readonly end: () => void
}

/** The hops of one service, as spans of OpenTelemetry. */
export interface Hops {
  /** The first hop of a stanza; undefined for those that are not traced, which is nearly all. */
  readonly begin: (name: string, stanza: Hopping) => Hop | undefined
  /** The hop after the one that an envelope tells of; undefined where it tells of none. `admission`: the id under which a message is kept. */
  readonly follow: (trace: string | undefined, name: string, stanza: Hopping, admission?: string) => Hop | undefined
}

const SAMPLED = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/

/** The hops of a service. It begins a trace for this share of the stanzas: 0 none, 1 all. */
export function createHops(service: string, ratio = 0): Hops {
  const tracer = trace.getTracer(service)
  return {
    begin: (name, stanza) => {
      if (ratio === 0 || Math.random() >= ratio) return undefined
      return hopOf(tracer.startSpan(name, { attributes: factsOf(stanza) }, ROOT_CONTEXT))
    },
    follow: (parent, name, stanza, admission) => {
      if (parent === undefined) return undefined
      const [, traceId, spanId] = SAMPLED.exec(parent) ?? []
      if (traceId === undefined || spanId === undefined) return undefined
      const context = trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: TraceFlags.SAMPLED,
        isRemote: true,
      })
      return hopOf(tracer.startSpan(name, { attributes: factsOf(stanza, admission) }, context))
    },
  }
}

/** Where nobody has started telemetry there is nothing to tell. */
function hopOf(span: Span): Hop | undefined {
  const context = span.spanContext()
  if (!span.isRecording() || !isSpanContextValid(context)) return undefined
  return { trace: `00-${context.traceId}-${context.spanId}-01`, end: () => span.end() }
}

const factsOf = ({ name, type, id }: Hopping, admission?: string): Attributes => ({
  kind: name,
  ...(type === undefined ? {} : { type }),
  ...(id === undefined ? {} : { stanza: id }),
  ...(admission === undefined ? {} : { admission }),
})

/** Ends the hop when the work is done, however it ends. */
export const during = <T>(hop: Hop | undefined, work: Promise<T>): Promise<T> =>
  hop === undefined ? work : work.finally(hop.end)

/** Digits of a trace id that tell when the trace began: milliseconds since 1970. */
const TIME_DIGITS = 12

/** A trace id: when it began, then 80 random bits, so that what is traced can be told its age anywhere. */
export function newTraceId(now: number): string {
  return now.toString(16).padStart(TIME_DIGITS, '0') + randomBytes(10).toString('hex')
}

/** Seconds since the trace that an envelope tells of began, by the clocks of two machines. */
export function ageOf(traceparent: string, now: number): number {
  const began = Number.parseInt(traceparent.slice(3, 3 + TIME_DIGITS), 16)
  return Math.max(0, now - began) / 1_000
}
