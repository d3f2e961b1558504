import { bareOf, isDomain } from '@jabiru/jid'
import { withoutDelays } from '@jabiru/protocol'
import { NS, payload, Refusal, type Stanza, stanza, withHead } from '@jabiru/stanza'
import type { OwnerEnvelope } from '@jabiru/wire'
import { textOf } from '@jabiru/xml'
import { type Account, isAvailable, type LastSeen, type Session } from './account.ts'
import type { Egress } from './egress.ts'
import { noteDirected } from './sharing.ts'
import type { Shedding } from './shedding.ts'

export interface PresenceDeps {
  readonly egress: Egress
  readonly give: Shedding['give']
  /** Starts to deliver what waits for a device. */
  readonly catchUp: (account: Account, session: Session) => void
  /** The account was last seen now, and will be said to have been when nobody is there. XEP-0012. */
  readonly left: (account: Account, seen: LastSeen) => void
  readonly now: () => number
}

const SUBSCRIPTION_TYPES: readonly (string | undefined)[] = ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed']

/** RFC 6121 §4.7.2.3: an integer from -128 to 127; zero where there is none. */
function priorityOf(s: Stanza): number {
  const element = payload(s, 'priority', NS.client)
  if (element === undefined) return 0
  const text = textOf(element).trim()
  const priority = Number(text)
  if (!/^[+-]?\d{1,3}$/.test(text) || priority < -128 || priority > 127) {
    throw new Refusal('bad-request', { text: 'a priority is an integer from -128 to 127' })
  }
  return priority
}

/** Presence that one of the account's clients sends. */
export async function sendPresence(
  deps: PresenceDeps,
  account: Account,
  session: Session,
  sent: Stanza,
): Promise<void> {
  // XEP-0203 §5: nobody but the server says that the server has held it back.
  const s = withoutDelays(sent, (from) => isDomain(from) && deps.egress.isServed(from))
  const ref = { jid: session.jid, gen: session.gen }
  if (SUBSCRIPTION_TYPES.includes(s.type)) {
    // RFC 6121 §3.1.2: subscriptions are between bare addresses.
    const to = s.to === undefined ? account.jid : bareOf(s.to)
    const plain = withHead(s, { from: account.jid, to })
    return deps.egress.toOwner('roster', account.jid, { k: 'own', account: account.jid, session: ref, stanza: plain })
  }
  // An error answers what somebody sent.
  if (s.type === 'error') return s.to === undefined ? undefined : deps.egress.route(s)
  // RFC 6121 §4.3: clients need not probe, and those that do are answered as anybody is.
  if (s.type === 'probe' && s.to === undefined) return
  if (s.to !== undefined) {
    if (s.type !== 'probe') noteDirected(session, s.to, s.type === undefined)
    return deps.egress.toOwner('presence', account.jid, { k: 'own', account: account.jid, session: ref, stanza: s })
  }
  await broadcast(deps, account, session, s)
}

async function broadcast(deps: PresenceDeps, account: Account, session: Session, s: Stanza): Promise<void> {
  const priority = s.type === undefined ? priorityOf(s) : 0
  const initial = session.presence === undefined && s.type === undefined
  // RFC 6121 §4.5: who is not available cannot become unavailable; directed presence is cleaned up all the same.
  const wantedMessages = session.presence !== undefined && session.priority >= 0
  session.presence = s.type === undefined ? s : undefined
  session.priority = priority
  if (s.type !== undefined) session.directed.clear()
  if (s.type !== undefined) deps.left(account, { at: deps.now(), status: statusOf(s) })
  // What was decided before this presence goes out first, and is no part of what it missed.
  if (s.type === undefined && priority >= 0 && !wantedMessages) account.outbox.add(() => deps.catchUp(account, session))
  await announce(deps, account, session, { stanza: s, initial })
}

const statusOf = (s: Stanza) => textOf(payload(s, 'status', NS.client))

async function announce(
  deps: Pick<PresenceDeps, 'egress'>,
  account: Account,
  session: Session,
  what: { readonly stanza: Stanza; readonly initial: boolean },
): Promise<void> {
  const envelope = {
    k: 'availability',
    account: account.jid,
    session: { jid: session.jid, gen: session.gen },
    ...what,
    ...(what.initial ? blockedBy(account) : {}),
  } as const
  const told = [deps.egress.toOwner('presence', account.jid, envelope)]
  if (what.initial) told.push(deps.egress.toOwner('roster', account.jid, envelope))
  await Promise.all(told)
}

/** Whom presence is to keep from seeing it: nothing where nobody is blocked. */
const blockedBy = ({ blocked }: Account) => (blocked.size === 0 ? {} : { blocked: [...blocked] })

/** What a new owner of the accounts' presence is to know. */
export function knownPresences(accounts: Iterable<Account>): readonly OwnerEnvelope[] {
  return [...accounts].flatMap((account) =>
    [...account.sessions.values()].flatMap((session) => knownPresence(account, session) ?? []),
  )
}

/** Undefined where nobody was told of the session. */
export function knownPresence(account: Account, session: Session): OwnerEnvelope | undefined {
  const { jid, gen, presence, directed } = session
  if (presence === undefined && directed.size === 0) return undefined
  return {
    k: 'availability',
    account: account.jid,
    session: { jid, gen },
    stanza: presence ?? stanza({ name: 'presence', type: 'unavailable', from: jid }),
    initial: false,
    known: true,
    ...(directed.size === 0 ? {} : { directed: [...directed.keys()] }),
    ...blockedBy(account),
  }
}

/** RFC 6121 §4.5.2: the server says it for a session that ends without a word. */
export async function sayUnavailable(deps: PresenceDeps, account: Account, session: Session): Promise<void> {
  if (session.presence !== undefined) deps.left(account, { at: deps.now(), status: '' })
  session.presence = undefined
  const unavailable = stanza({ name: 'presence', type: 'unavailable', from: session.jid })
  await announce(deps, account, session, { stanza: unavailable, initial: false })
}

/** Presence for the account, from the services that decided that it may see it. RFC 6121 §8.5. */
export function receivePresence(deps: Pick<PresenceDeps, 'egress' | 'give'>, account: Account, s: Stanza): void {
  const given = { stanza: s, to: s.to === undefined ? account.jid : undefined }
  for (const session of account.sessions.values())
    if (reaches(account, session, s)) account.outbox.add(() => deps.give(deps.egress, account, session, given))
}

function reaches({ jid }: Account, session: Session, { type, to }: Stanza): boolean {
  if (to !== undefined && to !== jid) return session.jid === to
  // RFC 6121 §3.1.6, §3.2.3: these change the roster, so they go to those who have asked for it.
  if (type === 'subscribed' || type === 'unsubscribed' || type === 'unsubscribe') return session.interested
  // RFC 6121 §4.2.2: the resource that the presence is of is among them.
  return isAvailable(session)
}
