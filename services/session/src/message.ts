import { hash } from 'node:crypto'
import { bareOf, type DomainJid, domainOf, resourceOf } from '@jabiru/jid'
import { carbonOf, originIdOf, withoutDelays, withoutStanzaIds, withStanzaId } from '@jabiru/protocol'
import { routeMessage } from '@jabiru/routing'
import { messageType, Refusal, renderStanza, type Stanza, withHead } from '@jabiru/stanza'
import { type Appended, type ArchiveRow, type Fence, RowRefused, StoreUnavailable } from '@jabiru/store'
import { NotOwner } from '@jabiru/wire'
import { type Account, isAvailable, type Session } from './account.ts'
import { deliver } from './delivery.ts'
import type { Egress } from './egress.ts'
import { storageOf } from './features/archive/policy.ts'
import { isWanted } from './features/archive/preferences.ts'
import { shouldCopy } from './features/carbons/policy.ts'
import type { InHands } from './in-hands.ts'
import { depart, departWhen } from './outbox.ts'
import type { Shedding } from './shedding.ts'

/** What the way of a message needs. */
export interface MessageDeps {
  readonly egress: Egress
  readonly give: Shedding['give']
  /** Resolves when the row is committed, with its group. */
  readonly append: (row: ArchiveRow & Fence) => Promise<Appended>
  readonly inHands: InHands
  /** Wall clock: the archive's dates. */
  readonly now: () => number
  /** A row of the sender's own could not be written. */
  readonly onFault: (fault: unknown) => void
}

/**
 * The id under which a message is admitted, for ever: the same for what a client sends again in the same
 * place of the same session.
 */
function admissionId(session: Session, n: number, s: Stanza): string {
  const place = `${session.birth} ${n} ${s.id ?? ''} ${s.to ?? ''}\n`
  return hash('sha256', place + s.inner, 'base64url').slice(0, 22)
}

/** A clock that is set back by more than this was wrong before. */
const CLOCK_STEP_MS = 3_600_000

/**
 * Dates follow the order of the archive though clocks of owners differ and are set: a date is a place in it, and who asks
 * for all since then misses nothing.
 */
const dateAfter = (last: number, now: number) => (last - now > CLOCK_STEP_MS ? now : Math.max(last, now))

function rowOf(
  account: Account,
  s: Stanza,
  place: { id: string; outgoing: boolean; archived: boolean; offline: boolean; at: number },
): ArchiveRow & Fence {
  const other = (place.outgoing ? s.to : s.from) ?? account.jid
  account.position++
  account.archivedAt = dateAfter(account.archivedAt, place.at)
  return {
    owner: account.jid,
    position: account.position,
    id: place.id,
    peer: bareOf(other),
    peerResource: resourceOf(other),
    outgoing: place.outgoing,
    at: new Date(account.archivedAt),
    type: messageType(s.type),
    archived: place.archived,
    offline: place.offline,
    originId: originIdOf(s),
    stanza: renderStanza(s),
    part: account.part,
    token: account.token,
  }
}

/** XEP-0359 §5, XEP-0203 §5: nobody but the server speaks for the server. */
function withoutForgeries(s: Stanza, account: Account): Stanza {
  const ours: readonly (string | undefined)[] = [account.jid, domainOf(account.jid) satisfies DomainJid]
  return withoutDelays(
    withoutStanzaIds(s, (by) => ours.includes(by)),
    (from) => ours.includes(from),
  )
}

/**
 * A message that one of the account's clients sends: kept in its archive, then copied to its other resources and on its
 * way to the recipient. The own row is first: nobody else has the message under an id that the next owner could not find.
 * Settles when all of it is committed.
 */
export function sendMessage(
  deps: MessageDeps,
  account: Account,
  session: Session,
  sent: { readonly n: number; readonly stanza: Stanza },
): Promise<void> {
  // RFC 6120 §10.3.1: without `to` it is for the account itself.
  const addressed = sent.stanza.to === undefined ? withHead(sent.stanza, { to: account.jid }) : sent.stanza
  const s = withoutForgeries(addressed, account)
  const idAt = (n: number) => admissionId(session, n, s)
  const id = account.sent.idOf(session, s, { n: sent.n, idAt, position: account.position, at: deps.now() })
  const storage = storageOf(s)
  // What one sends to oneself is archived once, where it arrives.
  const toSelf = s.to !== undefined && bareOf(s.to) === account.jid
  const archived = storage.archived && !toSelf && isWanted(account.wanted, s.to ?? account.jid)
  const place = { id, outgoing: true, archived: true, offline: false, at: deps.now() }
  const copy = () => copySent(deps, account, session, s, archived ? id : undefined)
  if (!archived) {
    return depart(account.outbox, () => {
      // What one sends to oneself is copied once, where it arrives.
      if (!toSelf) copy()
      return deps.egress.route(s, id)
    })
  }
  return departWhen(account.outbox, kept(deps, deps.append(rowOf(account, s, place))), (outcome) => {
    if (outcome === 'written') copy()
    return deps.egress.route(s, id)
  })
}

