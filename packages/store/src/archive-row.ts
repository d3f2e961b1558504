/** Proof of ownership: a write stands only while the partition's lease carries this token. */
export interface Fence {
  readonly part: number
  readonly token: number
}

/** One side of one message, as the archive keeps it. */
export interface ArchiveRow {
  /** Bare JID of the account (or room) this side belongs to. */
  readonly owner: string
  /** Place in the owner's order, given by its mailbox: unique, growing. */
  readonly position: number
  /** The message's one id for ever; what is admitted twice under it is stored once. */
  readonly id: string
  /** Bare JID of the other side. */
  readonly peer: string
  readonly peerResource?: string | undefined
  readonly outgoing: boolean
  readonly at: Date
  /** The stanza's type. */
  readonly type: string
  /** False for what is held only until it is confirmed. */
  readonly archived: boolean
  /** To be delivered to a device that becomes available later. */
  readonly offline: boolean
  readonly originId?: string | undefined
  /** The XML as it will be delivered. */
  readonly stanza: string
}

/** How far an account's devices have confirmed. */
export interface Confirmation {
  readonly owner: string
  readonly watermark: number
  readonly exceptions: readonly number[]
}

/** What became of a row: `position` is where the id already stands. */
export type Appended =
  | { readonly outcome: 'written' }
  | { readonly outcome: 'duplicate'; readonly position: number }
  | { readonly outcome: 'fenced' }

/** What became of a confirmation. */
export type Advanced = { readonly outcome: 'written' } | { readonly outcome: 'fenced' }
