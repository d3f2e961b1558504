import { rfc6120 } from './rfc6120.ts'
import { rfc6121 } from './rfc6121.ts'
import { rfc7395 } from './rfc7395.ts'
import { rfc7622 } from './rfc7622.ts'
import type { Requirements } from './row.ts'
import { weaknesses } from './weaknesses.ts'

/** The documents that are walked, in the order of the page. */
export const REQUIREMENTS: readonly Requirements[] = [rfc7622, rfc6120, rfc6121, rfc7395, weaknesses]
