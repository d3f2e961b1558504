import type { BareJid } from '@jabiru/jid'
import type { Account, AccountKeys, AccountStore } from './store.ts'

/** The twin of the accounts table, for tests. `now` is the time accounts are created at. */
export function memoryAccounts(now: () => Date): AccountStore {
  const rows = new Map<BareJid, AccountKeys & Account>()
  const retired = new Set<BareJid>()
  const change = (jid: BareJid, part: Partial<AccountKeys & Account>): Promise<boolean> => {
    const row = rows.get(jid)
    if (row !== undefined) rows.set(jid, { ...row, ...part })
    return Promise.resolve(row !== undefined)
  }
  const ifStaying = (jid: BareJid, part: Partial<AccountKeys>) =>
    retired.has(jid) ? Promise.resolve(false) : change(jid, part)
  const staying = (): readonly Account[] =>
    [...rows.values()]
      .filter(({ jid }) => !retired.has(jid))
      .toSorted((a, b) => (a.jid < b.jid ? -1 : 1))
      .map(({ jid, enabled, createdAt, lastLogin }) => ({
        jid,
        enabled,
        createdAt,
        ...(lastLogin === undefined ? {} : { lastLogin }),
      }))
  return {
    find: (jid) => Promise.resolve(rows.get(jid)),
    insert: (jid, credentials) => {
      if (rows.has(jid)) return Promise.resolve(false)
      rows.set(jid, { jid, credentials, enabled: true, createdAt: now() })
      return Promise.resolve(true)
    },
    replace: (jid, credentials) => ifStaying(jid, { credentials }),
    setEnabled: (jid, enabled) => ifStaying(jid, { enabled }),
    retire: (jid) => {
      if (rows.has(jid)) retired.add(jid)
      return change(jid, { enabled: false })
    },
    remove: (jid) => {
      retired.delete(jid)
      return Promise.resolve(rows.delete(jid))
    },
    loggedIn: async (jids) => {
      for (const jid of jids) await change(jid, { lastLogin: now() })
    },
    read: (jid) => Promise.resolve(staying().find((row) => row.jid === jid)),
    count: ({ disabled = false }) => Promise.resolve(staying().filter(({ enabled }) => !enabled || !disabled).length),
    list: ({ after = '', limit, disabled = false }) => {
      const found = staying().filter(({ jid, enabled }) => jid > after && (!enabled || !disabled))
      return Promise.resolve(found.slice(0, limit))
    },
  }
}
