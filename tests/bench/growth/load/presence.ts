import { attributeAt } from '../../load/frames.ts'
import { type Line, send } from '../../load/line.ts'
import type { Phase } from '../phase.ts'
import type { Gauge } from './gauge.ts'

/** Those who change their presence, and how many of the lines are to see each. */
export interface Movement {
  readonly movers: readonly Line[]
  /** All that may see something. */
  readonly watchers: readonly Line[]
  /** Presences to be seen in a round, over all watchers; one's own are none. */
  readonly seen: number
  readonly seconds: number
}

/** All movers change their presence at once, again and again; each time until everybody has seen it. Changes are counted. */
export async function presencePhase(gauge: Gauge, name: string, movement: Movement): Promise<Phase> {
  const { movers, watchers, seen, seconds } = movement
  let rounds = 0
  const change = async () => {
    const status = `${name} ${rounds}.`
    const all = Promise.withResolvers<undefined>()
    const known = new Set<string>()
    for (const line of watchers)
      line.hear = ({ user }, kind, text, start, end) => {
        if (kind !== 'presence') return
        const at = text.indexOf(status, start)
        const from = attributeAt(text, 'from', start, end) ?? ''
        if (at === -1 || at > end || from.startsWith(`u${user}@`)) return
        known.add(`${user} ${from}`)
        if (known.size === seen) all.resolve(undefined)
      }
    for (const line of movers) send(line, `<presence><status>${status}</status></presence>`)
    await all.promise
    rounds++
  }
  for (let n = 0; n < WARM_ROUNDS; n++) await change()
  return gauge.phase(
    name,
    () => rounds * movers.length,
    async () => {
      const began = performance.now()
      while (performance.now() - began < seconds * 1000) await change()
    },
  )
}

const WARM_ROUNDS = 3
