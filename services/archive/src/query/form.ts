import { bareOf, type Jid, JidError, parseJid, resourceOf } from '@jabiru/jid'
import { type Form, type FormField, formTypeOf, NS_FORMS, NS_MAM, parseDateTime, parseForm } from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import type { Filter } from './query.ts'

/** So many ids may be asked for at once. */
const MOST_IDS = 500

const BOOLEANS = ['true', 'false', '1', '0']

const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate'

/** XEP-0313 §4.1: a field, its type in the form (§4.1.5), and what it says of the messages that are wanted. */
interface Field {
  readonly var: string
  readonly type: string
  readonly read: (values: readonly string[], name: string) => Filter
}

const bad = (text: string) => new Refusal('bad-request', { text })

/** The value of a field that has no more than one. */
function only([value, ...more]: readonly string[], name: string): string | undefined {
  if (more.length > 0) throw bad(`${name} has one value`)
  return value
}

function addressOf(text: string): Jid {
  try {
    return parseJid(text)
  } catch (fault) {
    if (fault instanceof JidError) throw bad('with is no address')
    throw fault
  }
}

/** XEP-0313 §4.1.1: a bare address matches each of its resources. */
function readWith(values: readonly string[], name: string): Filter {
  const value = only(values, name)
  if (value === undefined) return {}
  const jid = addressOf(value)
  return { with: { peer: bareOf(jid), resource: resourceOf(jid) } }
}

const readTime = (key: 'start' | 'end') => (values: readonly string[], name: string) => {
  const value = only(values, name)
  if (value === undefined) return {}
  const at = parseDateTime(value.trim())
  if (at === undefined) throw bad(`${name} is no date and time of XEP-0082`)
  return { [key]: at }
}

const readId = (key: 'afterId' | 'beforeId') => (values: readonly string[], name: string) => {
  const value = only(values, name)
  return value === undefined ? {} : { [key]: value }
}

function readIds(values: readonly string[]): Filter {
  if (values.length > MOST_IDS)
    throw new Refusal('not-acceptable', { text: `no more than ${MOST_IDS} ids can be asked for at once` })
  return values.length === 0 ? {} : { ids: [...new Set(values)] }
}

/** XEP-0313 §4.1.4: groupchat is never in a user's archive here, so that either answer is the same. */
function readGroupchat(values: readonly string[], name: string): Filter {
  const value = only(values, name)
  if (value !== undefined && !BOOLEANS.includes(value)) throw bad(`${name} is true or false`)
  return {}
}

const FIELDS: readonly Field[] = [
  { var: 'with', type: 'jid-single', read: readWith },
  { var: 'start', type: 'text-single', read: readTime('start') },
  { var: 'end', type: 'text-single', read: readTime('end') },
  { var: 'before-id', type: 'text-single', read: readId('beforeId') },
  { var: 'after-id', type: 'text-single', read: readId('afterId') },
  { var: 'ids', type: 'list-multi', read: readIds },
  { var: 'include-groupchat', type: 'boolean', read: readGroupchat },
]

/** What a submitted form asks for. Throws Refusal. */
export function parseFilter(x: Element): Filter {
  const form = parseForm(x)
  if (form.type !== 'submit') throw bad('the form of a query is submitted')
  if (formTypeOf(form) !== NS_MAM) throw bad(`the FORM_TYPE of a query is ${NS_MAM}`)
  const given = namedFields(form)
  return Object.assign({}, ...given.map(readField))
}

function namedFields({ fields }: Form): readonly (FormField & { var: string })[] {
  const given = fields.flatMap((field) =>
    field.var === undefined || field.var === 'FORM_TYPE' ? [] : [{ ...field, var: field.var }],
  )
  if (new Set(given.map((field) => field.var)).size < given.length) throw bad('a field is given once')
  return given
}

function readField({ var: name, values }: FormField & { var: string }): Filter {
  const field = FIELDS.find((known) => known.var === name)
  // XEP-0313 §4.1.5: a field that the server does not recognise.
  if (field === undefined) throw new Refusal('feature-not-implemented', { text: 'a field of the form is not known' })
  return field.read(values, name)
}

/** XEP-0313 §4.1.5: the fields there are. That of the ids is open to any value (XEP-0122). */
export function renderQueryForm(): Element {
  const open = el('validate', NS_VALIDATE, { datatype: 'xs:string' }, el('open', NS_VALIDATE))
  const type = el('field', NS_FORMS, { type: 'hidden', var: 'FORM_TYPE' }, el('value', NS_FORMS, {}, NS_MAM))
  const fields = FIELDS.map((field) =>
    el('field', NS_FORMS, { type: field.type, var: field.var }, field.type === 'list-multi' ? open : undefined),
  )
  return el('query', NS_MAM, {}, el('x', NS_FORMS, { type: 'form' }, type, ...fields))
}
