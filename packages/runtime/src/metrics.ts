import { type Attributes, metrics as api, type Meter } from '@opentelemetry/api'

/** Every metric there is: the name and the sentence for the operator. Nothing else is told at /metrics. */
export const METRICS = {
  stanzas: [
    'jabiru_stanzas_total',
    'Stanzas that clients sent (direction in) and were given (direction out), by kind.',
  ],
  errors: [
    'jabiru_errors_total',
    'Stanzas of type error given to clients, and stream errors of ours, by condition; connections that `c2s.proxied_port` refused.',
  ],
  connections: ['jabiru_connections', 'Open connections of clients.'],
  connectionsWaiting: ['jabiru_connections_waiting', 'Connections of clients that wait for their turn to log in.'],
  sessions: ['jabiru_sessions', 'Sessions whose accounts this process owns, those waiting to be resumed included.'],
  sessionQueueBytes: ['jabiru_session_queue_bytes', 'Given to sessions and not confirmed by their clients.'],
  laneBacklogBytes: ['jabiru_lane_backlog_bytes', 'Sent to other services, or waiting to be, and not acknowledged.'],
  laneWindow: [
    'jabiru_lane_window_envelopes',
    'Envelopes sent to other services, or waiting to be, and not acknowledged.',
  ],
  commitSeconds: ['jabiru_commit_seconds', 'Time that a commit of messages took.'],
  commitRows: ['jabiru_commit_rows', 'Rows in one commit of messages.'],
  leaseChanges: [
    'jabiru_lease_changes_total',
    'Partitions that this process has come to own (taken) and has ceased to (left).',
  ],
  handOverSeconds: [
    'jabiru_hand_over_seconds',
    'Time that nobody took anything in for a partition which this process handed over to another.',
  ],
  redeliveries: [
    'jabiru_redeliveries_total',
    'What was sent once more: stanzas to a resumed session (of session), envelopes to a service (of lane).',
  ],
  shed: [
    'jabiru_shed_total',
    'Presence and typing left out because a connection manager does not keep up, by kind; of presence the last is told.',
  ],
  deliverySeconds: [
    'jabiru_delivery_seconds',
    'Time from reading a stanza to writing it to another socket, of the stanzas that are traced.',
  ],
} as const satisfies Record<string, readonly [name: string, description: string]>

type Metric = keyof typeof METRICS

/** A count under fixed labels. Adding costs an addition. */
export type Count = (more?: number) => void

/** One value of a gauge, with its labels. */
export type Reading = readonly [value: number, labels?: Attributes]

/** What a service counts and measures, over OpenTelemetry's API. What a main has not started costs nothing. */
export interface Metrics {
  /** Counters by labels that are known beforehand; none of them twice in one process. */
  readonly counter: (metric: Metric) => (labels: Attributes) => Count
  /** Asked when somebody reads the metrics. */
  readonly gauge: (metric: Metric, read: () => Iterable<Reading>) => void
  /** Records values that fall into buckets up to `bounds`. */
  readonly histogram: (metric: Metric, bounds: readonly number[]) => (value: number) => void
}

/** Upper bounds for what takes seconds, most often few thousandths of one. */
export const SECONDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Upper bounds for what is counted in one go. */
export const COUNTS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000]

/** The metrics of this process. To be called after telemetry has started: what is made before it tells nobody. */
export function createMetrics(meter: Meter = api.getMeter('jabiru')): Metrics {
  return {
    counter: (metric) => {
      const [name, description] = METRICS[metric]
      const series: { readonly labels: Attributes; total: number }[] = []
      meter.createObservableCounter(name, { description }).addCallback((result) => {
        for (const { labels, total } of series) result.observe(total, labels)
      })
      return (labels) => {
        const one = { labels, total: 0 }
        series.push(one)
        return (more = 1) => {
          one.total += more
        }
      }
    },
    gauge: (metric, read) => {
      const [name, description] = METRICS[metric]
      meter.createObservableGauge(name, { description }).addCallback((result) => {
        for (const [value, labels] of read()) result.observe(value, labels)
      })
    },
    histogram: (metric, bounds) => {
      const [name, description] = METRICS[metric]
      const advice = { explicitBucketBoundaries: [...bounds] }
      const histogram = meter.createHistogram(name, { description, advice })
      return (value) => histogram.record(value)
    },
  }
}
