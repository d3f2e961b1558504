import { accountsContract } from './contract.ts'
import { memoryAccounts } from './memory.ts'

accountsContract('memory', () => Promise.resolve(memoryAccounts(() => new Date(0))))
