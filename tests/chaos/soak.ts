import { setTimeout as sleep } from 'node:timers/promises'

/** What a process has resident, in bytes, as time went by. */
export type Resident = ReadonlyMap<string, readonly number[]>

/** How the memory of one process went. */
export interface Soaked {
  readonly name: string
  readonly first_mb: number
  readonly last_mb: number
  /** The most in the middle third of the time, and in the last. */
  readonly most_before_mb: number
  readonly most_mb: number
}

/** Something that can be asked how much it has resident. */
interface Watched {
  readonly name: string
  readonly memory: () => Promise<number>
}

/** The garbage of a heap comes and goes by more than this from minute to minute; by thirds it does not. */
const FLAT = 1.05
const MB = 1024 * 1024

/** Looks at all processes at a steady rate until told to end. */
export async function watchMemory(
  members: readonly Watched[],
  { everyMs, quit }: { readonly everyMs: number; readonly quit: AbortSignal },
): Promise<Resident> {
  const resident = new Map<string, number[]>(members.map(({ name }) => [name, []]))
  while (!quit.aborted) {
    for (const member of members) resident.get(member.name)?.push(await member.memory())
    await sleep(everyMs, undefined, { signal: quit }).catch(() => undefined)
  }
  return resident
}

export function soakedOf(resident: Resident): readonly Soaked[] {
  return Array.from(resident, ([name, bytes]) => {
    const third = Math.floor(bytes.length / 3)
    return {
      name,
      first_mb: mb(bytes[0] ?? 0),
      last_mb: mb(bytes.at(-1) ?? 0),
      most_before_mb: mb(Math.max(0, ...bytes.slice(third, bytes.length - third))),
      most_mb: mb(Math.max(0, ...bytes.slice(bytes.length - third))),
    }
  })
}

const mb = (bytes: number) => Math.round((bytes / MB) * 10) / 10

/** No process takes more at the end than it took before. */
export const isFlat = (soaked: readonly Soaked[]): boolean =>
  soaked.length > 0 && soaked.every(({ most_before_mb, most_mb }) => most_mb <= most_before_mb * FLAT)

export const soakedLine = ({ name, first_mb, last_mb, most_before_mb, most_mb }: Soaked): string =>
  `${name.padEnd(10)} ${first_mb} MB at the beginning, ${last_mb} at the end; at most ${most_before_mb} in the middle third, ${most_mb} in the last`
