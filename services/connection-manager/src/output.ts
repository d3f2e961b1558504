import type { Transport } from './transport/transport.ts'

/** Flushes at the end of a turn of the loop whatever was written to in it. */
export interface Cork {
  readonly add: (output: Output) => void
}

export function createCork(): Cork {
  let dirty: Output[] = []
  const run = () => {
    const all = dirty
    dirty = []
    for (const output of all) output.flush()
  }
  return {
    add: (output) => {
      if (dirty.length === 0) setImmediate(run)
      dirty.push(output)
    },
  }
}

interface OutputDeps {
  readonly transport: Transport
  readonly cork: Cork
  readonly maxBytes: number
  /** The transport has more than it wants; it tells when it has room. */
  readonly onFull: () => void
  /** More waits than may: the client does not read. */
  readonly onOverflow: () => void
}

/** What is to be written to one connection: gathered in one turn of the loop, bounded in bytes. */
export class Output {
  readonly #deps: OutputDeps
  #units: string[] = []
  #chars = 0
  #taken: (() => void)[] = []
  #closed = false

  constructor(deps: OutputDeps) {
    this.#deps = deps
  }

  /** Writes one whole element. `taken` runs when the system has it; `kept` is what else the client costs, in bytes. */
  write(unit: string, kept: number, taken?: () => void): void {
    if (this.#closed) return
    if (this.#units.length === 0) this.#deps.cork.add(this)
    this.#units.push(unit)
    this.#chars += unit.length
    if (taken) this.#taken.push(taken)
    if (this.#chars + this.#deps.transport.buffered() + kept > this.#deps.maxBytes) this.#deps.onOverflow()
  }

  flush(): void {
    if (this.#units.length === 0) return
    const { transport } = this.#deps
    const [units, taken] = [this.#units, this.#taken]
    this.#units = []
    this.#taken = []
    this.#chars = 0
    transport.write(units, taken.length === 0 ? undefined : () => runAll(taken))
    if (transport.needsDrain()) this.#deps.onFull()
  }

  /** Nothing is written any more, not even what waits. */
  close(): void {
    this.#closed = true
    this.#units = []
    this.#taken = []
  }
}

function runAll(runs: readonly (() => void)[]): void {
  for (const run of runs) run()
}
