import { Worker } from 'node:worker_threads'
import { StoreUnavailable, sqlFailure } from './database.ts'
import type { Answer, Question } from './pglite-protocol.ts'

/** The line to one worker and to the PGlite in it. */
export interface Link {
  /** Sends at once, without waiting for earlier answers; the worker answers in order. */
  readonly ask: (question: Question) => Promise<readonly unknown[]>
  /** Resolves when the folder is open. */
  readonly ready: Promise<unknown>
  readonly alive: () => boolean
  /** Waits for what was asked, closes the folder, and ends the worker. */
  readonly close: () => Promise<undefined>
}

/** Starts a worker that opens `dir`. */
export function openLink(dir: string): Link {
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), {
    workerData: { dir },
    execArgv: [], // options of the program that runs us are not for the worker
  })
  const waiting = new Map<number, PromiseWithResolvers<readonly unknown[]>>()
  let lost: StoreUnavailable | undefined
  let count = 0

  const expect = (id: number): Promise<readonly unknown[]> => {
    const answer = Promise.withResolvers<readonly unknown[]>()
    waiting.set(id, answer)
    return answer.promise
  }
  const ask = (question: Question): Promise<readonly unknown[]> => {
    if (lost) return Promise.reject(lost)
    const answer = expect(++count)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    worker.postMessage({ ...question, id: count })
    return answer
  }
  const lose = (cause: unknown): void => {
    lost ??= new StoreUnavailable('the embedded database stopped', cause)
    for (const answer of waiting.values()) answer.reject(lost)
    waiting.clear()
  }
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('rows' in answer) asked?.resolve(answer.rows)
    else asked?.reject(sqlFailure(answer.fault))
  })
  worker.on('error', lose)
  worker.on('exit', (code) => {
    lose(new Error(`worker exited with ${String(code)}`))
  })

  const ready = expect(0)
  ready.catch(() => undefined) // whoever asks is refused for the same reason
  return {
    ask,
    ready,
    alive: () => lost === undefined,
    close: async () => {
      await Promise.allSettled(Array.from(waiting.values(), (answer) => answer.promise))
      if (lost === undefined) await ask({ do: 'close' })
      await worker.terminate()
      return undefined
    },
  }
}
