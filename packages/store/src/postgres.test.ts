// Slow: an engine of its own.
import { after } from 'node:test'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { storeContract } from './contract/contract.ts'
import { openPostgres } from './postgres.ts'

const server = await startPostgres()
after(() => server[Symbol.asyncDispose]())

await storeContract('postgres', () => openPostgres({ url: server.url }))
