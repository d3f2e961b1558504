import { Refusal } from '@jabiru/stanza'
import { child, children, type Element, el, textOf } from '@jabiru/xml'
import { NS_VALIDATE, parseValidation, renderValidation, type Validation } from './validation.ts'

export const NS_FORMS = 'jabber:x:data'

/** XEP-0004 §3.1. */
export const FORM_TYPES = ['form', 'submit', 'cancel', 'result'] as const
export type FormKind = (typeof FORM_TYPES)[number]

/** XEP-0004 §3.3. */
export const FIELD_TYPES = [
  'boolean',
  'fixed',
  'hidden',
  'jid-multi',
  'jid-single',
  'list-multi',
  'list-single',
  'text-multi',
  'text-private',
  'text-single',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export interface FormOption {
  readonly value: string
  readonly label?: string | undefined
}

/** XEP-0004 §3.2. `type` is undefined where it was not given: a submission need not repeat it. */
export interface FormField {
  readonly var?: string | undefined
  readonly type?: FieldType | undefined
  readonly label?: string | undefined
  readonly desc?: string | undefined
  readonly required?: boolean
  readonly values: readonly string[]
  readonly options?: readonly FormOption[]
  /** XEP-0122. */
  readonly validation?: Validation
}

export interface Form {
  readonly type: FormKind
  readonly title?: string | undefined
  readonly instructions?: readonly string[]
  readonly fields: readonly FormField[]
  /** XEP-0004 §3.4: the columns, and below them a list of fields per row. */
  readonly reported?: readonly FormField[]
  readonly items?: readonly (readonly FormField[])[]
}

/** Throws Refusal('bad-request') for a form of no known type. An unknown type of field is text-single (XEP-0004 §3.3). */
export function parseForm(x: Element): Form {
  const type = FORM_TYPES.find((known) => known === x.attrs['type'])
  if (type === undefined) throw new Refusal('bad-request', { text: 'a form has one of four types' })
  const all = children(x).filter((e) => e.ns === NS_FORMS)
  const named = (name: string) => all.filter((e) => e.name === name)
  const [title] = named('title')
  const [reported] = named('reported')
  const items = named('item')
  return {
    type,
    ...(title === undefined ? {} : { title: textOf(title) }),
    ...(named('instructions').length === 0 ? {} : { instructions: named('instructions').map(textOf) }),
    fields: fieldsOf(x),
    ...(reported === undefined ? {} : { reported: fieldsOf(reported) }),
    ...(items.length === 0 ? {} : { items: items.map(fieldsOf) }),
  }
}

function fieldsOf(e: Element): readonly FormField[] {
  return children(e).flatMap((c) => (c.name === 'field' && c.ns === NS_FORMS ? [parseField(c)] : []))
}

function parseField(e: Element): FormField {
  const given = e.attrs['type']
  const desc = child(e, 'desc')
  const options = children(e).filter((c) => c.name === 'option' && c.ns === NS_FORMS)
  const validate = child(e, 'validate', NS_VALIDATE)
  return {
    var: e.attrs['var'],
    type: given === undefined ? undefined : (FIELD_TYPES.find((known) => known === given) ?? 'text-single'),
    label: e.attrs['label'],
    desc: desc === undefined ? undefined : textOf(desc),
    required: child(e, 'required') !== undefined,
    values: children(e).flatMap((c) => (c.name === 'value' && c.ns === NS_FORMS ? [textOf(c)] : [])),
    options: options.map((o) => ({ value: textOf(child(o, 'value')), label: o.attrs['label'] })),
    ...(validate === undefined ? {} : { validation: parseValidation(validate) }),
  }
}

export function renderForm(form: Form): Element {
  return el(
    'x',
    NS_FORMS,
    { type: form.type },
    form.title === undefined ? undefined : el('title', NS_FORMS, {}, form.title),
    ...(form.instructions ?? []).map((line) => el('instructions', NS_FORMS, {}, line)),
    ...form.fields.map(renderField),
    form.reported === undefined ? undefined : el('reported', NS_FORMS, {}, ...form.reported.map(renderField)),
    ...(form.items ?? []).map((fields) => el('item', NS_FORMS, {}, ...fields.map(renderField))),
  )
}

function renderField(field: FormField): Element {
  return el(
    'field',
    NS_FORMS,
    { var: field.var, type: field.type, label: field.label },
    field.desc === undefined ? undefined : el('desc', NS_FORMS, {}, field.desc),
    field.required === true ? el('required', NS_FORMS) : undefined,
    field.validation && renderValidation(field.validation),
    ...field.values.map((value) => el('value', NS_FORMS, {}, value)),
    ...(field.options ?? []).map((o) => el('option', NS_FORMS, { label: o.label }, el('value', NS_FORMS, {}, o.value))),
  )
}

/** The values of a field, or undefined when the form lacks it. */
export function formValues(form: Form, name: string): readonly string[] | undefined {
  return form.fields.find((field) => field.var === name)?.values
}

/** The first value of a field. */
export function formValue(form: Form, name: string): string | undefined {
  return formValues(form, name)?.[0]
}

/** XEP-0068: what the form is about. In a submission the field need not be typed; elsewhere it is hidden (§3.2). */
export function formTypeOf(form: Form): string | undefined {
  const field = form.fields.find((f) => f.var === 'FORM_TYPE')
  if (field === undefined || (field.type !== 'hidden' && form.type !== 'submit')) return undefined
  return field.values[0]
}

/** A submission, as one makes it to a service. */
export function submission(formType: string, values: Readonly<Record<string, string | readonly string[]>>): Form {
  const fields = Object.entries(values).map(([name, value]) => ({
    var: name,
    values: typeof value === 'string' ? [value] : value,
  }))
  return { type: 'submit', fields: [{ var: 'FORM_TYPE', type: 'hidden', values: [formType] }, ...fields] }
}
