import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Database } from '@jabiru/store'
import type { Counts } from '../phase.ts'

/** What NATS says of itself at its monitoring port. */
export async function natsCounts(monitor: string): Promise<Counts> {
  const response = await fetch(`${monitor}/varz`)
  const said: { readonly in_msgs: number; readonly out_msgs: number; readonly in_bytes: number } = JSON.parse(
    await response.text(),
  )
  return { nats_in: said.in_msgs, nats_out: said.out_msgs, nats_bytes: said.in_bytes }
}

/** What Redis says of itself. */
export async function redisCounts(url: string): Promise<Counts> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.write('INFO\r\nQUIT\r\n')
  const said = await text(socket)
  const number = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(said)?.[1])
  return { redis_commands: number('total_commands_processed'), redis_bytes: number('used_memory') }
}

const COUNTS = `
  select (select count(*) from archive)::float8 as archive_rows,
         pg_total_relation_size('archive')::float8 as archive_bytes,
         (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8 as wal_bytes`

/** What PostgreSQL holds and has written. */
export async function postgresCounts(database: Database): Promise<Counts> {
  const [row] = await database.query<Required<Pick<Counts, 'archive_rows' | 'archive_bytes' | 'wal_bytes'>>>(COUNTS)
  return row ?? {}
}
