import type { StreamCondition } from '@jabiru/stanza'

const BLAMELESS: readonly StreamCondition[] = [
  'system-shutdown',
  'see-other-host',
  'connection-timeout',
  'internal-server-error',
  'reset',
]

/** Whether a session outlives the stream error that ended its stream: the client has done nothing wrong. XEP-0198 §8. */
export const isResumable = (condition: StreamCondition): boolean => BLAMELESS.includes(condition)
