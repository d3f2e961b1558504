import { type Bus, NobodyListens } from '@jabiru/bus'
import type { Clock } from '@jabiru/cluster'
import type { Group } from './envelope.ts'
import type { Owners } from './owners.ts'
import { MOVED } from './reads.ts'
import { subjects } from './subjects.ts'

/** Asks the owner of a partition. Rejects when there is none, or no answer in time. */
export type Ask = (group: Group, part: number, question: string) => Promise<string>

interface AskingDeps {
  readonly bus: Pick<Bus, 'request'>
  readonly clock: Clock
  readonly owners: Pick<Owners, 'token' | 'ask'>
}

/** In a storm an owner has seconds of work before it. */
const ANSWER_MS = 10_000
/** A question may be lost, or its owner dead: so long after the first it is asked once more, and then after twice the time. */
const AGAIN_MS = 2_000
/** How often it is looked who the owner is, where nobody is. */
const LOOK_MS = 100

const LATE = Symbol('late')

/** An owner may be on the move: whoever announces itself within the time is asked. The first answer to any question counts. */
export function createAsking({ bus, clock, owners }: AskingDeps): Ask {
  const passed = (ms: number) => {
    const { promise, resolve } = Promise.withResolvers<typeof LATE>()
    const timer = clock.setTimer(ms, () => resolve(LATE))
    return { promise, cancel: () => timer.cancel() }
  }

  const first = async (answers: readonly Promise<string>[], ms: number): Promise<string | typeof LATE> => {
    const late = passed(ms)
    try {
      return await Promise.race([...answers, late.promise])
    } finally {
      late.cancel()
    }
  }

  return async (group, part, question) => {
    const deadline = clock.now() + ANSWER_MS
    let answers: Promise<string>[] = []
    let patience = AGAIN_MS
    for (;;) {
      const token = owners.token(group, part)
      const left = deadline - clock.now()
      if (token !== undefined) {
        answers.push(bus.request(subjects.read(group, part, token), question, { timeoutMs: Math.max(left, 1) }))
        const answer = await first(answers, patience).catch((fault: unknown) => {
          if (fault instanceof NobodyListens && left > LOOK_MS) return MOVED
          throw fault
        })
        if (answer !== MOVED && answer !== LATE) return answer
        if (answer === LATE) {
          patience *= 2
          continue
        }
      }
      answers = []
      if (left <= LOOK_MS) throw new NobodyListens(`nobody owns ${group} ${part}`)
      owners.ask(group)
      await passed(LOOK_MS).promise
    }
  }
}
