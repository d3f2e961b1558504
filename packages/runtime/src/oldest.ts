/** Forgets what was set first, where there is more than so much. For after each entry. */
export function dropOldest<Key extends {}>(kept: Map<Key, unknown> | Set<Key>, most: number): void {
  const [oldest] = kept.size > most ? kept.keys() : []
  if (oldest !== undefined) kept.delete(oldest)
}
