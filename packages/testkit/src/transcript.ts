/** Who said a line: the client, the server, or the kit itself. */
export type Side = 'C' | 'S' | '-'

/** A line of a transcript, with the monotonic time at which it was written, in milliseconds. */
export interface Line {
  readonly at: number
  readonly text: string
}

/** A line as it was heard: what it says is put into words when somebody reads it. */
interface Heard {
  readonly at: number
  readonly side: Side
  readonly text: string | (() => string)
}

const MOST_LINES = 400
const MOST_CHARACTERS = 2000

/** What passed over one connection. Keeps the last 400 lines. */
export class Transcript {
  readonly name: string
  readonly #heard: Heard[] = []
  #dropped = 0

  constructor(name: string) {
    this.name = name
  }

  /** Writes a line down; a long one is cut in the middle. */
  add(side: Side, text: string | (() => string)): void {
    this.#heard.push({ at: performance.now(), side, text })
    if (this.#heard.length <= MOST_LINES) return
    this.#heard.shift()
    this.#dropped += 1
  }

  /** The lines kept, oldest first. */
  get lines(): readonly Line[] {
    const { name } = this
    const lines = this.#heard.map(({ at, side, text }) => ({
      at,
      text: `${name} ${side}: ${shorten(typeof text === 'string' ? text : text())}`,
    }))
    const [first] = lines
    if (first === undefined || this.#dropped === 0) return lines
    return [{ at: first.at, text: `${name} -: … ${this.#dropped} earlier lines` }, ...lines]
  }
}

/** The lines of several transcripts as one account of events, in milliseconds since `began`. */
export function merge(transcripts: readonly Transcript[], began: number): string {
  return transcripts
    .flatMap((transcript) => transcript.lines)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, text }) => `${(at - began).toFixed(0).padStart(6)} ${text}`)
    .join('\n')
}

/** A text short enough to be read, with the length of what was left out. */
export function shorten(text: string, most: number = MOST_CHARACTERS): string {
  if (text.length <= most) return text
  const half = Math.floor(most / 2)
  return `${text.slice(0, half)}…[${text.length - 2 * half} more]…${text.slice(-half)}`
}
