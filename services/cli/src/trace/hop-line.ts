import type { Static } from 'typebox'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const hopLine = Type.Object({
  event: Type.Literal('hop'),
  trace: Type.String(),
  span: Type.String(),
  parent: Type.Optional(Type.String()),
  hop: Type.String(),
  service: Type.String(),
  instance: Type.String(),
  /** When it began, in ms since 1970, and how long it took. */
  at: Type.Number(),
  ms: Type.Number(),
  kind: Type.Optional(Type.String()),
  stanza: Type.Optional(Type.String()),
  admission: Type.Optional(Type.String()),
})

/** One hop of a traced stanza, as a server writes it into its log. */
export type HopLine = Static<typeof hopLine>

/** The hop that a line of a log tells of, whatever stands before its JSON; undefined where it tells of none. */
export function parseHopLine(line: string): HopLine | undefined {
  const start = line.indexOf('{')
  if (start < 0 || !line.includes('"event":"hop"')) return undefined
  const value = parseJson(line.slice(start))
  return Value.Check(hopLine, value) ? value : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // A line that was cut by the end of a file, say.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
