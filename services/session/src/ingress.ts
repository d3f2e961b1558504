import { type BareJid, isBare } from '@jabiru/jid'
import { errorReply, Refusal, type Stanza } from '@jabiru/stanza'
import type { Held, InstanceRef, LaneEnvelope, OwnerEnvelope, SessionRef, UpEnvelope } from '@jabiru/wire'
import { type Account, noteChange, type Session } from './account.ts'
import type { Actors } from './actors.ts'
import { isHarmlessAgain } from './done.ts'

type Out = Extract<UpEnvelope, { k: 'out' }>
type Confirm = Extract<UpEnvelope, { k: 'confirm' }>
type In = Extract<OwnerEnvelope, { k: 'in' }>

/** How a stanza came here: the admission id of a message, and the hop before where it is traced. */
export type Way = Pick<In, 'id' | 'trace'>

/** What can be asked of an account. Each settles when what was asked for is committed. */
export interface Deeds {
  readonly bind: (account: Account, envelope: Extract<UpEnvelope, { k: 'bind' }>) => void
  readonly send: (account: Account, session: Session, out: Out) => Promise<void> | void
  readonly enable: (account: Account, session: Session, envelope: Extract<UpEnvelope, { k: 'sm-enable' }>) => void
  readonly resume: (account: Account, envelope: Extract<UpEnvelope, { k: 'sm-resume' }>) => Promise<void> | void
  readonly confirm: (account: Account, session: Session, h: number) => Promise<void> | void
  /** Settles when a later owner could learn how far the session is, also where nobody else has lived on. */
  readonly written: (session: Session) => Promise<void> | undefined
  readonly adopt: (account: Account, envelope: Extract<UpEnvelope, { k: 'here' }>) => void
  readonly adoptQueued: (session: Session, envelope: Extract<UpEnvelope, { k: 'queued' }>) => void
  readonly introduced: (lease: Held, cm: InstanceRef) => void
  /** Runs a deed when all sessions of the partition are known. */
  readonly whenComplete: (lease: Held, deed: () => Promise<void> | void) => Promise<void> | void
  readonly clientState: (account: Account, session: Session, active: boolean) => void
  /** What waited for the client at an earlier owner. */
  readonly adoptHeld: (account: Account, session: Session, stanza: Stanza) => void
  readonly detach: (account: Account, session: Session, closed: boolean) => void
  readonly receive: (account: Account, stanza: Stanza, way: Way) => Promise<void> | void
  readonly push: (account: Account, envelope: Extract<OwnerEnvelope, { k: 'roster-changed' }>) => void
  readonly answer: (account: Account, envelope: Extract<OwnerEnvelope, { k: 'answer' }>) => Promise<void> | void
  /** Settles when what the account wants archived is known anew. */
  readonly obey: (account: Account) => Promise<void>
  readonly remove: (account: Account) => void
  /** Settles when it is known whether anybody may log in to the account; otherwise its sessions have ended. */
  readonly review: (account: Account) => Promise<void>
  /** Ends the session of that resource, or all of them. */
  readonly endSessions: (account: Account, resource: string | undefined) => void
  /** There is no such session, or it has another connection. Settles when that is told to end. */
  readonly unknown: (lease: Held, cm: InstanceRef, of: Pick<Out, 'conn'>) => Promise<void>
  /** There is no such account, or nobody may log in to it. */
  readonly bindNobody: (lease: Held, envelope: Extract<UpEnvelope, { k: 'bind' | 'sm-resume' }>) => void
  readonly refuse: (stanza: Stanza) => Promise<void>
  /** Answers the stanza with what the work throws, in place of it; NotOwner is thrown on. */
  readonly answering: (stanza: Stanza, work: () => Promise<void> | void) => Promise<void> | void
}

