import { parseDateTime } from '../datetime.ts'

/** A value that can be compared with others of its type. */
export type Comparable = bigint | number

/** A datatype of XEP-0122 §9.2.2: undefined for a text that is none of its values; `true` for one without an order. */
export type Datatype = (text: string) => Comparable | true | undefined

/** No number or date is longer; no time is spent on what is. */
const LONGEST = 256
/** Decimals of a decimal number that are compared. */
const DECIMALS = 64

const integer =
  (least?: bigint, most?: bigint): Datatype =>
  (text) => {
    if (text.length > LONGEST || !/^[+-]?\d+$/.test(text)) return undefined
    const value = BigInt(text.replace(/^\+/, ''))
    return (least !== undefined && value < least) || (most !== undefined && value > most) ? undefined : value
  }

const bits = (n: bigint): Datatype => integer(-(2n ** (n - 1n)), 2n ** (n - 1n) - 1n)

const decimal: Datatype = (text) => {
  const parts = text.length > LONGEST ? null : /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  const [, sign, whole = '', part = ''] = parts ?? []
  if (whole + part === '') return undefined
  const value = BigInt(whole + part.slice(0, DECIMALS).padEnd(DECIMALS, '0'))
  return sign === '-' ? -value : value
}

const double: Datatype = (text) => {
  if (text === 'INF') return Number.POSITIVE_INFINITY
  if (text === '-INF') return Number.NEGATIVE_INFINITY
  if (text === 'NaN') return true
  return text.length <= LONGEST && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** Milliseconds; without a zone, as in UTC. */
const moment =
  (pattern: RegExp, whole: (text: string) => string): Datatype =>
  (text) => {
    const found = text.length > LONGEST ? null : pattern.exec(text)
    return found === null ? undefined : parseDateTime(whole(found[1] ?? '') + (found[2] ?? 'Z'))
  }

const ZONE = '(Z|[+-]\\d\\d:\\d\\d)?'
const TIME = '\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?'

const matching =
  (pattern: RegExp): Datatype =>
  (text) =>
    pattern.test(text) ? true : undefined

/** XEP-0122 §9.2.2, and what XML Schema has besides that a form may ask for. */
const DATATYPES: ReadonlyMap<string, Datatype> = new Map<string, Datatype>([
  ['xs:string', () => true],
  ['xs:anyURI', matching(/^[^\s<>"{}|\\^`]*$/)],
  ['xs:boolean', matching(/^(?:true|false|1|0)$/)],
  ['xs:byte', bits(8n)],
  ['xs:date', moment(new RegExp(`^(\\d{4}-\\d\\d-\\d\\d)${ZONE}$`), (day) => `${day}T00:00:00`)],
  ['xs:dateTime', moment(new RegExp(`^(\\d{4}-\\d\\d-\\d\\dT${TIME})${ZONE}$`), (at) => at)],
  ['xs:decimal', decimal],
  ['xs:double', double],
  ['xs:int', bits(32n)],
  ['xs:integer', integer()],
  ['xs:language', matching(/^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/)],
  ['xs:long', bits(64n)],
  ['xs:nonNegativeInteger', integer(0n)],
  ['xs:positiveInteger', integer(1n)],
  ['xs:short', bits(16n)],
  ['xs:time', moment(new RegExp(`^(${TIME})${ZONE}$`), (time) => `1970-01-01T${time}`)],
  ['xs:unsignedInt', integer(0n, 2n ** 32n - 1n)],
])

/** XEP-0122 §4.1: one that is not understood is xs:string. */
export function datatypeOf(name: string): Datatype {
  return DATATYPES.get(name) ?? (() => true)
}
