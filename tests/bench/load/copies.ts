import { attributeAt } from './frames.ts'

/** What stands in a message that was written in a room. */
export interface Copy {
  readonly from: string | undefined
  readonly writer: number
  readonly seq: number
}

const BODY = '<body>'
/** Both numbers, with the colons behind them. */
const NUMBERS = 24

/** What a writer writes: who he is, and which of his messages it is. */
export const bodyOf = (writer: number, seq: number, filling: string): string => `${writer}:${seq}: ${filling}`

/** Reads the copy of a message; undefined for what has no body, as a room's subject (XEP-0045 §7.2.15). */
export function copyAt(text: string, start: number, end: number): Copy | undefined {
  const body = text.indexOf(BODY, start)
  if (body === -1 || body > end) return undefined
  const at = body + BODY.length
  const [writer = '', seq = ''] = text.slice(at, at + NUMBERS).split(':', 2)
  return { from: attributeAt(text, 'from', start, end), writer: Number(writer), seq: Number(seq) }
}

/** A copy that was to come. */
export interface Arrival {
  /** From writing to delivery, in the unit of what `write` was told. */
  readonly took: number
  /** Everybody has the message now. */
  readonly isLast: boolean
}

/** Who has which message of a room. */
export interface Copies {
  /** A writer writes his next message at this time; gives its number. */
  readonly write: (writer: number, at: number) => number
  /** A copy comes to an occupant. Undefined where it was not to come, or not again: that is a fault. */
  readonly arrive: (occupant: number, copy: Pick<Copy, 'writer' | 'seq'>, at: number) => Arrival | undefined
  /** Copies that are to come of all that was written. */
  readonly due: () => number
  readonly arrived: () => number
  readonly faults: readonly string[]
}

interface Writer {
  next: number
  /** What is to come next to each occupant. */
  readonly expected: Uint32Array
  /** Messages that somebody does not have yet. */
  readonly underWay: Map<number, { readonly at: number; left: number }>
}

const MOST_FAULTS = 20

/** Each message is to come once to each occupant, in the order in which its writer wrote. */
export function copiesAmong(occupants: number, writers: number): Copies {
  const faults: string[] = []
  const fault = (text: string): undefined => void (faults.length < MOST_FAULTS && faults.push(text))
  const all = Array.from({ length: writers }, (): Writer => {
    return { next: 0, expected: new Uint32Array(occupants), underWay: new Map() }
  })
  let [due, arrived] = [0, 0]
  return {
    faults,
    due: () => due,
    arrived: () => arrived,
    write: (n, at) => {
      const writer = all[n]
      if (writer === undefined) throw new RangeError(`no writer ${n}`)
      const seq = writer.next++
      writer.underWay.set(seq, { at, left: occupants })
      due += occupants
      return seq
    },
    arrive: (occupant, { writer: n, seq }, at) => {
      const writer = all[n]
      const message = writer?.underWay.get(seq)
      const expected = writer?.expected[occupant] ?? 0
      if (writer === undefined || message === undefined || seq < expected)
        return fault(`occupant ${occupant} was sent ${n}:${seq}, which was not to come`)
      if (seq > expected) fault(`occupant ${occupant} was sent ${n}:${seq} where ${n}:${expected} was to come`)
      writer.expected[occupant] = seq + 1
      arrived++
      message.left--
      if (message.left === 0) writer.underWay.delete(seq)
      return { took: at - message.at, isLast: message.left === 0 }
    },
  }
}
