import assert from 'node:assert/strict'
import { createManualClock } from '@jabiru/runtime'
import { createMemoryState, type LiveState, StateUnavailable } from '@jabiru/state'
import type { Session } from '../account.ts'
import { deliver } from '../delivery.ts'
import { PARKED } from '../parked-row.ts'
import { createParking } from '../parking.ts'
import { awake, ear, message, sessionOf } from './account.ts'

export const SCOPE = 'session.3'
const turn = () => new Promise((resolve) => void setImmediate(resolve))

/** A state whose writes are counted, and that can be taken away. */
export function parkingHouse(oneProcess = false) {
  const clock = createManualClock()
  const state = createMemoryState({ now: clock.now })
  const writes: string[] = []
  const away: StateUnavailable[] = []
  const control: { away: boolean; until: Promise<void> | undefined } = { away: false, until: undefined }
  const reached = async (what: string) => {
    writes.push(what)
    await control.until
    if (control.away) throw new StateUnavailable('away, for the test')
  }
  const watched: Pick<LiveState, 'put' | 'remove' | 'refresh'> = {
    put: async (...args) => {
      await reached('put')
      return state.put(...args)
    },
    refresh: state.refresh,
    remove: async (...args) => {
      await reached('remove')
      return state.remove(...args)
    },
  }
  const onUnavailable = (fault: StateUnavailable) => void away.push(fault)
  const parking = createParking({
    state: watched,
    oneProcess,
    clock,
    onUnavailable,
    now: () => 1_000_000 + clock.now(),
    onFault: assert.ifError,
  })
  const account = awake()
  const session = sessionOf(account, 'phone')
  session.sm = { id: 'resume me', maxMs: 60_000, inBase: 0, outBase: 0 }
  const follow = (one: Session = session) => {
    one.changed = () => parking.changed(account, one)
    one.changed()
  }
  const lose = (one: Session = session) => {
    one.at = undefined
    const rest = { maxBytes: 1e6, cancelExpiry: () => undefined, overflow: () => undefined, was: undefined }
    one.parked = { ...rest, until: clock.now() + 60_000, rowSent: undefined }
    follow(one)
  }
  const give = (text: string, position?: number) =>
    deliver(ear().egress, account, session, { stanza: message(text), position })
  const settled = async () => {
    for (let i = 0; i < 10; i++) await turn()
  }
  const rows = () => state.rowsAt(SCOPE, PARKED)
  return { clock, state, writes, away, control, parking, account, session, follow, lose, give, settled, rows }
}
