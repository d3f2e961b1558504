import { randomBytes } from 'node:crypto'
import type { Queries } from './database.ts'

const SECRET_BYTES = 32

/** Random bytes under a name: made on the first call of any process, the same for every later one. */
export async function sharedSecret(db: Queries, name: string): Promise<Uint8Array> {
  const fresh = randomBytes(SECRET_BYTES).toString('base64')
  await db.query('insert into secret (name, value) values ($1, $2) on conflict (name) do nothing', [name, fresh])
  const [row] = await db.query<{ value: string }>('select value from secret where name = $1', [name])
  if (row === undefined) throw new Error(`the secret ${name} vanished as it was made`)
  return Buffer.from(row.value, 'base64')
}
