import { Deadline, isStanza, Management, SM } from '@jabiru/testkit'
import type { Element } from '@jabiru/xml'
import { link, type Reach } from '../link.ts'
import { presenceStanza, resultStanza } from '../wire.ts'

/** Longer than anybody should wait. */
const PATIENCE_MS = 60_000

/** Somebody who is online, reads, and stays. */
export interface Bystander {
  /** Bare address. */
  readonly jid: string
  readonly writes: (stanza: Element) => void
}

/** Who comes, where, and who is told of what happens then. */
export interface Coming {
  readonly house: Reach
  readonly account: string
  readonly password: string
  readonly reads: (message: Element) => void
  /** It will read nothing more. */
  readonly lost: (error: Error) => void
}

/** Comes online; throws when it is not let in. It does less than `Client` does: whose connection manager lives need not come back. */
export async function comesOnline({ house, account, password, reads, lost }: Coming): Promise<Bystander> {
  using deadline = new Deadline(PATIENCE_MS)
  const part = { account, client: account }
  const { connection, jid } = await link({ house, part, password, server: 0, past: undefined, patienceMs: PATIENCE_MS })
  const { promise: online, resolve, reject } = Promise.withResolvers<undefined>()
  const management = new Management()
  let isManaged = false
  const takes = (e: Element) => {
    if (e.name === 'message') reads(e)
    // RFC 6121 §4.2.2: its own presence comes to it too.
    else if (e.name === 'presence' && e.attrs['from'] === jid && isManaged) resolve(undefined)
    else if (e.attrs['type'] === 'get' || e.attrs['type'] === 'set')
      connection.writeElement(resultStanza(e.attrs['id'] ?? '', e.attrs['from']))
  }
  connection.lost = (error) => {
    reject(error)
    lost(error)
  }
  connection.divert = (e) => {
    if (e.ns === SM && e.name === 'enabled') isManaged = true
    else if (e.ns === SM && e.name === 'r') connection.writeElement(management.answer())
    else if (isStanza(e)) {
      if (isManaged) management.cameIn()
      takes(e)
    }
    return true
  }
  connection.write(`<enable xmlns='${SM}' resume='true'/>`)
  connection.writeElement(presenceStanza('here', 0))
  await deadline.wait(`${account} to be online`, online)
  return { jid: `${account}@${house.domain}`, writes: (stanza) => connection.writeElement(stanza) }
}
