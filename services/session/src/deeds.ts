import { resourceOf } from '@jabiru/jid'
import type { createHops } from '@jabiru/runtime'
import { errorReply, Refusal, type Stanza } from '@jabiru/stanza'
import { NotOwner } from '@jabiru/wire'
import type { Account, Session } from './account.ts'
import { bind } from './bind.ts'
import { confirm, deliver } from './delivery.ts'
import { readWanted } from './features/archive/obey.ts'
import { noteContact } from './features/archive/preferences.ts'
import { answerToOwn, blocks, refuseBlocked } from './features/blocking/policy.ts'
import { setClientState } from './features/client-state/client-state.ts'
import { type Deeds, refusalForNobody } from './ingress.ts'
import { answerSession, receiveIq, sendIq } from './iq.ts'
import { receiveMessage, sendMessage } from './message.ts'
import { receivePresence, sendPresence } from './presence.ts'
import { watch } from './requests.ts'
import { skippedBy } from './resent.ts'
import type { RollCall } from './roll-call.ts'
import { pushRoster } from './roster-push.ts'
import { patiently } from './store/patience.ts'
import { detach, enable, resume } from './stream-management.ts'
import { adopt, adoptQueued } from './takeover.ts'
import { under, underCommitting } from './tracing.ts'
import type { Ways } from './ways.ts'

/** What is done for each envelope. */
export function createDeeds(ways: Ways, hops: ReturnType<typeof createHops>, rollCall: RollCall): Deeds {
  const { egress, store, actors, sharing, messages, iqs, presences, binding, management, parking, obeying } = ways
  const { keep, keepAll, closeAndEnd, onFault } = ways

  /** The one place where what is thrown becomes XML. What cannot be answered is at least told. */
  const answering = (stanza: Stanza, work: () => Promise<void> | void): Promise<void> | void => {
    const answer = async (fault: unknown): Promise<void> => {
      if (fault instanceof NotOwner) throw fault
      if (!(fault instanceof Refusal)) onFault(fault)
      const refusal = fault instanceof Refusal ? fault : new Refusal('internal-server-error')
      const reply = errorReply(stanza, refusal)
      if (reply) await egress.route(reply)
    }
    try {
      return work()?.catch(answer)
    } catch (fault) {
      return answer(fault)
    }
  }

  /** Said to the session itself: what comes from who is blocked would not reach it. */
  const withheld = (account: Account, session: Session, stanza: Stanza) => {
    const reply = answerToOwn(stanza)
    if (reply) account.outbox.add(() => deliver(egress, account, session, { stanza: reply }))
  }

  const receive: Deeds['receive'] = (account, stanza, { id, trace }) => {
    if (blocks(account, stanza.from)) return refuseBlocked(stanza)
    if (stanza.name === 'message') return receiveMessage(underCommitting(hops, trace, messages), account, stanza, id)
    if (stanza.name === 'iq') return receiveIq(under(trace, iqs), account, stanza)
    return receivePresence(under(trace, presences), account, stanza)
  }

  /** Connection managers that do not keep up with what its sessions are given: who sends waits for them. */
  const roomsOf = ({ sessions }: Account): readonly Promise<void>[] | undefined => {
    let rooms: Promise<void>[] | undefined
    for (const { at } of sessions.values()) {
      const room = at && egress.room(at.cm)
      if (room) rooms = [...(rooms ?? []), room]
    }
    return rooms
  }

  return {
    bind: (account, { at, resource }) => {
      bind(binding, account, at, resource)
      keepAll(account)
    },
    send: (account, session, out) => {
      const { stanza, trace } = out
      return answering(stanza, () => {
        if (blocks(account, stanza.to)) return withheld(account, session, stanza)
        const skipped = skippedBy(session)
        const sent =
          stanza.name === 'message'
            ? sendMessage(underCommitting(hops, trace, messages), account, session, out)
            : stanza.name === 'iq'
              ? sendIq(under(trace, iqs), account, session, stanza)
              : sendPresence(under(trace, presences), account, session, stanza)
        // It may have changed what a later owner must know.
        if (stanza.name !== 'message' || skippedBy(session) !== skipped) keep(account, session)
        return sent
      })
    },
    enable: (account, session, envelope) => {
      enable(management, account, session, envelope)
      account.outbox.add(() => keep(account, session))
    },
    resume: (account, envelope) => resume(management, account, envelope),
    adopt: (account, envelope) => {
      const was = account.sessions.get(resourceOf(envelope.session.jid) ?? '')
      adopt(management, account, envelope)
      const session = account.sessions.get(resourceOf(envelope.session.jid) ?? '')
      if (session) watch(iqs, account, session)
      management.onConfirmed(account, envelope.delivered ?? []).catch(() => undefined) // its lane says so again
      if (was) parking.left(was)
    },
    adoptQueued,
    adoptHeld: (account, session, stanza) => deliver(egress, account, session, { stanza }),
    clientState: (account, session, active) => {
      setClientState(egress, account, session, { active, maxBytes: ways.idleBytes })
      keep(account, session)
    },
    written: parking.written,
    introduced: rollCall.introduced,
    whenComplete: rollCall.whenComplete,
    confirm: (account, session, h) => {
      const positions = confirm(session, h)
      if (positions) return management.onConfirmed(account, positions)
      return closeAndEnd(account, session, 'internal-server-error')
    },
    detach: (account, session, closed) => detach(management, account, session, closed),
    receive: (account, stanza, way) => {
      const done = receive(account, stanza, way)
      const rooms = roomsOf(account)
      return rooms === undefined ? done : whenAll(done, rooms)
    },
    push: (account, envelope) => {
      sharing.changed(account, envelope)
      noteContact(account.wanted, envelope.contact, envelope.subscription !== 'remove')
      pushRoster(egress, account, envelope)
    },
    answer: (account, { stanza, trace }) => answerSession(under(trace, iqs), account, stanza),
    obey: (account) => readWanted(obeying, account),
    remove: (account) => {
      for (const session of account.sessions.values()) closeAndEnd(account, session, 'not-authorized')
      actors.forget(account.jid)
    },
    review: async (account) => {
      account.enabled = await patiently(obeying, () => store.isEnabled(account.jid))
      if (account.enabled) return
      for (const session of account.sessions.values()) closeAndEnd(account, session, 'not-authorized')
    },
    endSessions: (account, resource) => {
      for (const session of account.sessions.values()) {
        if (resource !== undefined && session.resource !== resource) continue
        closeAndEnd(account, session, 'policy-violation', 'an administrator has ended this session')
      }
    },
    unknown: async (lease, cm, { conn }) => {
      if (conn === undefined) return
      await egress.close(lease, { cm, conn }, 'reset').catch(() => {
        throw new NotOwner(`connection manager ${cm.id} has not heard that the session is unknown`)
      })
    },
    bindNobody: (lease, { at }) => egress.down(lease, at, { k: 'close', conn: at.conn, condition: 'not-authorized' }),
    refuse: async (stanza) => {
      const reply = refusalForNobody(stanza)
      if (reply) await egress.route(reply)
    },
    answering,
  }
}

async function whenAll(done: Promise<void> | void, rooms: readonly Promise<void>[]): Promise<void> {
  await done
  await Promise.all(rooms)
}
