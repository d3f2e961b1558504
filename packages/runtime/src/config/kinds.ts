import { type TSchema, Type } from 'typebox'
import type { Secret } from '../secret.ts'

/** What the entries of a list are; each has a canonical form, which is what the configuration holds. */
export type ListFormat = 'domain' | 'bare-jid' | 'uri' | 'network'

interface ListOptions {
  readonly value: readonly string[]
  /** The sentence for the operator. */
  readonly description: string
  /** What is expected, in words. */
  readonly expects: string
  readonly minItems?: number
}

/** A whole number. */
export const count = (minimum: number, maximum: number, value: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description })

/** A part of a whole. */
export const share = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description })

/** A port. */
export const port = (value: number, description: string) => count(0, 65_535, value, description)

/** A port that is not opened unless it is set. */
export const optionalPort = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description }))

/** Yes or no. */
export const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description })

/** One of some words. */
export const choice = <const T extends readonly string[]>(values: T, value: T[number], description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], default: value, description })

/** Several of a kind. */
export const list = <T>(format: ListFormat, options: ListOptions) => {
  const { value, description, expects, ...bounds } = options
  const items = Type.String({ format })
  return Type.Unsafe<readonly T[]>({
    type: 'array',
    items,
    default: Object.freeze([...value]),
    description,
    expects,
    ...bounds,
  })
}

/** Whom to ask about something. */
export const addresses = (about: string) =>
  list<string>('uri', {
    value: [],
    expects: 'URIs like mailto:xmpp@example.org or xmpp:help@example.org',
    description: `Whom to ask about ${about}.`,
  })

/** A path to a file. */
export const file = (description: string) => Type.Optional(Type.String({ minLength: 1, path: true, description }))

/** A URL that may hold a password: never shown, and readable from a file named by `<VARIABLE>_FILE`. */
export const url = (schemes: readonly string[], description: string) =>
  Type.Optional(
    Type.Unsafe<Secret>({
      type: 'string',
      secret: true,
      pattern: `^(${schemes.join('|')})://\\S+$`,
      expects: `a URL that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`,
      description,
    }),
  )

/** Where something is reached from outside. RFC 6120 §4.9.3.19. */
export const location = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^(\\[[\\da-fA-F:.]+\\]|[^\\s:\\[\\]/@"<>&\u0027]+)(:\\d{1,5})?$',
      expects: 'a host, with a port or without, like edge1.example.org:5222 or [2001:db8::1]:5222',
      description,
    }),
  )

/** Keys below a name. */
export const section = <T extends Record<string, TSchema>>(description: string, keys: T) =>
  Type.Object(keys, { additionalProperties: false, description })

export const KB = 1_024
export const MB = 1_024 * KB
export const GB = 1_024 * MB
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
