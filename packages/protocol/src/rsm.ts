import { Refusal } from '@jabiru/stanza'
import { child, type Element, el, textOf } from '@jabiru/xml'
import { requireUnsigned } from './numbers.ts'

export const NS_RSM = 'http://jabber.org/protocol/rsm'

/** XEP-0059: which page of a result is wanted. An empty `before` is the last page (§2.5). */
export type PageRequest = { readonly max?: number | undefined } & (
  | { readonly from: 'start' }
  | { readonly from: 'after'; readonly id: string }
  | { readonly from: 'before'; readonly id: string }
  | { readonly from: 'index'; readonly index: number }
)

/** What is told of the page that is given. An empty page has no `first` and no `last`. */
export interface PageResult {
  readonly first?: { readonly id: string; readonly index?: number | undefined } | undefined
  readonly last?: string | undefined
  readonly count?: number | undefined
}

/** The page a `<set/>` asks for. Throws Refusal('bad-request') for numbers that are none and for two places at once. */
export function parsePageRequest(set: Element): PageRequest {
  const given = (name: string) => child(set, name, NS_RSM)
  const [most, after, before, index] = [given('max'), given('after'), given('before'), given('index')]
  const max = most === undefined ? {} : { max: requireUnsigned(textOf(most).trim(), 'max') }
  if ([after, before, index].filter((e) => e !== undefined).length > 1)
    throw new Refusal('bad-request', { text: 'a page has one place' })
  if (after !== undefined) return { ...max, from: 'after', id: textOf(after) }
  if (before !== undefined) return { ...max, from: 'before', id: textOf(before) }
  if (index !== undefined) return { ...max, from: 'index', index: requireUnsigned(textOf(index).trim(), 'index') }
  return { ...max, from: 'start' }
}

export function renderPageRequest(page: PageRequest): Element {
  const max = page.max === undefined ? undefined : el('max', NS_RSM, {}, String(page.max))
  if (page.from === 'start') return el('set', NS_RSM, {}, max)
  const id = page.from === 'index' ? String(page.index) : page.id
  return el('set', NS_RSM, {}, max, el(page.from, NS_RSM, {}, id))
}

/** What a `<set/>` tells of the page it comes with. */
export function parsePageResult(set: Element): PageResult {
  const first = child(set, 'first', NS_RSM)
  const last = child(set, 'last', NS_RSM)
  const count = child(set, 'count', NS_RSM)
  const index = first?.attrs['index']
  return {
    first:
      first === undefined
        ? undefined
        : { id: textOf(first), index: index === undefined ? undefined : requireUnsigned(index, 'index') },
    last: last === undefined ? undefined : textOf(last),
    count: count === undefined ? undefined : requireUnsigned(textOf(count).trim(), 'count'),
  }
}

export function renderPageResult({ first, last, count }: PageResult): Element {
  return el(
    'set',
    NS_RSM,
    {},
    first === undefined ? undefined : el('first', NS_RSM, { index: text(first.index) }, first.id),
    last === undefined ? undefined : el('last', NS_RSM, {}, last),
    count === undefined ? undefined : el('count', NS_RSM, {}, String(count)),
  )
}

function text(n: number | undefined): string | undefined {
  return n === undefined ? undefined : String(n)
}
