import { setTimeout as passes } from 'node:timers/promises'
import { contactsOf } from '../figures/groups.ts'
import { dismiss, each, enter, gather } from './crowd.ts'
import { attributeAt } from './frames.ts'
import type { Job, Outcome } from './job.ts'
import { type Hear, type Line, send } from './line.ts'
import { between, outcomeOf, read } from './meter.ts'

const USERS = 500
const GROUP = 50
/** Presences that a user is to see: of his contacts, and his own. */
const SEEN_BY_EACH = contactsOf(0, { users: USERS, groupOf: GROUP }).length + 1

/** Who has seen whose presence. */
interface Sight {
  readonly hear: Hear
  /** Settles when everybody has seen what there is to see. */
  readonly all: Promise<undefined>
}

/** Waits for everybody to see all contacts and himself with this status; of any status where none is given. */
function watch(status?: string): Sight {
  const seen = Array.from({ length: USERS }, () => new Set<string>())
  const all = Promise.withResolvers<undefined>()
  let left = USERS * SEEN_BY_EACH
  const hear: Hear = (line, name, text, start, end) => {
    if (name !== 'presence' || attributeAt(text, 'type', start, end) !== undefined) return
    if (status !== undefined) {
      const at = text.indexOf(status, start)
      if (at === -1 || at > end) return
    }
    const from = attributeAt(text, 'from', start, end) ?? ''
    const own = seen[line.user]
    if (own === undefined || own.has(from)) return
    own.add(from)
    left--
    if (left === 0) all.resolve(undefined)
  }
  return { hear, all: all.promise }
}

/** All log in at once; it is over when everybody has seen everybody. */
export async function loginStorm(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const sight = watch()
  const lines: Line[] = []
  let refused = 0
  const before = read(job.root)
  await each(USERS, USERS, async (n) => {
    for (;;)
      try {
        lines[n] = await enter(job, n, { onFault: (fault) => faults.push(fault), hear: sight.hear })
        return
      } catch (error) {
        // RFC 6120 §6.5.11: to be tried again later.
        if (!String(error).includes('temporary-auth-failure')) throw error
        refused++
      }
  })
  if (refused > 0) faults.push(`${refused} logins had to be tried again`)
  await sight.all
  const used = between(before, read(job.root))
  dismiss(lines)
  return outcomeOf(USERS, used, faults)
}

/** All are there, and all change their presence at once, again and again; each time until everybody has seen it. */
export async function presenceStorm(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const first = watch()
  const lines = await gather(job, USERS, { onFault: (fault) => faults.push(fault), hear: first.hear })
  await first.all
  await passes(SETTLE_MS)
  let round = 0
  const change = async () => {
    const status = `round ${round++}.`
    const sight = watch(status)
    for (const line of lines) {
      line.hear = sight.hear
      send(line, `<presence><status>${status}</status></presence>`)
    }
    await sight.all
  }
  await change()
  const before = read(job.root)
  const began = round
  while (performance.now() - before.at < job.seconds * 1000) await change()
  const used = between(before, read(job.root))
  const presences = (round - began) * USERS * SEEN_BY_EACH
  dismiss(lines)
  return outcomeOf(presences, used, faults)
}

/** What the logins have left to do. */
const SETTLE_MS = 2_000
