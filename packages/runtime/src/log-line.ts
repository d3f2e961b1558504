/** One JSON line of the log as a line for people: time, level, event, then `name=value`; a stack follows on lines of its own. */
export function logLine(json: string): string {
  const { time, level, event, err, ...fields } = parse(json)
  const clock = typeof time === 'string' ? time.slice(11, 23) : ''
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`)
  const head = [clock, shown(level).toUpperCase().padEnd(5), shown(event), ...pairs].join(' ')
  return `${head}${errorText(err)}\n`
}

function parse(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  return value instanceof Object ? Object.fromEntries(Object.entries(value)) : {}
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  // A line stays a line, and what a stranger sent cannot move the cursor or forge the next one.
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text) || text.startsWith('{') || text.startsWith('[')
    ? text
    : JSON.stringify(text)
}

function errorText(err: unknown): string {
  if (!(err instanceof Object)) return ''
  if ('stack' in err && typeof err.stack === 'string') return `\n  ${err.stack.replaceAll('\n', '\n  ')}`
  return ` err=${shown(err)}`
}
