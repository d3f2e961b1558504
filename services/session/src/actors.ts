import { type Clock, createMailbox, type Mailbox } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import { type Held, NotOwner } from '@jabiru/wire'
import { type Account, type AccountRecord, wakeAccount } from './account.ts'
import type { AccountStore } from './store/accounts.ts'
import { patiently } from './store/patience.ts'

interface Actor {
  readonly mailbox: Mailbox
  readonly lease: Held
  account: Account | undefined
  /** Tasks in the mailbox. */
  waiting: number
}

/** Acts at once; what is returned settles when the effects are durable, and holds nobody back. */
export type Task = (account: Account | undefined) => Promise<void> | void

/** The accounts of the partitions that this process owns: awake ones, and those that are being woken. */
export interface Actors {
  /**
   * Runs `task` in the account's mailbox, waking it first: at once where it is awake and nobody waits.
   * `undefined` is handed in where there is no such account. Rejects with NotOwner when the lease is gone meanwhile.
   */
  readonly run: (lease: Held, jid: BareJid, task: Task) => Promise<void> | void
  /** The same for work that holds back what comes after it; nothing where there is no such account. */
  readonly hold: (lease: Held, jid: BareJid, work: (account: Account) => Promise<void>) => Promise<void>
  readonly count: () => number
  /** Runs in the mailbox of every account of the partition that is awake or being woken. */
  readonly each: (part: number, deed: (account: Account) => void) => void
  /** Those that are awake. */
  readonly awake: () => Iterable<Account>
  /** The account is no more as it was: it is read again. */
  readonly forget: (jid: BareJid) => void
  readonly forgetPartition: (part: number) => readonly Account[]
  /** Puts accounts to sleep that have no sessions and were not touched since. */
  readonly sleep: (touchedBefore: number) => void
}

export interface ActorsDeps {
  readonly store: Pick<AccountStore, 'wake'>
  readonly clock: Clock
  /** Told of each failure after which an account is read again, and of what went wrong in an outbox. */
  readonly onFault: (fault: unknown) => void
}

export function createActors({ store, clock, onFault }: ActorsDeps): Actors {
  const actors = new Map<BareJid, Actor>()
  let generation = 0

  const actorOf = (lease: Held, jid: BareJid): Actor => {
    const known = actors.get(jid)
    if (known?.lease.token === lease.token) return known
    const fresh: Actor = { mailbox: createMailbox(), lease, account: undefined, waiting: 0 }
    actors.set(jid, fresh)
    return fresh
  }

  /** A message for an account that cannot be read now is not answered for it: it waits, as its sender's count does. */
  const read = (actor: Actor, jid: BareJid): Promise<AccountRecord | undefined> =>
    patiently({ clock, onFault }, async () => {
      if (actors.get(jid) !== actor) throw new NotOwner(`${jid} has moved`)
      return store.wake(jid)
    })

  const wake = async (actor: Actor, jid: BareJid): Promise<Account | undefined> => {
    if (actors.get(jid) !== actor) throw new NotOwner(`${jid} has moved`)
    if (actor.account !== undefined) return actor.account
    const record = await read(actor, jid)
    if (actors.get(jid) !== actor) throw new NotOwner(`${jid} has moved`)
    if (record === undefined) return undefined
    const nextGeneration = () => `${actor.lease.token}.${++generation}`
    actor.account = wakeAccount({ jid, ...actor.lease, nextGeneration, onFault }, record)
    return actor.account
  }

  const inMailbox = async <T>(actor: Actor, jid: BareJid, work: (a: Account | undefined) => Promise<T>): Promise<T> => {
    actor.waiting++
    try {
      return await actor.mailbox.run(async () => {
        const account = await wake(actor, jid)
        if (account) account.touchedAt = clock.now()
        return work(account)
      })
    } finally {
      actor.waiting--
      if (actor.waiting === 0 && actor.account === undefined && actors.get(jid) === actor) actors.delete(jid)
    }
  }

  const run: Actors['run'] = (lease, jid, task) => {
    const actor = actorOf(lease, jid)
    if (actor.account === undefined || !actor.mailbox.idle()) return inTurn(actor, jid, task)
    actor.account.touchedAt = clock.now()
    return task(actor.account)
  }

  const inTurn = async (actor: Actor, jid: BareJid, task: Task): Promise<void> => {
    const { durable } = await inMailbox(actor, jid, async (account) => ({ durable: task(account) }))
    return durable
  }

  return {
    run,
    hold: async (lease, jid, work) => {
      await inMailbox(actorOf(lease, jid), jid, async (account) => account && work(account))
    },
    each: (part, deed) => {
      for (const [jid, { lease }] of actors) {
        if (lease.part !== part) continue
        const done = run(lease, jid, (account) => account && deed(account))
        done?.catch((fault: unknown) => {
          if (!(fault instanceof NotOwner)) onFault(fault)
        })
      }
    },
    count: () => actors.size,
    awake: () => [...actors.values()].flatMap(({ account }) => account ?? []),
    forget: (jid) => {
      const actor = actors.get(jid)
      if (actor === undefined) return
      actor.account = undefined
      if (actor.waiting === 0) actors.delete(jid)
    },
    forgetPartition: (part) => {
      const gone: Account[] = []
      for (const [jid, { lease, account }] of actors) {
        if (lease.part !== part) continue
        actors.delete(jid)
        if (account) gone.push(account)
      }
      return gone
    },
    sleep: (touchedBefore) => {
      for (const [jid, { account, waiting }] of actors) {
        if (account === undefined || account.sessions.size > 0 || account.touchedAt >= touchedBefore) continue
        if (waiting === 0 && account.outbox.empty() && !account.confirmationDue) actors.delete(jid)
      }
    },
  }
}
