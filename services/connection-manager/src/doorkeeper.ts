import { isIPv6 } from 'node:net'
import type { StreamCondition } from '@jabiru/stanza'
import { forgottenEachMinute } from './minute.ts'

/** Who may come in, by the number of those who are in and of those who have tried. */
export interface Doorkeeper {
  /** Lets one in from an address, or gives the reason why not. */
  readonly admit: (address: string) => StreamCondition | undefined
  readonly leave: (address: string) => void
  readonly count: () => number
}

export interface DoorLimits {
  readonly total: number
  readonly perAddress: number
  /** Within a minute, from one address. */
  readonly attempts: number
}

/** One household: an IPv4 address, or the /64 of an IPv6 address, in which a single host may have any number. */
export function householdOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(address)) return address
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':')
}

/** How often each household has tried within this minute. */
function createAttempts(now: () => number): (household: string) => number {
  const counts = new Map<string, number>()
  const forget = forgottenEachMinute(counts, now)
  return (household) => {
    forget()
    const count = (counts.get(household) ?? 0) + 1
    counts.set(household, count)
    return count
  }
}

/** RFC 6120 §13.12. `now` is monotonic, in milliseconds. */
export function createDoorkeeper(limits: DoorLimits, now: () => number): Doorkeeper {
  const households = new Map<string, number>()
  const attempts = createAttempts(now)
  let total = 0
  return {
    admit: (address) => {
      const household = householdOf(address)
      const count = households.get(household) ?? 0
      if (attempts(household) > limits.attempts || count >= limits.perAddress) return 'policy-violation'
      if (total >= limits.total) return 'resource-constraint'
      households.set(household, count + 1)
      total++
      return undefined
    },
    leave: (address) => {
      const household = householdOf(address)
      const count = households.get(household) ?? 0
      if (count > 1) households.set(household, count - 1)
      else households.delete(household)
      total--
    },
    count: () => total,
  }
}
