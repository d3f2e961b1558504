import type { SqlFault } from './database.ts'

/** What the main thread asks of the worker; `tx` names an open transaction. */
export type Question =
  | { readonly do: 'query'; readonly sql: string; readonly params: readonly (string | null)[]; readonly tx?: number }
  | { readonly do: 'script'; readonly sql: string; readonly tx?: number }
  | { readonly do: 'begin' | 'commit' | 'rollback'; readonly tx: number }
  | { readonly do: 'close' }

/** A question with the number its answer will carry. */
export type Request = Question & { readonly id: number }

/** The worker's answer to the question of that number. Number 0 is its first word: the folder is open. */
export type Answer =
  | { readonly id: number; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly fault: SqlFault }
