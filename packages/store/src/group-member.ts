import type { Appended, ArchiveRow, Confirmation, Fence } from './archive-row.ts'
import { type Queries, SqlError } from './database.ts'
import { type Committed, commitGroup, type Group, keyOf } from './group-statement.ts'

/** The database refuses this row for what it holds; its neighbours were not held up. `cause` is the SqlError. */
export class RowRefused extends Error {
  override readonly name = 'RowRefused'
}

/** One write that waits for its commit. */
export type Member = { readonly bytes: number; readonly answer: PromiseWithResolvers<Appended> } & (
  | { readonly row: ArchiveRow & Fence }
  | { readonly confirmation: Confirmation & Fence }
)

/** Appendix A of the PostgreSQL manual: data exception, constraint violation, program limit exceeded. */
const FAULTS_OF_A_ROW = ['22', '23', '54']

/** Whether it is something in a row that the database refuses. */
export function isRowFault(err: unknown): err is SqlError {
  return err instanceof SqlError && FAULTS_OF_A_ROW.some((prefix) => err.sqlstate.startsWith(prefix))
}

/**
 * Commits members in one statement and tells each its outcome. Resolves to those to try again: their id stood there
 * during the commit and was gone after it. Rejects as commitGroup does, and then no member took place or was told.
 */
export async function settleGroup(
  db: Queries,
  group: Pick<Group, 'service' | 'turn'>,
  members: readonly Member[],
): Promise<readonly Member[]> {
  const lines = members.filter((member) => 'row' in member)
  const rows = lines.map((member) => member.row)
  const confirming = members.filter((member) => 'confirmation' in member)
  const committed = await commitGroup(db, {
    ...group,
    rows,
    confirmations: latest(confirming.map((m) => m.confirmation)),
  })

  for (const { answer, confirmation } of confirming)
    answer.resolve({ outcome: committed.held(confirmation) ? 'written' : 'fenced' })
  return lines.filter(({ answer, row }, index) => {
    const outcome = outcomeOf(committed, row, index)
    if (outcome) answer.resolve(outcome)
    return outcome === undefined
  })
}

function outcomeOf({ held, present }: Committed, row: ArchiveRow & Fence, index: number): Appended | undefined {
  if (!held(row)) return { outcome: 'fenced' }
  if (!present.has(index)) return { outcome: 'written' }
  const position = present.get(index)
  if (position === undefined) return undefined
  // At its own place stands the row itself: an earlier try was committed and its answer lost.
  return position === row.position ? { outcome: 'written' } : { outcome: 'duplicate', position }
}

/** One statement changes a row once: of an owner's confirmations the last counts. */
function latest(confirmations: readonly (Confirmation & Fence)[]): readonly (Confirmation & Fence)[] {
  return Array.from(new Map(confirmations.map((c) => [`${keyOf(c)}:${c.owner}`, c])).values())
}
