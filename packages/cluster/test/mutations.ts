import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { createLeases } from '../src/leases.ts'
import { ALL_RULES, type Rules } from './ground.ts'

/** A rule that a simulation breaks, to prove that it would be noticed. */
export interface Mutation {
  readonly breaks: string
  readonly rules: () => Promise<Rules>
}

const without = (rule: Partial<Rules>) => () => Promise.resolve({ ...ALL_RULES, ...rule })

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'unfenced-write': { breaks: 'a write without its token', rules: without({ fencedWrites: false }) },
  'deaf-receiver': { breaks: 'no token check at the connection manager', rules: without({ receiversLook: false }) },
  'late-deadline': {
    breaks: 'deadline counted from the answer, not from the sending',
    rules: async () => ({
      ...ALL_RULES,
      createLeases: await leasesWith('deadline = sentAt + ', 'deadline = clock.now() + '),
    }),
  },
  'same-token': { breaks: 'token not raised on take-over', rules: without({ tokensGrow: false }) },
}

let mutants = 0

/** The leases with other words in their source. */
async function leasesWith(words: string, others: string): Promise<typeof createLeases> {
  const mutant = new URL(`../src/leases.ts?mutant=${++mutants}`, import.meta.url).href
  const hooks = registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      if (url !== mutant) return loaded
      const source = readFileSync(new URL(url), 'utf8')
      if (source.split(words).length !== 2) throw new Error(`leases.ts does not say '${words}' once`)
      return { ...loaded, source: source.replace(words, others) }
    },
  })
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same module, but for the words
    return ((await import(mutant)) as { readonly createLeases: typeof createLeases }).createLeases
  } finally {
    hooks.deregister()
  }
}
