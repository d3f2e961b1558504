import { type StreamCondition, StreamFault } from '@jabiru/stanza'
import type { Step, StreamAction, StreamState } from './state.ts'

/** Nothing changes. */
export const stay = (state: StreamState, ...actions: readonly StreamAction[]): Step => ({ state, actions })

/** The stream ends with an error. */
export function failWith(fault: StreamFault | StreamCondition, ...before: readonly StreamAction[]): Step {
  const told = typeof fault === 'string' ? new StreamFault(fault) : fault
  return { state: { at: 'closing' }, actions: [...before, { do: 'fail', fault: told }] }
}

export const write = (xml: string): StreamAction => ({ do: 'write', xml })
