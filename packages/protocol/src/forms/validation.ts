import { child, children, type Element, el, textOf } from '@jabiru/xml'
import { unsigned } from '../numbers.ts'
import { type Comparable, datatypeOf } from './datatypes.ts'
import { compilePattern } from './pattern.ts'

export const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate'

/** XEP-0122 §3.2. */
export type Method =
  | { readonly by: 'basic' }
  | { readonly by: 'open' }
  | { readonly by: 'range'; readonly min?: string | undefined; readonly max?: string | undefined }
  | { readonly by: 'regex'; readonly pattern: string }

/** What the values of a field have to be, beyond its type. XEP-0122 §3. */
export interface Validation {
  readonly datatype: string
  readonly method: Method
  /** How many values of a list-multi may be chosen. XEP-0122 §3.3. */
  readonly listRange?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined
}

const BASIC: Method = { by: 'basic' }

/** Never throws: what is not understood is as XEP-0122 §4.1 has it. */
export function parseValidation(e: Element): Validation {
  const datatype = e.attrs['datatype'] ?? 'xs:string'
  const listRange = child(e, 'list-range')
  return {
    datatype,
    method: children(e).flatMap((c) => (c.ns === NS_VALIDATE ? methodOf(c) : []))[0] ?? BASIC,
    ...(listRange === undefined
      ? {}
      : { listRange: { min: numberIn(listRange, 'min'), max: numberIn(listRange, 'max') } }),
  }
}

function methodOf(e: Element): readonly Method[] {
  if (e.name === 'basic' || e.name === 'open') return [{ by: e.name }]
  if (e.name === 'range') return [{ by: 'range', min: e.attrs['min'], max: e.attrs['max'] }]
  return e.name === 'regex' ? [{ by: 'regex', pattern: textOf(e) }] : []
}

const numberIn = (e: Element, name: string) => unsigned(e.attrs[name] ?? '')

export function renderValidation({ datatype, method, listRange }: Validation): Element {
  const of = () => {
    if (method.by === 'range') return el('range', NS_VALIDATE, { min: method.min, max: method.max })
    if (method.by === 'regex') return el('regex', NS_VALIDATE, {}, method.pattern)
    return el(method.by, NS_VALIDATE)
  }
  const text = (n: number | undefined) => (n === undefined ? undefined : String(n))
  const range = listRange && el('list-range', NS_VALIDATE, { min: text(listRange.min), max: text(listRange.max) })
  return el('validate', NS_VALIDATE, { datatype }, of(), range)
}

/** XEP-0122 §3.2: with any method but basic, a list takes what is not among its options. */
export const isOpen = (validation: Validation | undefined): boolean =>
  validation !== undefined && validation.method.by !== 'basic'

/** What is wrong with a value, in words; undefined where nothing is. */
export function faultOf({ datatype, method }: Validation, value: string): string | undefined {
  const read = datatypeOf(datatype)
  const given = read(value)
  if (given === undefined) return `is no ${datatype}`
  if (method.by === 'range' && given !== true) return outside(given, method, read)
  if (method.by !== 'regex') return undefined
  const matches = compilePattern(method.pattern)
  return matches === undefined || matches(value) ? undefined : 'does not have the form that is asked for'
}

type Bounds = Extract<Method, { by: 'range' }>

function outside(given: Comparable, { min, max }: Bounds, read: ReturnType<typeof datatypeOf>): string | undefined {
  const [least, most] = [read(min ?? ''), read(max ?? '')]
  if (min !== undefined && least !== undefined && least !== true && given < least) return `is less than ${min}`
  if (max !== undefined && most !== undefined && most !== true && given > most) return `is more than ${max}`
  return undefined
}

/** What is wrong with the number of values of a list-multi. */
export function countFaultOf({ listRange }: Validation, count: number): string | undefined {
  if (listRange?.min !== undefined && count < listRange.min) return `has at least ${listRange.min} values`
  if (listRange?.max !== undefined && count > listRange.max) return `has at most ${listRange.max} values`
  return undefined
}
