import { type BareJid, parseBareJid } from '@jabiru/jid'
import type { Endpoint } from '@jabiru/wire'
import type { Account } from '../../account.ts'
import { KINDS_OF_PRESENCE, type KindOfPresence, type Looks, type Presence } from './deps.ts'

/** What one owner of sessions asks another: docs/architecture.md. */
type Question = { readonly account: BareJid } | { readonly kind: KindOfPresence; readonly most: number }

/** Asks the owners of partitions. */
export function createLooks({ read, partitionOf }: Pick<Endpoint, 'read' | 'partitionOf'>, partitions: number): Looks {
  const ask = (part: number, question: Question) => read('session', part, JSON.stringify(question))

  return {
    resourcesOf: async (account) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by answerLook of this wire version
      const { resources } = JSON.parse(await ask(partitionOf(account), { account })) as { readonly resources: string[] }
      return resources
    },
    rosterOf: async (account) => {
      const text = await read('roster', partitionOf(account), JSON.stringify({ account, whole: true }))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the roster's answer, docs/architecture.md
      return (JSON.parse(text) as { readonly whole: string[] }).whole
    },
    presence: async (kind, most) => {
      const parts = Array.from({ length: partitions }, (_, part) => part)
      const asked = await Promise.allSettled(parts.map((part) => ask(part, { kind, most })))
      const heard = asked.flatMap((one) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by answerLook of this wire version
        one.status === 'fulfilled' ? [JSON.parse(one.value) as Presence] : [],
      )
      return {
        count: heard.reduce((sum, { count }) => sum + count, 0),
        accounts: heard.flatMap(({ accounts }) => accounts).toSorted(),
        silent: partitions - heard.length,
      }
    },
  }
}

/** Answers such a question for a partition that is ours. */
export function answerLook(awake: Iterable<Account>, part: number, question: string): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by createLooks of this wire version
  const asked = JSON.parse(question) as Partial<{ account: string; kind: KindOfPresence; most: number }>
  const ours = [...awake].filter((account) => account.part === part && account.sessions.size > 0)
  if (asked.account !== undefined) {
    const jid = parseBareJid(asked.account)
    return JSON.stringify({ resources: [...(ours.find((one) => one.jid === jid)?.sessions.keys() ?? [])] })
  }
  const kind = KINDS_OF_PRESENCE.find((known) => known === asked.kind) ?? 'online'
  const found = ours.filter((account) => kind === 'online' || isIdle(account) === (kind === 'idle'))
  const accounts = found.slice(0, asked.most ?? 0).map(({ jid }) => jid)
  return JSON.stringify({ count: found.length, accounts })
}

/** Nobody looks at any of its clients. XEP-0352. */
const isIdle = ({ sessions }: Account): boolean => [...sessions.values()].every(({ idle }) => idle !== undefined)
