import { createMetrics, type Reading, SECONDS } from '@jabiru/runtime'
import type { Endpoint, EndpointWatch, WindowState } from '@jabiru/wire'

/** What is measured of the streams of a process: hand `watch` to its endpoint, then the endpoint to `follow`. */
export interface LaneMeasures {
  readonly watch: EndpointWatch
  readonly follow: (endpoint: Pick<Endpoint, 'windows'>) => void
}

export function createLaneMeasures(): LaneMeasures {
  const { counter, gauge, histogram } = createMetrics()
  const handOver = histogram('handOverSeconds', SECONDS)
  const changes = counter('leaseChanges')
  const of = (group: string) => ({
    taken: changes({ group, change: 'taken' }),
    left: changes({ group, change: 'left' }),
  })
  const leases = { session: of('session'), roster: of('roster'), presence: of('presence'), archive: of('archive') }
  return {
    watch: {
      onResent: counter('redeliveries')({ of: 'lane' }),
      onLease: (group, change) => leases[group][change](),
      onHandedOver: (_, tookMs) => tookMs.forEach((ms) => handOver(ms / 1000)),
    },
    follow: (endpoint) => {
      gauge('laneBacklogBytes', () => sums(endpoint.windows(), ({ bytes }) => bytes))
      gauge('laneWindow', () => sums(endpoint.windows(), ({ envelopes }) => envelopes))
    },
  }
}

/** One value for each kind of receiver. */
function sums(windows: readonly WindowState[], of: (window: WindowState) => number): readonly Reading[] {
  const totals = new Map<string, number>()
  for (const window of windows) totals.set(window.to, (totals.get(window.to) ?? 0) + of(window))
  return [...totals].map(([to, total]) => [total, { to }])
}
