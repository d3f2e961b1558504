/** Each begins with a letter of its own, so that an initial is somebody's. */
const FIRST =
  'anna ben carla david elena farid grace hugo ines jonas kaya luca maria noah olga pavel quinn rosa samir tara umar vera wim xenia yusuf zoe'
const LAST =
  'abel berg costa dietz evans fischer garcia hansen ito jansen kowalski lopez meyer novak okafor petrov quist rossi silva tanaka ueda vargas weber xu yilmaz zhang'
const [first, last] = [FIRST.split(' '), LAST.split(' ')]

const PATTERNS: readonly ((one: string, other: string) => string)[] = [
  (one, other) => `${one}.${other}`,
  (one, other) => `${one}_${other}`,
  (one, other) => `${one.charAt(0)}${other}`,
  (one, other) => `${other}${one}`,
]

/** The address of an account as people choose them, another for each number: names, and a number where they are taken. */
export function addressOf(n: number): string {
  const one = first[n % first.length] ?? ''
  const other = last[Math.floor(n / first.length) % last.length] ?? ''
  const round = Math.floor(n / (first.length * last.length))
  const pattern = PATTERNS[round % PATTERNS.length]
  const taken = Math.floor(round / PATTERNS.length)
  return `${pattern?.(one, other) ?? one}${taken === 0 ? '' : taken}@example.org`
}
