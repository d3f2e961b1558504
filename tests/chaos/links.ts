import { setTimeout as sleep } from 'node:timers/promises'
import { openProxy, type Proxy, type Weather } from '@jabiru/testkit/proxy'
import type { Fault } from './faults.ts'

/** The engines that a process reaches over links, and the settings that name them. */
const ENGINES = {
  NATS: 'JABIRU_NATS_URL',
  Redis: 'JABIRU_REDIS_URL',
  PostgreSQL: 'JABIRU_POSTGRES_URL',
} as const

type Settings = Readonly<Record<string, string>>

/** The links of a cluster: each process has its own to each engine. */
export interface Links {
  /** The settings of a process, so that it goes by its links. */
  readonly settingsOf: (member: string, settings: Settings) => Promise<Settings>
  readonly faults: () => readonly Fault[]
  /** Cuts a link one way; what it gives mends it. */
  readonly cut: (member: string, engine: keyof typeof ENGINES, way: 'there' | 'back') => () => void
}

interface Link {
  readonly member: string
  readonly engine: string
  readonly proxy: Proxy
}

/** Holds no process for dead: the lease and the silence of a connection manager are 5 s. */
const BRIEF = [300, 4000] as const
const LONG = [6500, 9000] as const
const SLOW_MS = 150

const WEATHERS: readonly {
  readonly name: string
  readonly weather: Weather
  readonly holds: readonly [number, number]
}[] = [
  { name: 'cut for a moment', weather: { is: 'cut', way: 'both' }, holds: BRIEF },
  { name: 'cut', weather: { is: 'cut', way: 'both' }, holds: LONG },
  { name: 'cut there', weather: { is: 'cut', way: 'there' }, holds: LONG },
  { name: 'cut back', weather: { is: 'cut', way: 'back' }, holds: LONG },
  { name: 'slow', weather: { is: 'slow', byMs: SLOW_MS }, holds: BRIEF },
]

/** Opens links as processes start; `open` closes them. */
export function createLinks(open: AsyncDisposableStack): Links {
  const links: Link[] = []
  return {
    settingsOf: async (member, settings) => {
      const own: Record<string, string> = {}
      for (const [engine, key] of Object.entries(ENGINES)) {
        const url = new URL(settings[key] ?? '')
        const proxy = open.use(await openProxy(Number(url.port)))
        url.port = String(proxy.port)
        own[key] = url.href
        links.push({ member, engine, proxy })
      }
      return own
    },
    // A connection manager keeps nothing: it reaches NATS alone.
    faults: () =>
      links.filter(({ member, engine }) => engine === 'NATS' || member.startsWith('core')).flatMap(faultsOf),
    cut: (member, engine, way) => {
      const link = links.find((one) => one.member === member && one.engine === engine)
      if (link === undefined) throw new Error(`${member} has no link to ${engine}`)
      link.proxy.turn({ is: 'cut', way })
      return () => link.proxy.turn({ is: 'fair' })
    },
  }
}

function faultsOf({ member, engine, proxy }: Link): readonly Fault[] {
  const target = `${member} – ${engine}`
  const fault = (name: string, holds: Fault['holds'], strike: Fault['strike']): Fault => ({
    name: `link ${target} ${name}`,
    kind: 'link',
    targets: [target],
    holds,
    strike,
  })
  return [
    ...WEATHERS.map(({ name, weather, holds }) =>
      fault(name, holds, async (holdMs) => {
        proxy.turn(weather)
        await sleep(holdMs)
        proxy.turn({ is: 'fair' })
      }),
    ),
    // What was written has arrived, and what was answered is not heard.
    fault('cut back, then reset', BRIEF, async (holdMs) => {
      proxy.turn({ is: 'cut', way: 'back' })
      await sleep(holdMs)
      proxy.reset()
      proxy.turn({ is: 'fair' })
    }),
  ]
}
