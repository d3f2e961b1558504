import type { HrTime } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Log } from './log.ts'

const msOf = ([seconds, nanoseconds]: HrTime): number => Math.round(seconds * 1e6 + nanoseconds / 1e3) / 1e3

/** Writes each span that ends as one line, event `hop`, which `jabiru trace` reads. */
export function hopLog(log: Log, instance: string): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => {
      const { traceId, spanId } = span.spanContext()
      const fields = {
        trace: traceId,
        span: spanId,
        parent: span.parentSpanContext?.spanId,
        hop: span.name,
        service: span.instrumentationScope.name,
        instance,
        at: msOf(span.startTime),
        ms: msOf(span.duration),
        ...span.attributes,
      }
      log.info(fields, 'hop')
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}
