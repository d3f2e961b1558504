import { NS, type Stanza, stanza } from '@jabiru/stanza'
import type { SessionRef, UpEnvelope } from '@jabiru/wire'
import { el } from '@jabiru/xml'
import { RawClient } from './client.ts'
import type { House } from './house.ts'

export const SM = `xmlns='urn:xmpp:sm:3'`

export const message = (id: string, text = 'x'): Stanza =>
  stanza({ name: 'message', id, type: 'chat' }, el('body', NS.client, {}, text))

/** A client with a bound session, and its owner's side of it. */
export interface Guest {
  readonly client: RawClient
  readonly session: SessionRef
  readonly account: string
  readonly at: Extract<UpEnvelope, { k: 'bind' }>['at']
  /** The owner delivers stanzas numbered from `n`. */
  readonly deliver: (n: number, ...stanzas: readonly Stanza[]) => void
}

/** Logs a client in and binds it. */
export async function seat(house: House, user = 'alice'): Promise<Guest> {
  const client = await (await RawClient.tls(house.tlsPort)).login(user)
  await client.bind()
  const { at, account, resource = '' } = await house.owner.next('bind')
  const session = house.owner.sessionOf(account, resource)
  return {
    client,
    session,
    account,
    at,
    deliver: (n, ...stanzas) => {
      stanzas.forEach((stanza, i) => {
        house.owner.say(at, account, { k: 'deliver', to: [{ conn: at.conn, n: n + i, to: session.jid }], stanza })
      })
    },
  }
}

/** The same with XEP-0198 on, after `inBase` stanzas of the client and `outBase` deliveries. */
export async function seatManaged(house: House, bases = { inBase: 0, outBase: 0 }): Promise<Guest> {
  const guest = await seat(house)
  guest.client.send(`<enable ${SM} resume='true'/>`)
  await house.owner.next('sm-enable')
  house.owner.say(guest.at, guest.account, { k: 'sm-enabled', conn: guest.at.conn, id: 'sm1', max: 300, ...bases })
  await guest.client.until(/<enabled[^>]*>/)
  return guest
}
