/** What bystanders noticed of a storm. */
export interface Figures {
  /** From writing to reading, of those whose connection manager lives: before, and while the others come back. */
  readonly message_ms_p50_before: number
  readonly message_ms_p99_before: number
  readonly message_ms_p50: number
  readonly message_ms_p99: number
  readonly messages: number
  /** How late their own process was with what it was to do while the others came back: so much of the above may be its own. */
  readonly bystander_lag_ms_p99: number
}

/** Something that took so long, and when it began. */
export interface Took {
  readonly at: number
  readonly ms: number
}

/** What messages took, and how late the timers were by which they were written, before and after the storm began. */
export function figuresOf(messages: readonly Took[], lags: readonly Took[], began: number): Figures {
  const before = sorted(messages.filter(({ at }) => at < began))
  const during = sorted(messages.filter(({ at }) => at >= began))
  return {
    message_ms_p50_before: share(0.5, before),
    message_ms_p99_before: share(0.99, before),
    message_ms_p50: share(0.5, during),
    message_ms_p99: share(0.99, during),
    messages: during.length,
    bystander_lag_ms_p99: share(0.99, sorted(lags.filter(({ at }) => at >= began))),
  }
}

const sorted = (took: readonly Took[]) => took.map(({ ms }) => ms).toSorted((a, b) => a - b)

const share = (part: number, values: readonly number[]) => Math.round(values[Math.floor(values.length * part)] ?? 0)
