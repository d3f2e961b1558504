/** A login under way: a place in the house from its first step to its last. */
export interface Place {
  readonly peer: string
  /** On the clock of the exchanges; absolute, no step moves it. */
  readonly deadline: number
}

/** Logins under way, bounded in number, in number per peer and in time. */
export interface Exchanges<T> {
  /** A place for a login that begins; undefined where there is none. */
  readonly enter: (peer: string) => Place | undefined
  /** Keeps what waits for the client's next message, under an id that only the client's side will know. */
  readonly hold: (place: Place, value: T) => string
  /** What was kept, once; undefined for an id that is unknown, used or past its deadline. Its place is still taken. */
  readonly take: (id: string) => { readonly place: Place; readonly value: T } | undefined
  /** The login is over. */
  readonly leave: (place: Place) => void
  /** Places taken. */
  readonly size: () => number
}

export interface ExchangesOptions {
  readonly exchange_deadline_ms: number
  readonly max_exchanges: number
  readonly max_exchanges_per_address: number
}

export interface ExchangesParts {
  /** Milliseconds, monotonic. */
  readonly clock: () => number
  /** A fresh id of at least 128 bits of a CSPRNG. */
  readonly id: () => string
}

/** Nothing here runs on a timer: what is past its deadline goes when somebody comes. */
export function createExchanges<T>(options: ExchangesOptions, { clock, id }: ExchangesParts): Exchanges<T> {
  const places = new Map<string, Set<Place>>()
  const held = new Map<string, { readonly place: Place; readonly value: T }>()
  let size = 0

  const leave = (place: Place): void => {
    const ofPeer = places.get(place.peer)
    if (ofPeer?.delete(place) !== true) return
    size--
    if (ofPeer.size === 0) places.delete(place.peer)
  }

  // Places are given in the order of their deadlines; a login of several steps is held again behind younger ones and
  // at most one deadline late.
  const sweep = (): void => {
    for (const [id, { place }] of held) {
      if (place.deadline > clock()) break
      held.delete(id)
      leave(place)
    }
  }

  return {
    enter: (peer) => {
      sweep()
      const ofPeer = places.get(peer) ?? new Set<Place>()
      if (size >= options.max_exchanges || ofPeer.size >= options.max_exchanges_per_address) return undefined
      const place = { peer, deadline: clock() + options.exchange_deadline_ms }
      places.set(peer, ofPeer.add(place))
      size++
      return place
    },
    hold: (place, value) => {
      const key = id()
      held.set(key, { place, value })
      return key
    },
    take: (id) => {
      sweep()
      const found = held.get(id)
      if (found === undefined) return undefined
      held.delete(id)
      if (found.place.deadline > clock()) return found
      leave(found.place)
      return undefined
    },
    leave,
    size: () => size,
  }
}
