export type { SessionConfig } from './config.ts'
export { createSession } from './service.ts'
export type { SessionParts } from './ways.ts'
