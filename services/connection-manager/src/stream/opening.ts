import { StreamFault } from '@jabiru/stanza'
import type { Element, StreamHeader } from '@jabiru/xml'
import {
  announcedOf,
  FEATURES_AFTER_SASL,
  FEATURES_BEFORE_TLS,
  featuresBeforeSasl,
  mechanismsOver,
} from './features.ts'
import { type Opened, readHeader, speakerFor, versionFor } from './header.ts'
import type { Leg, Opening, Step, StreamAction, StreamState, Terms } from './state.ts'

/** The language that we write. RFC 6120 §4.7.4. */
const OURS = 'en'

function respond(opened: Opened, header: StreamHeader): StreamAction {
  const to = opened.from === undefined ? {} : { to: opened.from } // RFC 6120 §4.7.2
  return { do: 'open', from: opened.host, lang: OURS, ...to, ...versioned(header) }
}

function versioned(header: StreamHeader | undefined): { readonly version?: string } {
  const version = versionFor(header)
  return version === undefined ? {} : { version }
}

/** A fault where no header of ours has been written yet: it goes first. RFC 6120 §4.9.1.2. */
export function failUnopened(fault: StreamFault, header: StreamHeader | undefined, terms: Terms): Step {
  const from = speakerFor(header, terms.domains)
  return {
    state: { at: 'closing' },
    actions: [
      { do: 'open', from, lang: OURS, ...versioned(header) },
      { do: 'fail', fault },
    ],
  }
}

/** A restart names the host of the stream before it, and after SASL the identity that was authenticated. */
function checkRestart(leg: Leg, opened: Opened): void {
  if (leg.done === 'nothing') return
  if (leg.host !== undefined && opened.host !== leg.host) throw new StreamFault('host-unknown')
  if (leg.done === 'sasl' && opened.from !== undefined && opened.from !== leg.account)
    throw new StreamFault('invalid-from') // RFC 6120 §4.9.3.9
}

/** The state after a header, and the features that it gets. RFC 6120 §4.3.2. */
function offer(
  leg: Leg,
  opened: Opened,
  terms: Terms,
): { readonly state: StreamState; readonly features: readonly Element[] } {
  const { host, from, lang } = opened
  if (leg.done === 'nothing') return { state: { at: 'unprotected', host, failures: 0 }, features: FEATURES_BEFORE_TLS }
  if (leg.done === 'sasl') {
    const identity = { host, account: leg.account, ...(lang === undefined ? {} : { lang }) }
    return { state: { at: 'unbound', identity, refused: 0 }, features: [...FEATURES_AFTER_SASL, terms.caps()] }
  }
  const offered = mechanismsOver(leg.bindings)
  const announced = announcedOf(leg.bindings)
  const candidate = { host, offered, announced, failures: 0, ...(from === undefined ? {} : { claimed: from }) }
  return { state: { at: 'unauthenticated', candidate }, features: featuresBeforeSasl(offered, announced, terms) }
}

/** A stream header where one is due. */
export function openStream(state: Opening, header: StreamHeader, terms: Terms): Step {
  try {
    const opened = readHeader(header, terms.domains)
    checkRestart(state.leg, opened)
    const { state: next, features } = offer(state.leg, opened, terms)
    return { state: next, actions: [respond(opened, header), { do: 'features', features }] }
  } catch (err) {
    if (err instanceof StreamFault) return failUnopened(err, header, terms)
    throw err
  }
}
