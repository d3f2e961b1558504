import { isIP } from 'node:net'
import { JidError, parseBareJid, parseDomain } from '@jabiru/jid'
import { Format } from 'typebox/format'
import { Value } from 'typebox/value'
import { Secret } from '../secret.ts'
import type { Key, KeySchema } from './keys.ts'
import type { ListFormat } from './kinds.ts'

/** A value as it came from a source: right, or wrong with the reason for the operator. */
export type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/** The canonical form of a list's entry; throws JidError. */
const CANONICAL: Readonly<Record<ListFormat, (text: string) => string>> = {
  domain: parseDomain,
  'bare-jid': parseBareJid,
  uri: (text) => text,
  network: (text) => text,
}

Format.Set('ip', (text) => isIP(text) !== 0)
Format.Set('domain', (text) => parses(parseDomain, text))
Format.Set('uri', (text) => /^[a-z][a-z\d+.-]*:[^\s<>"]+$/i.test(text) && URL.canParse(text))
Format.Set('network', isNetwork)
Format.Set('bare-jid', (text) => parses(parseBareJid, text))

const TRUE = ['true', '1', 'yes', 'on']
const FALSE = ['false', '0', 'no', 'off']
const WHOLE = /^[+-]?\d+$/
const DECIMAL = /^[+-]?\d+(\.\d+)?$/

/** Checks what a file says. A list may also be one comma-separated text, as in the environment. */
export function checkValue(key: Key, raw: unknown): Checked {
  const value = key.schema.type === 'array' && typeof raw === 'string' ? split(raw) : raw
  if (!Value.Check(key.schema, value)) return { ok: false, message: refusal(key.schema, raw) }
  if (key.schema.secret === true && typeof value === 'string') return { ok: true, value: new Secret(value) }
  return { ok: true, value: Array.isArray(value) ? entries(key.schema, value) : value }
}

function entries({ items }: KeySchema, texts: readonly string[]): readonly string[] {
  return Object.freeze(items === undefined ? [...texts] : texts.map(CANONICAL[items.format]))
}

/** An address, or one with the length of its prefix. */
function isNetwork(text: string): boolean {
  const [, address = '', bits = '0'] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128)
}

function parses(parse: (text: string) => string, text: string): boolean {
  try {
    parse(text)
    return true
  } catch (error) {
    if (error instanceof JidError) return false
    throw error
  }
}

/** Checks what an environment variable says, which is always text. */
export function checkText(key: Key, text: string): Checked {
  return checkValue(key, fromText(key.schema, text))
}

function fromText(keySchema: KeySchema, text: string): unknown {
  const word = text.trim().toLowerCase()
  if (keySchema.type === 'integer') return WHOLE.test(word) ? Number(word) : text
  if (keySchema.type === 'number') return DECIMAL.test(word) ? Number(word) : text
  if (keySchema.type !== 'boolean') return text
  if (TRUE.includes(word)) return true
  return FALSE.includes(word) ? false : text
}

function split(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function refusal(keySchema: KeySchema, found: unknown): string {
  const shown = keySchema.secret === true ? 'something else' : shorten(JSON.stringify(found) ?? 'nothing')
  return `expected ${expectation(keySchema)}, found ${shown}`
}

/** What a key takes, in words. */
export function expectation(keySchema: KeySchema): string {
  if (keySchema.expects !== undefined) return keySchema.expects
  if (keySchema.enum !== undefined) return `one of ${keySchema.enum.join(', ')}`
  if (keySchema.type === 'integer') return `a whole number from ${keySchema.minimum} to ${keySchema.maximum}`
  if (keySchema.type === 'number') return `a number from ${keySchema.minimum} to ${keySchema.maximum}`
  if (keySchema.type === 'boolean') return 'true or false'
  if (keySchema.type === 'array') return 'a list'
  return keySchema.path === true ? 'a path' : 'a text'
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
