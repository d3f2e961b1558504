import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseBareJid } from '@jabiru/jid'
import { CredentialsCorrupt } from '@jabiru/sasl'
import { migrate, openPglite } from '@jabiru/store'
import { accountsContract } from './contract.ts'
import { postgresAccounts } from './postgres.ts'

const dir = await mkdtemp(join(tmpdir(), 'jabiru-auth-'))
const database = await openPglite(dir)
await migrate(database)
after(async () => {
  await database.close()
  await rm(dir, { recursive: true })
})

accountsContract('pglite', async () => {
  await database.query('delete from account')
  return postgresAccounts(database)
})

void test('credentials that cannot be read are our fault, not a wrong password', async () => {
  await database.query('delete from account')
  await database.query("insert into account (jid, credentials) values ('alice@localhost', '[]')")
  await assert.rejects(postgresAccounts(database).find(parseBareJid('alice@localhost')), CredentialsCorrupt)
})
