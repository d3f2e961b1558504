/** A text that one session sent once; an exact resend of XEP-0198 is the same letter. */
export interface Letter {
  /** `client session counter`, which is the body too. */
  readonly body: string
  /** The session that sent it: `client session`. */
  readonly sender: string
  readonly counter: number
  /** Bare address. */
  readonly to: string
  /** The database refuses its row: the sender must be told. */
  readonly unstorable: boolean
  /** When it was written each time, and when that was acknowledged, in ms; for whoever looks for the cause. */
  readonly written: number[]
  readonly acknowledged: number[]
}

/** A letter, as a session of the recipient was given it. */
export interface Receipt {
  readonly body: string
  /** The session that got it: `client session`. */
  readonly session: string
  readonly account: string
  readonly stanzaId: string
  /** It says that it was kept (XEP-0203). */
  readonly delayed: boolean
  /** When, in ms. */
  readonly at: number
}

/** A request, and what became of it. */
export interface Request {
  readonly id: string
  /** The session that asks, and the client that is asked; undefined is the server. */
  readonly session: string
  readonly asked: string | undefined
  /** Both ends keep what is unacknowledged, so that it must be answered. */
  readonly promised: boolean
  acknowledged: boolean
  /** How often the one who was asked has seen it. */
  seen: number
  /** That one's answer was acknowledged. */
  replied: boolean
  answers: number
  /** When it was asked and answered each time, in ms, and with what; for whoever looks for the cause. */
  readonly moments: { readonly at: number; readonly what: string }[]
}

/** What was promised to the clients, and what came to them. */
export class Book {
  readonly letters = new Map<string, Letter>()
  readonly acknowledged = new Set<string>()
  /** Ids of messages that were answered with an error. */
  readonly bounced = new Set<string>()
  readonly receipts: Receipt[] = []
  readonly requests = new Map<string, Request>()
  /** Sessions that ended without the client's will: what they asked for need not be answered. */
  readonly broken = new Set<string>()
  /** From writing a message to its acknowledgement. */
  readonly ackMs: number[] = []
  /** When sessions were resumed, in milliseconds. */
  readonly resumedAt: number[] = []
  /** Connections that ended of clients that did nothing to lose them, and could resume: when, in milliseconds, and why. */
  readonly lost: { readonly at: number; readonly client: string; readonly why: string }[] = []
  /** Resumptions that the server refused. */
  refused = 0
  longestSilenceMs = 0
  /** Who was seen to go and had not gone, in words; looked at where nothing failed. */
  seenToGo: readonly string[] = []
  /** When the faults began. */
  began = 0
  /** What a server must not do to any client, in words. */
  readonly violations: string[] = []

  /** What was measured before, while everybody came, does not count. */
  measures(): void {
    this.ackMs.length = 0
    this.resumedAt.length = 0
    this.lost.length = 0
    this.longestSilenceMs = 0
  }
}