/** Settles when the row stands; rejects with NotOwner where it is for the next owner to write. */
async function committed(appended: Promise<Appended>): Promise<Appended['outcome']> {
  try {
    const { outcome } = await appended
    if (outcome !== 'fenced') return outcome
  } catch (fault) {
    // The writer gives up only when this process ends.
    if (!(fault instanceof StoreUnavailable)) throw fault
  }
  throw new NotOwner('this process cannot write for the account any more')
}

/** The sender's copy. Where the database refuses it the message goes all the same: the recipient's row decides. */
async function kept(deps: Pick<MessageDeps, 'onFault'>, appended: Promise<Appended>) {
  try {
    return await committed(appended)
  } catch (fault) {
    if (fault instanceof NotOwner) throw fault
    deps.onFault(fault)
    return 'refused'
  }
}

/** `id`: that of the archive, where it can be found. */
function copySent(deps: MessageDeps, account: Account, from: Session, sent: Stanza, id: string | undefined): void {
  const others = copied(account, 'sent', sent, (session) => session !== from)
  if (others.length === 0) return
  const s = id === undefined ? sent : withStanzaId(sent, id, account.jid)
  for (const session of others) {
    deliver(deps.egress, account, session, { stanza: carbonOf('sent', s, account.jid, session.jid) })
  }
}

/** The sessions that get a copy, of those that `isOther` names. Where none wants one the message is not looked into. */
function copied(
  account: Account,
  direction: 'sent' | 'received',
  s: Stanza,
  isOther: (session: Session) => boolean,
): readonly Session[] {
  const others = [...account.sessions.values()].filter((session) => session.carbons && isOther(session))
  return others.length > 0 && shouldCopy(s, direction).copy ? others : []
}

/**
 * A message for the account: routed by RFC 6121 §8.5, committed first where it is to be kept, then delivered.
 * Settles when it is committed; where nobody keeps it, when others have it than this owner. Throws Refusal.
 */
export function receiveMessage(
  deps: MessageDeps,
  account: Account,
  incoming: Stanza,
  id: string | undefined,
): Promise<void> | void {
  const s = withoutForgeries(incoming, account)
  const decision = decide(account, s)
  if (decision.do === 'refuse') throw new Refusal(decision.condition)
  if (decision.do === 'drop') return
  const storage = storageOf(s)
  if (id === undefined || !storage.offline) {
    // It holds where nothing is said before.
    const now = account.outbox.empty() ? decision : undefined
    return depart(account.outbox, () => deps.inHands(account, spread(deps, account, s, undefined, now)))
  }
  const archived = storage.archived && isWanted(account.wanted, s.from ?? account.jid)
  const place = { id, outgoing: false, archived, offline: true, at: deps.now() }
  const row = rowOf(account, s, place)
  const { position } = row
  const appended = deps.append(row)
  account.outbox.addWhen(
    appended,
    ({ outcome }) => {
      // A duplicate has been delivered, or waits for the next device, under the same id.
      if (outcome !== 'written') return
      account.undelivered.set(position, { held: !archived })
      // XEP-0313 §3.3: the id is that of the archive, where it can be found.
      spread(deps, account, archived ? withStanzaId(s, id, account.jid) : s, position)
    },
    () => {},
  )
  return storedOrRefused(appended)
}

async function storedOrRefused(appended: Promise<Appended>): Promise<void> {
  try {
    await committed(appended)
  } catch (fault) {
    if (!(fault instanceof RowRefused)) throw fault
    throw new Refusal('not-acceptable', { text: 'the message cannot be stored' })
  }
}

function decide(account: Account, s: Stanza) {
  const resources = [...account.sessions.values()].map((session) => ({
    resource: session.resource,
    available: isAvailable(session),
    priority: session.priority,
    session,
  }))
  const resource = s.to === undefined ? undefined : resourceOf(s.to)
  return routeMessage(messageType(s.type), { accountExists: true, resource, resources })
}

/** Gives a committed message to whoever is there now. Returns those to whom it is addressed. */
function spread(
  deps: MessageDeps,
  account: Account,
  s: Stanza,
  position: number | undefined,
  decision = decide(account, s),
): ReadonlySet<Session> {
  const taken = new Set<Session>()
  if (decision.do === 'deliver') {
    for (const { session } of decision.to) {
      taken.add(session)
      // A device that is catching up gets it after what is older.
      if (session.backlog !== undefined && position !== undefined) session.backlog.push(position)
      else if (position === undefined) deps.give(deps.egress, account, session, { stanza: s })
      else deliver(deps.egress, account, session, { stanza: s, position })
    }
  }
  const isOther = (session: Session) => !taken.has(session) && session.jid !== s.from
  for (const session of copied(account, 'received', s, isOther)) {
    deliver(deps.egress, account, session, { stanza: carbonOf('received', s, account.jid, session.jid) })
  }
  return taken
}
