import type { Config } from './config/schema.ts'
import type { Log } from './log.ts'

/** Metrics and traces of this process, being told to whoever asks. */
export interface Telemetry extends AsyncDisposable {
  /** All metrics, in the text format of Prometheus. */
  readonly metrics: () => Promise<string>
}

/** Who tells, and where. */
export interface TelemetryOptions {
  readonly config: Config['telemetry']
  /** The version that is told. */
  readonly software: string
  /** Hears of hops where no collector is configured, and of what cannot be told. */
  readonly log: Log
}

/** Starts telling. For mains, before any service: what was made before it is not told. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  // Loaded when wanted: whoever only counts has no use for the SDK.
  const { startSdk } = await import('./telemetry-sdk.ts')
  return startSdk(options)
}
