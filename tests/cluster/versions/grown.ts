/** Values of these keys are maps: what stands in them is data, and no field. */
const MAPS = ['bindings']
/** Lists of fixed places, to which a later version adds at the end. */
const TUPLES = ['.ack.', '.owners.']

/** A message of the bus as a later version may write it: with a field more in every object, and a place more in every tuple. */
export function grown(subject: string, payload: string): string {
  const end = payload.includes('\n') ? payload.indexOf('\n') : payload.length
  try {
    const value = grow(JSON.parse(payload.slice(0, end)))
    const isTuple = TUPLES.some((part) => subject.includes(part)) && Array.isArray(value)
    return `${JSON.stringify(isTuple ? longer(subject, value) : value)}${payload.slice(end)}`
  } catch (error) {
    if (error instanceof SyntaxError) return payload
    throw error
  }
}

function grow(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grow)
  if (!(value instanceof Object)) return value
  const fields = Object.entries(value).map(([key, one]) => [key, MAPS.includes(key) ? one : grow(one)])
  return { ...Object.fromEntries(fields), later: ['more', 1] }
}

function longer(subject: string, value: readonly unknown[]): readonly unknown[] {
  const more = { later: 1 }
  if (subject.includes('.owners.')) return value.map((pair) => (Array.isArray(pair) ? [...pair, more] : pair))
  return value.length === 3 ? [...value, [], more] : [...value, more]
}
