import { type Job, userName } from './job.ts'
import { ASK, type Line, say, send } from './line.ts'

/** Stanzas after which a sender asks for an acknowledgement. XEP-0198 §4. */
export const ASK_AFTER = 10
/** Letters of one sender that may be under way. */
const REMEMBERED = 4096
/** What a message says, for it to have a length. */
export const FILLING =
  'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of fool'

/** What passes between pairs of users: who has sent what, what has arrived, and when. */
export interface Letters {
  readonly sent: () => number
  readonly arrived: () => number
  /** Milliseconds from sending to arrival, and to the acknowledgement, of those since `forget`. */
  readonly latencies: () => { readonly arrival: Float64Array; readonly acknowledgement: Float64Array }
  /** Begins to remember latencies. */
  readonly forget: () => void
  /** `at`: when it was to be sent, where that was before now. */
  readonly send: (sender: number, at?: number) => void
  /** Asks every sender's server what it has; settles nothing. */
  readonly askAll: () => void
  readonly isSettled: () => boolean
  readonly faults: readonly string[]
}

interface Sender {
  readonly line: Line
  readonly head: string
  next: number
  expected: number
  readonly sentAt: Float64Array
  /** Stanzas sent before the first letter: presence. */
  readonly before: number
  counted: number
}

/** How letters are sent. */
export interface LetterOptions {
  /** XEP-0334 §4.3: nobody is to keep them. */
  readonly passing: boolean
  /** Called when a letter of this sender has arrived. */
  readonly onArrival: (sender: number) => void
}

const partnerOf = (n: number) => n ^ 1

/** Letters among lines, 0 with 1, 2 with 3 and so on. Each is to arrive once, at its partner, in the order of sending. */
export function lettersAmong(job: Job, lines: readonly Line[], options: LetterOptions): Letters {
  const faults: string[] = []
  const fault = (text: string) => void (faults.length < 20 && faults.push(text))
  const hint = options.passing ? `<no-store xmlns='urn:xmpp:hints'/>` : ''
  const senders = lines.map((line, n): Sender => {
    const to = `${userName(partnerOf(n))}@${job.domain}`
    const head = `<message to='${to}' type='chat' id='${n}:`
    const sentAt = new Float64Array(REMEMBERED)
    return { line, head, next: 0, expected: 0, sentAt, before: line.sent, counted: 0 }
  })
  let [sent, arrived] = [0, 0]
  let arrival: number[] = []
  let acknowledgement: number[] = []

  const arrives = (n: number, seq: number): void => {
    const sender = senders[n]
    if (sender === undefined) return fault(`a letter of nobody: ${n}:${seq}`)
    if (seq !== sender.expected) {
      fault(`letter ${seq} of user ${n} came where ${sender.expected} was to come`)
      if (seq < sender.expected) return
      sender.expected = seq
    }
    sender.expected++
    arrived++
    arrival.push(performance.now() - (sender.sentAt[seq % REMEMBERED] ?? 0))
    options.onArrival(n)
  }
  const acknowledged = (n: number, sender: Sender) => {
    const now = performance.now()
    const upTo = sender.line.confirmed - sender.before
    // Only for the newest is it known that the answer was waited for.
    if (upTo > sender.counted) acknowledgement.push(now - (sender.sentAt[(upTo - 1) % REMEMBERED] ?? now))
    if (upTo > sender.next) fault(`user ${n} had ${upTo} letters acknowledged of ${sender.next}`)
    sender.counted = Math.max(sender.counted, upTo)
  }
  for (const [n, sender] of senders.entries()) {
    sender.line.hear = (_, name, text, start, end) => {
      if (name === 'a') return acknowledged(n, sender)
      if (name !== 'message') return
      const body = text.indexOf('<body>', start)
      if (body === -1 || body > end) return fault(`user ${n} was sent ${text.slice(start, end)}`)
      const from = Number.parseInt(text.slice(body + 6, body + 16), 10)
      if (from !== partnerOf(n)) return fault(`user ${n} was sent ${text.slice(start, end)}`)
      const colon = text.indexOf(':', body)
      arrives(from, Number.parseInt(text.slice(colon + 1, colon + 12), 10))
    }
  }
  return {
    faults,
    sent: () => sent,
    arrived: () => arrived,
    latencies: () => ({
      arrival: Float64Array.from(arrival).toSorted(),
      acknowledgement: Float64Array.from(acknowledgement).toSorted(),
    }),
    forget: () => {
      arrival = []
      acknowledgement = []
    },
    send: (n, at = performance.now()) => {
      const sender = senders[n]
      if (sender === undefined) return
      const seq = sender.next++
      sender.sentAt[seq % REMEMBERED] = at
      sent++
      send(sender.line, `${sender.head}${seq}'><body>${n}:${seq}: ${FILLING}</body>${hint}</message>`)
      if (!job.relay && seq % ASK_AFTER === ASK_AFTER - 1) say(sender.line, ASK)
    },
    askAll: () => {
      for (const { line } of senders) say(line, ASK)
    },
    isSettled: () =>
      arrived === sent && (job.relay || senders.every(({ line, before, next }) => line.confirmed - before >= next)),
  }
}
