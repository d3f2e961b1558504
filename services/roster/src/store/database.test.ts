// Slow: an embedded database.
import { after } from 'node:test'
import { migrate } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'
import { rosterContract } from './contract.ts'
import { databaseRosters } from './database.ts'

const db = await openScratch()
await migrate(db)
after(() => db.close())

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
