/** What the archive service is told by its operator. */
export interface ArchiveConfig {
  /** Messages of one page. */
  readonly pageMessages: number
  /** Bytes of the messages of one page: the last one may go beyond. */
  readonly pageBytes: number
  /** Addresses in the lists of an account's preferences, together. */
  readonly preferenceJids: number
}
