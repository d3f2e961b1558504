import type { Bus } from '@jabiru/bus'
import { makeBare, parseDomain } from '@jabiru/jid'
import {
  type AuthBegin,
  type AuthReply,
  decodeAuthBegin,
  decodeAuthContinue,
  encodeAuthReply,
  subjects,
} from '@jabiru/wire'

/** PLAIN with the password `secret`, and one exchange of any SCRAM that ends well for the response `AAAA`. */
export function fakeAuth(bus: Bus, begun: AuthBegin[]): void {
  const answer = (reply: AuthReply) => encodeAuthReply(reply)
  bus.subscribe(subjects.auth, ({ payload, respond }) => {
    const begin = decodeAuthBegin(payload)
    begun.push(begin)
    if (begin.mechanism !== 'PLAIN')
      return respond?.(
        answer({ step: 'challenge', data: 'Y2hhbGxlbmdl', reply_to: 'fake-auth', exchange: begin.domain }),
      )
    const [, user = '', password] = Buffer.from(begin.initial ?? '', 'base64')
      .toString()
      .split('\0')
    if (password !== 'secret') return respond?.(answer({ step: 'failure', condition: 'not-authorized' }))
    respond?.(answer({ step: 'success', account: makeBare(user, begin.domain), data: null }))
  })
  bus.subscribe('fake-auth', ({ payload, respond }) => {
    const next = decodeAuthContinue(payload)
    if ('abort' in next) return respond?.(answer({ step: 'failure', condition: 'aborted' }))
    const ok = next.data === 'AAAA'
    const account = makeBare('alice', parseDomain(next.exchange))
    respond?.(
      answer(ok ? { step: 'success', account, data: 'dj0x' } : { step: 'failure', condition: 'not-authorized' }),
    )
  })
}
