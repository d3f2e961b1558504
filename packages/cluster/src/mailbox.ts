/**
 * One lane for what happens to one account: tasks run one after another in the order they came, and
 * a task that has to wait holds back those behind it.
 */
export interface Mailbox {
  /** Settles as the task does. A task that fails does not stop those behind it. */
  readonly run: <T>(task: () => Promise<T> | T) => Promise<T>
  readonly idle: () => boolean
}

export function createMailbox(): Mailbox {
  const waiting: (() => Promise<void>)[] = []
  let busy = false

  const next = () => {
    const task = waiting.shift()
    busy = task !== undefined
    if (task) void task().then(next)
  }

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        waiting.push(async () => {
          try {
            resolve(await task())
          } catch (fault) {
            reject(fault instanceof Error ? fault : new Error('a task threw what is no error', { cause: fault }))
          }
        })
        if (!busy) next()
      }),
    idle: () => !busy,
  }
}
