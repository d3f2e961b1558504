/** What the server's processes are, by what they are for. `server`: all services in one process. */
export const KINDS = ['managers', 'services', 'server', 'nats', 'redis', 'postgres', 'other'] as const

export type Kind = (typeof KINDS)[number]

/** Of each kind of process; a kind that is not there is left out. */
export type ByKind = Readonly<Partial<Record<Kind, number>>>

/** What the engines count, all of it only growing but for memory. */
export interface Counts {
  /** Messages that came to NATS, that it gave to who listens, and bytes that came. */
  readonly nats_in?: number
  readonly nats_out?: number
  readonly nats_bytes?: number
  readonly redis_commands?: number
  /** Bytes of memory that Redis uses. */
  readonly redis_bytes?: number
  readonly archive_rows?: number
  /** Bytes of the archive on disk, indexes too. */
  readonly archive_bytes?: number
  /** Bytes written ahead by PostgreSQL. */
  readonly wal_bytes?: number
}

/** Something that was measured for a while. */
export interface Phase {
  readonly name: string
  /** How often it was done what is counted. */
  readonly count: number
  readonly seconds: number
  /** CPU-seconds of the server's processes. */
  readonly cpu: ByKind
  /** Share of its core that the generator used. */
  readonly generator: number
  /** What the engines counted meanwhile. */
  readonly counts: Counts
  /** Kilobytes in use that came to it meanwhile, of what is shared the part of each. */
  readonly memory_kb: ByKind
}

/** Where the engines of the server are, those that are to be asked. */
export interface EngineAddresses {
  /** NATS' monitoring, http://… */
  readonly nats?: string
  readonly redis?: string
  readonly postgres?: string
}

/** What the generator is told beyond the rest. */
export interface GrowthJob {
  readonly engines: EngineAddresses
  /** What is varied, by name. */
  readonly of: Readonly<Record<string, number>>
}

/** Of all kinds together. */
export const total = (each: ByKind): number => Object.values(each).reduce((sum, value) => sum + value, 0)

/** CPU-milliseconds for each of what was counted. */
export const cpuMsOf = ({ cpu, count }: Phase): number => (total(cpu) * 1000) / count

/** The same of one kind of process. */
export const kindMsOf = ({ cpu, count }: Phase, kind: Kind): number => ((cpu[kind] ?? 0) * 1000) / count

/** What was counted between. */
export function since(before: Counts, after: Counts): Counts {
  const earlier = new Map(Object.entries(before))
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (earlier.get(name) ?? 0)]))
}

/** The same by kind of process. */
export function sinceByKind(before: ByKind, after: ByKind): ByKind {
  return Object.fromEntries(
    KINDS.filter((kind) => after[kind] !== undefined).map((kind) => [kind, (after[kind] ?? 0) - (before[kind] ?? 0)]),
  )
}

const WORDS: readonly (readonly [word: RegExp, kind: Kind])[] = [
  [/main\.ts run connection-manager $/, 'managers'],
  [/main\.ts run /, 'services'],
  [/main\.ts start /, 'server'],
  [/^(\S*\/)?nats-server/, 'nats'],
  [/^(\S*\/)?redis-server/, 'redis'],
  [/^(\S*\/)?postgres/, 'postgres'],
]

/** What a process is for, by its command line. */
export const kindOf = (commandLine: string): Kind =>
  WORDS.find(([word]) => word.test(`${commandLine.trim()} `))?.[1] ?? 'other'
