interface Waiter<T> {
  readonly wants: (item: T) => boolean
  readonly give: (item: T) => void
  readonly fail: (error: Error) => void
}

/** What arrived and was not taken yet, in order, and those who wait for something to arrive. */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiters: Waiter<T>[] = []
  #broken: Error | undefined

  /** What arrived and nobody took. */
  get untaken(): readonly T[] {
    return [...this.#items]
  }

  /** Hands the item to the first who waits for it, or keeps it. */
  put(item: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.wants(item))
    const [waiter] = index === -1 ? [] : this.#waiters.splice(index, 1)
    if (waiter === undefined) this.#items.push(item)
    else waiter.give(item)
  }

  /** The first item that is wanted, now or when it arrives. Rejects when nothing can arrive any more. */
  take(wants: (item: T) => boolean = () => true): Promise<T> {
    const index = this.#items.findIndex(wants)
    for (const found of index === -1 ? [] : this.#items.splice(index, 1)) return Promise.resolve(found)
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiters.push({ wants, give: resolve, fail: reject })
    return promise
  }

  /** Takes all that is there. */
  takeAll(): readonly T[] {
    return this.#items.splice(0)
  }

  /** Things can arrive again. */
  mend(): void {
    this.#broken = undefined
  }

  /** Nothing will arrive any more: those who wait fail with this error. What arrived can still be taken. */
  break(error: Error): void {
    this.#broken ??= error
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error)
  }
}
