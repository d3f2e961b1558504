import type { FullJid } from '@jabiru/jid'
import type { House } from './house.ts'
import { pass } from './time.ts'

/** What presence has been told of a session, in order. */
export const toldOf = ({ heard }: Pick<House, 'heard'>, jid: FullJid) =>
  heard.flatMap(({ group, envelope }) =>
    group === 'presence' && envelope.k === 'availability' && envelope.session.jid === jid ? [envelope] : [],
  )

/** The same; time goes on until it has been told of something. */
export async function onceTold(house: Pick<House, 'heard' | 'clock' | 'store'>, jid: FullJid) {
  while (toldOf(house, jid).length === 0) await pass(house, 250)
  return toldOf(house, jid)
}
