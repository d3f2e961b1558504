import type { CertificateFiles } from '@jabiru/runtime'
import type { Endpoint } from '../load/job.ts'

/** Who is measured. */
export type ServerName = 'jabiru' | 'ejabberd' | 'prosody' | 'relay'

/** What a workload may need that not every server has. */
export type Feature = 'rooms' | 'proxied'

/** What a server is to have before its clients come. */
export interface Setting {
  readonly users: number
  /** Users of a group have each other in their rosters, subscribed both ways; 0 for empty rosters. */
  readonly groupOf: number
  /** Every message is to be archived. */
  readonly archive: boolean
  /** Anybody may make a room, which nobody keeps. */
  readonly rooms: boolean
  readonly certificate: CertificateFiles
  /** Where Jabiru's processes leave their CPU profiles. */
  readonly profile: string | undefined
}

/** A server that takes clients. Disposing of it ends all its processes and removes what it kept. */
export interface Serving extends AsyncDisposable {
  readonly endpoints: readonly Endpoint[]
  /** Rows of its archive, two for each message; it may be stopped for it. */
  readonly archived: () => Promise<number>
  /** What it said that it should not have to. */
  readonly faults: () => readonly string[]
}

/** One that is measured, in one form. */
export interface Contestant {
  readonly server: ServerName
  readonly form: string
  /** What it does not have, and what is said of it in place of figures. */
  readonly lacks?: Readonly<Partial<Record<Feature, string>>>
  readonly start: (setting: Setting) => Promise<Serving>
}

/** Of those that are not ours. */
export const PEERS_LACK = { proxied: 'no TLS terminator is set up before it here' } as const

export const DOMAIN = 'localhost'
