/** A map whose entries are gone after their time. Entries given the same time are swept as it passes. */
export class ExpiringMap<V> {
  readonly #now: () => number
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>()

  /** `now` is in milliseconds and never goes back. */
  constructor(now: () => number) {
    this.#now = now
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.until > this.#now() ? entry.value : undefined
  }

  set(key: string, value: V, ttlMs: number): undefined {
    this.#entries.delete(key) // the order of the map is the order of the last writes
    this.#entries.set(key, { value, until: this.#now() + ttlMs })
    this.#sweep()
    return undefined
  }

  delete(key: string): undefined {
    this.#entries.delete(key)
    return undefined
  }

  values(): readonly V[] {
    const now = this.#now()
    return Array.from(this.#entries.values()).flatMap(({ value, until }) => (until > now ? [value] : []))
  }

  /** How much is kept, what expired and was not swept included. */
  get size(): number {
    return this.#entries.size
  }

  #sweep(): void {
    const now = this.#now()
    for (const [key, { until }] of this.#entries) {
      if (until > now) return
      this.#entries.delete(key)
    }
  }
}
