/** One thing to be said: `said` settles when whoever hears it has committed it. */
export interface Saying {
  readonly say: () => Promise<void>
  /** The next thing is not said before this one is committed. */
  readonly first: boolean
  /** The command waits until this is committed. */
  readonly awaited: boolean
}

/**
 * What one account says, in the order in which it was decided. It is said at once, unless something before it has to be
 * committed first:
 *
 *     decided   unavailable! ─► unsubscribed     subscribe
 *     said      unavailable!     (committed) ─► unsubscribed ─► subscribe
 */
export interface Speech {
  /** Resolves when everything that is awaited of these is committed. */
  readonly add: (sayings: readonly Saying[]) => Promise<void>
  readonly idle: () => boolean
}

/** `onFault` is told of what failed and nobody waits for. */
export function createSpeech(onFault: (fault: unknown) => void): Speech {
  let tail: Promise<void> | undefined

  const sayAll = async (sayings: readonly Saying[], awaited: Promise<void>[]): Promise<void> => {
    for (const saying of sayings) {
      const said = saying.say()
      if (saying.awaited) awaited.push(said)
      else said.catch(onFault)
      if (saying.first) await said
    }
  }

  return {
    add: async (sayings) => {
      const awaited: Promise<void>[] = []
      const before = tail
      const turn = before === undefined ? sayAll(sayings, awaited) : before.then(() => sayAll(sayings, awaited))
      // A failure is the command's; what comes after it is said all the same.
      const mine = turn.catch(() => undefined)
      tail = mine
      void mine.then(() => {
        if (tail === mine) tail = undefined
      })
      await turn
      await Promise.all(awaited)
    },
    idle: () => tail === undefined,
  }
}
