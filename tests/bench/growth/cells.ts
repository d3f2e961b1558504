import type { Kind } from './phase.ts'

/** The kinds of processes of a cluster, in the order of their columns. */
export const CLUSTER: readonly Kind[] = ['managers', 'services', 'nats', 'redis', 'postgres']
export const NAMES: Readonly<Record<Kind, string>> = {
  managers: 'connection managers',
  services: 'services',
  server: 'server',
  nats: 'NATS',
  redis: 'Redis',
  postgres: 'PostgreSQL',
  other: 'other',
}
