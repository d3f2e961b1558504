import { type Clock, createMailbox, type Mailbox } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import type { ContactJid, Subscription } from '@jabiru/protocol'
import { type Held, NotOwner } from '@jabiru/wire'
import { type Account, emptyAccount } from './account.ts'
import type { Decision, Out } from './decision.ts'

interface Actor {
  readonly mailbox: Mailbox
  readonly lease: Held
  account: Account | undefined
  touchedAt: number
}

/** What the roster says of an account. */
export interface Contacts {
  readonly ver: number
  readonly items: ReadonlyMap<ContactJid, Subscription>
}

export interface ActorsDeps {
  /** Rejects while nobody answers for the roster. */
  readonly contactsOf: (owner: BareJid) => Promise<Contacts>
  /** Takes over what the roster says now. */
  readonly refresh: (account: Account, contacts: Contacts) => Decision
  readonly say: (out: readonly Out[]) => Promise<void>
  /** Whether the lease stands at this very moment. */
  readonly owns: (lease: Held) => boolean
  readonly clock: Clock
  readonly onFault: (fault: unknown) => void
}

/** Accounts of the partitions that this process owns, each with one mailbox. */
export interface Actors {
  /**
   * Decides in the account's mailbox, waking it first, and says what is said in the order of the mailbox. Settles when
   * that is committed by those who hear it. Rejects with what `decide` throws, and with NotOwner when the lease is gone.
   */
  readonly decide: (lease: Held, owner: BareJid, decide: (account: Account) => Decision) => Promise<void>
  /** The same, after asking the roster again. */
  readonly decideAfresh: (lease: Held, owner: BareJid, decide: (account: Account) => Decision) => Promise<void>
  /** Forgets an account after saying what `decide` wants said. */
  readonly remove: (lease: Held, owner: BareJid, decide: (account: Account) => readonly Out[]) => Promise<void>
  readonly forgetPartition: (part: number) => void
  /** Forgets accounts of which nobody is there and that were not touched since. */
  readonly sleep: (touchedBefore: number) => void
}

/** How long between two questions to a roster that does not answer. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000

export function createActors({ contactsOf, refresh, say, owns, clock, onFault }: ActorsDeps): Actors {
  const actors = new Map<BareJid, Actor>()

  const actorOf = (lease: Held, owner: BareJid): Actor => {
    const known = actors.get(owner)
    if (known?.lease.token === lease.token) return known
    const fresh: Actor = { mailbox: createMailbox(), lease, account: undefined, touchedAt: 0 }
    actors.set(owner, fresh)
    return fresh
  }

  const pause = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve))

  const contacts = async (actor: Actor, owner: BareJid): Promise<Contacts> => {
    for (let tries = 0; ; tries++) {
      try {
        return await contactsOf(owner)
      } catch (fault) {
        onFault(fault)
        await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries))
      }
      if (!owns(actor.lease)) throw new NotOwner(`partition ${actor.lease.part} is not ours at this moment`)
    }
  }

  const wake = async (actor: Actor, owner: BareJid): Promise<Account> => {
    actor.touchedAt = clock.now()
    if (actor.account !== undefined) return actor.account
    const { items, ver } = await contacts(actor, owner)
    if (actors.get(owner) !== actor || !owns(actor.lease)) throw new NotOwner(`${owner} has moved`)
    actor.account = emptyAccount(owner, items, ver)
    return actor.account
  }

  const wakeAfresh = async (actor: Actor, owner: BareJid): Promise<Decision> => {
    const asleep = actor.account === undefined
    const account = await wake(actor, owner)
    if (asleep) return { account, out: [] }
    const now = await contacts(actor, owner)
    if (actors.get(owner) !== actor || !owns(actor.lease)) throw new NotOwner(`${owner} has moved`)
    return refresh(account, now)
  }

  const decideFrom =
    (start: (actor: Actor, owner: BareJid) => Promise<Decision>): Actors['decide'] =>
    async (lease, owner, decide) => {
      const actor = actorOf(lease, owner)
      // What is said is waited for outside the mailbox, which others may need in order to commit it.
      const { durable } = await actor.mailbox.run(async () => {
        const before = await start(actor, owner)
        const { account, out } = decide(before.account)
        actor.account = account
        return { durable: say([...before.out, ...out]) }
      })
      return durable
    }

  return {
    decide: decideFrom(async (actor, owner) => ({ account: await wake(actor, owner), out: [] })),
    decideAfresh: decideFrom(wakeAfresh),
    remove: async (lease, owner, decideWith) => {
      const actor = actorOf(lease, owner)
      const { durable } = await actor.mailbox.run(() => {
        const out = actor.account === undefined ? [] : decideWith(actor.account)
        actors.delete(owner)
        return { durable: say(out) }
      })
      return durable
    },
    forgetPartition: (part) => {
      for (const [owner, { lease }] of actors) if (lease.part === part) actors.delete(owner)
    },
    sleep: (touchedBefore) => {
      for (const [owner, { mailbox, account, touchedAt }] of actors) {
        if (account !== undefined && account.resources.size > 0) continue
        if (touchedAt < touchedBefore && mailbox.idle()) actors.delete(owner)
      }
    },
  }
}
