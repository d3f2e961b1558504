/** Statements that are under way at a time: one that hangs does not hold up what is asked after it. */
const ABREAST = 2
/** Of one statement. */
const MOST_KEYS = 256

/**
 * Reads one by one what a statement reads for many: who asks in one turn of the loop, or while others wait for the
 * database, goes with the next. What is answered is no older than the question. Rejects, for all keys of a statement, with
 * what `read` rejects with.
 */
export function gathered<K, V>(
  read: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
): (key: K) => Promise<V | undefined> {
  let waiting = new Map<K, PromiseWithResolvers<V | undefined>>()
  let underWay = 0
  let due = false

  const leave = async () => {
    const all = [...waiting]
    const asked = all.slice(0, MOST_KEYS)
    waiting = new Map(all.slice(MOST_KEYS))
    underWay++
    try {
      const found = await read(asked.map(([key]) => key))
      for (const [key, { resolve }] of asked) resolve(found.get(key))
    } catch (fault) {
      for (const [, { reject }] of asked) reject(fault)
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

  return (key) => {
    const asked = waiting.get(key) ?? Promise.withResolvers<V | undefined>()
    waiting.set(key, asked)
    leaveSoon()
    return asked.promise
  }
}
