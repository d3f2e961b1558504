import type { Bus } from '@jabiru/bus'
import type { Clock } from '@jabiru/cluster'
import { NotOwner } from './inlet.ts'

/** The answer of one who was asked when it owned the partition no more: no other answer is empty. */
export const MOVED = ''
/** So long the last owner may be asked by those that have not heard of the next. */
const LINGER_MS = 2000

type Answer = (question: string) => Promise<string>
type Respond = (answer: string) => void

/** Answers what is read from the partitions of a process. Nobody waits in vain for an owner that has ceased to be one. */
export interface Reads {
  readonly serve: (subject: string, answer: Answer) => { readonly close: () => void }
  readonly close: () => void
}

interface ReadsDeps {
  readonly bus: Pick<Bus, 'subscribe' | 'connected'>
  readonly clock: Clock
  readonly onFault: (fault: unknown) => void
}

export function createReads({ bus, clock, onFault }: ReadsDeps): Reads {
  const lingering = new Map<string, () => void>()

  const serve: Reads['serve'] = (subject, answer) => {
    // Whoever answers again answers alone.
    lingering.get(subject)?.()
    const asked = new Set<Respond>()
    let moved = false
    const reply = (respond: Respond, text: string) => {
      if (asked.delete(respond) && bus.connected()) respond(text)
    }
    const subscription = bus.subscribe(subject, ({ payload, respond }) => {
      if (respond === undefined) return
      asked.add(respond)
      if (moved) return reply(respond, MOVED)
      answer(payload).then(
        (text) => reply(respond, text),
        (fault: unknown) => {
          if (fault instanceof NotOwner) return reply(respond, MOVED)
          asked.delete(respond)
          onFault(fault)
        },
      )
    })
    return {
      close: () => {
        moved = true
        for (const respond of asked) reply(respond, MOVED)
        const end = () => {
          timer.cancel()
          lingering.delete(subject)
          subscription.unsubscribe()
        }
        const timer = clock.setTimer(LINGER_MS, end)
        lingering.set(subject, end)
      },
    }
  }

  return {
    serve,
    close: () => {
      for (const end of lingering.values()) end()
    },
  }
}
