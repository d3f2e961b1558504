import { type Fence, type Standing, StateUnavailable } from './live-state.ts'

/** Runs a fenced write until its token is known. */
export type FenceGate = <T>(fence: Fence, write: () => Promise<T | 'unknown'>) => Promise<T | 'fenced'>

interface Question {
  readonly waiting: { readonly ticket: number; readonly resume: PromiseWithResolvers<boolean> }[]
}

/**
 * After a loss no token is known, and an old owner must not be the first to name its own. A write that meets 'unknown'
 * asks the leases, makes its token known with `raise`, and goes again. What is written meanwhile waits, and all go in
 * the order in which they came.
 */
export function createFenceGate(standing: Standing, raise: (fence: Fence) => Promise<unknown>): FenceGate {
  const questions = new Map<string, Question>()
  let tickets = 0

  const ask = async (key: string, fence: Fence): Promise<undefined> => {
    const question: Question = { waiting: [] }
    questions.set(key, question)
    const answer = await vouch(fence).then(
      (stands) => ({ stands }),
      (cause: unknown) => ({ failure: new StateUnavailable('no answer whether the token stands', cause) }),
    )
    questions.delete(key)
    for (const { resume } of question.waiting.toSorted((a, b) => a.ticket - b.ticket)) {
      if ('failure' in answer) resume.reject(answer.failure)
      else resume.resolve(answer.stands)
    }
    return undefined
  }
  const vouch = async (fence: Fence): Promise<boolean> => {
    const stands = await standing(fence)
    if (stands) await raise(fence)
    return stands
  }
  const wait = (key: string, ticket: number): Promise<boolean> | undefined => {
    const resume = Promise.withResolvers<boolean>()
    questions.get(key)?.waiting.push({ ticket, resume })
    return questions.has(key) ? resume.promise : undefined
  }

  return async (fence, write) => {
    const key = `${String(fence.token)} ${fence.scope}`
    const ticket = (tickets += 1)
    for (;;) {
      if ((await wait(key, ticket)) === false) return 'fenced'
      const outcome = await write()
      if (outcome !== 'unknown') return outcome
      if (!questions.has(key)) void ask(key, fence)
    }
  }
}
