import { randomBytes } from 'node:crypto'
import type { StreamAction } from '../stream/state.ts'
import type { Framing } from './framing.ts'

type Written = Extract<StreamAction, { do: 'open' | 'write' | 'features' | 'send' }>

/** What an action of the stream puts on the wire. */
export function written(framing: Framing, action: Written): string {
  if (action.do === 'open') return framing.open(action, randomBytes(16).toString('base64url')) // RFC 6120 §4.7.3
  if (action.do === 'features') return framing.features(action.features)
  return action.do === 'send' ? framing.stanza(action.stanza) : action.xml
}
