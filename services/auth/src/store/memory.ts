import type { BareJid } from '@jabiru/jid'
import type { Account, AccountKeys, AccountStore } from './store.ts'

/** The twin of the accounts table, for tests. `now` is the time accounts are created at. */
export function memoryAccounts(now: () => Date): AccountStore {
  const rows = new Map<BareJid, AccountKeys & Account>()
  const change = (jid: BareJid, part: Partial<AccountKeys>): Promise<boolean> => {
    const row = rows.get(jid)
    if (row !== undefined) rows.set(jid, { ...row, ...part })
    return Promise.resolve(row !== undefined)
  }
  return {
    find: (jid) => Promise.resolve(rows.get(jid)),
    insert: (jid, credentials) => {
      if (rows.has(jid)) return Promise.resolve(false)
      rows.set(jid, { jid, credentials, enabled: true, createdAt: now() })
      return Promise.resolve(true)
    },
    replace: (jid, credentials) => change(jid, { credentials }),
    setEnabled: (jid, enabled) => change(jid, { enabled }),
    retire: (jid) => change(jid, { enabled: false }),
    remove: (jid) => Promise.resolve(rows.delete(jid)),
    list: ({ after = '', limit }) => {
      const jids = [...rows.keys()].filter((jid) => jid > after).toSorted()
      const page = jids.slice(0, limit).flatMap((jid) => rows.get(jid) ?? [])
      return Promise.resolve(page.map(({ jid, enabled, createdAt }) => ({ jid, enabled, createdAt })))
    },
  }
}
