import type { BareJid, Jid } from '@jabiru/jid'
import { apply, EMPTY, type Roster } from '../roster.ts'
import type { RosterStore } from './store.ts'

/** What the twin of the database is told by a test: accounts, and the token that stands for each partition. */
export interface MemoryRosters extends RosterStore {
  readonly addAccount: (jid: BareJid) => void
  /** It is being removed. */
  readonly closeAccount: (jid: BareJid) => void
  readonly block: (owner: BareJid, ...who: readonly Jid[]) => void
  readonly lease: (part: number, token: number) => void
}

/** Rosters that last as long as the process. */
export function memoryRosters(): MemoryRosters {
  const rosters = new Map<BareJid, Roster>()
  const closed = new Set<BareJid>()
  const tokens = new Map<number, number>()
  const blocked = new Map<BareJid, ReadonlySet<Jid>>()
  return {
    addAccount: (jid) => void rosters.set(jid, EMPTY),
    closeAccount: (jid) => void closed.add(jid),
    block: (owner, ...who) => void blocked.set(owner, new Set(who)),
    lease: (part, token) => void tokens.set(part, token),
    read: async (owner) => Promise.resolve(rosters.get(owner)),
    blocked: async (owner) => Promise.resolve(blocked.get(owner) ?? new Set()),
    remains: async (owner) => Promise.resolve((closed.has(owner) ? rosters.get(owner) : undefined) ?? EMPTY),
    write: async ({ part, token }, owner, change) => {
      if (tokens.get(part) !== token) return Promise.resolve('fenced')
      rosters.set(owner, apply(rosters.get(owner) ?? EMPTY, change))
      return 'written'
    },
    erase: async ({ part, token }, owner) => {
      if (tokens.get(part) !== token) return Promise.resolve('fenced')
      if (closed.has(owner)) rosters.set(owner, EMPTY)
      return 'written'
    },
  }
}
