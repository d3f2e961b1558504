/** What a client does at times. */
export type Habit =
  /** It goes away, and comes back by logging in. */
  | 'leaves'
  /** It stops reading for a while. */
  | 'stalls'
  /** Its connection is lost. */
  | 'drops'
  /** Its network swallows everything, and nobody is told; it goes on elsewhere. */
  | 'vanishes'
  /** What it asked for before it resumed it does not ask for again. */
  | 'skips'
  /** It never resumes: it logs in afresh, and sends again under the ids that it gave. */
  | 'forgets'
  /** All its messages have one id. */
  | 'reuses'

/** What kind of client it is. */
export interface Part {
  /** Unique; the resource too. */
  readonly client: string
  readonly account: string
  /** It has stream management. */
  readonly manages: boolean
  readonly priority: number
  readonly habits: readonly Habit[]
  /** Accounts whose presence it sees, as they see its. */
  readonly friends: readonly string[]
  /** The connection manager that it tries first. */
  readonly server: number
}

/** Its network and its reading are no reason for waiting. */
export const isSteady = ({ habits }: Part): boolean => habits.every((habit) => habit === 'reuses')

type Kind = Pick<Part, 'manages' | 'priority' | 'habits'>

const steady = (...habits: readonly Habit[]): Kind => ({ manages: true, priority: 0, habits })

/** Accounts by the kinds of their devices; the list is gone through again and again. */
const ACCOUNTS: readonly (readonly Kind[])[] = [
  [steady()],
  [steady('drops')],
  [steady(), steady('vanishes'), steady('reuses')],
  [{ ...steady(), manages: false }],
  [steady('leaves')],
  [steady('stalls')],
  [steady('drops', 'skips')],
  [{ ...steady(), priority: -1 }],
  [steady('vanishes')],
  [{ ...steady('leaves'), manages: false }],
  [steady('drops', 'reuses')],
  [steady('drops', 'forgets')],
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

/** Accounts that nobody logs in to before the end. */
export const ABSENT: readonly string[] = ['absent0', 'absent1', 'absent2']

/** Each knows the one before and the one after. */
function friendsOf(number: number, accounts: number): readonly string[] {
  const friends = [number + 1, number - 1 + accounts].map((n) => n % accounts)
  return [...new Set(friends)].filter((n) => n !== number).map((n) => `a${n}`)
}
