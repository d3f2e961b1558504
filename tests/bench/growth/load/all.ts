import type { Job, Outcome } from '../../load/job.ts'
import { archivePhases } from './archive.ts'
import { chatPhases } from './chat.ts'
import { resourcePhases } from './resources.ts'
import { rosterPhases } from './rosters.ts'
import { sessionPhases } from './sessions.ts'

/** What the generator plays for what grows. */
export const GROWTH: Readonly<Record<string, (job: Job) => Promise<Outcome>>> = {
  'growth-nodes': chatPhases,
  'growth-sessions': sessionPhases,
  'growth-rosters': rosterPhases,
  'growth-resources': resourcePhases,
  'growth-archive': archivePhases,
}
