import type { Book, Letter, Receipt, Request } from './book.ts'
import type { Rows } from './rows.ts'
import { idOf } from './wire.ts'

/** What was found; every count of a broken promise must be nought. */
export interface Verdict {
  readonly sent: number
  readonly acknowledged: number
  readonly lost: number
  readonly under_two_ids: number
  readonly twice_in_session: number
  readonly disordered: number
  readonly archive_order_differs: number
  readonly iq_unanswered: number
  readonly iq_answered_twice: number
  readonly presence_wrong: number
  readonly seen_to_go: number
  readonly queues_left: number
  readonly violations: number
  readonly resumed_per_second: number
  readonly ack_ms_p50: number
  readonly ack_ms_p99: number
  readonly longest_silence_ms: number
  /** Cases of each kind that is not nought, to begin with. */
  readonly examples: Readonly<Record<string, readonly string[]>>
}

/** The counts that must be nought. */
export const PROMISES = [
  'lost',
  'under_two_ids',
  'twice_in_session',
  'disordered',
  'archive_order_differs',
  'iq_unanswered',
  'iq_answered_twice',
  'presence_wrong',
  'seen_to_go',
  'queues_left',
  'violations',
] as const

/** Whether every promise was kept, and anything was promised at all. */
export function isClean(verdict: Verdict): boolean {
  return verdict.acknowledged > 0 && PROMISES.every((name) => verdict[name] === 0)
}

const EXAMPLES = 5

/** Judges by what clients received, and then against the database. */
export function judge(book: Book, rows: Rows, presenceWrong: readonly string[], stuck: readonly string[]): Verdict {
  const found = {
    lost: lost(book, rows),
    under_two_ids: underTwoIds(book, rows),
    twice_in_session: twiceInSession(book),
    disordered: disordered(book),
    archive_order_differs: [...archiveDisordered(book, rows), ...unlikeArchive(book, rows)],
    iq_unanswered: unanswered(book),
    iq_answered_twice: [...book.requests.values()].filter(({ answers }) => answers > 1).map(toldOf(book)),
    presence_wrong: presenceWrong,
    seen_to_go: book.seenToGo,
    queues_left: stuck,
    violations: book.violations,
  }
  const counts = mapValues(found, (cases) => cases.length)
  const ack = book.ackMs.toSorted((a, b) => a - b)
  return {
    sent: book.letters.size,
    acknowledged: book.acknowledged.size,
    ...counts,
    queues_left: rows.waiting + stuck.length,
    resumed_per_second: mostWithin(book.resumedAt, 1000),
    ack_ms_p50: Math.round(ack[Math.floor(ack.length / 2)] ?? 0),
    ack_ms_p99: Math.round(ack[Math.floor(ack.length * 0.99)] ?? 0),
    longest_silence_ms: Math.round(book.longestSilenceMs),
    examples: mapValues(found, (cases) => cases.slice(0, EXAMPLES)),
  }
}

function mapValues<K extends string, V, W>(record: Readonly<Record<K, V>>, map: (value: V) => W): Record<K, W> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of the record
  return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, map(value)])) as Record<K, W>
}

/** Acknowledged, and no device of the recipient has ever been given it, nor its sender told that it cannot be. */
function lost(book: Book, { archive }: Rows): readonly string[] {
  const received = new Set(book.receipts.map(({ body }) => body))
  return [...book.acknowledged]
    .filter((body) => !received.has(body) && !wasTold(book, body))
    .map((body) => {
      const kept = archive.filter((row) => row.body === body)
      const places = kept.map(({ owner, position }) => `${owner} at ${position}`)
      return `${body} to ${toOf(book, body)}, ${timesOf(book, body)}, kept by ${places.join(', ') || 'nobody'}`
    })
}

/** When that was which the ledger tells of, by the clock of the faults. */
function timesOf({ letters, began }: Book, body: string): string {
  const at = (moments: readonly number[] = []) => moments.map((ms) => ((ms - began) / 1000).toFixed(1)).join(', ')
  const letter = letters.get(body)
  return `written at ${at(letter?.written)} s, acknowledged at ${at(letter?.acknowledged)} s`
}

/** Of what the database refuses. A session that has broken has lost the error too. */
function wasTold({ letters, bounced, broken }: Book, body: string): boolean {
  const letter = letters.get(body)
  return letter !== undefined && letter.unstorable && (bounced.has(idOf(body)) || broken.has(letter.sender))
}

