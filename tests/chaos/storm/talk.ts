import { setTimeout as sleep } from 'node:timers/promises'
import { show } from '@jabiru/testkit'
import type { Element } from '@jabiru/xml'
import { until } from '../settling.ts'
import { letterStanza, readLetter } from '../wire.ts'
import { type Bystander, comesOnline } from './bystander.ts'
import { type Figures, figuresOf, type Took } from './figures.ts'
import type { Job } from './job.ts'

/** Each writes so often. */
const EACH_MS = 100
/** What is under way is read within this, or never. */
const LAST_MS = 60_000

/** Bystanders who are online, and what they say to each other. */
export interface Talk {
  /** Each writes to the next, again and again; settles when as many letters have been read as there are bystanders. */
  readonly begin: () => Promise<void>
  /** What is written from now on is written in the storm. */
  readonly mark: () => void
  /** Nobody writes any more, and all that was written is read. */
  readonly end: () => Promise<Figures>
}

/** All come online; throws when one is not let in. `fails` is told when one loses its connection, or is refused a letter. */
export async function gather({ house, accounts, password }: Job, fails: (error: Error) => void): Promise<Talk> {
  const letters = createLetters(fails)
  const { reads } = letters
  const bystanders = await Promise.all(
    accounts.map((account) => comesOnline({ house, account, password, reads, lost: fails })),
  )
  const quit = new AbortController()
  const lags: Took[] = []
  let marked = Number.POSITIVE_INFINITY
  let writing: Promise<void> = Promise.resolve()
  return {
    begin: async () => {
      writing = pace(EACH_MS / bystanders.length, quit.signal, (n, lag) => {
        lags.push(lag)
        letters.write(bystanders, n)
      })
      if (await until(() => letters.took.length >= bystanders.length, LAST_MS)) return
      throw new Error(`only ${letters.took.length} letters were read within ${LAST_MS} ms`)
    },
    mark: () => {
      marked = performance.now()
    },
    end: async () => {
      quit.abort()
      await writing
      if (await until(() => letters.open() === 0, LAST_MS)) return figuresOf(letters.took, lags, marked)
      throw new Error(`${letters.open()} letters were not read within ${LAST_MS} ms`)
    },
  }
}

function createLetters(fails: (error: Error) => void) {
  const written = new Map<string, number>()
  const took: Took[] = []
  return {
    took,
    /** How many are under way. */
    open: () => written.size,
    /** The nth letter, of the nth bystander to the one after it. */
    write: (bystanders: readonly Bystander[], n: number) => {
      const to = bystanders[(n + 1) % bystanders.length]
      if (to === undefined) return
      const body = `letter ${n}`
      written.set(body, performance.now())
      bystanders[n % bystanders.length]?.writes(letterStanza(to.jid, body))
    },
    reads: (message: Element) => {
      if (message.attrs['type'] === 'error') return fails(new Error(`a letter was refused: ${show(message)}`))
      const { body } = readLetter(message)
      const at = written.get(body)
      if (at === undefined) return
      written.delete(body)
      took.push({ at, ms: performance.now() - at })
    },
  }
}

/**
 * Acts at a steady pace, and tells each time when that was due and how late it is. What is late is made up for, so
 * that a process that stands still shows in as many figures as it missed moments.
 */
async function pace(everyMs: number, quit: AbortSignal, act: (n: number, lag: Took) => void): Promise<void> {
  const began = performance.now()
  for (let n = 0; ; n += 1) {
    const at = began + n * everyMs
    // One turn at least: what came is read in between.
    await sleep(Math.max(0, Math.ceil(at - performance.now())), undefined, { signal: quit }).catch(() => undefined)
    if (quit.aborted) return
    act(n, { at, ms: Math.max(0, performance.now() - at) })
  }
}
