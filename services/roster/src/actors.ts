import { type Clock, createMailbox, type Mailbox } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import { StoreUnavailable } from '@jabiru/store'
import { type Held, NotOwner } from '@jabiru/wire'
import type { Decision } from './decision.ts'
import { apply, type Change, type Roster } from './roster.ts'
import { createSpeech, type Saying, type Speech } from './speech.ts'
import type { RosterStore } from './store/store.ts'

interface Actor {
  readonly mailbox: Mailbox
  readonly speech: Speech
  readonly lease: Held
  roster: Roster | undefined
  touchedAt: number
}

export interface ActorsDeps {
  readonly store: RosterStore
  readonly clock: Clock
  /** Whether the lease stands at this very moment. */
  readonly owns: (lease: Held) => boolean
  readonly sayings: (owner: BareJid, decision: Decision) => readonly Saying[]
  readonly onFault: (fault: unknown) => void
}

/** May ask something first; the mailbox waits. */
export type Deciding = (roster: Roster) => Decision | Promise<Decision>

/** Accounts of the partitions that this process owns, each with one mailbox, woken from the store on first use. */
export interface Actors {
  /**
   * Decides in the account's mailbox, commits what changes and says what is said. Settles when that is committed by
   * those who hear it. Nothing happens where there is no such account. Rejects with what `decide` throws, and with
   * NotOwner when the lease is gone meanwhile.
   */
  readonly decide: (lease: Held, owner: BareJid, decide: Deciding) => Promise<void>
  /** The roster as it is committed, without waiting for what is being said; undefined where there is no such account. */
  readonly peek: (lease: Held, owner: BareJid) => Promise<Roster | undefined>
  /** Does the work, again and again while the database is away. Rejects with NotOwner when the lease is gone meanwhile. */
  readonly patiently: <T>(lease: Held, work: () => Promise<T>) => Promise<T>
  /** Forgets the account and everything of it, after saying what `decide` wants said. */
  readonly erase: (lease: Held, owner: BareJid, decide: (roster: Roster) => Decision) => Promise<void>
  readonly forgetPartition: (part: number) => void
  /** Puts to sleep what was not touched since. */
  readonly sleep: (touchedBefore: number) => void
}

/** How long between two tries while the database is away. */
const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 2000

export function createActors({ store, clock, owns, sayings, onFault }: ActorsDeps): Actors {
  const actors = new Map<BareJid, Actor>()

  const actorOf = (lease: Held, owner: BareJid): Actor => {
    const known = actors.get(owner)
    if (known?.lease.token === lease.token) return known
    const speech = createSpeech(onFault)
    const fresh: Actor = { mailbox: createMailbox(), speech, lease, roster: undefined, touchedAt: 0 }
    actors.set(owner, fresh)
    return fresh
  }

  const pause = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve))

  const patiently: Actors['patiently'] = async (lease, work) => {
    for (let tries = 0; ; tries++) {
      if (!owns(lease)) throw new NotOwner(`partition ${lease.part} is not ours at this moment`)
      try {
        return await work()
      } catch (fault) {
        if (!(fault instanceof StoreUnavailable)) throw fault
        onFault(fault)
        await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries))
      }
    }
  }

  /** The same change may be committed twice, so whatever became of the first try the next one settles it. */
  const persist = async (lease: Held, commit: () => Promise<'written' | 'fenced'>): Promise<void> => {
    if ((await patiently(lease, commit)) === 'fenced') throw new NotOwner(`partition ${lease.part} has another owner`)
  }

  const wake = async (actor: Actor, owner: BareJid): Promise<Roster | undefined> => {
    actor.touchedAt = clock.now()
    // What a contact has sent is not sent again: it waits, as its sender's count does.
    actor.roster ??= await patiently(actor.lease, () => store.read(owner))
    if (actors.get(owner) !== actor) throw new NotOwner(`${owner} has moved`)
    if (actor.roster === undefined) actors.delete(owner)
    return actor.roster
  }

  const commit = async (actor: Actor, owner: BareJid, roster: Roster, change: Change | undefined): Promise<void> => {
    if (change === undefined) return
    await persist(actor.lease, () => store.write(actor.lease, owner, change))
    actor.roster = apply(roster, change)
  }

  const decide: Actors['decide'] = async (lease, owner, decideWith) => {
    const actor = actorOf(lease, owner)
    // What is said is waited for outside the mailbox: those who hear it may have a question.
    const { durable } = await actor.mailbox.run(async () => {
      const roster = await wake(actor, owner)
      if (roster === undefined) return { durable: Promise.resolve() }
      const decision = await decideWith(roster)
      await commit(actor, owner, roster, decision.change)
      return { durable: actor.speech.add(sayings(owner, decision)) }
    })
    return durable
  }

  return {
    decide,
    patiently,
    peek: (lease, owner) => {
      const actor = actorOf(lease, owner)
      return actor.mailbox.run(() => wake(actor, owner))
    },
    erase: async (lease, owner, decideWith) => {
      const actor = actorOf(lease, owner)
      const { durable } = await actor.mailbox.run(async () => {
        const decision = decideWith(await patiently(lease, () => store.remains(owner)))
        return { durable: actor.speech.add(sayings(owner, decision)) }
      })
      // Who dies before everybody has heard it leaves what the next owner needs to say it again.
      await durable
      await actor.mailbox.run(async () => {
        await persist(lease, () => store.erase(lease, owner))
        actors.delete(owner)
      })
    },
    forgetPartition: (part) => {
      for (const [owner, { lease }] of actors) if (lease.part === part) actors.delete(owner)
    },
    sleep: (touchedBefore) => {
      for (const [owner, { mailbox, speech, touchedAt }] of actors) {
        if (touchedAt < touchedBefore && mailbox.idle() && speech.idle()) actors.delete(owner)
      }
    },
  }
}
