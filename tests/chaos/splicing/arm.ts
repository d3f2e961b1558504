// `node --import <this>?folder=…&splices=…`: how processes of the ledger are started. The server's own start knows no such thing.
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CARRIED, createCarry } from './carry.ts'
import { FAILPOINTS } from './failpoints.ts'
import { MUTATIONS } from './mutations.ts'
import { createReach } from './reach.ts'
import { type Splice, spliced } from './splice.ts'

const ROOT = join(import.meta.dirname, '../../..')
const { searchParams } = new URL(import.meta.url)
const names = searchParams.get('splices')?.split(',') ?? []

const named = [...FAILPOINTS, ...MUTATIONS].filter(({ name }) => names.includes(name))
const wanted = new Set<Splice>([...CARRIED, ...named.flatMap(({ splices }) => splices)])
const byUrl = Map.groupBy(wanted, ({ file }) => pathToFileURL(join(ROOT, file)).href)

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    const splices = byUrl.get(url)
    if (splices === undefined || loaded.source === undefined || loaded.source === null) return loaded
    const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    return { ...loaded, source: spliced(text, splices) }
  },
})

const folder = searchParams.get('folder') ?? '.'
Object.assign(globalThis, { reach: createReach(folder), carry: createCarry(folder) })
