import { readFileSync, statSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomOf } from '@jabiru/testkit/random'
import type { Splice } from './splice.ts'

/** What becomes of the messages of the bus, as probabilities. */
export interface Carriage {
  readonly lost: number
  readonly doubled: number
  /** Of those after which nothing follows on their subject for a while. */
  readonly lastLost: number
}

/** The bus hands each message to `globalThis.carry`, which may publish it. */
export const CARRIED: readonly Splice[] = [
  {
    file: 'packages/bus/src/nats.ts',
    find: 'connection.publish(subject, payload)',
    put: 'globalThis.carry(subject, () => connection.publish(subject, payload))',
  },
]

const FILE = 'carriage'
const LOOK_MS = 50
/** A burst has ended when nothing has followed for so long. */
const BURST_MS = 15

/** Carries messages as `<folder>/carriage` says, and all of them in order where it does not exist. */
export function createCarry(folder: string): (subject: string, publish: () => void) => void {
  const held = new Map<string, { readonly publish: () => void; readonly timer: NodeJS.Timeout }>()
  const carriage = createLook(join(folder, FILE))

  const release = (subject: string) => {
    const one = held.get(subject)
    held.delete(subject)
    clearTimeout(one?.timer)
    one?.publish()
  }
  return (subject, publish) => {
    release(subject)
    const now = carriage()
    if (now === undefined) return publish()
    const { random, lost, doubled, lastLost } = now
    if (random.chance(lost)) return
    if (!random.chance(lastLost)) {
      publish()
      if (random.chance(doubled)) publish()
      return
    }
    const timer = setTimeout(() => held.delete(subject), BURST_MS)
    held.set(subject, { publish, timer })
  }
}

/** Looks at the file now and then. */
function createLook(file: string) {
  let lookedAt = Number.NEGATIVE_INFINITY
  let since: number | undefined
  let known: (Carriage & { readonly random: ReturnType<typeof randomOf> }) | undefined
  return () => {
    const now = performance.now()
    if (now - lookedAt < LOOK_MS) return known
    lookedAt = now
    const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (changed === since) return known
    since = changed
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `carrying`
    const carriage = changed === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Carriage)
    known = carriage && { ...carriage, random: randomOf(process.pid) }
    return known
  }
}

/** While the work goes on, all processes carry their messages so. */
export async function carrying<T>(folder: string, carriage: Carriage, work: () => Promise<T>): Promise<T> {
  const file = join(folder, FILE)
  await writeFile(file, JSON.stringify(carriage))
  try {
    return await work()
  } finally {
    await rm(file)
  }
}
