// Slow: an embedded database.
import { storeContract } from './contract/contract.ts'
import { openScratch } from './scratch.ts'

await storeContract('pglite', () => openScratch('nothing'))
