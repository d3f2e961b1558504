import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { AccountCommand, Answer } from '../accounts/command.ts'

const text = Type.String({ maxLength: 10_000 })
const only = { additionalProperties: false }

const COMMAND = Type.Union([
  Type.Object({ do: Type.Union([Type.Literal('add'), Type.Literal('passwd')]), jid: text, password: text }, only),
  Type.Object({ do: Type.Literal('remove'), jid: text }, only),
  Type.Object({ do: Type.Literal('list'), after: Type.Optional(text) }, only),
])

const REPLY = Type.Union([
  Type.Object({ said: Type.Array(Type.String()), next: Type.Optional(Type.String()) }, only),
  Type.Object({ fault: Type.String() }, only),
])

const PROGRESS = Type.Union([
  Type.Object({ told: Type.String() }, only),
  Type.Object({ drained: Type.Literal(true) }, only),
])

/** What a server that drains says, line by line; the last one says that it has. */
export type Progress = Static<typeof PROGRESS>

/** What the server sends back: an answer, or a fault of the user's in one line. */
export type Reply = Answer | { readonly fault: string }

/** Undefined for what is no command. */
export const parseCommand = (json: string): AccountCommand | undefined => parsed(COMMAND, json)

/** Undefined for what is no reply. */
export const parseReply = (json: string): Reply | undefined => parsed(REPLY, json)

/** Undefined for what is none. */
export const parseProgress = (json: string): Progress | undefined => parsed(PROGRESS, json)

function parsed<T extends TSchema>(schema: T, json: string): Static<T> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return Value.Check(schema, value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
