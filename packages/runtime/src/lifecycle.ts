import { type Clock, systemClock } from './clock.ts'

/** Something that runs until it is disposed of. Disposing: take nothing new, finish or hand over, flush, close. */
export interface Service extends AsyncDisposable {
  readonly name: string
  /** Settles when it serves; rejects when it never will. */
  readonly ready: () => Promise<void>
}

/** Not everything had stopped when the time was up. */
export class StopDeadline extends Error {
  override readonly name = 'StopDeadline'
  /** What was still stopping, or waiting for that. */
  readonly waiting: readonly string[]

  constructor(waiting: readonly string[]) {
    super(`still stopping when the time was up: ${waiting.join(', ')}`)
    this.waiting = waiting
  }
}

/** The services of a process. */
export interface Lifecycle {
  /** Starts one more, after those before it are ready. What fails to become ready is disposed of again. */
  readonly start: (create: () => Service | Promise<Service>) => Promise<void>
  /**
   * Stops all in reverse order; a second call joins the first. One that fails to stop does not keep the others from it.
   * @throws StopDeadline
   * @throws AggregateError with what the services threw
   */
  readonly stop: () => Promise<void>
}

/** How long stopping may take, in ms, and by which clock. */
export interface LifecycleOptions {
  readonly stopDeadlineMs: number
  readonly clock?: Clock
}

/** A process without services. */
export function createLifecycle({ stopDeadlineMs, clock = systemClock }: LifecycleOptions): Lifecycle {
  const running: Service[] = []
  let stopping: Promise<void> | undefined
  return {
    start: async (create) => {
      if (stopping !== undefined) throw new Error('nothing starts while the process stops')
      const service = await create()
      running.push(service)
      await service.ready()
    },
    stop: () => (stopping ??= within({ ms: stopDeadlineMs, clock, running }, stopAll(running))),
  }
}

async function stopAll(running: Service[]): Promise<void> {
  const failures: unknown[] = []
  for (let last = running.at(-1); last !== undefined; last = running.at(-1)) {
    try {
      await last[Symbol.asyncDispose]()
    } catch (error) {
      failures.push(error)
    }
    running.pop()
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some services did not stop cleanly')
}

interface Deadline {
  readonly ms: number
  readonly clock: Clock
  readonly running: readonly Service[]
}

async function within({ ms, clock, running }: Deadline, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = clock.setTimer(ms, () => late.reject(new StopDeadline(running.map((s) => s.name))))
  try {
    await Promise.race([work, late.promise])
  } finally {
    timer.cancel()
  }
}
