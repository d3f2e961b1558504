import { type Jid, JidError, parseJid } from '@jabiru/jid'
import { NS_MAM } from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import { child, children, type Element, el, textOf } from '@jabiru/xml'

/** XEP-0441 §2.1.1: what is archived of whom neither list names. */
export const POLICIES = ['always', 'never', 'roster'] as const
export type Policy = (typeof POLICIES)[number]

/** What an account wants archived. XEP-0441. */
export interface Preferences {
  readonly policy: Policy
  readonly always: readonly Jid[]
  readonly never: readonly Jid[]
}

/** Of an account that has said nothing. */
export const UNSAID: Preferences = { policy: 'always', always: [], never: [] }

/** What `<prefs/>` sets; whom both lists name is never archived. Throws Refusal. */
export function parsePreferences(prefs: Element, most: number): Preferences {
  const policy = POLICIES.find((known) => known === prefs.attrs['default'])
  if (policy === undefined) throw new Refusal('bad-request', { text: 'default is always, never or roster' })
  const never = jidsOf(child(prefs, 'never'))
  const always = jidsOf(child(prefs, 'always')).filter((jid) => !never.includes(jid))
  if (always.length + never.length > most)
    throw new Refusal('not-acceptable', { text: `the lists hold no more than ${most} addresses` })
  return { policy, always, never }
}

/** XEP-0441 §2.1.2, §2.1.3: a list that is missing is empty. */
function jidsOf(list: Element | undefined): readonly Jid[] {
  if (list === undefined) return []
  const jids = children(list).flatMap((e) => (e.name === 'jid' && e.ns === NS_MAM ? [addressOf(textOf(e).trim())] : []))
  return [...new Set(jids)]
}

function addressOf(text: string): Jid {
  try {
    return parseJid(text)
  } catch (fault) {
    if (fault instanceof JidError) throw new Refusal('bad-request', { text: 'a list names what is no address' })
    throw fault
  }
}

/** XEP-0441 §2.1: both lists are there, empty ones too. */
export function renderPreferences({ policy, always, never }: Preferences): Element {
  const list = (name: string, jids: readonly Jid[]) =>
    el(name, NS_MAM, {}, ...jids.map((jid) => el('jid', NS_MAM, {}, jid)))
  return el('prefs', NS_MAM, { default: policy }, list('always', always), list('never', never))
}
