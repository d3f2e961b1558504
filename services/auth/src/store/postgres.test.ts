// Slow: an embedded database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { CredentialsCorrupt } from '@jabiru/sasl'
import { migrate } from '@jabiru/store'
import { openScratch } from '@jabiru/store/scratch'
import { accountsContract } from './contract.ts'
import { postgresAccounts } from './postgres.ts'

const database = await openScratch()
await migrate(database)
after(() => database.close())

accountsContract('pglite', async () => {
  await database.script('delete from account; delete from account_removal')
  return postgresAccounts(database)
})

void test('credentials that cannot be read are our fault, not a wrong password', async () => {
  await database.query('delete from account')
  await database.query("insert into account (jid, credentials) values ('alice@localhost', '[]')")
  await assert.rejects(postgresAccounts(database).find(parseBareJid('alice@localhost')), CredentialsCorrupt)
})
