/** What kind of client it is. */
export interface Part {
  /** Unique; the resource too. */
  readonly client: string
  readonly account: string
  /** It has stream management. */
  readonly manages: boolean
  readonly priority: number
  /** It goes away at times, and comes back by logging in. */
  readonly leaves: boolean
  /** It stops reading at times. */
  readonly stalls: boolean
  /** Its connection is lost at times. */
  readonly drops: boolean
  /** Accounts whose presence it sees, as they see its. */
  readonly friends: readonly string[]
  /** The connection manager that it tries first. */
  readonly server: number
}

type Kind = Pick<Part, 'manages' | 'priority' | 'leaves' | 'stalls' | 'drops'>

const STEADY: Kind = { manages: true, priority: 0, leaves: false, stalls: false, drops: false }

/** Accounts by the kinds of their devices; the list is gone through again and again. */
const ACCOUNTS: readonly (readonly Kind[])[] = [
  [STEADY],
  [{ ...STEADY, drops: true }],
  [STEADY, STEADY, STEADY],
  [{ ...STEADY, manages: false }],
  [{ ...STEADY, leaves: true }],
  [{ ...STEADY, stalls: true }],
  [STEADY],
  [{ ...STEADY, priority: -1 }],
  [{ ...STEADY, drops: true }],
  [{ ...STEADY, manages: false, leaves: true }],
]

/** So many clients, of all kinds. */
export function castOf(clients: number): readonly Part[] {
  const cast: Part[] = []
  for (let number = 0; cast.length < clients; number += 1) {
    for (const kind of ACCOUNTS[number % ACCOUNTS.length] ?? []) {
      if (cast.length < clients)
        cast.push({ ...kind, client: `c${cast.length}`, account: `a${number}`, friends: [], server: cast.length })
    }
  }
  const accounts = Number(cast.at(-1)?.account.slice(1)) + 1
  return cast.map((part) => ({ ...part, friends: friendsOf(Number(part.account.slice(1)), accounts) }))
}

/** Each knows the one before and the one after. */
function friendsOf(number: number, accounts: number): readonly string[] {
  const friends = [number + 1, number - 1 + accounts].map((n) => n % accounts)
  return [...new Set(friends)].filter((n) => n !== number).map((n) => `a${n}`)
}
