import { bareOf, type Jid } from '@jabiru/jid'
import { NS_BLOCKING, parseBlocking, renderBlocking } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal, stanza } from '@jabiru/stanza'
import { NotOwner } from '@jabiru/wire'
import type { Element } from '@jabiru/xml'
import type { Account } from '../../account.ts'
import { type DeliveryDeps, deliver } from '../../delivery.ts'
import type { Egress } from '../../egress.ts'
import type { IqRequest, SessionFeature } from '../../feature.ts'
import { inTurn } from '../../turns.ts'
import type { BlockStore } from './store.ts'

export interface BlockingDeps {
  readonly egress: Pick<Egress, 'deliver' | 'down' | 'toOwner'>
  readonly blocks: BlockStore
  /** Addresses that one account may block. */
  readonly most: number
}

/** What becomes of the list, and what is pushed. */
interface Change {
  readonly blocked: ReadonlySet<Jid>
  readonly write: () => Promise<'written' | 'fenced'>
  readonly told: Element
}

/** XEP-0191. Who is blocked is in `policy.ts`; what is done about it is asked there on every way of a stanza. */
export const blocking = ({ egress, blocks, most }: BlockingDeps): SessionFeature => {
  const list = ({ account, session }: IqRequest) => {
    // XEP-0191 §3.3: who has asked for the list is told of its changes.
    if (session) session.wantsBlocks = true
    return [renderBlocking('blocklist', account.blocked)]
  }

  const change = async (request: IqRequest, decide: (account: Account) => Change) => {
    const { account } = request
    // What was asked first is committed first.
    await inTurn(account, async () => {
      const { blocked, write, told } = decide(account)
      if ((await write()) === 'fenced') throw new NotOwner(`${account.jid} has moved`)
      account.blocked = blocked
      push(egress, account, told)
      await egress.toOwner('presence', account.jid, { k: 'blocklist', account: account.jid, blocked: [...blocked] })
    })
    return []
  }

  const block = (request: IqRequest) => {
    const jids = parseBlocking(request.payload)
    // XEP-0191 §3.3.
    if (jids.length === 0) throw new Refusal('bad-request', { text: 'nobody is named' })
    if (jids.some((jid) => bareOf(jid) === request.account.jid))
      throw new Refusal('not-acceptable', { text: 'nobody is kept from their own resources' })
    return change(request, (account) => {
      const blocked = new Set([...account.blocked, ...jids])
      if (blocked.size > most) throw new Refusal('resource-constraint', { text: `at most ${most} can be blocked` })
      return { blocked, write: () => blocks.add(account, jids), told: renderBlocking('block', jids) }
    })
  }

  const unblock = (request: IqRequest) => {
    const jids = parseBlocking(request.payload)
    // XEP-0191 §3.5: nobody named is everybody.
    const named = jids.length === 0 ? undefined : jids
    return change(request, (account) => ({
      blocked: named === undefined ? new Set() : account.blocked.difference(new Set(named)),
      write: () => blocks.remove(account, named),
      told: renderBlocking('unblock', jids),
    }))
  }

  const route = { ns: NS_BLOCKING, at: ['own-account'] } as const
  return defineFeature({
    name: 'blocking',
    specs: [{ doc: 'XEP-0191', version: '1.3', status: 'complete' }],
    disco: [NS_BLOCKING],
    iq: [
      { ...route, type: 'get', name: 'blocklist', answer: list },
      { ...route, type: 'set', name: 'block', answer: block },
      { ...route, type: 'set', name: 'unblock', answer: unblock },
    ],
  })
}

function push(egress: DeliveryDeps, account: Account, told: Element): void {
  for (const session of account.sessions.values()) {
    if (!session.wantsBlocks) continue
    account.outbox.add(() => {
      const id = `blocks-${session.sent}`
      deliver(egress, account, session, { stanza: stanza({ name: 'iq', type: 'set', id, to: session.jid }, told) })
    })
  }
}
