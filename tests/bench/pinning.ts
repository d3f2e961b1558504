import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The server with its database and its bus has this core, and the generator that one. */
const SERVER_CORE = '0'
const GENERATOR_CORE = '1'

/** This process waits while it is measured: it goes to the server's core, and takes all that it starts there. */
export function pinServer(): undefined {
  if (availableParallelism() < 2) throw new Error('a core for the server and one for the generator: take --unpinned')
  execFileSync('taskset', ['-a', '-c', '-p', SERVER_CORE, String(process.pid)])
  return undefined
}

/** The words that start something on the generator's core. */
export const onGeneratorCore = (words: readonly string[]): readonly string[] => [
  'taskset',
  '-c',
  GENERATOR_CORE,
  ...words,
]
