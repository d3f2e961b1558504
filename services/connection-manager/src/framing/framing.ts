import { NS, type Stanza, type StreamFault } from '@jabiru/stanza'
import { type Element, escapeAttr, type Limits, type StreamEvents, type StreamParser, serialize } from '@jabiru/xml'
import type { ResponseHeader } from '../stream/state.ts'

/** Reads one direction of a stream. */
export type Reader = Pick<StreamParser, 'write' | 'reset' | 'setLimits' | 'stop'>

/** How a stream lies on its transport: RFC 6120 §4 on TCP, RFC 7395 on WebSocket. */
export interface Framing {
  readonly createReader: (limits: Limits, events: StreamEvents) => Reader
  /** How much of a chunk to read so that at most one element ends in it. */
  readonly cut: (chunk: Uint8Array) => number
  readonly open: (header: ResponseHeader, id: string) => string
  readonly features: (features: readonly Element[]) => string
  readonly stanza: (stanza: Stanza) => string
  readonly error: (fault: StreamFault) => string
  readonly close: string
}

const attribute = (name: string, value: string | undefined): string =>
  value === undefined ? '' : ` ${name}='${escapeAttr(value)}'`

/** The attributes that RFC 6120 §4.7.6 gives a response header. */
export const headerAttributes = ({ from, to, version, lang }: ResponseHeader, id: string): string =>
  `${attribute('from', from)}${attribute('to', to)}${attribute('id', id)}${attribute('version', version)}${attribute('xml:lang', lang)}`

/** `<stream:features>`, for a place where the prefix is declared, or with the declaration that it needs. */
export const renderFeatures = (features: readonly Element[], declaration = ''): string =>
  `<stream:features${declaration}>${features.map((one) => serialize(one, NS.client)).join('')}</stream:features>`
