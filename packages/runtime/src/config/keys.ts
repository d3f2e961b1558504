import type { ListFormat } from './kinds.ts'
import { schema } from './schema.ts'

/** The JSON Schema of one key, as far as we use it. */
export interface KeySchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array'
  readonly description: string
  readonly expects?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly enum?: readonly string[]
  /** What the entries of a list are. */
  readonly items?: { readonly format: ListFormat }
  /** Never shown; wrapped in a `Secret`. */
  readonly secret?: boolean
  /** A path; relative ones are resolved against where they were written. */
  readonly path?: boolean
}

/** One key of the configuration. */
export interface Key {
  /** Dotted: `c2s.port`. */
  readonly name: string
  readonly path: readonly string[]
  /** `JABIRU_C2S_PORT`. */
  readonly variable: string
  readonly schema: KeySchema
}

/** A section: keys with a common first word. */
export interface Section {
  readonly name: string
  readonly description: string
  readonly keys: readonly Key[]
}

interface SectionSchema {
  readonly type: 'object'
  readonly description: string
  readonly properties: Readonly<Record<string, object>>
}

/** Every section, in the order of the schema; keys without one stand in the section named ''. */
export const sections: readonly Section[] = sectionsOf('', schema)

/** Every key, in the order of the schema. */
export const keys: readonly Key[] = sections.flatMap((s) => s.keys)

function sectionsOf(name: string, object: object): Section[] {
  if (!isSection(object)) return []
  const entries = Object.entries(object.properties)
  const own = entries.flatMap(([key, s]) => (isKey(s) ? [keyOf(name === '' ? [key] : [name, key], s)] : []))
  const inner = entries.flatMap(([key, s]) => sectionsOf(key, s))
  return [{ name, description: object.description, keys: own }, ...inner]
}

function isSection(value: object): value is SectionSchema {
  return 'type' in value && value.type === 'object'
}

/** Everything in the schema that is no section is a key, whose description the schema's own constructors demand. */
function isKey(value: object): value is KeySchema {
  return !isSection(value)
}

function keyOf(path: readonly string[], keySchema: KeySchema): Key {
  return { name: path.join('.'), path, variable: `JABIRU_${path.join('_').toUpperCase()}`, schema: keySchema }
}
