import { ProgramMissing } from '@jabiru/testkit/parts/binary'
import { busUnits } from './bus.ts'
import { codecUnits } from './codec.ts'
import { measure } from './measure.ts'
import { parserUnits } from './parser.ts'
import { type Micro, microOf } from './rounds.ts'
import { routingUnits } from './routing.ts'
import { socketUnits } from './sockets.ts'
import { postgresUnits, writerUnits } from './store.ts'
import { microLine } from './table.ts'
import type { Units } from './unit.ts'

/** In the order of a message's way. */
const ALL: readonly Units[] = [parserUnits, codecUnits, busUnits, routingUnits, writerUnits, postgresUnits, socketUnits]

/** Measures every hot part, one after the other: about a minute. Rejects when `quit` is aborted. */
export async function measureAll(say: (line: string) => void, quit: AbortSignal): Promise<readonly Micro[]> {
  const found: Micro[] = []
  for (const units of ALL) {
    await using open = new AsyncDisposableStack()
    for (const unit of await unitsOf(units, open, say)) {
      const micro = microOf(unit, await measure(unit, quit))
      found.push(micro)
      say(microLine(micro))
    }
  }
  return found
}

/** Without PostgreSQL on the machine the others are measured all the same. */
async function unitsOf(units: Units, open: AsyncDisposableStack, say: (line: string) => void) {
  try {
    return await units(open)
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error
    say(`left out: ${error.message}`)
    return []
  }
}
