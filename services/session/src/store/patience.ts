import type { Clock } from '@jabiru/cluster'
import { StoreUnavailable } from '@jabiru/store'

export interface PatienceDeps {
  readonly clock: Clock
  /** Told of each failure after which the work is done again. */
  readonly onFault: (fault: unknown) => void
}

/** How long to wait before the database is asked again. */
const AGAIN_MS = 500

/** Does the work, again and again while the database is away. Rejects with whatever else it throws. */
export async function patiently<T>({ clock, onFault }: PatienceDeps, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault
      onFault(fault)
    }
    await new Promise<void>((resolve) => void clock.setTimer(AGAIN_MS, resolve))
  }
}