const toOf = ({ letters }: Book, body: string) => letters.get(body)?.to ?? 'nobody'

/** A letter keeps its id for ever, in both archives and at every device. */
function underTwoIds(book: Book, { archive }: Rows): readonly string[] {
  const { letters, receipts } = book
  const ids = new Map<string, Set<string>>()
  const note = (body: string, id: string) => {
    if (letters.has(body)) ids.set(body, (ids.get(body) ?? new Set()).add(id))
  }
  for (const { body, stanzaId } of receipts) note(body, stanzaId)
  for (const { body, id } of archive) note(body, id)
  return [...ids]
    .filter(([, of]) => of.size > 1)
    .map(([body, of]) => `${body} as ${[...of].join(', ')}, ${timesOf(book, body)}`)
}

function twiceInSession({ receipts, began }: Book): readonly string[] {
  const first = new Map<string, Receipt>()
  const timeOf = ({ at, delayed }: Receipt) => `${((at - began) / 1000).toFixed(1)} s${delayed ? ', delayed' : ''}`
  return receipts.flatMap((receipt) => {
    const place = `${receipt.session} ${receipt.stanzaId}`
    const before = first.get(place)
    if (before !== undefined)
      return [`${receipt.body} in ${receipt.session}, at ${timeOf(before)} and ${timeOf(receipt)}`]
    first.set(place, receipt)
    return []
  })
}

/**
 * What one session sends reaches another in the order it was sent. What waited elsewhere and is given late says so
 * (XEP-0203), and may come after what was never kept waiting.
 */
function disordered({ letters, receipts }: Book): readonly string[] {
  const last = new Map<string, number>()
  return receipts.flatMap(({ body, session, delayed }) => {
    const letter = letters.get(body)
    return delayed || letter === undefined ? [] : comesAfter(last, letter, session)
  })
}

/** Positions grow as the counters of each sender do. */
function archiveDisordered({ letters }: Book, { archive }: Rows): readonly string[] {
  const last = new Map<string, number>()
  return archive.flatMap(({ body, owner, outgoing }) => {
    const letter = letters.get(body)
    return letter === undefined ? [] : comesAfter(last, letter, `${owner} ${outgoing ? 'out' : 'in'}`)
  })
}

function comesAfter(last: Map<string, number>, { sender, counter, body }: Letter, place: string): readonly string[] {
  const lane = `${sender} in ${place}`
  const before = last.get(lane) ?? 0
  if (counter <= before) return [`${body} after ${before} in ${place}`]
  last.set(lane, counter)
  return []
}

/** What comes live comes in the order of the archive, whoever sent it. */
function unlikeArchive({ receipts }: Book, { archive }: Rows): readonly string[] {
  const positions = new Map(archive.filter((r) => !r.outgoing).map((r) => [`${r.owner} ${r.id}`, r.position]))
  const last = new Map<string, number>()
  return receipts.flatMap(({ account, stanzaId, session, delayed, body }) => {
    const position = positions.get(`${account} ${stanzaId}`)
    if (delayed || position === undefined) return []
    const before = last.get(session) ?? 0
    last.set(session, Math.max(before, position))
    return position < before ? [`${body} at ${position} after ${before} in ${session}`] : []
  })
}

/** Acknowledged in a session that lasted, and never answered, though who was asked never saw it or did answer. */
function unanswered(book: Book): readonly string[] {
  const { requests, broken } = book
  return [...requests.values()]
    .filter(({ promised, acknowledged, answers }) => promised && acknowledged && answers === 0)
    .filter(
      ({ session, asked, seen, replied }) => !broken.has(session) && (asked === undefined || seen === 0 || replied),
    )
    .map(toldOf(book))
}

const toldOf =
  ({ began }: Book) =>
  ({ id, asked, seen, moments }: Request) => {
    const told = moments.map(({ at, what }) => `${what} at ${((at - began) / 1000).toFixed(1)} s`)
    const whom = asked === undefined ? 'the server' : `${asked}, seen ${seen} times`
    return `${id} to ${whom}, ${told.join(', ')}`
  }

/** The most of these moments that fall within so many milliseconds. */
export function mostWithin(moments: readonly number[], ms: number): number {
  const sorted = moments.toSorted((a, b) => a - b)
  return Math.max(0, ...sorted.map((from, i) => sorted.findLastIndex((at) => at < from + ms) - i + 1))
}
