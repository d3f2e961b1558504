import type { Bus, Message } from '@jabiru/bus'
import {
  type AuthReply,
  decodeAuthBegin,
  decodeAuthContinue,
  encodeAuthReply,
  type InstanceRef,
  subjects,
} from '@jabiru/wire'
import type { Login } from './login.ts'

/** What went wrong on our side: never the client's doing. */
export type OnFault = (fault: unknown, what: 'login_failed_inside' | 'reply_not_sent') => void

export interface IngressParts {
  readonly bus: Pick<Bus, 'subscribe'>
  readonly instance: InstanceRef
  readonly login: Login
  readonly onFault: OnFault
}

/** Logins from the bus. Disposing takes no more of them and waits for those that run. */
export function openIngress({ bus, instance, login, onFault }: IngressParts): AsyncDisposable {
  const running = new Set<Promise<void>>()

  const answered = async (message: Message, answer: (payload: string) => Promise<AuthReply>): Promise<void> => {
    const reply = await answer(message.payload).catch((fault: unknown): AuthReply => {
      onFault(fault, 'login_failed_inside')
      return { step: 'failure', condition: 'temporary-auth-failure' }
    })
    try {
      message.respond?.(encodeAuthReply(reply))
    } catch (fault) {
      onFault(fault, 'reply_not_sent')
    }
  }

  const take = (answer: (payload: string) => Promise<AuthReply>) => (message: Message) => {
    const work: Promise<void> = answered(message, answer).finally(() => running.delete(work))
    running.add(work)
  }

  const subscriptions = [
    bus.subscribe(
      subjects.auth,
      take(async (payload) => login.begin(decodeAuthBegin(payload))),
      { queue: 'auth' },
    ),
    bus.subscribe(
      subjects.authInstance(instance),
      take(async (payload) => login.proceed(decodeAuthContinue(payload))),
    ),
  ]

  return {
    [Symbol.asyncDispose]: async () => {
      for (const subscription of subscriptions) subscription.unsubscribe()
      await Promise.all(running)
    },
  }
}