/** The only file that hears the bus: envelopes become deeds, in the mailbox of their account. */
export function createIngress(actors: Actors, deeds: Deeds) {
  const sessionOf = (account: Account | undefined, ref: SessionRef): Session | undefined => {
    if (account === undefined) return undefined
    for (const session of account.sessions.values()) {
      // An older generation is an old socket: what it still says is not the session's.
      if (session.jid === ref.jid && session.gen === ref.gen) return session
    }
    return undefined
  }

  const inSession = (
    lease: Held,
    to: { account: BareJid; session: SessionRef },
    deed: (a: Account, s: Session) => Promise<void> | void,
  ) =>
    actors.run(lease, to.account, (account) => {
      const session = sessionOf(account, to.session)
      if (account && session) return deed(account, session)
    })

  /** What nobody takes must not count, nor be stored: it is acknowledged when the connection that counts has been told to end. */
  const inKnown = (
    lease: Held,
    envelope: Out | Confirm,
    from: InstanceRef,
    deed: (a: Account, s: Session) => Promise<void> | void,
  ) =>
    actors.run(lease, envelope.account, (account) => {
      const session = sessionOf(account, envelope.session)
      if (account === undefined || session === undefined) return deeds.unknown(lease, from, envelope)
      return deed(account, session)
    })

  const out = (lease: Held, envelope: Out, from: InstanceRef) =>
    inKnown(lease, envelope, from, (account, session) => {
      if (envelope.n > session.handled) {
        session.handled = envelope.n
        // XEP-0198 §4: `h` counts in order, so that what is committed early waits for what came before it.
        const isDone = session.answered.takes(envelope.n, envelope.stanza)
        if (isDone) noteEarly(session, envelope)
        const sent = isDone ? undefined : deeds.send(account, session, envelope)
        const done = () => account.outbox.add(() => noteEarly(session, envelope))
        if (sent) sent.then(done, () => undefined)
        else if (!isDone) done()
        session.committed = noted(session, envelope.n, session.committed, sent)
      }
      return counted(session)
    })

  /** What a client may count as handled is known to whoever could have to resume its session. XEP-0198 §5. */
  const counted = (session: Session): Promise<void> => session.committed.then(() => deeds.written(session))

  const receiveFor = (lease: Held, jid: BareJid, envelope: In) => {
    const { stanza } = envelope
    const task = (account: Account | undefined) =>
      account === undefined ? deeds.refuse(stanza) : deeds.receive(account, stanza, envelope)
    return deeds.answering(stanza, () => actors.run(lease, jid, task))
  }

  const receive = (lease: Held, envelope: In) => {
    const { accounts } = envelope
    const [first] = accounts
    if (accounts.length === 1 && first !== undefined && isBare(first)) return receiveFor(lease, first, envelope)
    return settle(Promise.all(accounts.filter(isBare).map(async (jid) => receiveFor(lease, jid, envelope))))
  }

  /** What connection managers say of sessions that are theirs. */
  const ofSession = (lease: Held, envelope: LaneEnvelope, from: InstanceRef): Promise<void> | void => {
    switch (envelope.k) {
      case 'here':
        return actors.run(lease, envelope.account, (account) => {
          if (account) deeds.adopt(account, envelope)
        })
      case 'queued':
        return inSession(lease, envelope, (_, session) => deeds.adoptQueued(session, envelope))
      case 'held':
        return inSession(lease, envelope, (account, session) => deeds.adoptHeld(account, session, envelope.stanza))
      case 'csi':
        return inSession(lease, envelope, (account, session) => deeds.clientState(account, session, envelope.active))
      case 'introduced':
        return deeds.introduced(lease, envelope.cm)
      case 'out':
        return out(lease, envelope, from)
      case 'sm-enable':
        return inSession(lease, envelope, (account, session) => deeds.enable(account, session, envelope))
      case 'confirm':
        return inKnown(lease, envelope, from, (account, session) => deeds.confirm(account, session, envelope.h))
      case 'gone':
        return inSession(lease, envelope, (account, session) => deeds.detach(account, session, envelope.closed))
      default:
        return deeds.whenComplete(lease, () => ofAccount(lease, envelope))
    }
  }

  /** What needs to know every session of the account. */
  const ofAccount = (lease: Held, envelope: LaneEnvelope): Promise<void> | void => {
    switch (envelope.k) {
      case 'bind':
        return actors.run(lease, envelope.account, (a) =>
          a?.enabled ? deeds.bind(a, envelope) : deeds.bindNobody(lease, envelope),
        )
      case 'sm-resume':
        return actors.run(lease, envelope.account, (a) =>
          a?.enabled ? deeds.resume(a, envelope) : deeds.bindNobody(lease, envelope),
        )
      case 'in':
        return receive(lease, envelope)
      case 'roster-changed':
        return actors.run(lease, envelope.account, (account) => {
          if (account) deeds.push(account, envelope)
        })
      case 'answer':
        return actors.run(lease, envelope.account, (account) => account && deeds.answer(account, envelope))
      case 'preferences-changed':
        return actors.hold(lease, envelope.account, (account) => deeds.obey(account))
      case 'account-removed':
        return actors.run(lease, envelope.account, (account) => {
          if (account) deeds.remove(account)
        })
      case 'standing-changed':
        return actors.hold(lease, envelope.account, (account) => deeds.review(account))
      case 'end-sessions':
        return actors.run(lease, envelope.account, (account) => {
          if (account) deeds.endSessions(account, envelope.resource)
        })
      default:
        throw new Error(`session does not answer ${envelope.k}`)
    }
  }

  return ofSession
}

/** It is done, and answered. If its owner dies now, the client sends it again: it is not to be done once more. RFC 6120 §8.2.3. */
function noteEarly(session: Session, { n, stanza }: Out): void {
  // Where nothing is before it, it counts before this turn ends.
  if (n <= session.durable + 1 || isHarmlessAgain(stanza)) return
  session.early.add(n, stanza)
  noteChange(session)
}

/** What is committed counts for whoever owns the session next, too. */
async function noted(session: Session, n: number, before: Promise<void>, sent: Promise<void> | void): Promise<void> {
  await before
  await sent
  session.durable = n
  session.early.counts(n)
  noteChange(session)
}

async function settle(done: Promise<unknown>): Promise<void> {
  await done
}

/** RFC 6121 §8.5.1: to nobody's address. Presence and answers are dropped. */
export function refusalForNobody(stanza: Stanza): Stanza | undefined {
  return stanza.name === 'presence' ? undefined : errorReply(stanza, new Refusal('service-unavailable'))
}
