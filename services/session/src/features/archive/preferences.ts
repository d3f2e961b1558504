import { type BareJid, bareOf, type DomainJid, type Jid } from '@jabiru/jid'

/** What an account wants archived, as whoever writes its archive needs it. XEP-0441. */
export interface Wanted {
  /** Of whom neither list names. */
  readonly policy: 'always' | 'never' | 'roster'
  readonly always: ReadonlySet<Jid>
  readonly never: ReadonlySet<Jid>
  /** Who is in its roster, where the policy asks for that. */
  readonly contacts: Set<BareJid | DomainJid>
}

const NOBODY: ReadonlySet<Jid> = new Set()

/** Of an account that has said nothing. */
export const EVERYTHING_WANTED: Wanted = { policy: 'always', always: NOBODY, never: NOBODY, contacts: new Set() }

/** XEP-0441 §2.3: whether messages to or from an address are to be archived. Whom both lists name is never. */
export function isWanted({ policy, always, never, contacts }: Wanted, peer: Jid): boolean {
  const bare = bareOf(peer)
  const names = (list: ReadonlySet<Jid>) => list.has(peer) || list.has(bare)
  if (names(never)) return false
  if (names(always)) return true
  return policy === 'roster' ? contacts.has(bare) : policy === 'always'
}

/** An item of the roster is another one now. */
export function noteContact({ policy, contacts }: Wanted, contact: BareJid | DomainJid, isThere: boolean): void {
  if (policy !== 'roster') return
  if (isThere) contacts.add(contact)
  else contacts.delete(contact)
}
