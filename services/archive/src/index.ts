export type { ArchiveConfig } from './config.ts'
export { type ArchiveParts, createArchive } from './service.ts'
