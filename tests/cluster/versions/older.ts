// `node --import <this>`: a process that reads and writes the bus as the last release did.
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const WIRE = join(import.meta.dirname, '../../../packages/wire')
const present = pathToFileURL(join(WIRE, 'src/frame.ts')).href
const frozen = pathToFileURL(join(WIRE, 'test/frozen/frame.ts')).href

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context)
    return found.url === present ? { ...found, url: frozen } : found
  },
})
