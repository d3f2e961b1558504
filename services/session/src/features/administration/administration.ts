import { defineFeature } from '@jabiru/runtime'
import type { SessionFeature } from '../../feature.ts'
import type { Command } from '../commands/command.ts'
import { accountCommands } from './accounts.ts'
import type { AdministrationDeps } from './deps.ts'
import { listCommands } from './lists.ts'
import { reportCommands } from './reports.ts'

/** The commands themselves are run by the feature `commands`. */
export const administration: SessionFeature = defineFeature({
  name: 'administration',
  specs: [{ doc: 'XEP-0133', version: '1.3.1', status: 'partial', note: 'commands for accounts' }],
})

/** XEP-0133: what administrators do with accounts. Nobody else sees it or runs it (§6). */
export const administrationCommands = (deps: AdministrationDeps): readonly Command[] =>
  [...accountCommands(deps), ...reportCommands(deps), ...listCommands(deps)].map((draft) => ({
    ...draft,
    isFor: ({ account }) => deps.isAdmin(account.jid),
  }))
