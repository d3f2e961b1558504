import type { InstanceRef } from '@jabiru/wire'

/** How much waits for each connection manager that does not keep up. */
export interface Crowding {
  readonly of: (cm: InstanceRef) => Load
}

/** What waits for one of them. */
export interface Load {
  /** So many bytes are on their way. */
  readonly sends: (bytes: number) => void
  /** So many of them are taken, or given up. */
  readonly taken: (bytes: number) => void
  /** Settles when there is room again; undefined where there is. */
  readonly room: () => Promise<void> | undefined
  /** Settles when all that is on its way now is taken, or given up; undefined where nothing is. It is taken in order. */
  readonly allTaken: () => Promise<void> | undefined
  readonly isEmpty: () => boolean
}

export function createCrowding(maxBytes: number): Crowding {
  const loads = new Map<string, Load>()
  /** The one that was asked for last is most often asked for next. */
  let last: { readonly id: string; readonly epoch: number; readonly load: Load } | undefined

  const loadOf = ({ id, epoch }: InstanceRef): Load => {
    const key = `${id}.${epoch}`
    const known = loads.get(key)
    if (known !== undefined) return known
    // Connection managers come and go.
    for (const [key, load] of loads) if (load.isEmpty()) loads.delete(key)
    const load = createLoad(maxBytes)
    loads.set(key, load)
    return load
  }

  return {
    of: (cm) => {
      const { id, epoch } = cm
      if (last?.id !== id || last.epoch !== epoch) last = { id, epoch, load: loadOf(cm) }
      return last.load
    },
  }
}

interface Mark {
  readonly at: number
  readonly reached: PromiseWithResolvers<void>
}

function createLoad(maxBytes: number): Load {
  let bytes = 0
  /** Counts of all that was sent, and of that what was taken. */
  let [sent, taken] = [0, 0]
  let waiting: PromiseWithResolvers<void> | undefined
  /** Who waits until so much was taken, in order. */
  const marks: Mark[] = []
  return {
    sends: (more) => {
      sent++
      bytes += more
    },
    taken: (less) => {
      taken++
      bytes -= less
      while (marks[0] !== undefined && marks[0].at <= taken) marks.shift()?.reached.resolve()
      if (waiting === undefined || bytes > maxBytes) return
      waiting.resolve()
      waiting = undefined
    },
    room: () => {
      if (bytes <= maxBytes) return undefined
      waiting ??= Promise.withResolvers()
      return waiting.promise
    },
    allTaken: () => {
      if (taken === sent) return undefined
      const last = marks.at(-1)
      if (last?.at === sent) return last.reached.promise
      const reached = Promise.withResolvers<void>()
      marks.push({ at: sent, reached })
      return reached.promise
    },
    isEmpty: () => bytes === 0,
  }
}
