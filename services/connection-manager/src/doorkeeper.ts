import { isIPv6 } from 'node:net'

/** Who may come in, by the number of those who are in. */
export interface Doorkeeper {
  /** Lets one in from an address, or says no. */
  readonly admit: (address: string) => boolean
  readonly leave: (address: string) => void
  readonly count: () => number
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

export function createDoorkeeper(limits: { readonly total: number; readonly perAddress: number }): Doorkeeper {
  const households = new Map<string, number>()
  let total = 0
  return {
    admit: (address) => {
      const household = householdOf(address)
      const count = households.get(household) ?? 0
      if (total >= limits.total || count >= limits.perAddress) return false
      households.set(household, count + 1)
      total++
      return true
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
