import { createMailbox, type Mailbox } from '@jabiru/cluster'
import type { FullJid } from '@jabiru/jid'
import { errorReply, Refusal, type Stanza, withHead } from '@jabiru/stanza'
import { StoreUnavailable } from '@jabiru/store'
import { type Held, type LaneEnvelope, NotOwner } from '@jabiru/wire'
import { answerRequest, type Request, type RequestDeps } from './request.ts'

export interface IngressDeps extends Omit<RequestDeps, 'prefer'> {
  readonly prefer: (lease: Held, ...args: Parameters<RequestDeps['prefer']>) => Promise<void>
  /** Settles when the asker may be given more. */
  readonly say: (request: Request, answer: readonly Stanza[], trace: string | undefined) => Promise<void>
  readonly onFault: (fault: unknown, what: string) => void
}

/** The only file that hears the bus. Requests of one session are answered one after another, so that it has one page at a time. */
export function createIngress(deps: IngressDeps) {
  const lanes = new Map<FullJid, Mailbox>()

  const inTurn = async (asker: FullJid, task: () => Promise<void>): Promise<void> => {
    const mailbox = lanes.get(asker) ?? createMailbox()
    lanes.set(asker, mailbox)
    // What it has run is behind it a moment later.
    await mailbox.run(task).finally(() => queueMicrotask(() => mailbox.idle() && lanes.delete(asker)))
  }

  const refusalOf = (fault: unknown): Refusal => {
    if (fault instanceof Refusal) return fault
    if (fault instanceof NotOwner) throw fault
    deps.onFault(fault, 'own_iq')
    if (!(fault instanceof StoreUnavailable)) return new Refusal('internal-server-error')
    return new Refusal('internal-server-error', { type: 'wait', text: 'the archive cannot be read now' })
  }

  const answered = async (lease: Held, request: Request): Promise<readonly Stanza[]> => {
    const prefer: RequestDeps['prefer'] = (...args) => deps.prefer(lease, ...args)
    try {
      return await answerRequest({ ...deps, prefer }, request)
    } catch (fault) {
      const reply = errorReply(request.iq, refusalOf(fault))
      return reply === undefined ? [] : [reply]
    }
  }

  return (lease: Held, envelope: LaneEnvelope): Promise<void> | undefined => {
    if (envelope.k !== 'own') throw new Error(`archive does not answer ${envelope.k}`)
    const { account, session, stanza, trace } = envelope
    const request = { account, asker: session.jid, iq: withHead(stanza, { from: session.jid }) }
    return inTurn(session.jid, async () => deps.say(request, await answered(lease, request), trace))
  }
}
