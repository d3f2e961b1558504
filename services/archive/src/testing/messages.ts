import { parseBareJid } from '@jabiru/jid'
import type { Database } from '@jabiru/store'

export const juliet = parseBareJid('juliet@capulet.example')
export const romeo = parseBareJid('romeo@montague.example')
export const nurse = parseBareJid('nurse@capulet.example')

/** When the first message of an archive came; each comes a second after the one before. */
export const BEGAN = Date.UTC(2024, 0, 1)

const FILL = `
  insert into archive (owner, position, id, peer, peer_resource, outgoing, at, type, archived, offline, stanza)
  select $1, n, 'id' || n, case when n % $3::bigint = 0 then $5 else $4 end,
         case when n % 1000 = 500 then 'garden' when n % 2 = 0 then 'orchard' end, false,
         to_timestamp($6::float8 / 1000 + n), 'chat', true, true,
         '<message from=''romeo@montague.example/orchard'' type=''chat''><body>' || n || '</body></message>'
    from generate_series($2::bigint, $7::bigint) as n`

/** A statement takes so many. */
const AT_ONCE = 20_000

/** So many messages of romeo's at positions 1, 2, …; every `nth` is the nurse's. */
export async function fill(db: Database, owner: string, messages: number, nth = 1_000_000_000): Promise<void> {
  for (let from = 1; from <= messages; from += AT_ONCE) {
    const to = Math.min(messages, from + AT_ONCE - 1)
    await db.query(FILL, [owner, from, nth, romeo, nurse, BEGAN, to])
  }
}
