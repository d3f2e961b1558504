import type { Kind } from './phase.ts'

export type Cells = readonly (string | undefined)[]

/** A table of Markdown. */
export function table(head: readonly string[], lines: readonly Cells[]): string {
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.map((cell = '') => cell.replaceAll('|', '/')).join(' | ')} |`)
    .join('\n')
}

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
