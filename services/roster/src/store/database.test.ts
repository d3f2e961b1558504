import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { migrate, openPglite } from '@jabiru/store'
import { rosterContract } from './contract.ts'
import { databaseRosters } from './database.ts'

const dir = await mkdtemp(join(tmpdir(), 'jabiru-roster-'))
const db = await openPglite(dir)
await migrate(db)
after(async () => {
  await db.close()
  await rm(dir, { recursive: true })
})

rosterContract('pglite', async () => {
  await db.script(`delete from roster_item; delete from roster_request; delete from roster_version;
    delete from lease; delete from account;
    insert into account (jid, credentials) values ('romeo@montague.example', '{}');
    insert into lease (service, part, owner, token) values ('roster', 3, 'a', 11), ('session', 3, 'a', 12)`)
  return {
    store: databaseRosters(db),
    token: 11,
    close: async () => {
      await db.script('update account set enabled = false')
    },
    takeOver: async () => {
      await db.script(`update lease set token = 12 where service = 'roster'`)
    },
  }
})
