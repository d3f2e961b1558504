import { Refusal } from '@jabiru/stanza'
import { children, type Element, el } from '@jabiru/xml'
import { type Form, NS_FORMS, parseForm, renderForm } from './forms/form.ts'

export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info'
export const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items'

/** XEP-0030 §3.1. */
export interface Identity {
  readonly category: string
  readonly type: string
  readonly name?: string | undefined
  readonly lang?: string | undefined
}

/** What an entity, or a node of it, is and can do. */
export interface DiscoInfo {
  readonly node?: string | undefined
  readonly identities: readonly Identity[]
  readonly features: readonly string[]
  /** XEP-0128. */
  readonly forms: readonly Form[]
}

/** XEP-0030 §4.1. */
export interface DiscoItem {
  readonly jid: string
  readonly node?: string | undefined
  readonly name?: string | undefined
}

export interface DiscoItems {
  readonly node?: string | undefined
  readonly items: readonly DiscoItem[]
}

/** A result of disco#info. Throws Refusal('bad-request') where a required attribute is missing. */
export function parseDiscoInfo(query: Element): DiscoInfo {
  const all = children(query)
  const named = (name: string) => all.filter((e) => e.name === name && e.ns === NS_DISCO_INFO)
  return {
    node: query.attrs['node'],
    identities: named('identity').map((e) => ({
      category: required(e, 'category'),
      type: required(e, 'type'),
      name: e.attrs['name'],
      lang: e.attrs['xml:lang'],
    })),
    features: named('feature').map((e) => required(e, 'var')),
    forms: all.filter((e) => e.name === 'x' && e.ns === NS_FORMS).map(parseForm),
  }
}

export function renderDiscoInfo(info: DiscoInfo): Element {
  return el(
    'query',
    NS_DISCO_INFO,
    { node: info.node },
    ...info.identities.map(({ category, type, name, lang }) =>
      el('identity', NS_DISCO_INFO, { 'xml:lang': lang, category, type, name }),
    ),
    ...info.features.map((feature) => el('feature', NS_DISCO_INFO, { var: feature })),
    ...info.forms.map(renderForm),
  )
}

/** A result of disco#items. Throws Refusal('bad-request') for an item without an address. */
export function parseDiscoItems(query: Element): DiscoItems {
  const items = children(query).filter((e) => e.name === 'item' && e.ns === NS_DISCO_ITEMS)
  return {
    node: query.attrs['node'],
    items: items.map((e) => ({ jid: required(e, 'jid'), node: e.attrs['node'], name: e.attrs['name'] })),
  }
}

export function renderDiscoItems({ node, items }: DiscoItems): Element {
  return el(
    'query',
    NS_DISCO_ITEMS,
    { node },
    ...items.map((item) => el('item', NS_DISCO_ITEMS, { jid: item.jid, node: item.node, name: item.name })),
  )
}

function required(e: Element, attribute: string): string {
  const value = e.attrs[attribute]
  if (value === undefined) throw new Refusal('bad-request', { text: `${e.name} has a ${attribute}` })
  return value
}
