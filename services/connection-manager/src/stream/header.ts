import { type BareJid, bareOf, type DomainJid, JidError, parseDomain, parseJid } from '@jabiru/jid'
import { NS, StreamFault } from '@jabiru/stanza'
import type { StreamHeader } from '@jabiru/xml'

/** What a stream header says that is of interest. */
export interface Opened {
  readonly host: DomainJid
  readonly from?: BareJid | DomainJid
  readonly lang?: string
}

const VERSION = /^(\d{1,9})\.(\d{1,9})$/
/** RFC 5646 §2.1, but for what it keeps of the tags of old. */
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/
/** The highest version that we speak. */
const OURS = '1.0'

/** RFC 6120 §4.7.5: versions compare by number; what has none is 0.9. */
function isCurrent(version: string | undefined): boolean {
  const major = VERSION.exec(version ?? '')?.[1]
  return major !== undefined && Number(major) >= 1
}

/** The version to answer with: the lower one, and none to who names none. RFC 6120 §4.7.5 rules 2 and 4. */
export function versionFor(header: StreamHeader | undefined): string | undefined {
  if (header === undefined) return OURS
  const theirs = header.attrs['version']
  const [, major, minor] = VERSION.exec(theirs ?? '') ?? []
  if (theirs === undefined || major === undefined || Number(major) >= 1) return theirs && OURS
  return `0.${Number(minor)}` // no leading zeros
}

function addressIn(from: string | undefined): BareJid | DomainJid | undefined {
  if (from === undefined) return undefined
  try {
    return bareOf(parseJid(from))
  } catch (err) {
    if (err instanceof JidError) throw new StreamFault('invalid-from') // RFC 6120 §4.9.3.9
    throw err
  }
}

/** NOTSPEC(RFC 6120 §4.7.2): a client that names no host is refused: which domain its account is of is not ours to guess. */
function hostIn(to: string | undefined, served: readonly DomainJid[]): DomainJid {
  try {
    const host = parseDomain(to ?? '')
    if (served.includes(host)) return host
  } catch (err) {
    if (!(err instanceof JidError)) throw err
  }
  throw new StreamFault('host-unknown') // RFC 6120 §4.9.3.6
}

/** Reads an initial stream header of a client. Throws StreamFault. */
export function readHeader(header: StreamHeader, served: readonly DomainJid[]): Opened {
  const { attrs } = header
  if (header.ns !== NS.streams) throw new StreamFault('invalid-namespace') // RFC 6120 §4.9.3.10
  if (header.name !== 'stream') throw new StreamFault('bad-format')
  if (header.defaultNs !== NS.client) throw new StreamFault('invalid-namespace') // RFC 6120 §4.8.2
  const host = hostIn(attrs['to'], served)
  if (!isCurrent(attrs['version'])) throw new StreamFault('unsupported-version') // RFC 6120 §4.9.3.25
  const from = addressIn(attrs['from'])
  const lang = attrs['xml:lang']
  // RFC 6120 §4.7.4: what is no language is not passed on as one.
  const known = lang !== undefined && LANGUAGE.test(lang)
  return { host, ...(from === undefined ? {} : { from }), ...(known ? { lang } : {}) }
}

/** The served domain that an erroneous header names, or the first one. RFC 6120 §4.9.1.3. */
export function speakerFor(header: StreamHeader | undefined, served: readonly [DomainJid, ...DomainJid[]]): DomainJid {
  return served.find((domain) => domain === header?.attrs['to']) ?? served[0]
}
