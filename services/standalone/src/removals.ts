import type { Bus } from '@jabiru/bus'
import type { Clock, Timer } from '@jabiru/cluster'
import { type BareJid, parseBareJid } from '@jabiru/jid'
import type { Log, Service } from '@jabiru/runtime'
import { beginRemoval, type Database, endRemoval, removeMarked, unfinishedRemovals } from '@jabiru/store'
import { type Endpoint, type Group, subjects } from '@jabiru/wire'

export interface RemovalsDeps {
  readonly bus: Pick<Bus, 'subscribe'>
  readonly endpoint: Pick<Endpoint, 'send' | 'partitionOf'>
  readonly database: Pick<Database, 'query'>
  readonly clock: Clock
  readonly log: Pick<Log, 'debug'>
}

/** How an account ends, where services run. */
export interface Removals {
  /** Settles when nothing of the account is left. False where there is no such account. */
  readonly remove: (account: BareJid) => Promise<boolean>
  /** While this runs, removals that others have begun and not finished are finished here. */
  readonly finishing: () => Service
}

/** What a process that died has left is found after so long. */
const LOOK_MS = 30_000

/**
 * An account ends whole, and in steps that can be repeated: it is marked, then its sessions end, its contacts are told, its rows
 * are deleted, and the mark goes last. Who finds a mark begins with the first step again; two at once do no harm.
 */
export function createRemovals({ bus, endpoint, database, clock, log }: RemovalsDeps): Removals {
  const tell = (group: Group, account: BareJid) =>
    endpoint.send(group, endpoint.partitionOf(account), { k: 'account-removed', account })

  const finish = async (account: BareJid): Promise<void> => {
    // Nothing is added any more when the roster says farewell, and it does while it is there.
    await tell('session', account)
    await tell('presence', account)
    await tell('roster', account)
    await removeMarked(database, account)
    // Who was logging in at that moment, and what was on its way into the archive.
    await tell('session', account)
    await removeMarked(database, account)
    await endRemoval(database, account)
  }

  const remove = async (account: BareJid): Promise<boolean> => {
    if (!(await beginRemoval(database, account))) return false
    await finish(account)
    return true
  }

  const finishing = (): Service => {
    let timer: Timer | undefined
    let isOpen = true
    const look = async (): Promise<void> => {
      for (const jid of await unfinishedRemovals(database)) {
        if (!isOpen) return
        await finish(parseBareJid(jid))
      }
    }
    const again = (): void => {
      timer?.cancel()
      timer = clock.setTimer(LOOK_MS, again)
      look().catch((err: unknown) => log.debug({ err }, 'removal_unfinished'))
    }
    const asked = bus.subscribe(subjects.removals, again, { queue: 'auth' })
    return {
      name: 'removals',
      ready: () => {
        again()
        return Promise.resolve()
      },
      [Symbol.asyncDispose]: () => {
        isOpen = false
        timer?.cancel()
        asked.unsubscribe()
        return Promise.resolve()
      },
    }
  }

  return { remove, finishing }
}
