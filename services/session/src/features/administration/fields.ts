import { type BareJid, isBare } from '@jabiru/jid'
import { commandRefusal, type Form, type FormField, type Submission } from '@jabiru/protocol'

/** XEP-0133 §8.2: what the fields of these commands are standardized under. */
export const NS_ADMIN = 'http://jabber.org/protocol/admin'

const FORM_TYPE: FormField = { var: 'FORM_TYPE', type: 'hidden', values: [NS_ADMIN] }

/** Accounts that one command names. */
const MOST_ACCOUNTS = 100

export const formOf = (title: string, instructions: string, fields: readonly FormField[]): Form => ({
  type: 'form',
  title,
  instructions: [instructions],
  fields: [FORM_TYPE, ...fields],
})

export const resultOf = (...fields: readonly FormField[]): Form => ({ type: 'result', fields: [FORM_TYPE, ...fields] })

/** The fields that name accounts. */
export const oneAccount = (label: string): FormField => ({
  var: 'accountjid',
  type: 'jid-single',
  label,
  required: true,
  values: [],
})
export const accounts = (label: string): FormField => ({
  var: 'accountjids',
  type: 'jid-multi',
  label,
  required: true,
  values: [],
})
export const password = (name: string, label: string): FormField => ({
  var: name,
  type: 'text-private',
  label,
  required: true,
  values: [],
})

/** The account that was named. Throws Refusal for an address of something else. */
export function accountIn(form: Submission | undefined): BareJid {
  const [jid] = form?.jids('accountjid') ?? []
  if (jid === undefined || !isBare(jid))
    throw commandRefusal('bad-payload', 'accountjid is an address like user@domain')
  return jid
}

/** The accounts that were named. Throws Refusal. */
export function accountsIn(form: Submission | undefined): readonly BareJid[] {
  const jids = form?.jids('accountjids') ?? []
  if (jids.length > MOST_ACCOUNTS) throw commandRefusal('bad-payload', `no more than ${MOST_ACCOUNTS} at once`)
  return jids.map((jid) => {
    if (!isBare(jid)) throw commandRefusal('bad-payload', 'accountjids are addresses like user@domain')
    return jid
  })
}
