/** Statements that are under way at a time: one that hangs does not hold up what is asked after it. */
const ABREAST = 2
/** Of one statement. */
const MOST_KEYS = 256

interface Asked<V> {
  readonly resolve: (value: V | undefined) => void
  readonly reject: (fault: unknown) => void
}

/**
 * Reads one by one what a statement reads for many: who asks in one turn of the loop, or while others wait for the
 * database, goes with the next. What is answered is no older than the question. Rejects, for all keys of a statement, with
 * what `read` rejects with.
 */
export function gathered<K, V>(
  read: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
): (key: K) => Promise<V | undefined> {
  let waiting = new Map<K, Asked<V>[]>()
  let underWay = 0
  let due = false

  const next = (): ReadonlyMap<K, readonly Asked<V>[]> => {
    const all = [...waiting]
    waiting = new Map(all.slice(MOST_KEYS))
    return new Map(all.slice(0, MOST_KEYS))
  }

  const leave = async () => {
    const asked = next()
    underWay++
    try {
      const found = await read([...asked.keys()])
      for (const [key, those] of asked) for (const { resolve } of those) resolve(found.get(key))
    } catch (fault) {
      for (const those of asked.values()) for (const { reject } of those) reject(fault)
    }
    underWay--
    leaveSoon()
  }

  const leaveSoon = () => {
    if (due || waiting.size === 0 || underWay === ABREAST) return
    due = true
    setImmediate(() => {
      due = false
      void leave()
      leaveSoon()
    })
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const those = waiting.get(key)
      if (those === undefined) waiting.set(key, [{ resolve, reject }])
      else those.push({ resolve, reject })
      leaveSoon()
    })
}
