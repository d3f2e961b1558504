import type { BareJid } from '@jabiru/jid'
import type { PageResult } from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import type { ArchiveConfig } from '../config.ts'
import type { ArchiveStore, Page, Range } from '../store/store.ts'
import type { Archived } from './codec.ts'
import type { Query } from './query.ts'

/** More messages than so many are not counted. */
const COUNTED = 10_000

/** What a query is answered with. */
export interface Answer {
  /** In the order in which they are sent. */
  readonly rows: readonly Archived[]
  readonly page: PageResult
  readonly complete: boolean
}

interface ReadDeps {
  readonly store: Pick<ArchiveStore, 'positionsOf' | 'page' | 'count'>
  readonly config: Pick<ArchiveConfig, 'pageMessages' | 'pageBytes'>
}

/** Reads the page that is asked for. Throws Refusal. XEP-0313 §4. */
export async function readPage({ store, config }: ReadDeps, owner: BareJid, query: Query): Promise<Answer> {
  const { page } = query
  const place = await placeOf(store, owner, query)
  const most = Math.min(page.max ?? config.pageMessages, config.pageMessages)
  // XEP-0059 §2.7: of the whole result, wherever the page would be.
  if (most === 0) {
    const count = await store.count(owner, { filter: query.filter, ...place.filter, most: COUNTED })
    return { rows: [], page: { count }, complete: count === 0 }
  }
  const fromEnd = page.from === 'before'
  const range: Range = { filter: query.filter, ...place.page, fromEnd, most, mostBytes: config.pageBytes }
  const read = await store.page(owner, range)
  return { rows: query.flip ? read.rows.toReversed() : read.rows, page: resultOf(query, read), complete: !read.more }
}

type Between = Pick<Range, 'after' | 'before'>

/** Between which positions the filter lets messages be, and of them the page. */
async function placeOf(
  store: ReadDeps['store'],
  owner: BareJid,
  { filter, page }: Query,
): Promise<{ filter: Between; page: Between }> {
  const after = page.from === 'after' ? page.id : undefined
  // XEP-0059 §2.5: before nothing is the last page.
  const before = page.from === 'before' && page.id !== '' ? page.id : undefined
  const { afterId, beforeId, ids = [] } = filter
  const wanted = [after, before, afterId, beforeId, ...ids].filter((id) => id !== undefined)
  if (wanted.length === 0) return { filter: {}, page: {} }
  const positions = await store.positionsOf(owner, [...new Set(wanted)])
  // XEP-0313 §4.1.3, §4.3.2, XEP-0059 §2.4.
  if (wanted.some((id) => !positions.has(id)))
    throw new Refusal('item-not-found', { text: 'the archive has no such id' })
  const at = (id: string | undefined) => (id === undefined ? [] : (positions.get(id) ?? []))
  const between = (lower: readonly number[], upper: readonly number[]): Between => ({
    ...(lower.length === 0 ? {} : { after: Math.max(...lower) }),
    ...(upper.length === 0 ? {} : { before: Math.min(...upper) }),
  })
  const [lower, upper] = [[at(afterId)].flat(), [at(beforeId)].flat()]
  return {
    filter: between(lower, upper),
    page: between([...lower, at(after)].flat(), [...upper, at(before)].flat()),
  }
}

/**
 * XEP-0059 §2.2: first and last in the archive's order, flipped or not.
 * NOTSPEC(XEP-0059 §2.2): how many match, and where among them the page begins, is told where it is known without counting:
 * a million messages cannot be counted at every page. XEP-0313 §4.3.2 leaves both out as it likes.
 */
function resultOf({ page }: Query, { rows, more }: Page): PageResult {
  const [first, last] = [rows[0], rows.at(-1)]
  const isAll = !more && (page.from === 'start' || (page.from === 'before' && page.id === ''))
  const count = isAll ? rows.length : undefined
  if (first === undefined || last === undefined) return { count }
  const index = isAll || page.from === 'start' ? 0 : undefined
  return { first: { id: first.id, index }, last: last.id, count }
}
