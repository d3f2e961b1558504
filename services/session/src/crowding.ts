import type { InstanceRef } from '@jabiru/wire'

/** How much waits for each connection manager that does not keep up. */
export interface Crowding {
  /** So many bytes are on their way until `taken` settles. */
  readonly sends: (cm: InstanceRef, bytes: number, taken: Promise<void>) => void
  /** Settles when what waits now is taken, or given up; undefined where there is room. */
  readonly room: (cm: InstanceRef) => Promise<void> | undefined
}

interface Load {
  bytes: number
  /** Taken last: the lane keeps the order. */
  last: Promise<void>
}

export function createCrowding(maxBytes: number): Crowding {
  const loads = new Map<string, Load>()
  const keyOf = ({ id, epoch }: InstanceRef) => `${id}.${epoch}`

  return {
    sends: (cm, bytes, taken) => {
      const key = keyOf(cm)
      const load = loads.get(key) ?? { bytes: 0, last: taken }
      load.bytes += bytes
      const done = () => {
        load.bytes -= bytes
        if (load.bytes === 0) loads.delete(key)
      }
      load.last = taken.then(done, done)
      loads.set(key, load)
    },
    room: (cm) => {
      const load = loads.get(keyOf(cm))
      return load === undefined || load.bytes <= maxBytes ? undefined : load.last
    },
  }
}
