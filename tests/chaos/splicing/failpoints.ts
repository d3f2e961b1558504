import type { Splice } from './splice.ts'

/** A place in the server's code at which a process can be stopped. `globalThis.reach` is in reach.ts. */
export interface Failpoint {
  readonly name: string
  /** What is done and what is not. */
  readonly between: string
  /** Commits must be slow for it to be reached in the midst of one; see `slowCommits`. */
  readonly slow?: true
  /** Only what happens to sessions without a socket comes by it. */
  readonly rare?: true
  readonly splices: readonly Splice[]
}

const MESSAGE = 'services/session/src/message.ts'
const STATEMENT = 'packages/store/src/group-statement.ts'

export const FAILPOINTS: readonly Failpoint[] = [
  {
    name: 'own_side_committed',
    between: "the sender's commit and the way to the recipient",
    splices: [
      {
        file: MESSAGE,
        find: "if (outcome === 'written') copy()\n",
        put: "globalThis.reach('own_side_committed'); if (outcome === 'written') copy()\n",
      },
    ],
  },
  {
    name: 'other_side_committed',
    between: "the recipient's commit and the acknowledgement",
    splices: [
      {
        file: MESSAGE,
        find: "if (outcome === 'written') copy()\n    return deps.egress.route(s, id)",
        put: "if (outcome === 'written') copy()\n    return deps.egress.route(s, id).then(() => globalThis.reach('other_side_committed'))",
      },
    ],
  },
  {
    name: 'commit_ready',
    between: 'the look at the lease and the statement that writes',
    slow: true,
    splices: [
      {
        file: STATEMENT,
        find: 'const outcomes = await db.query<Outcome>(WRITE, parameters(group))',
        put: "globalThis.reach('commit_ready'); const outcomes = await db.query<Outcome>(WRITE, parameters(group))",
      },
    ],
  },
  {
    name: 'commit_sent',
    between: "the statement's lock on the lease and its commit",
    slow: true,
    splices: [
      {
        file: STATEMENT,
        find: 'const outcomes = await db.query<Outcome>(WRITE, parameters(group))',
        put: "const asked = db.query<Outcome>(WRITE, parameters(group)); setTimeout(() => globalThis.reach('commit_sent'), 5).unref(); const outcomes = await asked",
      },
    ],
  },
  {
    name: 'committed',
    between: "the recipient's commit and the delivery",
    splices: [
      {
        file: MESSAGE,
        find: "if (outcome !== 'written') return",
        put: "if (outcome !== 'written') return; globalThis.reach('committed')",
      },
    ],
  },
  {
    name: 'delivered',
    between: 'the delivery to a session and its row in the live state',
    rare: true,
    splices: [
      {
        file: 'services/session/src/parking.ts',
        find: 'const row = parkedRow(account, session, ',
        put: "globalThis.reach('delivered'); const row = parkedRow(account, session, ",
      },
    ],
  },
]
