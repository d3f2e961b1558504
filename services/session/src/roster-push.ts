import { clark, NS, stanzaOf } from '@jabiru/stanza'
import type { OwnerEnvelope } from '@jabiru/wire'
import { escapeAttr } from '@jabiru/xml'
import type { Account } from './account.ts'
import { type DeliveryDeps, deliver } from './delivery.ts'

/** RFC 6121 §2.1.6: every resource that has asked for the roster is told of a change. */
export function pushRoster(
  egress: DeliveryDeps,
  account: Account,
  { item, ver }: Extract<OwnerEnvelope, { k: 'roster-changed' }>,
): void {
  const inner = `<query xmlns='${NS.roster}' ver='${escapeAttr(ver)}'>${item}</query>`
  const id = `push-${ver}`
  for (const session of account.sessions.values()) {
    if (!session.interested) continue
    const push = stanzaOf({ name: 'iq', type: 'set', id, to: session.jid }, [clark('query', NS.roster)], inner)
    account.outbox.add(() => deliver(egress, account, session, { stanza: push }))
  }
}
