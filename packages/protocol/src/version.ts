import { child, type Element, el, textOf } from '@jabiru/xml'

export const NS_VERSION = 'jabber:iq:version'

/** XEP-0092: what software an entity runs. The operating system may be kept back (§5). */
export interface SoftwareVersion {
  readonly name: string
  readonly version: string
  readonly os?: string | undefined
}

export function parseVersion(query: Element): SoftwareVersion {
  const os = child(query, 'os')
  return {
    name: textOf(child(query, 'name')),
    version: textOf(child(query, 'version')),
    os: os === undefined ? undefined : textOf(os),
  }
}

export function renderVersion({ name, version, os }: SoftwareVersion): Element {
  return el(
    'query',
    NS_VERSION,
    {},
    el('name', NS_VERSION, {}, name),
    el('version', NS_VERSION, {}, version),
    os === undefined ? undefined : el('os', NS_VERSION, {}, os),
  )
}
