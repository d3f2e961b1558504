// A server whose only service are accounts in memory, for tests of what stands around the services.
import path from 'node:path'
import { createAccounts, memoryAccounts } from '@jabiru/auth'
import { withFaultsTold } from '../../command-line.ts'
import { type House, type HouseParts, serve } from '../../serve.ts'
import { settings } from '../../settings.ts'
import { processTerminal } from '../../terminal.ts'

const home = path.resolve(import.meta.dirname, '../../../../..')
const terminal = processTerminal({ home, abort: (code) => process.exit(code) })

function startHouse({ config: { domains, auth } }: HouseParts): Promise<House> {
  const accounts = createAccounts(
    { domains, scram_iterations: auth.scram_iterations },
    memoryAccounts(() => new Date()),
  )
  return Promise.resolve({ accounts, stop: () => Promise.resolve() })
}

process.exit(
  await withFaultsTold(terminal, () =>
    serve({ ...settings(terminal, undefined), startHouse, embedded: true, listens: true }, terminal),
  ),
)
