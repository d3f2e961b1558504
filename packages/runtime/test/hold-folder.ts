// Holds a data folder for a test of another process: says `held`, leaves on the line `leave`, ends with its input.
import { createInterface } from 'node:readline'
import { openDataFolder } from '../src/data-folder.ts'

const [path = ''] = process.argv.slice(2)
const folder = await openDataFolder(path)
process.stdout.write('held\n')
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'leave') await folder.leave()
  if (line === 'free') await folder[Symbol.asyncDispose]()
  process.stdout.write(`${line}\n`)
}
