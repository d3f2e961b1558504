import type { BareJid } from '@jabiru/jid'
import { Refusal } from '@jabiru/stanza'
import type { AccountReply } from '@jabiru/wire'
import { notDone, unusablePassword } from '../../auth.ts'
import type { Outcome } from '../commands/command.ts'

const REFUSALS: Readonly<Record<Exclude<AccountReply, 'done'>, () => Refusal>> = {
  unusable: unusablePassword,
  gone: () => new Refusal('item-not-found', { text: 'there is no such account' }),
  exists: () => new Refusal('conflict', { text: 'there is such an account' }),
  foreign: () => new Refusal('not-acceptable', { text: 'accounts of that domain do not live here' }),
  limited: notDone,
  failed: notDone,
}

/** Throws Refusal for what was not done. XEP-0133 §5. */
export function mustBeDone(reply: AccountReply): void {
  if (reply !== 'done') throw REFUSALS[reply]()
}

/**
 * Does it with one account after the other. Throws the first Refusal where none could be done; where some could, there
 * is a note for each that could not (XEP-0050 §3.6).
 */
export async function forEach(
  accounts: readonly BareJid[],
  deed: (account: BareJid) => Promise<void>,
): Promise<Outcome> {
  const refused: { readonly account: BareJid; readonly fault: Refusal }[] = []
  for (const account of accounts) {
    try {
      await deed(account)
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault
      refused.push({ account, fault })
    }
  }
  const [first] = refused
  if (first !== undefined && refused.length === accounts.length) throw first.fault
  return { notes: refused.map(({ account, fault }) => ({ type: 'error', text: `${account}: ${fault.message}` })) }
}
