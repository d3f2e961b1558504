import { readFileSync } from 'node:fs'
import type { SettingFault } from '../fault.ts'
import { type Key, keys } from './keys.ts'
import { nearest } from './nearest.ts'
import { checkText } from './value.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process. The only place that reads it. */
export function environment(): Environment {
  return process.env
}

/** Settings found in one source. */
export interface Found {
  readonly values: ReadonlyMap<string, unknown>
  readonly faults: readonly SettingFault[]
}

/** Variables that name no key: the configuration file's own, and those that tests hand to each other. */
const FREE = /^JABIRU_(CONFIG$|TEST_)/
/** What Kubernetes tells every container of a Service whose name begins with `jabiru`. */
const SERVICE_LINK = /^JABIRU_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/

/** Reads the JABIRU_ variables. An empty one counts as not set, as compose files write it. */
export function readEnvironment(env: Environment): Found {
  const given = Object.entries(env).flatMap(([name, text]) =>
    name.startsWith('JABIRU_') && !FREE.test(name) && text !== undefined && text !== '' ? [{ name, text }] : [],
  )
  const values = new Map<string, unknown>()
  const faults: SettingFault[] = []
  for (const { name, text } of given) {
    const read = readVariable(name, text)
    if (read === undefined) continue
    if ('message' in read) faults.push({ where: name, message: read.message })
    else values.set(read.key.name, read.value)
  }
  return { values, faults: [...faults, ...twice(given.map((g) => g.name))] }
}

type Read = { readonly key: Key; readonly value: unknown } | { readonly message: string }

/** Undefined for what is no setting and need not be one. */
function readVariable(name: string, text: string): Read | undefined {
  const direct = keys.find((k) => k.variable === name)
  if (direct !== undefined) return checked(direct, text)
  const filed = keys.find((k) => k.schema.secret === true && `${k.variable}_FILE` === name)
  if (filed === undefined) return SERVICE_LINK.test(name) ? undefined : { message: unknown(name) }
  try {
    return checked(filed, readFileSync(text, 'utf8').trim())
  } catch (error) {
    return { message: `cannot read ${text}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function checked(key: Key, text: string): Read {
  const result = checkText(key, text)
  return result.ok ? { key, value: result.value } : { message: result.message }
}

function unknown(name: string): string {
  const meant = nearest(
    name,
    keys.map((k) => k.variable),
  )
  return meant === undefined ? 'no such setting' : `no such setting; did you mean ${meant}?`
}

function twice(names: readonly string[]): SettingFault[] {
  return names
    .filter((name) => names.includes(`${name}_FILE`))
    .map((name) => ({ where: name, message: `set together with ${name}_FILE; keep one` }))
}
