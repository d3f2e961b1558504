const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

/** XEP-0082 §3.2: milliseconds since 1970 as `2002-09-10T23:08:25Z`, with milliseconds where there are any. */
export function formatDateTime(ms: number): string {
  const text = new Date(ms).toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

/** XEP-0082 §3.2: milliseconds since 1970, or undefined for what is no such date and time. Finer fractions are cut. */
export function parseDateTime(text: string): number | undefined {
  const parts = DATE_TIME.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const offset = zone === 'Z' ? 0 : parseOffset(zone)
  if (offset === undefined || !isReal(at, text)) return undefined
  return at + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset * 60_000
}

/** A date that the calendar has comes back out as it went in: 30 February does not. */
function isReal(at: number, text: string): boolean {
  return new Date(at).toISOString().slice(0, 19) === text.slice(0, 19)
}

/** Minutes east of UTC of `Z` or `+hh:mm`; undefined for what is neither. XEP-0082 §3.2. */
export function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0
  const parts = /^([+-])(\d\d):([0-5]\d)$/.exec(text)
  if (parts === null) return undefined
  const minutes = Number(parts[2]) * 60 + Number(parts[3])
  // XML Schema part 2, dateTime: an offset is at most 14:00
  if (minutes > 14 * 60) return undefined
  return parts[1] === '-' ? -minutes : minutes
}

/** Minutes east of UTC as `+hh:mm`, and `Z` for none. */
export function formatOffset(minutes: number): string {
  if (minutes === 0) return 'Z'
  const size = Math.abs(minutes)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
