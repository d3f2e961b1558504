import type { BareJid, FullJid } from '@jabiru/jid'
import {
  forwardedXml,
  NS_FORMS,
  NS_MAM,
  NS_RSM,
  type PageRequest,
  type PageResult,
  parsePageRequest,
  renderPageResult,
} from '@jabiru/protocol'
import { clark, NS, Refusal, type Stanza, stanzaFrom, stanzaOf } from '@jabiru/stanza'
import { child, type Element, el, escapeAttr, parseElement } from '@jabiru/xml'
import { parseFilter } from './form.ts'
import type { Query } from './query.ts'

/** Longer ids of a query, and markers, are nobody's. */
const LONGEST = 1024

/** What `<query/>` asks for. Throws Refusal. */
export function parseQuery(query: Element): Query {
  const form = child(query, 'x', NS_FORMS)
  const set = child(query, 'set', NS_RSM)
  const { node, queryid: queryId } = query.attrs
  // XEP-0313 §5.1.3: nodes are those of pubsub.
  if (node !== undefined) throw new Refusal('item-not-found', { text: 'this archive has no nodes' })
  if (queryId !== undefined && queryId.length > LONGEST)
    throw new Refusal('bad-request', { text: 'queryid is too long' })
  return {
    queryId,
    filter: form === undefined ? {} : parseFilter(form),
    page: set === undefined ? { from: 'start' } : pageOf(set),
    flip: child(query, 'flip-page') !== undefined,
  }
}

function pageOf(set: Element): PageRequest {
  const page = parsePageRequest(set)
  // NOTSPEC(XEP-0059 §2.6): by index a page cannot be found without walking there; §2.6 allows this answer.
  if (page.from === 'index') throw new Refusal('feature-not-implemented', { text: 'pages are found by id' })
  return page
}

/** A message as the archive has it. */
export interface Archived {
  readonly position: number
  readonly id: string
  readonly at: Date
  readonly stanza: string
}

/** XEP-0313 §4.2: one message of the archive, for the resource that has asked. */
export function renderResult(
  account: BareJid,
  to: FullJid,
  { queryId }: Pick<Query, 'queryId'>,
  row: Archived,
): Stanza {
  const original = stanzaFrom(parseElement(row.stanza, NS.client))
  const query = queryId === undefined ? '' : ` queryid='${escapeAttr(queryId)}'`
  const forwarded = forwardedXml(original, { stamp: row.at.getTime() })
  return stanzaOf(
    // XEP-0313 §9.2: a client takes results only from the archive that it has asked.
    { name: 'message', from: account, to },
    [clark('result', NS_MAM)],
    `<result xmlns='${NS_MAM}'${query} id='${escapeAttr(row.id)}'>${forwarded}</result>`,
  )
}

/** XEP-0313 §4: the end of a page. */
export function renderFin(page: PageResult, complete: boolean): Element {
  return el('fin', NS_MAM, { complete: complete ? 'true' : undefined }, renderPageResult(page))
}
