import { type Param, SqlError } from './database.ts'

// Both twins speak PostgreSQL's text format through this one file, so that no value can differ between them.

type Parser = (text: string) => unknown

/** The text PostgreSQL reads a parameter from, whatever the type it is cast to. */
export function encodeParam(value: Param): string | null {
  if (value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return `{${value.map(encodeItem).join(',')}}`
}

function encodeItem(item: string | number | boolean | Date | null): string {
  if (item === null) return 'NULL'
  if (typeof item === 'number' || typeof item === 'boolean') return String(item)
  const text = typeof item === 'string' ? item : item.toISOString()
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new SqlError({ message: `int8 ${text} is beyond 2^53`, sqlstate: '22003' })
  return value
}

/** `2026-11-21 03:27:49.284+00`: ISO 8601 but for the blank and the short offset. */
function parseTimestamp(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
}

/** One dimension: `{a,"b \"c\"",NULL}`. */
function arrayOf(parse: Parser): Parser {
  const item = /"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gsu
  return (text) =>
    Array.from(text.matchAll(item), ([, quoted, plain]) => {
      if (quoted !== undefined) return parse(quoted.replace(/\\(.)/gsu, '$1'))
      return plain === undefined || plain === 'NULL' ? null : parse(plain)
    })
}

const asText: Parser = (text) => text
const parseBool: Parser = (text) => text === 't'

/** By type oid; pg_type.dat of PostgreSQL fixes them. */
const PARSERS = new Map<number, Parser>([
  [16, parseBool],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, parseInt8],
  [21, Number],
  [23, Number],
  [26, Number],
  [114, (text) => JSON.parse(text)],
  [700, Number],
  [701, Number],
  [1000, arrayOf(parseBool)],
  [1007, arrayOf(Number)],
  [1009, arrayOf(asText)],
  [1015, arrayOf(asText)],
  [1016, arrayOf(parseInt8)],
  [1184, parseTimestamp],
  [1185, arrayOf(parseTimestamp)],
  [3802, (text) => JSON.parse(text)],
])

/** Reads the text of a column of the given type; types not listed stay text. */
export function parserOf(oid: number): Parser {
  return PARSERS.get(oid) ?? asText
}

/** Rows as the caller who named the columns declares them; nothing checks it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the one place where Row enters
export function declared<Row>(rows: readonly unknown[]): readonly Row[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SQL is not typed; the caller's SELECT is
  return rows as readonly Row[]
}
