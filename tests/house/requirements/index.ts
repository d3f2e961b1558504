import { rfc7622 } from './rfc7622.ts'
import type { Requirements } from './row.ts'

/** The documents that are walked, in the order of the page. */
export const REQUIREMENTS: readonly Requirements[] = [rfc7622]
