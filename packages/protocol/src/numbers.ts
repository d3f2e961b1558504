import { Refusal } from '@jabiru/stanza'

/** The largest `xs:unsignedInt`. */
export const MAX_UNSIGNED_INT = 4_294_967_295

/** A decimal number between 0 and `most`; undefined for anything else. */
export function unsigned(text: string, most: number = MAX_UNSIGNED_INT): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined
  const value = Number(text)
  return value <= most ? value : undefined
}

/** The same, where nothing else is allowed. Throws Refusal('bad-request'). */
export function requireUnsigned(text: string, what: string, most: number = MAX_UNSIGNED_INT): number {
  const value = unsigned(text, most)
  if (value === undefined) throw new Refusal('bad-request', { text: `${what} is not a number in range` })
  return value
}

/** `xs:boolean`: `true` and `1`. */
export function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1'
}
