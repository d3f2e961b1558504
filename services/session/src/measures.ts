import { COUNTS, createMetrics, SECONDS } from '@jabiru/runtime'
import type { Account } from './account.ts'

/** What this service measures. */
export interface Measures {
  readonly onCommit: (rows: number, ms: number) => void
  readonly onRedelivered: (stanzas: number) => void
  readonly onShed: (kind: 'presence' | 'typing') => void
}

export function createMeasures(awake: () => Iterable<Account>): Measures {
  const { counter, gauge, histogram } = createMetrics()
  const rows = histogram('commitRows', COUNTS)
  const seconds = histogram('commitSeconds', SECONDS)
  const sum = (of: (account: Account) => number) => {
    let total = 0
    for (const account of awake()) total += of(account)
    return total
  }
  gauge('sessions', () => [[sum((account) => account.sessions.size)]])
  gauge('sessionQueueBytes', () => [[sum(queueBytes)]])
  const shed = counter('shed')
  const sheds = { presence: shed({ kind: 'presence' }), typing: shed({ kind: 'typing' }) }
  return {
    onShed: (kind) => sheds[kind](),
    onCommit: (count, ms) => {
      rows(count)
      seconds(ms / 1_000)
    },
    onRedelivered: counter('redeliveries')({ of: 'session' }),
  }
}

function queueBytes({ sessions }: Account): number {
  let bytes = 0
  for (const session of sessions.values()) bytes += session.queueBytes
  return bytes
}
