import { type Jid, JidError, parseJid } from '@jabiru/jid'
import { type Condition, Refusal } from '@jabiru/stanza'
import { children, type Element } from '@jabiru/xml'
import { type FieldType, type Form, type FormField, formTypeOf, NS_FORMS, parseForm } from './form.ts'
import { countFaultOf, faultOf, isOpen } from './validation.ts'

/** What was filled in, by the names of the fields: each value as its field has it, addresses in canonical form. */
export interface Submission {
  /** The fields that were given, those without a value among them. */
  readonly names: readonly string[]
  readonly values: (name: string) => readonly string[]
  /** The first value. */
  readonly value: (name: string) => string | undefined
  readonly flag: (name: string) => boolean | undefined
  readonly jids: (name: string) => readonly Jid[]
}

export interface ReadingOptions {
  /** What a form is refused with; `not-acceptable` unless given (XEP-0004 §4). */
  readonly condition?: Condition
  /** Whether the submission has to name its FORM_TYPE; otherwise it may leave it out (XEP-0068 §4.1). */
  readonly needsFormType?: boolean
  /** Called for a field that was not offered. Otherwise it is left out, as XEP-0004 §3.1 has it. */
  readonly onUnknown?: (name: string) => void
}

/** Fields of a submission, and values of them all. */
const MOST_FIELDS = 256
const MOST_VALUES = 2_048

/** XEP-0004 §3.2: of these types alone a field may have several values. */
const MULTI: readonly FieldType[] = ['hidden', 'jid-multi', 'list-multi', 'text-multi']
/** XEP-0004 §3.6: of these an empty value is none. */
const CHOSEN: readonly FieldType[] = ['boolean', 'list-single', 'list-multi']

/** Reads a submitted form against the one that was offered. Throws Refusal. XEP-0004, XEP-0068, XEP-0122. */
export function readSubmission(offered: Form, x: Element, options: ReadingOptions = {}): Submission {
  const bad = (text: string) => new Refusal(options.condition ?? 'not-acceptable', { text })
  // Counted before it is looked at.
  const count = (of: readonly Element[], most: number, what: string) => {
    if (of.length > most) throw bad(`a form has no more than ${most} ${what}`)
    return of
  }
  const fields = count(children(x), MOST_FIELDS, 'fields')
  count(fields.flatMap(children), MOST_VALUES, 'values')
  if (x.ns !== NS_FORMS || x.attrs['type'] !== 'submit') throw bad('a form is to be submitted')
  const given = named(parseForm(x), bad)
  checkFormType(offered, given.get('FORM_TYPE')?.values[0], options, bad)

  const known = new Map(offered.fields.flatMap((field) => (isAsked(field) ? [[field.var, field] as const] : [])))
  for (const name of given.keys()) if (!known.has(name) && name !== 'FORM_TYPE') options.onUnknown?.(name)
  const read = new Map<string, readonly string[]>()
  for (const [name, field] of known) {
    const found = given.get(name)
    const values = readField(field, name, found?.values ?? [], bad)
    if (found !== undefined) read.set(name, values)
  }

  const values = (name: string) => read.get(name) ?? []
  return {
    names: [...read.keys()],
    values,
    value: (name) => values(name)[0],
    flag: (name) => values(name).map((value) => value === 'true')[0],
    jids: (name) => values(name).map(parseJid),
  }
}

type Bad = (text: string) => Refusal
type Asked = FormField & { readonly var: string }

const isAsked = (field: FormField): field is Asked =>
  field.var !== undefined && field.var !== 'FORM_TYPE' && field.type !== 'fixed'

function named({ fields }: Form, bad: Bad): ReadonlyMap<string, FormField> {
  const given = new Map<string, FormField>()
  for (const field of fields) {
    if (field.var === undefined) {
      if (field.type === 'fixed') continue
      throw bad('a field has a var') // XEP-0004 §3.2
    }
    if (given.has(field.var)) throw bad('a field is given once')
    given.set(field.var, field)
  }
  return given
}

/** XEP-0068 §4. */
function checkFormType(offered: Form, given: string | undefined, { needsFormType }: ReadingOptions, bad: Bad): void {
  const wanted = formTypeOf(offered)
  if (wanted === undefined || given === wanted || (given === undefined && needsFormType !== true)) return
  throw bad(`the FORM_TYPE is ${wanted}`)
}

function readField(field: Asked, name: string, given: readonly string[], bad: Bad): readonly string[] {
  const { type = 'text-single' } = field
  const wrong = (text: string) => bad(`${name} ${text}`)
  if (given.length > 1 && !MULTI.includes(type)) throw wrong('has one value')
  const values = CHOSEN.includes(type) ? given.filter((value) => value !== '') : given
  if (field.required === true && !values.some((value) => value !== '')) throw wrong('is required')
  validate(field, values, wrong)
  if (type === 'boolean') return values.map((value) => flagOf(value, wrong))
  // XEP-0004 §3.3: the same address twice is one.
  if (type === 'jid-single' || type === 'jid-multi') return [...new Set(values.map((value) => addressOf(value, wrong)))]
  if (type !== 'list-single' && type !== 'list-multi') return values
  const options = new Set(field.options?.map((option) => option.value))
  if (!isOpen(field.validation) && values.some((value) => !options.has(value))) throw wrong('is none of the options')
  return [...new Set(values)]
}

function validate({ type, validation, required }: Asked, given: readonly string[], wrong: Bad): void {
  if (validation === undefined) return
  const values = required === true ? given : given.filter((value) => value !== '')
  // XEP-0122 §3.2.2: lines are one text, unless the field is open.
  const texts = type === 'text-multi' && !isOpen(validation) && values.length > 0 ? [values.join('\n')] : values
  const faults = texts.flatMap((value) => faultOf(validation, value) ?? [])
  const countFault = type === 'list-multi' ? countFaultOf(validation, values.length) : undefined
  const [fault = countFault] = faults
  if (fault !== undefined) throw wrong(fault)
}

/** XEP-0004 §3.3: the lexical forms of xs:boolean. */
function flagOf(value: string, wrong: Bad): string {
  if (value === 'true' || value === '1') return 'true'
  if (value === 'false' || value === '0') return 'false'
  throw wrong('is true or false')
}

function addressOf(value: string, wrong: Bad): string {
  try {
    return parseJid(value)
  } catch (fault) {
    if (fault instanceof JidError) throw wrong('is no address')
    throw fault
  }
}
