import { bareOf, resourceOf } from '@jabiru/jid'
import {
  type FieldType,
  type Form,
  NS_MAM,
  parseDateTime,
  readSubmission,
  renderForm,
  type Submission,
  type Validation,
} from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import { type Element, el } from '@jabiru/xml'
import type { Filter } from './query.ts'

/** So many ids may be asked for at once. */
const MOST_IDS = 500

/** XEP-0313 §4.1: a field, its type in the form (§4.1.5), and what it says of the messages that are wanted. */
interface Field {
  readonly var: string
  readonly type: FieldType
  readonly validation?: Validation
  readonly read: (given: Submission, name: string) => Filter
}

/** XEP-0313 §4.1.1: a bare address matches each of its resources. */
function readWith(given: Submission, name: string): Filter {
  const [jid] = given.jids(name)
  return jid === undefined ? {} : { with: { peer: bareOf(jid), resource: resourceOf(jid) } }
}

const readTime = (key: 'start' | 'end') => (given: Submission, name: string) => {
  const value = given.value(name)
  if (value === undefined) return {}
  const at = parseDateTime(value.trim())
  if (at === undefined) throw new Refusal('bad-request', { text: `${name} is no date and time of XEP-0082` })
  return { [key]: at }
}

const readId = (key: 'afterId' | 'beforeId') => (given: Submission, name: string) => {
  const value = given.value(name)
  return value === undefined ? {} : { [key]: value }
}

function readIds(given: Submission, name: string): Filter {
  const ids = given.values(name)
  if (ids.length > MOST_IDS)
    throw new Refusal('not-acceptable', { text: `no more than ${MOST_IDS} ids can be asked for at once` })
  return ids.length === 0 ? {} : { ids }
}

/** XEP-0313 §4.1.4: groupchat is never in a user's archive here, so that either answer is the same. */
const readGroupchat = (): Filter => ({})

/** XEP-0122 §3.2.2: any value. */
const OPEN: Validation = { datatype: 'xs:string', method: { by: 'open' } }

const FIELDS: readonly Field[] = [
  { var: 'with', type: 'jid-single', read: readWith },
  { var: 'start', type: 'text-single', read: readTime('start') },
  { var: 'end', type: 'text-single', read: readTime('end') },
  { var: 'before-id', type: 'text-single', read: readId('beforeId') },
  { var: 'after-id', type: 'text-single', read: readId('afterId') },
  { var: 'ids', type: 'list-multi', validation: OPEN, read: readIds },
  { var: 'include-groupchat', type: 'boolean', read: readGroupchat },
]

const FORM: Form = {
  type: 'form',
  fields: [
    { var: 'FORM_TYPE', type: 'hidden', values: [NS_MAM] },
    ...FIELDS.map(({ var: name, type, validation }) => ({
      var: name,
      type,
      values: [],
      ...(validation === undefined ? {} : { validation }),
    })),
  ],
}

/** What a submitted form asks for. Throws Refusal. */
export function parseFilter(x: Element): Filter {
  const given = readSubmission(FORM, x, {
    condition: 'bad-request',
    needsFormType: true,
    onUnknown: () => {
      // XEP-0313 §4.1.5: a field that the server does not recognise.
      throw new Refusal('feature-not-implemented', { text: 'a field of the form is not known' })
    },
  })
  return Object.assign({}, ...FIELDS.map(({ var: name, read }) => read(given, name)))
}

/** XEP-0313 §4.1.5: the fields there are. That of the ids is open to any value (XEP-0122). */
export function renderQueryForm(): Element {
  return el('query', NS_MAM, {}, renderForm(FORM))
}
