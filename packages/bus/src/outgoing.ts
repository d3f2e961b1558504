/** After so many characters the server is asked whether it has them. */
const ASK_AFTER = 256 * 1024

/** What was written to a server and is not known to have reached it: a client keeps it without a bound of its own. */
export interface Outgoing {
  readonly took: (chars: number) => void
  readonly isFull: () => boolean
  /** The connection is gone, and what waited with it. */
  readonly reset: () => void
}

/** `ask` settles when the server has everything that was written before. */
export function createOutgoing(ask: () => Promise<unknown>, maxChars: number): Outgoing {
  let waiting = 0
  let unasked = 0
  let life = 0

  const check = async (chars: number, of: number): Promise<void> => {
    await ask()
    if (of === life) waiting -= chars
  }

  return {
    took: (chars) => {
      waiting += chars
      unasked += chars
      if (unasked < ASK_AFTER) return
      const asked = unasked
      unasked = 0
      check(asked, life).catch(() => undefined) // the connection is lost, and all counts with it
    },
    isFull: () => waiting > maxChars,
    reset: () => {
      waiting = unasked = 0
      life += 1
    },
  }
}
