import { hostname } from 'node:os'
import { DiagLogLevel, diag, metrics, trace } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, RandomIdGenerator, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { hopLog } from './hop-log.ts'
import { newTraceId } from './hops.ts'
import type { Log } from './log.ts'
import type { Telemetry, TelemetryOptions } from './telemetry.ts'

/** What a client names its stanza may be long. */
const ATTRIBUTE_CHARS = 200

/** Read when somebody asks, and never by itself. */
class AskedReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
}

/** Starts OpenTelemetry's SDK behind its API. */
export async function startSdk({ config, software, log }: TelemetryOptions): Promise<Telemetry> {
  diag.setLogger(diagnostics(log), DiagLogLevel.WARN)
  const instance = `${hostname()}:${process.pid}`
  const resource = resourceFromAttributes({
    'service.name': 'jabiru',
    'service.version': software,
    'service.instance.id': instance,
  })
  const reader = new AskedReader()
  const meters = new MeterProvider({ resource, readers: [reader] })
  metrics.setGlobalMeterProvider(meters)
  const url = config.otlp_url?.reveal()
  const tracers = createTracers(resource, url === undefined ? hopLog(log, instance) : await collector(url))
  trace.setGlobalTracerProvider(tracers)

  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true)
  return {
    metrics: async () => {
      const { resourceMetrics, errors } = await reader.collect()
      for (const err of errors) log.warn({ err }, 'metric_not_read')
      return serializer.serialize(resourceMetrics)
    },
    [Symbol.asyncDispose]: async () => {
      trace.disable()
      metrics.disable()
      diag.disable()
      // What a collector does not take any more is lost; it does not keep the process.
      const ends = await Promise.allSettled([tracers.shutdown(), meters.shutdown()])
      for (const end of ends) if (end.status === 'rejected') log.warn({ err: end.reason }, 'telemetry_failed')
    },
  }
}

function createTracers(resource: Resource, processor: SpanProcessor): TracerProvider {
  const random = new RandomIdGenerator()
  return new TracerProvider({
    resource,
    // Whether a stanza is traced is decided before a span is made, in hops.ts.
    idGenerator: { generateTraceId: () => newTraceId(Date.now()), generateSpanId: () => random.generateSpanId() },
    spanLimits: { attributeValueLengthLimit: ATTRIBUTE_CHARS },
    spanProcessors: [processor],
  })
}

async function collector(base: string): Promise<SpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const exporter = new OTLPTraceExporter({ url: `${base.replace(/\/+$/, '')}/v1/traces` })
  return new BatchSpanProcessor({ exporter })
}

const diagnostics = (log: Log) => {
  const tell = (text: string) => log.warn({ text }, 'telemetry_failed')
  const nothing = () => undefined
  return { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing }
}
