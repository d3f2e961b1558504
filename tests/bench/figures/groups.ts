/** How accounts stand in each other's rosters. */
export interface Groups {
  readonly users: number
  /** Users of a group, one after another, have each other; 0 for empty rosters. */
  readonly groupOf: number
}

/** Whom a user has in his roster. */
export function contactsOf(user: number, { users, groupOf }: Groups): readonly number[] {
  if (groupOf === 0) return []
  const first = user - (user % groupOf)
  const group = Array.from({ length: Math.min(groupOf, users - first) }, (_, n) => first + n)
  return group.filter((other) => other !== user)
}
