/** Ticks of proc(5) in a second. */
const TICKS = 100

/** What the kernel says of a process: its parent, and what it and those it has reaped have used. */
export interface ProcessTime {
  readonly pid: number
  readonly parent: number
  /** CPU-seconds of its own, user and system. */
  readonly own: number
  /** CPU-seconds of its children that have ended and were waited for. */
  readonly reaped: number
}

/** Reads /proc/<pid>/stat, proc(5); undefined for what is none. The name in it may hold blanks and parentheses. */
export function processTime(stat: string): ProcessTime | undefined {
  const close = stat.lastIndexOf(')')
  const pid = Number.parseInt(stat, 10)
  if (close === -1 || Number.isNaN(pid)) return undefined
  const fields = stat.slice(close + 2).split(' ')
  const field = (n: number) => Number(fields[n - 3])
  return {
    pid,
    parent: field(4),
    own: (field(14) + field(15)) / TICKS,
    reaped: (field(16) + field(17)) / TICKS,
  }
}

/** Everything that descends from `root`, which is left out, and so are `except` and what descends from it. */
export function descendants<P extends Pick<ProcessTime, 'pid' | 'parent'>>(
  all: readonly P[],
  root: number,
  except: ReadonlySet<number> = new Set(),
): readonly P[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const below = (pid: number): readonly P[] =>
    (children.get(pid) ?? []).filter((p) => !except.has(p.pid)).flatMap((p) => [p, ...below(p.pid)])
  return below(root)
}

/** CPU-seconds that these have used, with those of their children that are gone. */
export function secondsOf(processes: readonly ProcessTime[]): number {
  return processes.reduce((sum, { own, reaped }) => sum + own + reaped, 0)
}

/** Kilobytes in use, of what is shared a process's part alone, from /proc/<pid>/smaps_rollup; 0 for one that holds nothing. */
export function proportionalKb(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0)
}
