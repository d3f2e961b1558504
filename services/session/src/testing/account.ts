import assert from 'node:assert/strict'
import { type Jid, parseBareJid } from '@jabiru/jid'
import { NS, type Stanza, stanza } from '@jabiru/stanza'
import type { ConnectionRef } from '@jabiru/wire'
import { el } from '@jabiru/xml'
import { type Account, type AccountRecord, type Session, wakeAccount } from '../account.ts'
import { bind } from '../bind.ts'
import type { Down, Egress } from '../egress.ts'

export const JULIET = parseBareJid('juliet@capulet.lit')
export const CM = { id: 'cm', epoch: 1 }

/** An account that is awake, by itself. */
export function awake(record: Partial<AccountRecord> = {}): Account {
  let counter = 0
  const waking = { jid: JULIET, part: 3, token: 7, nextGeneration: () => `7.${++counter}` }
  const onFault = (fault: unknown) => assert.ifError(fault)
  return wakeAccount({ ...waking, onFault }, { position: 0, watermark: 0, undelivered: [], ...record })
}

export const at = (conn: string): ConnectionRef => ({ cm: CM, conn })

/** What was said down, in order. */
export interface Ear {
  readonly egress: Pick<Egress, 'deliver' | 'down' | 'tell' | 'room' | 'taken'>
  readonly down: (Down & { readonly conn: string })[]
  readonly delivered: {
    readonly conn: string
    readonly n: number
    readonly stanza: Stanza
    readonly to: Jid | undefined
  }[]
}

export function ear(): Ear {
  const down: Ear['down'][number][] = []
  const delivered: Ear['delivered'][number][] = []
  const egress: Ear['egress'] = {
    deliver: (_lease, { conn }, { stanza, n, to }) => void delivered.push({ conn, n, stanza, to }),
    down: (_lease, { conn }, envelope) => void down.push({ ...envelope, conn }),
    tell: async (_lease, { conn }, envelope) => void down.push({ ...envelope, conn }),
    room: () => undefined,
    taken: () => undefined,
  }
  return { egress, down, delivered }
}

/** A session on connection `resource`, available with that priority. */
export function sessionOf(account: Account, resource: string, priority = 0): Session {
  const { egress } = ear()
  const replace = (_: Account, session: Session) => void account.sessions.delete(session.resource)
  bind({ egress, conflict: 'replace', sessionsPerAccount: 100, replace }, account, at(resource), resource)
  const session = account.sessions.get(resource)
  assert.ok(session)
  session.presence = stanza({ name: 'presence' })
  session.priority = priority
  return session
}

export const message = (text: string): Stanza =>
  stanza({ name: 'message', type: 'chat' }, el('body', NS.client, {}, text))
