import type { Clock } from '@jabiru/cluster'
import { domainOf } from '@jabiru/jid'
import { withDelay, withStanzaId } from '@jabiru/protocol'
import { NS, stanzaFrom } from '@jabiru/stanza'
import { parseElement } from '@jabiru/xml'
import type { Account, Session } from './account.ts'
import { CATCH_UP_BYTES, type DeliveryDeps, deliver, drained } from './delivery.ts'
import { blocks } from './features/blocking/policy.ts'
import type { AccountStore, Archived } from './store/accounts.ts'

/** So many messages are read at once. */
const PAGE = 200

export interface CatchUpDeps {
  readonly egress: DeliveryDeps
  readonly store: Pick<AccountStore, 'messages'>
  readonly clock: Clock
  /** Told of each failure after which the archive is read again. */
  readonly onFault: (fault: unknown) => void
}

/** How long to wait before the archive is read again. */
const AGAIN_MS = 500

/** Positions that this session, or some other one with a socket, has been sent or will be. */
function inFlight(account: Account, own: Session): ReadonlySet<number> {
  const positions = new Set<number>()
  for (const session of account.sessions.values()) {
    if (session.at === undefined && session !== own) continue
    for (const { position } of session.queue) if (position !== undefined) positions.add(position)
    for (const position of session.backlog ?? []) positions.add(position)
  }
  return positions
}

/**
 * A session has become ready for what nobody has confirmed: it is read from the archive, oldest first, and
 * only as fast as the client confirms. Meanwhile live messages line up behind it. XEP-0160.
 */
export function catchUp(deps: CatchUpDeps, account: Account, session: Session): void {
  if (account.undelivered.size === 0 || !isThere(account, session)) return
  const taken = inFlight(account, session)
  const missing = [...account.undelivered.keys()].filter((position) => !taken.has(position))
  if (missing.length === 0) return
  if (session.backlog !== undefined) {
    session.backlog = [...session.backlog, ...missing].sort((a, b) => a - b)
    return
  }
  session.backlog = missing.sort((a, b) => a - b)
  follow(deps, account, session).catch(deps.onFault)
}

const isThere = (account: Account, session: Session) => account.sessions.get(session.resource) === session

async function follow(deps: CatchUpDeps, account: Account, session: Session): Promise<void> {
  while (session.backlog !== undefined && session.backlog.length > 0) {
    const page = new Set(session.backlog.slice(0, PAGE))
    const messages = await read(deps, account, [...page])
    if (!isThere(account, session)) return
    if (messages === undefined) {
      await new Promise<void>((resolve) => void deps.clock.setTimer(AGAIN_MS, resolve))
      continue
    }
    // By value: older ones may have joined the backlog meanwhile.
    session.backlog = session.backlog.filter((position) => !page.has(position))
    for (const message of messages) give(deps, account, session, message)
    if (session.queueBytes > CATCH_UP_BYTES) await drained(session)
    if (!isThere(account, session)) return
  }
  session.backlog = undefined
}

/** What cannot be read any more does not keep back what comes after it. */
function give(deps: CatchUpDeps, account: Account, session: Session, message: Archived): void {
  try {
    const stanza = revive(account, message)
    // XEP-0191 §3.3: it waits until its sender is not blocked any more.
    if (!blocks(account, stanza.from)) deliver(deps.egress, account, session, { stanza, position: message.position })
  } catch (fault) {
    deps.onFault(fault)
  }
}

/** Undefined where the archive cannot be read now. */
async function read({ store, onFault }: CatchUpDeps, account: Account, page: readonly number[]) {
  try {
    return await store.messages(account.jid, page)
  } catch (fault) {
    onFault(fault)
    return undefined
  }
}

/**
 * XEP-0203: it is told when the message came.
 * NOTSPEC(XEP-0203 §2): what somebody else has said of a delay of theirs stays beside ours; it is not ours to take away.
 */
export function revive(account: Account, { stanza, id, at, archived }: Archived) {
  const original = stanzaFrom(parseElement(stanza, NS.client))
  const delayed = withDelay(original, { stamp: at.getTime(), from: domainOf(account.jid) })
  // XEP-0313 §3.3: the id is that of the archive, where it can be found.
  return archived ? withStanzaId(delayed, id, account.jid) : delayed
}
