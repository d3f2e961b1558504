import { interruptible } from './interruptible.ts'

/** What is noted of accounts and nobody waits for, the last of each: at once where nothing was lately, and together. */
export interface Notes<K extends string, T> extends AsyncDisposable {
  readonly note: (account: K, value: T) => void
  /** Settles when what is noted is written, or has failed. */
  readonly flush: () => Promise<undefined>
}

export interface NotesOptions<K extends string, T> {
  /** Writes all of it in one statement. */
  readonly write: (noted: ReadonlyMap<K, T>) => Promise<unknown>
  /** What could not be written is given up. */
  readonly onFault: (fault: unknown) => void
  /** Waits between two writes; ends early when the signal is aborted. */
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** Each write is a commit of its own, which costs more than what is in it. */
const REST_MS = 250

export function createNotes<K extends string, T>(options: NotesOptions<K, T>): Notes<K, T> {
  const { write, onFault, rest = interruptible } = options
  let due = new Map<K, T>()
  let running: Promise<undefined> | undefined
  let hurry = new AbortController()
  let flushes = 0

  const run = async (): Promise<undefined> => {
    while (due.size > 0) {
      const noted = due
      due = new Map()
      await write(noted).catch(onFault)
      if (flushes === 0) await rest(REST_MS, hurry.signal)
    }
    running = undefined
    return undefined
  }

  const flush = async (): Promise<undefined> => {
    flushes += 1
    hurry.abort()
    await running
    flushes -= 1
    if (flushes === 0) hurry = new AbortController()
    return undefined
  }

  return {
    note: (account, value) => {
      due.set(account, value)
      running ??= run()
    },
    flush,
    [Symbol.asyncDispose]: async () => {
      await flush()
    },
  }
}
