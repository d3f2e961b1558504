import type { Clock } from '@jabiru/cluster'
import type { Held, InstanceRef, Managers } from '@jabiru/wire'

/** A new owner listens at least so long for connection managers that it has not heard of. */
const LEAST_MS = 250
/** One that is silent is taken for dead before, and not waited for. */
const MOST_MS = 10_000

/**
 * A new owner knows no session of its partition until the connection managers have introduced theirs. Until then what
 * others send to its accounts waits: it would find nobody there.
 */
export interface RollCall {
  readonly begin: (lease: Held) => void
  readonly introduced: (lease: Held, cm: InstanceRef) => void
  /** Others are alive than before. */
  readonly look: () => void
  /** Runs `deed` once the partition is complete; at once where it is. Order is kept. */
  readonly whenComplete: (lease: Held, deed: () => Promise<void> | void) => Promise<void> | void
  readonly isComplete: (part: number) => boolean
  readonly forget: (part: number) => void
}

interface Call {
  readonly lease: Held
  readonly heard: Set<string>
  readonly waiting: (() => void)[]
  listened: boolean
}

interface RollCallDeps {
  readonly clock: Clock
  readonly managers: Pick<Managers, 'alive' | 'ask'>
  /** Once, and again for each connection manager that introduces its sessions afterwards. */
  readonly onComplete: (lease: Held) => void
  /** These say that they live, and nothing of their sessions: the bus was away, or something is broken. */
  readonly onOverdue: (lease: Held, cms: readonly InstanceRef[]) => void
}

const keyOf = ({ id, epoch }: InstanceRef) => `${id}.${epoch}`

export function createRollCall({ clock, managers, onComplete, onOverdue }: RollCallDeps): RollCall {
  const calls = new Map<number, Call>()

  const complete = (call: Call) => {
    calls.delete(call.lease.part)
    onComplete(call.lease)
    for (const run of call.waiting) run()
  }
  const missing = (call: Call) => managers.alive().filter((cm) => !call.heard.has(keyOf(cm)))
  const lookAt = (call: Call) => {
    if (call.listened && missing(call).length === 0) complete(call)
  }
  /** Unless the partition is complete by then, or lost. */
  const after = (ms: number, call: Call, run: () => void) =>
    clock.setTimer(ms, () => calls.get(call.lease.part) === call && run())

  return {
    begin: (lease) => {
      const call: Call = { lease, heard: new Set(), waiting: [], listened: false }
      calls.set(lease.part, call)
      managers.ask()
      after(LEAST_MS, call, () => {
        call.listened = true
        lookAt(call)
      })
      after(MOST_MS, call, () => {
        onOverdue(lease, missing(call))
        complete(call)
      })
    },
    introduced: (lease, cm) => {
      const { part } = lease
      const call = calls.get(part)
      // One that comes too late: what its sessions have missed meanwhile they get now.
      if (call === undefined) return onComplete(lease)
      call.heard.add(keyOf(cm))
      lookAt(call)
    },
    look: () => {
      for (const call of calls.values()) lookAt(call)
    },
    whenComplete: ({ part }, deed) => {
      const call = calls.get(part)
      if (call === undefined) return deed()
      return new Promise((resolve, reject) => {
        const run = async () => deed()
        call.waiting.push(() => void run().then(resolve, reject))
      })
    },
    isComplete: (part) => !calls.has(part),
    forget: (part) => void calls.delete(part),
  }
}
