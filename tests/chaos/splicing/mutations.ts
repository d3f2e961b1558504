import type { Habit } from '../cast.ts'
import type { Carriage } from './carry.ts'
import type { Splice } from './splice.ts'

/** A rule of the server that is broken, so that the ledger must tell. */
export interface Mutation {
  readonly name: string
  readonly splices: readonly Splice[]
  readonly trial: Trial | Simulated
}

/** It shows in milliseconds that the ledger seldom meets: the simulation of leases breaks it by that name. */
export interface Simulated {
  readonly simulation: string
}

/** Under what a broken rule shows; what clients do by themselves aside. */
export interface Trial {
  readonly form: 'embedded' | 'grouped'
  readonly ms: number
  /** Faults, by their names or how these begin. */
  readonly faults?: readonly string[]
  /** Points at which processes stop. */
  readonly points?: readonly string[]
  /** What the bus does for as long as clients write. */
  readonly carriage?: Carriage
  /** What all clients do at times, where it is not what those of their kinds do. */
  readonly habits?: readonly Habit[]
}

const OUTLET = 'packages/wire/src/outlet.ts'

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'acknowledged_before_commit',
    trial: { form: 'grouped', ms: 10_000, faults: ['commit_ready: kill'], points: ['commit_ready'] },
    splices: [
      {
        file: 'services/session/src/ingress.ts',
        find: 'return counted(session)\n',
        put: `if (envelope.stanza.name !== 'message') return counted(session)
      session.committed.catch(() => undefined); return undefined\n`,
      },
    ],
  },
  {
    name: 'not_sent_again_to_the_next_owner',
    trial: { form: 'grouped', ms: 10_000, faults: ['commit_ready: kill'], points: ['commit_ready'] },
    splices: [
      {
        file: OUTLET,
        find: 'for (const { item, bytes, settle } of rest) window.push(item, bytes, settle)',
        put: `for (const { item, bytes, settle } of rest)
          if (item.sent && item.envelope.k === 'in') settle(); else window.push(item, bytes, settle)`,
      },
    ],
  },
  {
    name: 'position_out_of_the_id',
    trial: { form: 'embedded', ms: 2_000 },
    splices: [
      {
        file: 'services/session/src/message.ts',
        find: 'position: account.position,\n',
        put: "position: Number.parseInt(Buffer.from(place.id, 'base64url').toString('hex').slice(0, 12), 16),\n",
      },
    ],
  },
  {
    name: 'confirmed_when_written',
    trial: { form: 'embedded', ms: 4_000, habits: ['vanishes'] },
    splices: [
      {
        file: 'services/connection-manager/src/link.ts',
        find: 'if (this.#bases === undefined) {\n      this.#deps.write(xml, () => this.#confirmUpTo(n))',
        put: 'if (true) {\n      this.#deps.write(xml, () => this.#confirmUpTo(n))',
      },
    ],
  },
  {
    name: 'forgotten_before_mirrored',
    trial: { form: 'grouped', ms: 25_000, faults: ['delivered: kill, with kill edge'], points: ['delivered'] },
    splices: [
      {
        file: 'services/session/src/parking.ts',
        find: '= parkedRow(account, session, ',
        put: '= parkedRow(account, { ...session, queue: [] }, ',
      },
    ],
  },
  {
    name: 'written_without_its_token',
    trial: { simulation: 'unfenced-write' },
    splices: [],
  },
  {
    name: 'any_token_at_the_connection_manager',
    trial: { simulation: 'deaf-receiver' },
    splices: [],
  },
  {
    name: 'no_timer_for_the_last_envelope',
    trial: { form: 'grouped', ms: 8_000, carriage: { lost: 0, doubled: 0, lastLost: 0.2 } },
    splices: [
      {
        file: OUTLET,
        find: 'publishFrame(subject, window.high() + 1, [])',
        put: '',
      },
    ],
  },
]
