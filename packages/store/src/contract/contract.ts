import { after } from 'node:test'
import type { Database } from '../database.ts'
import { migrate } from '../migrate.ts'
import { databaseContract } from './database.ts'
import { fencedContract } from './fenced.ts'
import { writerContract } from './writer.ts'

/** What PostgreSQL and its embedded twin both do. `open` gives an empty database; the suite closes what it opens. */
export async function storeContract(name: string, open: () => Promise<Database>): Promise<Database> {
  const db = await open()
  after(() => db.close())
  await migrate(db)
  databaseContract(name, db, open)
  fencedContract(name, db)
  writerContract(name, db)
  return db
}
